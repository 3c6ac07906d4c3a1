#include "store/sqlite/catalog_codec.h"

#include <array>
#include <cstdio>

#include <boost/json.hpp>

namespace headway::store::sqlite {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::string clock_text(int minutes) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", minutes / 60, minutes % 60);
  return text.data();
}

std::optional<int> clock_minutes(const json::value& v) {
  const json::string* s = v.if_string();
  if (s == nullptr || s->size() != 5 || (*s)[2] != ':') return std::nullopt;
  int digits[4];
  for (int i = 0; i < 4; ++i) {
    const char c = (*s)[static_cast<std::size_t>(i < 2 ? i : i + 1)];
    if (c < '0' || c > '9') return std::nullopt;
    digits[i] = c - '0';
  }
  const int minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3];
  if (digits[2] > 5 || minutes > 1440) return std::nullopt;
  return minutes;
}

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorKind::corrupt, "Stored " + std::string(what) + " cannot be read");
}

}  // namespace

std::string encode_active_hours(const domain::ActiveHours& hours) {
  json::object days;
  for (std::size_t d = 0; d < kDays.size(); ++d) {
    if (hours.days[d].empty()) continue;
    json::array ranges;
    for (const domain::OpenRange& r : hours.days[d]) {
      ranges.push_back(
          json::array{json::string(clock_text(r.from)), json::string(clock_text(r.to))});
    }
    days.emplace(kDays[d], std::move(ranges));
  }
  json::object out;
  out.emplace("timezone", hours.timezone);
  out.emplace("lead_timezone", hours.lead_timezone);
  out.emplace("days", std::move(days));
  return json::serialize(out);
}

Result<domain::ActiveHours> decode_active_hours(std::string_view text) {
  boost::system::error_code error;
  const json::value parsed = json::parse(text, error);
  if (error || !parsed.is_object()) return damaged("active hours");
  const json::object& o = parsed.get_object();
  const json::value* zone = o.if_contains("timezone");
  const json::value* lead_zone = o.if_contains("lead_timezone");
  const json::value* days = o.if_contains("days");
  if (zone == nullptr || !zone->is_string() || lead_zone == nullptr || !lead_zone->is_bool() ||
      days == nullptr || !days->is_object()) {
    return damaged("active hours");
  }
  domain::ActiveHours hours;
  hours.timezone = std::string(zone->get_string());
  hours.lead_timezone = lead_zone->get_bool();
  for (std::size_t d = 0; d < kDays.size(); ++d) {
    const json::value* ranges = days->get_object().if_contains(kDays[d]);
    if (ranges == nullptr) continue;
    if (!ranges->is_array()) return damaged("active hours");
    for (const json::value& r : ranges->get_array()) {
      if (!r.is_array() || r.get_array().size() != 2) return damaged("active hours");
      const auto from = clock_minutes(r.get_array()[0]);
      const auto to = clock_minutes(r.get_array()[1]);
      if (!from || !to || *from >= *to) return damaged("active hours");
      hours.days[d].push_back({*from, *to});
    }
  }
  return hours;
}

std::string encode_settings(const boost::json::object& settings) {
  return json::serialize(settings);
}

Result<boost::json::object> decode_settings(std::string_view text) {
  boost::system::error_code error;
  json::value parsed = json::parse(text, error);
  if (error || !parsed.is_object()) return damaged("account settings");
  return std::move(parsed.get_object());
}

}  // namespace headway::store::sqlite
