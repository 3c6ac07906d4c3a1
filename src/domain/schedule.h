#pragma once
// Active hours and calendar days in named zones, over every change of the clocks.
//
// Hours are open exactly when the local wall-clock minute lies within a range of that local weekday.
// Everything else follows from it: a skipped local time is not there (a range wholly inside the gap
// does not open that day; one that begins in the gap opens when the gap ends); a repeated local time is open in
// both passes; ranges that meet at midnight are one open period. `hours == nullptr` means always open.
//
// Pure but for the first use of a zone, when cctz reads the zoneinfo file and keeps it for good.
// Thread-safe. Arguments are expected to be 1970 .. 9999; ranges sorted (domain/campaign.h).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <cctz/time_zone.h>

#include "base/time.h"
#include "domain/campaign.h"

namespace headway::domain {

// A time zone known by its IANA name. A value: cheap to copy, valid for good.
class Zone {
 public:
  Zone() = default;  // UTC
  // nullopt for names that are not in zone_names() or whose file is missing or damaged.
  static std::optional<Zone> find(std::string_view name);
  std::string name() const { return zone_.name(); }
  const cctz::time_zone& get() const { return zone_; }

 private:
  explicit Zone(cctz::time_zone zone) : zone_(zone) {}
  cctz::time_zone zone_ = cctz::utc_time_zone();
};

// Every name that Zone::find takes, in ascending order.
std::span<const std::string_view> zone_names();

bool open_at(const ActiveHours* hours, const Zone& zone, Instant t);

// The least t' >= from with open_at(t'); none when it does not open within the next 28 days.
std::optional<Instant> next_open(const ActiveHours* hours, const Zone& zone, Instant from);

// The least t' >= at with !open_at(t'): the end of the open period that `at` is in, or `at` itself
// when it is closed. None when it does not close within the next 28 days.
std::optional<Instant> closes_at(const ActiveHours* hours, const Zone& zone, Instant at);

// Open time in [from, to).
milliseconds open_time(const ActiveHours* hours, const Zone& zone, Instant from, Instant to);

// Days since 1970-01-01 of the local calendar day.
std::int64_t day_number(const Zone& zone, Instant t);

// The least t' > t on another local calendar day: a day has 23, 24 or 25 hours, and some zones have
// skipped one.
Instant day_end(const Zone& zone, Instant t);

}  // namespace headway::domain
