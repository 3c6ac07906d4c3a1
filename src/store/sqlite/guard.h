#pragma once
// The guard of the accounts (sql/0004_guard.sql): every message that ended and counts passes here, in its
// transaction. At the alert level it tells the account's campaigns; at ten times that it wants those paused that
// have `auto_pause`, and the engine does so through its own control path (Plan::guard_pauses).
//
// What counts as usual (domain/statistics/guard.h) is computed once a UTC day and account, from the 30 days before,
// and stays as it is while an alert stands: failures must not teach it that failing is usual. Messages of a day
// that has gone, told later, are history and teach it nothing.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/statistics/guard.h"
#include "store/analysis.h"
#include "store/sqlite/connection.h"

namespace headway::store::sqlite {

class WriteContext;

class Guard {
 public:
  explicit Guard(Connection& db);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // The message is in the counters already. `account`: number, 0 is nobody's.
  void ended(WriteContext& context, std::int64_t account, bool failed, Instant at);
  // A failure that a late receipt took out of the ledger.
  void taken_back(std::int64_t account, Instant at);
  // Starts anew: whatever was alerted is known to a person.
  void acknowledge(WriteContext& context, std::int64_t account, const std::string& actor,
                   Instant now);
  void set_false_alarms(double per_year);

  // The engine pauses the campaign, or somebody decided otherwise. True: it was wanted.
  bool pause_settled(std::int64_t campaign);

  bool empty() const { return dirty_.empty(); }
  void write();
  void clear();  // what was remembered of the database

 private:
  struct State {
    std::int64_t account = 0, usual_day = -1;
    domain::statistics::GuardState detector;
    std::optional<domain::statistics::Guard> model;  // of f0 and rho
    double f0 = 0, rho = 0, alert_at = 0;
    Instant since{};
    GuardLevel level = GuardLevel::none;
    std::optional<Instant> alerted_at, paused_at, acknowledged_at;
    std::string acknowledged_by;
    bool dirty = false;
  };
  struct Workspace {  // what is usual there, once a day
    std::int64_t day = -1;
    double rate = 0, alert_at = 0;
  };
  struct Sql;

  State* find(std::int64_t account);
  void touch(State& s);
  void learn(WriteContext& context, State& s);
  const Workspace& workspace(std::int64_t day);
  void alert(WriteContext& context, State& s, Instant at);
  void want_pauses(WriteContext& context, State& s, Instant at);
  std::string sentence(WriteContext& context, const State& s) const;

  std::unique_ptr<Sql> sql_;
  std::unordered_map<std::int64_t, State> states_;
  Workspace workspace_;
  std::vector<State*> dirty_;  // to be written
};

}  // namespace headway::store::sqlite
