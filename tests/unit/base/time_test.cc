#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace headway {
namespace {

std::int64_t ms(std::string_view text) {
  const auto t = parse_rfc3339(text);
  return t ? to_ms(*t) : -1;
}

TEST(Rfc3339, ReadsZAndOffsets) {
  EXPECT_EQ(ms("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ms("2026-11-23T09:00:00Z"), 1795424400000);
  EXPECT_EQ(ms("2026-11-23T10:00:00+01:00"), 1795424400000);
  EXPECT_EQ(ms("2026-11-23T03:30:00-05:30"), 1795424400000);
  EXPECT_EQ(ms("2026-11-23t09:00:00z"), 1795424400000);
  EXPECT_EQ(ms("2024-02-29 00:00:00Z"), 1709164800000);
}

TEST(Rfc3339, FractionsAreCutToMilliseconds) {
  EXPECT_EQ(ms("1970-01-01T00:00:01.5Z"), 1500);
  EXPECT_EQ(ms("1970-01-01T00:00:01.1239Z"), 1123);
  EXPECT_EQ(ms("1970-01-01T00:00:01.999999999Z"), 1999);
  EXPECT_EQ(ms("1970-01-01T00:00:01.9999999999Z"), -1);
  EXPECT_EQ(ms("1970-01-01T00:00:01.Z"), -1);
}

TEST(Rfc3339, RefusesWhatIsNoInstant) {
  for (const char* text :
       {"", "2026", "2026-11-23", "2026-11-23T09:00:00", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T23:60:00Z",
        "2026-11-23T23:59:60Z", "2026-11-23T09:00:00+24:00", "2026-11-23T09:00:00+0100",
        "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
        "2026-11-23T09:00:00Z ", "+026-11-23T09:00:00Z", "2026-1-23T09:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Rfc3339, FormatsWithMillisecondsOnlyWhenThereAreAny) {
  EXPECT_EQ(format_rfc3339(from_ms(1795424400000)), "2026-11-23T09:00:00Z");
  EXPECT_EQ(format_rfc3339(from_ms(1795424400007)), "2026-11-23T09:00:00.007Z");
}

RC_GTEST_PROP(Rfc3339, ReadsWhatItWrites, ()) {
  const auto t = from_ms(*rc::gen::inRange<std::int64_t>(0, 253402300800000));
  RC_ASSERT(parse_rfc3339(format_rfc3339(t)) == t);
}

TEST(IsoDuration, ReadsTheDocumentedForms) {
  using std::chrono::hours;
  EXPECT_EQ(parse_iso_duration("P2D"), milliseconds{hours{48}});
  EXPECT_EQ(parse_iso_duration("PT36H"), milliseconds{hours{36}});
  EXPECT_EQ(parse_iso_duration("P1W"), milliseconds{hours{168}});
  EXPECT_EQ(parse_iso_duration("P1DT2H30M"), milliseconds{hours{26} + std::chrono::minutes{30}});
  EXPECT_EQ(parse_iso_duration("PT0S"), milliseconds{0});
  EXPECT_EQ(parse_iso_duration("PT1.25S"), milliseconds{1250});
}

TEST(IsoDuration, RefusesTheRest) {
  for (const char* text :
       {"",     "P",     "PT",   "P1DT",         "1D",     "P1Y",    "P1M",      "P-1D",
        "-P1D", "P1H",   "PT1D", "P1D2W",        "PT1M1H", "PT1S1S", "P1.5D",    "PT1.S",
        "P1",   "PT1H ", "p1d",  "P1000000000D", "PT",     "PTT1S",  "P1DT1HT1M"}) {
    EXPECT_FALSE(parse_iso_duration(text)) << text;
  }
}

RC_GTEST_PROP(IsoDuration, ReadsWhatItWrites, ()) {
  const milliseconds d{*rc::gen::inRange<std::int64_t>(0, 86'400'000'000)};
  RC_ASSERT(parse_iso_duration(format_iso_duration(d)) == d);
}

TEST(IsoDuration, WritesTheShortestForm) {
  EXPECT_EQ(format_iso_duration(milliseconds{0}), "PT0S");
  EXPECT_EQ(format_iso_duration(std::chrono::hours{48}), "P2D");
  EXPECT_EQ(format_iso_duration(std::chrono::hours{36}), "P1DT12H");
  EXPECT_EQ(format_iso_duration(milliseconds{61'500}), "PT1M1.5S");
}

TEST(HourOf, RoundsDown) {
  EXPECT_EQ(hour_of(from_ms(3'599'999)), 0);
  EXPECT_EQ(hour_of(from_ms(3'600'000)), 1);
  EXPECT_EQ(hour_of(from_ms(-1)), -1);
}

}  // namespace
}  // namespace headway
