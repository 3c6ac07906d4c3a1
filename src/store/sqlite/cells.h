#pragma once
// What analysis computes with, collected during a transaction and written once before the commit. Tables:
// delivery_cell, failure_code, reaction, cohort (sql/0002_analysis.sql).

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/lead.h"
#include "store/analysis.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/counters.h"
#include "store/sqlite/keys.h"
#include "store/sqlite/tally.h"

namespace headway::store::sqlite {

inline constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t day_of(Instant at) {
  return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}
int lag_bucket(Instant delivered, Instant at);                 // 0 .. kLags - 1
int load_bucket(std::int64_t k);                               // floor(log2 k), 0 .. kLoadMax
inline constexpr int kNoCode = 0, kOtherCode = kCodesMax + 1;  // delivery_cell.code
enum class CohortKind : std::uint8_t { lead = 0, message = 1 };

// A message that ended and counts in the delivery rate, as its row stands.
struct EndedMessage {
  LeadId lead;
  std::int64_t collection = 0, account = 0;  // numbers
  int step = 0;
  VariantId variant;
  int epoch = 0, load = 0;
  domain::FailureClass failure = domain::FailureClass::none;  // none: delivered
  std::string_view code;
  Instant at{};
};

class Cells {
 public:
  explicit Cells(Connection& db);
  ~Cells();
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;

  // The load bucket of a message of `account` that ended at `at` and is in `counters` already.
  int load(std::int64_t account, Instant at, Counters& counters);
  void ended(const EndedMessage& m) { add(m, +1); }
  void taken_back(const EndedMessage& m) { add(m, -1); }  // a late receipt says otherwise
  // A lead is now counted (n = 1) or no longer (n = -1) as responded or booked, credited to `step`.
  void reacted(LeadId lead, std::int64_t collection, domain::Counter counter, int step, Instant at,
               int n);

  bool empty() const { return cells_.empty() && cohorts_.empty() && reactions_.empty(); }
  void clear();  // and what was remembered of the database
  void
  write();  // and forget; the rows of `message` are written before. Failures stick to the connection

 private:
  struct Key {
    // campaign, account, collection, step, variant, load, failure, code
    std::int64_t k[8];
    auto operator<=>(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      std::uint64_t h = 0;
      for (const std::int64_t v : key.k)
        h = h * 0x9e3779b97f4a7c15ULL + static_cast<std::uint64_t>(v);
      return h ^ h >> 32;
    }
  };
  struct Sum {
    std::int64_t n = 0, first = 0, last = 0;
  };
  struct Day {
    // campaign, kind, day, counter, account, collection, step, variant, epoch, lag
    std::int64_t k[10];
    auto operator<=>(const Day&) const = default;
    std::uint64_t hash() const {
      std::uint64_t h = 0;
      for (const std::int64_t v : k) h = h * 0x9e3779b97f4a7c15ULL + static_cast<std::uint64_t>(v);
      return h ^ h >> 32;
    }
  };
  struct Reaction {
    LeadId lead;
    std::int64_t collection;
    domain::Counter counter;
    int step;
    Instant at;
    int n;
  };
  struct Sql;

  void add(const EndedMessage& m, int n);
  std::int64_t code_id(std::int64_t campaign, std::string_view code);
  void count(const Reaction& r, int step, Instant at, int n);
  void settle(const Reaction& r);

  std::unique_ptr<Sql> sql_;
  std::unordered_map<Key, Sum, KeyHash> cells_;
  Tally<Day> cohorts_;
  std::vector<Reaction> reactions_;
  std::unordered_map<std::string, std::int64_t> codes_;       // "campaign code"
  std::unordered_map<std::uint64_t, std::int64_t> ended_in_;  // account, hour: messages so far
};

}  // namespace headway::store::sqlite
