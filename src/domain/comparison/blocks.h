#pragma once
// What came of deliveries, cut into blocks that can be compared: a block is one piece of time in one place
// (account, collection), and it counts only once it is closed, so that nobody is judged by replies that had no
// time to come. The finest cut that two campaigns share decides how they are compared (docs/METRICS.md,
// "Comparing").

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"

namespace headway::domain::comparison {

// A cell of the store's cohorts: n of `what` for deliveries of `day` (UTC days since 1970-01-01). `lag`: bucket of
// the time from the delivery to the fact, ends in kLagEndDays; the last bucket is open.
enum class What : std::uint8_t { delivered, undelivered, responded, booked };
struct Cell {
  std::int64_t day = 0;
  AccountId account;
  CollectionId collection;
  int step = 0;
  VariantId variant;
  int epoch = 0;
  int lag = 0;
  What what{};
  std::int64_t n = 0;
};
inline constexpr int kLagEndDays[] = {1, 3, 7, 14, 30};
// Buckets 0 .. result - 1 lie within the window; nullopt when no bucket ends there.
std::optional<int> lags_within(int window_days);

enum class Metric : std::uint8_t { delivery, response, conversion };
std::string_view to_string(Metric m);
std::optional<Metric> parse_metric(std::string_view text);

// What one delivery day in one place came to.
struct DayCount {
  std::int64_t day = 0;
  AccountId account;
  CollectionId collection;
  std::int64_t n = 0, good = 0;
};
// Cells of messages for delivery (good = delivered), of leads for the others (good = replied or booked within the
// window).
std::vector<DayCount> day_counts(const std::vector<Cell>& cells, Metric metric, int window_days);

struct Timeline {
  std::int64_t today = 0;      // UTC day of now
  int window_days = 0;         // 0 for delivery: known when the day is over
  std::int64_t first_day = 0;  // the campaign's first delivery
  bool finished = false;       // no delivery will come any more
};
inline bool day_closed(std::int64_t day, const Timeline& t) {
  return day + 1 + t.window_days <= t.today;
}

// How finely two campaigns can be cut, the finest first.
enum class Cut : std::uint8_t {
  day,         // the same UTC day, account and collection
  place,       // the same week of the campaign's age, account and collection
  account,     // the same week of age and account
  collection,  // the same week of age and collection
  age,         // the same week of age alone: no more than a picture
};
std::string_view to_string(Cut c);

struct Key {
  std::int64_t time = 0;
  std::int64_t account = 0, collection = 0;
  auto operator<=>(const Key&) const = default;
};
Key key_of(const DayCount& d, Cut cut, const Timeline& t);

struct Pair {  // one block of two arms
  std::int64_t na = 0, nb = 0, ya = 0, yb = 0;
  bool two_armed() const { return na > 0 && nb > 0; }
};
struct PairBlocks {
  Cut cut{};
  std::vector<Pair> blocks;           // closed and two-armed, in the order of time
  std::vector<Pair> strata;           // closed, by place, times added up; one-armed ones too
  std::int64_t closed = 0, open = 0;  // two-armed blocks
  double dropped = 0;                 // share of the closed leads that lie in one-armed blocks
};
// The finest cut at which at least kSharedMin of each arm's leads lie in two-armed blocks; `age` when none does.
inline constexpr double kSharedMin = 0.5;
PairBlocks pair_blocks(const std::vector<DayCount>& a, const Timeline& ta,
                       const std::vector<DayCount>& b, const Timeline& tb);

}  // namespace headway::domain::comparison
