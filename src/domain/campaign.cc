#include "domain/campaign.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace headway::domain {

std::string_view to_string(CampaignState s) {
  switch (s) {
    case CampaignState::active: return "active";
    case CampaignState::paused: return "paused";
    case CampaignState::finished: return "finished";
  }
  return "unknown";
}

std::optional<CampaignState> parse_campaign_state(std::string_view text) {
  for (const CampaignState s :
       {CampaignState::active, CampaignState::paused, CampaignState::finished}) {
    if (text == to_string(s)) return s;
  }
  return std::nullopt;
}

std::string_view to_string(VariantMode m) {
  switch (m) {
    case VariantMode::fixed: return "fixed";
    case VariantMode::learn: return "learn";
    case VariantMode::earn: return "earn";
  }
  return "unknown";
}

std::optional<VariantMode> parse_variant_mode(std::string_view text) {
  for (const VariantMode m : {VariantMode::fixed, VariantMode::learn, VariantMode::earn}) {
    if (text == to_string(m)) return m;
  }
  return std::nullopt;
}

std::string_view to_string(VariantMetric m) {
  switch (m) {
    case VariantMetric::response: return "response";
    case VariantMetric::conversion: return "conversion";
    case VariantMetric::delivery: return "delivery";
  }
  return "unknown";
}

std::optional<VariantMetric> parse_variant_metric(std::string_view text) {
  for (const VariantMetric m :
       {VariantMetric::response, VariantMetric::conversion, VariantMetric::delivery}) {
    if (text == to_string(m)) return m;
  }
  return std::nullopt;
}

std::optional<int> parse_weekday(std::string_view text) {
  for (std::size_t i = 0; i < kWeekdays.size(); ++i) {
    if (kWeekdays[i] == text) return static_cast<int>(i);
  }
  return std::nullopt;
}

std::optional<int> parse_minute_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    if (!is_ascii_digit(text[i])) return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour * 60 + minute > 1440) return std::nullopt;
  return hour * 60 + minute;
}

std::string format_minute_of_day(int minute) {
  std::array<char, 32> out{};
  const int n = std::snprintf(out.data(), out.size(), "%02d:%02d", minute / 60, minute % 60);
  return {out.data(), static_cast<std::size_t>(n)};
}

void sort_ranges(ActiveHours& hours) {
  for (auto& day : hours.days) {
    std::stable_sort(day.begin(), day.end(),
                     [](const OpenRange& a, const OpenRange& b) { return a.from < b.from; });
  }
}

}  // namespace headway::domain
