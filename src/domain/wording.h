#pragma once
// Numbers as sentences for people write them. English; no locale.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace headway::domain {

std::string count_text(std::int64_t n);  // 2400 -> "2,400"
// "1 message", "62 messages". `plural` where adding an s is not enough.
std::string count_text(std::int64_t n, std::string_view noun, std::string_view plural = "");

std::string ordinal_text(std::int64_t n);  // "1st", "32nd", "1,024th"

// A share in percent: whole numbers from 10 % to 90 %, one decimal outside. Never "0 %" unless the share is 0
// ("under 0.1 %"), never "100 %" unless it is 1 ("over 99.9 %"). "-" when den = 0.
std::string percent_text(std::int64_t num, std::int64_t den);
std::string percent_text(double share);
// A difference of shares in percentage points, without its sign: "1.4 points".
std::string points_text(double difference);

// About: two significant digits, so that an estimate does not look like a count. 2437 -> "2,400".
std::string about_text(double n);
std::int64_t about(double n);

std::string date_text(Instant t);  // "24 Nov 2026", UTC
// {"a", "b", "c"} -> "a, b and c"
std::string list_text(const std::vector<std::string>& parts);

}  // namespace headway::domain
