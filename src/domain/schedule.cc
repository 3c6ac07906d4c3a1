#include "domain/schedule.h"

#include <algorithm>
#include <utility>

namespace headway::domain {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr milliseconds kHorizon = std::chrono::hours{28 * 24};
constexpr Instant kNever = Instant::max();

cctz::time_point<cctz::seconds> seconds_of(Instant t) {
  return std::chrono::floor<std::chrono::seconds>(t);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// A stretch of time in which the zone's offset from UTC does not change: inside it, local time is
// plain arithmetic.
struct Stretch {
  Instant begin{};       // where the caller asked; the stretch may have begun before
  Instant end = kNever;  // the next change of the clocks
  std::int64_t offset_ms = 0;

  std::int64_t local(Instant t) const { return to_ms(t) + offset_ms; }  // ms since local 1970-01-01
  Instant instant(std::int64_t local_ms) const { return from_ms(local_ms - offset_ms); }
};

Stretch stretch_at(const Zone& zone, Instant t) {
  Stretch s;
  s.begin = t;
  s.offset_ms = std::int64_t{zone.get().lookup(seconds_of(t)).offset} * 1000;
  cctz::time_zone::civil_transition change;
  // next_transition() wants the time before; changes of the name only are changes too, harmless here.
  if (zone.get().next_transition(seconds_of(t), &change)) {
    s.end = std::chrono::time_point_cast<milliseconds>(zone.get().lookup(change.to).trans);
    // A local time that occurs more than once may be looked up at the wrong place. Then only the minute
    // that we are in is certain: every walk over stretches must move on.
    if (s.end <= t) s.end = std::chrono::floor<std::chrono::minutes>(t) + std::chrono::minutes{1};
  }
  return s;
}

int weekday_of(std::int64_t local_day) {  // 0 = Monday; 1970-01-01 was a Thursday
  return static_cast<int>(((local_day + 3) % 7 + 7) % 7);
}

// Whether the hours are open at this local time, and from when on (local) that may be different.
std::pair<bool, std::int64_t> look(const ActiveHours& hours, std::int64_t local_ms) {
  const std::int64_t day = floor_div(local_ms, kDayMs);
  const std::int64_t in_day = local_ms - day * kDayMs;
  for (const OpenRange& r : hours.days[static_cast<std::size_t>(weekday_of(day))]) {
    if (in_day < r.from * kMinuteMs) return {false, day * kDayMs + r.from * kMinuteMs};
    if (in_day < r.to * kMinuteMs) return {true, day * kDayMs + r.to * kMinuteMs};
  }
  return {false, (day + 1) * kDayMs};
}

// The least t >= from at which the hours are `wanted`, within the horizon.
std::optional<Instant> find(const ActiveHours& hours, const Zone& zone, Instant from, bool wanted) {
  const Instant limit = from + kHorizon;
  Instant t = from;
  while (t < limit) {
    const Stretch s = stretch_at(zone, t);
    while (t < s.end && t < limit) {
      const auto [open, until] = look(hours, s.local(t));
      if (open == wanted) return t;
      t = s.instant(until);
    }
    t = std::min(t, s.end);  // what lies behind the change is read on the new clock
  }
  return std::nullopt;
}

}  // namespace

std::optional<Zone> Zone::find(std::string_view name) {
  const auto names = zone_names();
  if (!std::binary_search(names.begin(), names.end(), name)) return std::nullopt;
  cctz::time_zone zone;
  if (!cctz::load_time_zone(std::string(name), &zone)) return std::nullopt;  // it would be UTC
  return Zone(zone);
}

bool open_at(const ActiveHours* hours, const Zone& zone, Instant t) {
  if (hours == nullptr) return true;
  const std::int64_t offset_ms = std::int64_t{zone.get().lookup(seconds_of(t)).offset} * 1000;
  return look(*hours, to_ms(t) + offset_ms).first;
}

std::optional<Instant> next_open(const ActiveHours* hours, const Zone& zone, Instant from) {
  if (hours == nullptr) return from;
  return find(*hours, zone, from, true);
}

std::optional<Instant> closes_at(const ActiveHours* hours, const Zone& zone, Instant at) {
  if (hours == nullptr) return std::nullopt;
  return find(*hours, zone, at, false);
}

milliseconds open_time(const ActiveHours* hours, const Zone& zone, Instant from, Instant to) {
  milliseconds total{0};
  Instant t = from;
  while (t < to) {
    const auto opens = next_open(hours, zone, t);
    if (!opens || *opens >= to) break;
    const Instant closes = std::min(closes_at(hours, zone, *opens).value_or(to), to);
    total += closes - *opens;
    t = closes;
  }
  return total;
}

std::int64_t day_number(const Zone& zone, Instant t) {
  const std::int64_t offset_ms = std::int64_t{zone.get().lookup(seconds_of(t)).offset} * 1000;
  return floor_div(to_ms(t) + offset_ms, kDayMs);
}

Instant day_end(const Zone& zone, Instant t) {
  const std::int64_t day = day_number(zone, t);
  for (Instant at = t;;) {
    const Stretch s = stretch_at(zone, at);
    if (floor_div(s.local(at), kDayMs) != day) return at;  // the clocks jumped over midnight
    const Instant midnight = s.instant((day + 1) * kDayMs);
    if (midnight < s.end) return midnight;
    at = s.end;
  }
}

}  // namespace headway::domain
