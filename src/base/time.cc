#include "base/time.h"

#include <array>
#include <cstdio>

namespace headway {
namespace {

// Reads exactly `digits` decimal digits at the front of `text` and removes them; -1 if they are
// not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

bool is_digit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// 1 to 9 digits after a decimal point, cut (never rounded) to milliseconds; -1 if malformed.
int take_fraction_ms(std::string_view& text) {
  int ms = 0;
  int digits = 0;
  while (is_digit(text)) {
    if (digits == 9) return -1;
    if (digits < 3) ms = ms * 10 + (text.front() - '0');
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return -1;
  for (; digits < 3; ++digits) ms *= 10;
  return ms;
}

// "Z" or "+hh:mm": minutes east of UTC.
std::optional<int> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const int hours = take_number(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ':')) return std::nullopt;
  const int minutes = take_number(text, 2);
  if (minutes < 0 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

constexpr Instant kFirst{};  // 1970-01-01T00:00:00Z
constexpr Instant kEnd = std::chrono::sys_days{std::chrono::year{10000} / std::chrono::January / 1};

}  // namespace

std::string format_rfc3339(Instant t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<milliseconds> clock{t - day};
  std::array<char, 48> out{};
  const int n = std::snprintf(
      out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string text(out.data(), static_cast<std::size_t>(n));
  if (const auto ms = clock.subseconds().count(); ms != 0) {
    const int m = std::snprintf(out.data(), out.size(), ".%03d", static_cast<int>(ms));
    text.append(out.data(), static_cast<std::size_t>(m));
  }
  text += 'Z';
  return text;
}

// RFC 3339, section 5.6. A second of 60 is refused: Unix time cannot tell it from the next one.
std::optional<Instant> parse_rfc3339(std::string_view text) {
  const int year = take_number(text, 4);
  if (year < 1970 || !take(text, '-')) return std::nullopt;
  const int month = take_number(text, 2);
  if (month < 0 || !take(text, '-')) return std::nullopt;
  const int day = take_number(text, 2);
  if (day < 0 || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return std::nullopt;
  const int second = take_number(text, 2);
  if (second < 0 || second > 59) return std::nullopt;
  int ms = 0;
  if (take(text, '.')) ms = take_fraction_ms(text);
  if (ms < 0) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const Instant t = std::chrono::sys_days{date} + std::chrono::hours{hour} +
                    std::chrono::minutes{minute - *offset} + std::chrono::seconds{second} +
                    milliseconds{ms};
  if (t < kFirst || t >= kEnd) return std::nullopt;
  return t;
}

// ISO 8601, 4.4.3: P[nW][nD][T[nH][nM][n[.f]S]], each number of at most 9 digits, so that the
// sum cannot overflow.
std::optional<milliseconds> parse_iso_duration(std::string_view text) {
  struct Unit {
    char letter;
    std::int64_t ms;
  };
  static constexpr std::array<Unit, 2> kDateUnits{{{'W', 604'800'000}, {'D', 86'400'000}}};
  static constexpr std::array<Unit, 3> kTimeUnits{{{'H', 3'600'000}, {'M', 60'000}, {'S', 1'000}}};
  if (!take(text, 'P') || text.empty()) return std::nullopt;
  std::int64_t total = 0;
  bool time = false;
  std::size_t unit = 0;  // the next unit allowed in this half: each at most once, in order
  while (!text.empty()) {
    if (!time && take(text, 'T')) {
      time = true;
      unit = 0;
      if (text.empty()) return std::nullopt;
    }
    std::int64_t value = 0;
    int digits = 0;
    for (; is_digit(text); text.remove_prefix(1)) {
      if (++digits > 9) return std::nullopt;
      value = value * 10 + (text.front() - '0');
    }
    if (digits == 0) return std::nullopt;
    int fraction = 0;
    const bool fractional = take(text, '.');
    if (fractional) fraction = take_fraction_ms(text);
    if (fraction < 0 || text.empty()) return std::nullopt;
    const std::size_t units = time ? kTimeUnits.size() : kDateUnits.size();
    const Unit* const table = time ? kTimeUnits.data() : kDateUnits.data();
    while (unit < units && table[unit].letter != text.front()) ++unit;
    if (unit == units || (fractional && text.front() != 'S')) return std::nullopt;
    total += value * table[unit].ms + fraction;
    ++unit;
    text.remove_prefix(1);
  }
  return milliseconds{total};
}

std::string format_iso_duration(milliseconds d) {
  std::string out = d.count() < 0 ? "-P" : "P";
  std::int64_t rest = d.count() < 0 ? -d.count() : d.count();
  const auto part = [&](std::int64_t unit, char letter) {
    if (rest < unit) return;
    out += std::to_string(rest / unit);
    out += letter;
    rest %= unit;
  };
  part(86'400'000, 'D');
  if (rest == 0 && d.count() != 0) return out;
  out += 'T';
  part(3'600'000, 'H');
  part(60'000, 'M');
  if (rest == 0 && d.count() != 0) return out;
  out += std::to_string(rest / 1000);
  if (const std::int64_t ms = rest % 1000; ms != 0) {
    std::string fraction = std::to_string(1000 + ms).substr(1);
    while (fraction.back() == '0') fraction.pop_back();
    out += '.';
    out += fraction;
  }
  out += 'S';
  return out;
}

}  // namespace headway
