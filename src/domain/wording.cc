#include "domain/wording.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace headway::domain {

std::string count_text(std::int64_t n) {
  std::string digits = std::to_string(n < 0 ? -n : n);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return n < 0 ? "-" + digits : digits;
}

std::string count_text(std::int64_t n, std::string_view noun, std::string_view plural) {
  std::string text = count_text(n) + " ";
  if (n == 1) return text.append(noun);
  return plural.empty() ? text.append(noun).append("s") : text.append(plural);
}

std::string ordinal_text(std::int64_t n) {
  const std::int64_t teen = n % 100, last = n % 10;
  const bool plain = teen >= 11 && teen <= 13;
  const char* end = plain ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  return count_text(n) + end;
}

std::string percent_text(std::int64_t num, std::int64_t den) {
  if (den <= 0) return "-";
  if (num == 0) return "0 %";
  if (num == den) return "100 %";
  return percent_text(static_cast<double>(num) / static_cast<double>(den));
}

std::string percent_text(double share) {
  if (!std::isfinite(share)) return "-";
  const double percent = share * 100;
  if (share > 0 && percent < 0.1) return "under 0.1 %";
  if (share < 1 && percent > 99.9) return "over 99.9 %";
  // Whole numbers have no decimal: 5 %, 5.3 %.
  const bool whole = percent >= 9.95 && percent <= 90.05;
  const double shown = whole ? std::round(percent) : std::round(percent * 10) / 10;
  char text[40];
  std::snprintf(text, sizeof text, shown == std::floor(shown) ? "%.0f %%" : "%.1f %%", shown);
  return text;
}

std::string points_text(double difference) {
  const double points = std::abs(difference) * 100;
  if (points > 0 && points < 0.05) return "under 0.1 points";
  char text[40];
  std::snprintf(text, sizeof text, points >= 9.95 ? "%.0f points" : "%.1f points", points);
  return text;
}

std::int64_t about(double n) {
  if (!(n >= 1)) return 0;
  const double rounded = std::ceil(n);
  double unit = 1;
  while (rounded / unit >= 100) unit *= 10;
  return static_cast<std::int64_t>(std::ceil(rounded / unit) * unit);
}

std::string about_text(double n) { return count_text(about(n)); }

std::string date_text(Instant t) {
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(t));
  return std::to_string(static_cast<unsigned>(day.day())) + " " +
         kMonths[static_cast<unsigned>(day.month()) - 1] + " " +
         std::to_string(static_cast<int>(day.year()));
}

std::string list_text(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

}  // namespace headway::domain
