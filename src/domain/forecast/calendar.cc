#include "domain/forecast/calendar.h"

#include <algorithm>
#include <cmath>

namespace headway::domain::forecast {
namespace {

using std::chrono::hours;

constexpr int kHours = 14 * 24;
constexpr int kDays = 6 * 7;
constexpr std::int64_t kHourMs = 3'600'000;

int weekday_of(std::int64_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7); }

std::vector<Slot> make_slots(const Zone& own, Instant now, std::size_t& hour_count,
                             std::size_t& days_end) {
  std::vector<Slot> slots;
  const Instant end = now + kHorizon;
  Instant at = now;
  const auto add = [&](Instant to, bool is_hour) {
    Slot s{at, to, 0, 0, -1};
    const Instant middle = at + (to - at) / 2;
    s.day = day_number(own, is_hour ? middle : at);
    s.weekday = weekday_of(s.day);
    if (is_hour) {
      const auto since_midnight = kHourMs * 24 - (day_end(own, middle) - middle).count();
      s.hour = static_cast<int>(std::clamp<std::int64_t>(since_midnight / kHourMs, 0, 23));
    }
    slots.push_back(s);
    at = to;
  };
  add(std::chrono::floor<hours>(now) + hours{1}, true);
  while (slots.size() < kHours) add(at + hours{1}, true);
  hour_count = slots.size();
  for (int i = 0; i < kDays; ++i) add(at + hours{24}, false);
  days_end = slots.size();
  while (at < end) add(at + hours{24 * 7}, false);
  return slots;
}

}  // namespace

Calendar::Calendar(const Input& in)
    : hours_plan_(in.hours ? &*in.hours : nullptr),
      own_(in.zones.empty() ? Zone{} : in.zones.front()) {
  slots_ = make_slots(own_, in.now, hours_, days_end_);
  const std::size_t zones = std::max<std::size_t>(in.zones.size(), 1);
  for (std::size_t z = 0; z < zones; ++z) {
    if (z > 0 && (hours_plan_ == nullptr || !hours_plan_->lead_timezone)) {
      group_of_.push_back(0);
      continue;
    }
    const Zone& zone = z == 0 ? own_ : in.zones[z];
    std::vector<OpenTime> open = walk(hours_plan_, zone);
    const auto same = std::find_if(open_.begin(), open_.end(), [&](const auto& other) {
      return std::equal(open.begin(), open.end(), other.begin(), [](const auto& a, const auto& b) {
        return a.open_ms == b.open_ms && a.opens_ms == b.opens_ms;
      });
    });
    group_of_.push_back(static_cast<int>(same - open_.begin()));
    if (same != open_.end()) continue;
    ever_.push_back(
        std::any_of(open.begin(), open.end(), [](const auto& o) { return o.open_ms > 0; }));
    open_.push_back(std::move(open));
    group_zone_.push_back(zone);
  }
  most_ = open_.front();
  for (const auto& group : open_) {
    for (std::size_t i = 0; i < most_.size(); ++i) {
      if (group[i].open_ms > most_[i].open_ms) most_[i] = group[i];
    }
  }
}

// One walk over the open periods of the hours and days; the weeks repeat the last seven days.
std::vector<OpenTime> Calendar::walk(const ActiveHours* plan, const Zone& zone) const {
  std::vector<OpenTime> open(slots_.size());
  if (plan == nullptr) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const auto length = static_cast<float>((slots_[i].to - slots_[i].from).count());
      open[i] = {length, 0, std::max(1.0F, length / static_cast<float>(24 * kHourMs))};
    }
    return open;
  }
  std::size_t slot = 0;
  Instant at = slots_.front().from;
  const Instant end = slots_[days_end_ - 1].to;
  while (at < end) {
    const auto opens = next_open(plan, zone, at);
    if (!opens || *opens >= end) break;
    const Instant closes = closes_at(plan, zone, *opens).value_or(end);
    while (slot < days_end_ && slots_[slot].to <= *opens) ++slot;
    for (std::size_t i = slot; i < days_end_ && slots_[i].from < closes; ++i) {
      const Instant from = std::max(*opens, slots_[i].from), to = std::min(closes, slots_[i].to);
      if (open[i].open_ms == 0)
        open[i].opens_ms = static_cast<float>((from - slots_[i].from).count());
      open[i].open_ms += static_cast<float>((to - from).count());
      open[i].open_days = 1;
    }
    at = closes;
  }
  OpenTime week;
  for (std::size_t i = days_end_ - 7; i < days_end_; ++i) {
    week.open_ms += open[i].open_ms;
    week.open_days += open[i].open_days;
  }
  for (std::size_t i = days_end_; i < slots_.size(); ++i) open[i] = week;
  return open;
}

const DayColumn& Calendar::days_of(const Zone& zone) {
  const auto [it, fresh] = columns_.try_emplace(zone.name());
  DayColumn& column = it->second;
  if (!fresh) return column;
  column.day.resize(hours_);
  column.open_left.resize(hours_);
  // A slot belongs to the day of its middle: zones whose midnight is no full hour of UTC differ by half an hour.
  Instant until{};
  std::int64_t day = 0;
  for (std::size_t i = 0; i < hours_; ++i) {
    const Instant middle = slots_[i].from + (slots_[i].to - slots_[i].from) / 2;
    if (middle >= until) {
      day = day_number(zone, middle);
      until = day_end(zone, middle);
    }
    column.day[i] = day;
  }
  // Like the planner: of the zone that is open longest, not of all of them one after the other.
  for (const auto& open : open_) {
    double left = 0;
    for (std::size_t i = hours_; i-- > 0;) {
      if (i + 1 == hours_ || column.day[i] != column.day[i + 1]) left = 0;
      left += static_cast<double>(open[i].open_ms);
      column.open_left[i] = std::max(column.open_left[i], left);
    }
  }
  return column;
}

std::size_t Calendar::slot_at(Instant t, std::size_t from) const {
  std::size_t i = from;
  if (i < slots_.size() && t < slots_[i].to) return i;
  const auto it = std::upper_bound(slots_.begin() + static_cast<std::ptrdiff_t>(i), slots_.end(), t,
                                   [](Instant at, const Slot& s) { return at < s.to; });
  return static_cast<std::size_t>(it - slots_.begin());
}

Instant Calendar::after_open(int group, std::size_t slot, double ms) const {
  const Slot& s = slots_[slot];
  const auto left = milliseconds{static_cast<std::int64_t>(std::llround(std::max(ms, 0.0)))};
  if (hours_plan_ == nullptr) return std::min(s.from + left, s.to);
  const Zone& zone = group_zone_[static_cast<std::size_t>(group)];
  Instant at = s.from;
  milliseconds todo = left;
  while (at < s.to) {
    const auto opens = next_open(hours_plan_, zone, at);
    if (!opens || *opens >= s.to) break;
    const Instant closes = std::min(closes_at(hours_plan_, zone, *opens).value_or(s.to), s.to);
    if (closes - *opens >= todo) return *opens + todo;
    todo -= closes - *opens;
    at = closes;
  }
  return s.to;
}

Instant Calendar::open_from(Instant t) const {
  if (hours_plan_ == nullptr) return t;
  std::optional<Instant> first;
  for (const Zone& zone : group_zone_) {
    const auto at = next_open(hours_plan_, zone, t);
    if (at && (!first || *at < *first)) first = at;
  }
  return first.value_or(t);
}

}  // namespace headway::domain::forecast
