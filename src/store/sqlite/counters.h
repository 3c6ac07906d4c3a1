#pragma once
// The counters of one transaction: collected in memory, written once in key order before the commit.
// Tables: campaign_total, rollup, journal, account_total, account_hour, workspace_hour, account_error,
// queue_count, lead_block.

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/hash.h"
#include "domain/lead.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/keys.h"
#include "store/sqlite/tally.h"

namespace headway::store::sqlite {

class Counters {
 public:
  explicit Counters(Connection& db);
  ~Counters();
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;

  // A delta of the status machine: a fact of instant `at` about a lead from `collection`. Its account is
  // the short number (lead_row.h).
  void fact(std::int64_t campaign, std::int64_t collection, const domain::Delta& delta, Instant at,
            std::int64_t times = 1);
  // A lead is now (n = 1) or no longer (n = -1) in this state and zone.
  void place(LeadId lead, const domain::LeadState& s, int zone, std::int64_t n);
  // The provider's own code of a message counted as undelivered (n = 1) or taken back (n = -1). `lead`: its lead.
  void account_error(std::int64_t account, domain::FailureClass failure, std::string_view code,
                     Instant at, int n, LeadId lead);

  bool empty() const;
  void clear();
  void write();  // and forget; failures stick to the connection

 private:
  struct Fact {
    std::int64_t campaign, at, counter, account, collection, step, variant, failure;
    auto operator<=>(const Fact&) const = default;
    std::uint64_t hash() const {
      return mix64(
          static_cast<std::uint64_t>(campaign << 40 ^ at << 8 ^ counter ^ failure << 4),
          static_cast<std::uint64_t>(account << 40 ^ collection << 34 ^ step << 29 ^ variant));
    }
  };
  template <int N>
  struct Numbers {
    std::int64_t k[N];
    auto operator<=>(const Numbers&) const = default;
    std::uint64_t hash() const {
      std::uint64_t h = 0;
      for (const std::int64_t v : k) h = h * 0x9e3779b97f4a7c15ULL + static_cast<std::uint64_t>(v);
      return h ^ h >> 32;
    }
  };
  struct CodeError {
    std::int64_t account;
    domain::FailureClass failure;
    std::string code;
    Instant at;
    int n;
    LeadId lead;
  };
  struct Sql;

  void write_facts();
  void write_journal(const std::vector<std::pair<Fact, std::int64_t>>& facts);
  void write_places();
  void write_errors();

  std::unique_ptr<Sql> sql_;
  Tally<Fact> facts_;
  Tally<Numbers<2>> queues_;  // queue, bucket
  Tally<Numbers<3>> blocks_;  // campaign, block of level 1, facet
  std::vector<CodeError> errors_;
};

}  // namespace headway::store::sqlite
