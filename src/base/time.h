#pragma once
// Instants are UTC with millisecond resolution. Nothing here reads a clock.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headway {

using std::chrono::milliseconds;
using Instant = std::chrono::sys_time<milliseconds>;

constexpr std::int64_t to_ms(Instant t) { return t.time_since_epoch().count(); }
constexpr Instant from_ms(std::int64_t ms) { return Instant{milliseconds{ms}}; }

// "2026-11-23T09:00:00Z", or with ".123" when milliseconds are not zero.
std::string format_rfc3339(Instant t);
// Accepts RFC 3339 with 'Z' or a numeric offset, 0 to 9 fraction digits (cut to ms), years 1970-9999.
std::optional<Instant> parse_rfc3339(std::string_view text);

// ISO 8601 durations without years and months: "P2D", "PT36H", "P1W", "P1DT2H30M", "PT0S".
std::optional<milliseconds> parse_iso_duration(std::string_view text);
std::string format_iso_duration(milliseconds d);

// Whole hours since the epoch, rounded down: the resolution of rollups.
constexpr std::int64_t hour_of(Instant t) {
  return std::chrono::floor<std::chrono::hours>(t).time_since_epoch().count();
}

}  // namespace headway
