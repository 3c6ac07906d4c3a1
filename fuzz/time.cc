// Times, durations and the other short texts that clients write: what is read is written and read
// back as the same.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/strong_id.h"
#include "base/text.h"
#include "base/time.h"
#include "domain/campaign.h"
#include "domain/person.h"
#include "domain/schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto t = parse_rfc3339(text)) {
    HW_CHECK(parse_rfc3339(format_rfc3339(*t)) == t);
    HW_CHECK(to_ms(*t) >= 0);
  }
  if (const auto d = parse_iso_duration(text)) {
    HW_CHECK(d->count() >= 0);
    // Written in days at most: a number of days too long to be read again is not compared.
    if (*d < std::chrono::hours{24} * 1'000'000'000LL) {
      HW_CHECK(parse_iso_duration(format_iso_duration(*d)) == d);
    }
  }
  if (const auto id = parse_id(text)) HW_CHECK(std::to_string(*id) == text);
  if (const auto minute = domain::parse_minute_of_day(text)) {
    HW_CHECK(domain::format_minute_of_day(*minute) == text);
  }
  if (const auto bytes = base64_decode(text)) HW_CHECK(base64_encode(*bytes) == text);
  HW_CHECK(is_utf8(to_valid_utf8(text)) && is_utf8(windows1252_to_utf8(text)));
  const std::string phone = domain::normalize_phone(std::string(text));
  HW_CHECK(domain::normalize_phone(phone) == phone);
  static_cast<void>(domain::Zone::find(text));
  return 0;
}
