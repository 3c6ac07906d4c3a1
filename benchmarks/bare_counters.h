#pragma once
// The counter rows that one transaction of Headway writes, as upserts of a bare program: the same tables and
// keys, one row each, collected per batch and written in key order.

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "benchmarks/bare_sqlite.h"

namespace headway::bench {

// Packed as in the schema: status (2 bits) | wait (3) | failure (4) | step (5) | account (20) | variant (29).
constexpr std::int64_t facet(int status, int wait, int step, std::int64_t account,
                             std::int64_t variant) {
  return (((((std::int64_t{status} << 3 | wait) << 4) << 5 | step) << 20 | account) << 29) |
         variant;
}
constexpr std::int64_t queue_of(std::int64_t campaign, int wait, std::int64_t account) {
  return campaign << 34 | std::int64_t{wait} << 31 | account << 11;
}

class Counters {
 public:
  explicit Counters(Database& db, std::int64_t campaign, std::int64_t collection);

  void block(std::int64_t number, std::int64_t facet_value, int n);  // all three levels
  void queue(std::int64_t queue_value, std::int64_t bucket, int n) {
    queues_[{queue_value, bucket}] += n;
  }
  // A counter of domain::Counter: campaign_total, rollup, account_total, account_hour, workspace_hour.
  void fact(int counter, std::int64_t account, int step, std::int64_t variant, std::int64_t hour,
            int n);
  void day(std::int64_t account, std::int64_t day, int n) { days_[{account, day}] += n; }
  void journal(std::int64_t at, int records);
  void write();  // and forget

  std::int64_t rows = 0;  // written so far

 private:
  using Pair = std::array<std::int64_t, 2>;
  using Fact = std::array<std::int64_t, 5>;

  std::int64_t campaign_, collection_, sequence_ = 1;
  std::map<std::array<std::int64_t, 3>, std::int64_t> blocks_;
  std::map<Pair, std::int64_t> queues_, days_;
  std::map<Fact, std::int64_t> facts_;
  std::map<std::int64_t, int> journal_;
  Statement block_, queue_, total_, rollup_, account_total_, account_hour_, workspace_hour_,
      account_day_, campaign_day_, journal_row_, campaign_row_;
};

}  // namespace headway::bench
