#include "domain/comparison/blocks.h"

#include <algorithm>
#include <array>

namespace headway::domain::comparison {
namespace {

constexpr std::array<std::string_view, 3> kMetrics{"delivery", "response", "conversion"};
constexpr std::array<Cut, 5> kCuts{Cut::day, Cut::place, Cut::account, Cut::collection, Cut::age};
constexpr std::int64_t kWeek = 7;

std::int64_t week_of_age(std::int64_t day, const Timeline& t) {
  return std::max<std::int64_t>(0, day - t.first_day) / kWeek;
}

// Whether everything that will ever be in the block of this key has happened to this campaign.
bool closed(const Key& key, Cut cut, const Timeline& t) {
  if (cut == Cut::day) return day_closed(key.time, t);
  return day_closed(t.first_day + (key.time + 1) * kWeek - 1, t);
}

struct Side {
  std::int64_t n = 0, good = 0;
  bool closed = true;
};
struct Block {
  Side a, b;
};
using Blocks = std::map<Key, Block>;

void add(Blocks& blocks, Side Block::*side, const std::vector<DayCount>& days, Cut cut,
         const Timeline& t) {
  for (const DayCount& d : days) {
    const Key key = key_of(d, cut, t);
    Side& s = blocks[key].*side;
    s.n += d.n;
    s.good += d.good;
    // A campaign that is over fills no week any more: its last days close by themselves.
    s.closed = s.closed && (t.finished ? day_closed(d.day, t) : closed(key, cut, t));
  }
}

struct Shared {
  std::int64_t all = 0, two_armed = 0;
  double share() const {
    return all == 0 ? 0 : static_cast<double>(two_armed) / static_cast<double>(all);
  }
};

}  // namespace

std::optional<int> lags_within(int window_days) {
  const auto* at = std::find(std::begin(kLagEndDays), std::end(kLagEndDays), window_days);
  if (at == std::end(kLagEndDays)) return std::nullopt;
  return static_cast<int>(at - std::begin(kLagEndDays)) + 1;
}

std::string_view to_string(Metric m) { return kMetrics[static_cast<std::size_t>(m)]; }

std::optional<Metric> parse_metric(std::string_view text) {
  const auto* at = std::find(kMetrics.begin(), kMetrics.end(), text);
  if (at == kMetrics.end()) return std::nullopt;
  return static_cast<Metric>(at - kMetrics.begin());
}

std::string_view to_string(Cut c) {
  switch (c) {
    case Cut::day: return "day";
    case Cut::place: return "place";
    case Cut::account: return "account";
    case Cut::collection: return "collection";
    case Cut::age: return "age";
  }
  return "age";
}

std::vector<DayCount> day_counts(const std::vector<Cell>& cells, Metric metric, int window_days) {
  const int lags = lags_within(window_days).value_or(0);
  std::map<std::tuple<std::int64_t, AccountId, CollectionId>, DayCount> days;
  for (const Cell& c : cells) {
    const bool delivered = c.what == What::delivered;
    std::int64_t n = 0, good = 0;
    if (metric == Metric::delivery) {
      if (delivered) n = good = c.n;
      if (c.what == What::undelivered) n = c.n;
    } else {
      const What wanted = metric == Metric::response ? What::responded : What::booked;
      if (delivered) n = c.n;
      if (c.what == wanted && c.lag < lags) good = c.n;
    }
    if (n == 0 && good == 0) continue;
    DayCount& d = days[{c.day, c.account, c.collection}];
    d.day = c.day;
    d.account = c.account;
    d.collection = c.collection;
    d.n += n;
    d.good += good;
  }
  std::vector<DayCount> out;
  out.reserve(days.size());
  for (auto& [key, d] : days) {
    d.good = std::clamp<std::int64_t>(d.good, 0, d.n);
    if (d.n > 0) out.push_back(d);
  }
  return out;
}

Key key_of(const DayCount& d, Cut cut, const Timeline& t) {
  switch (cut) {
    case Cut::day: return {d.day, d.account.value, d.collection.value};
    case Cut::place: return {week_of_age(d.day, t), d.account.value, d.collection.value};
    case Cut::account: return {week_of_age(d.day, t), d.account.value, 0};
    case Cut::collection: return {week_of_age(d.day, t), 0, d.collection.value};
    case Cut::age: return {week_of_age(d.day, t), 0, 0};
  }
  return {};
}

PairBlocks pair_blocks(const std::vector<DayCount>& a, const Timeline& ta,
                       const std::vector<DayCount>& b, const Timeline& tb) {
  PairBlocks out;
  for (const Cut cut : kCuts) {
    Blocks blocks;
    add(blocks, &Block::a, a, cut, ta);
    add(blocks, &Block::b, b, cut, tb);
    Shared in_a, in_b;
    for (const auto& [key, block] : blocks) {
      const bool both = block.a.n > 0 && block.b.n > 0;
      in_a.all += block.a.n;
      in_b.all += block.b.n;
      if (both) in_a.two_armed += block.a.n, in_b.two_armed += block.b.n;
    }
    if (cut != Cut::age && std::min(in_a.share(), in_b.share()) < kSharedMin) continue;
    out.cut = cut;
    std::int64_t kept = 0, lost = 0;
    std::map<std::pair<std::int64_t, std::int64_t>, Pair> places;
    for (const auto& [key, block] : blocks) {
      const bool both = block.a.n > 0 && block.b.n > 0;
      const bool over = block.a.closed && block.b.closed;
      if (over) {
        (both ? kept : lost) += block.a.n + block.b.n;
        Pair& place = places[{key.account, key.collection}];
        place.na += block.a.n;
        place.nb += block.b.n;
        place.ya += block.a.good;
        place.yb += block.b.good;
      }
      if (!both) continue;
      ++(over ? out.closed : out.open);
      if (over) out.blocks.push_back({block.a.n, block.b.n, block.a.good, block.b.good});
    }
    for (const auto& [place, pair] : places) out.strata.push_back(pair);
    if (kept + lost > 0) out.dropped = static_cast<double>(lost) / static_cast<double>(kept + lost);
    break;
  }
  return out;
}

}  // namespace headway::domain::comparison
