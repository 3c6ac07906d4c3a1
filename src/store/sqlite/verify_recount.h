#pragma once
// The parts of the verifier. Each compares what it recounts with what is stored and tells the differences to
// the Recount; all read the same snapshot of one connection.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "domain/lead.h"
#include "store/access.h"
#include "store/sqlite/addresses.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/keys.h"

namespace headway::store::sqlite {

template <std::size_t N>
using Numbers = std::array<std::int64_t, N>;

template <std::size_t N>
struct NumbersHash {
  std::size_t operator()(const Numbers<N>& k) const {
    std::uint64_t h = 0;
    for (const std::int64_t v : k) h = mix64(h ^ static_cast<std::uint64_t>(v));
    return h;
  }
};
template <std::size_t N>
using Sums = std::unordered_map<Numbers<N>, std::int64_t, NumbersHash<N>>;

class Recount {
 public:
  using Progress = std::function<bool(std::int64_t, std::int64_t)>;

  Recount(Connection& database, const Progress& progress) : db(database), progress_(progress) {}

  // The parts, in this order. False: cancelled.
  bool scan_leads();    // lead, message: counters, queues, blocks, states
  bool scan_people();   // contact: collections, fields, addresses, suppression
  void scan_replies();  // reply: counters
  void compare_totals();
  void compare_rollups();  // rollup, journal, account_*, workspace_hour
  void compare_errors();
  void compare_days();  // account_day, campaign_day
  void compare_seals();
  void compare_cells();  // delivery_cell, cohort, guard_state

  void expect(const std::function<std::string()>& what, std::int64_t stored,
              std::int64_t recounted);
  bool step(std::int64_t n);  // so many rows further; false = cancelled

  Connection& db;
  VerifyReport report;
  std::int64_t done = 0, total = 0;

  // campaign, counter, account, collection, step, variant, failure
  Sums<7> facts;
  Sums<4> queues;  // queue, bucket, 0, 0
  Sums<2> hours;   // campaign, hour: messages delivered
  std::map<std::string, std::int64_t>
      codes;  // "account failure code": messages counted as undelivered
  std::unordered_map<std::int64_t, std::int64_t> open;    // leads by campaign
  std::unordered_map<std::int64_t, std::int64_t> claims;  // of all its leads so far, by campaign
  struct Cell {
    std::int64_t n = 0, first = 0, last = 0;
  };
  // campaign, account, collection, step, variant, load, failure, code
  std::unordered_map<Numbers<8>, Cell, NumbersHash<8>> cells;
  // campaign, kind, day, counter, account, collection, step, variant, epoch, lag
  Sums<10> cohorts;
  Sums<2> account_days, account_failures;  // account, UTC day: messages that count; failed ones

 private:
  class Leads;

  const Progress& progress_;
  std::int64_t told_ = 0;
};

}  // namespace headway::store::sqlite
