#include "domain/schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace headway::domain {
namespace {

constexpr std::int64_t kMinute = 60'000;

Instant at(std::string_view text) { return *parse_rfc3339(text); }
Zone zone(std::string_view name) { return *Zone::find(name); }
std::string text(std::optional<Instant> t) { return t ? format_rfc3339(*t) : "never"; }

ActiveHours every_day(std::vector<OpenRange> ranges) {
  ActiveHours h;
  h.days.fill(ranges);
  return h;
}
ActiveHours on(int weekday, std::vector<OpenRange> ranges) {
  ActiveHours h;
  h.days[static_cast<std::size_t>(weekday)] = std::move(ranges);
  return h;
}

TEST(Zones, EveryNameOfTheListLoads) {
  std::size_t missing = 0;
  for (const auto name : zone_names()) missing += Zone::find(name) ? 0U : 1U;
  // Names added to the database after the installed one are allowed to be missing.
  EXPECT_LE(missing, 10U);
  EXPECT_TRUE(std::is_sorted(zone_names().begin(), zone_names().end()));
}

TEST(Zones, NothingElseDoes) {
  for (const char* name :
       {"", "Mars/Phobos", "europe/berlin", "/etc/passwd", "../Europe/Berlin", "localtime",
        "Fixed/UTC+01:00:00", "Europe/Berlin ", "posixrules", "file:/etc/hosts"}) {
    EXPECT_FALSE(Zone::find(name)) << name;
  }
}

TEST(Hours, NoHoursMeanAlways) {
  const Instant t = at("2026-11-23T03:00:00Z");
  EXPECT_TRUE(open_at(nullptr, Zone(), t));
  EXPECT_EQ(next_open(nullptr, Zone(), t), t);
  EXPECT_EQ(closes_at(nullptr, Zone(), t), std::nullopt);
  EXPECT_EQ(open_time(nullptr, Zone(), t, t + std::chrono::hours{5}), std::chrono::hours{5});
}

TEST(Hours, OpenFromItsFirstMillisecondToBeforeItsEnd) {
  const auto h = on(0, {{540, 1020}});  // Monday 09:00-17:00
  const Zone berlin = zone("Europe/Berlin");
  EXPECT_FALSE(open_at(&h, berlin, at("2026-11-23T07:59:59.999Z")));
  EXPECT_TRUE(open_at(&h, berlin, at("2026-11-23T08:00:00Z")));
  EXPECT_TRUE(open_at(&h, berlin, at("2026-11-23T15:59:59.999Z")));
  EXPECT_FALSE(open_at(&h, berlin, at("2026-11-23T16:00:00Z")));
  EXPECT_EQ(text(next_open(&h, berlin, at("2026-11-23T16:00:00Z"))), "2026-11-30T08:00:00Z");
  EXPECT_EQ(text(closes_at(&h, berlin, at("2026-11-23T12:00:00Z"))), "2026-11-23T16:00:00Z");
  EXPECT_EQ(text(closes_at(&h, berlin, at("2026-11-23T17:00:00Z"))), "2026-11-23T17:00:00Z");
}

TEST(Hours, NeverOpenIsNever) {
  const ActiveHours h;
  EXPECT_EQ(next_open(&h, Zone(), at("2026-11-23T12:00:00Z")), std::nullopt);
}

TEST(Hours, RangesThatMeetAtMidnightAreOnePeriod) {
  ActiveHours h = on(0, {{1320, 1440}});
  h.days[1] = {{0, 120}, {120, 180}};
  EXPECT_EQ(text(closes_at(&h, Zone(), at("2026-11-23T23:00:00Z"))), "2026-11-24T03:00:00Z");
}

TEST(Hours, AlwaysOpenAsRangesNeverCloses) {
  const auto h = every_day({{0, 1440}});
  EXPECT_EQ(closes_at(&h, zone("America/New_York"), at("2026-11-23T23:00:00Z")), std::nullopt);
}

// Berlin, 2026-03-29: 02:00 -> 03:00.
TEST(HoursOverDst, ARangeInsideTheGapDoesNotOpenThatDay) {
  const auto h = on(6, {{130, 170}});  // Sunday 02:10-02:50
  EXPECT_EQ(text(next_open(&h, zone("Europe/Berlin"), at("2026-03-28T00:00:00Z"))),
            "2026-04-05T00:10:00Z");
}

TEST(HoursOverDst, ARangeThatBeginsInTheGapOpensWhenItEnds) {
  const auto h = on(6, {{150, 300}});  // Sunday 02:30-05:00
  EXPECT_EQ(text(next_open(&h, zone("Europe/Berlin"), at("2026-03-28T00:00:00Z"))),
            "2026-03-29T01:00:00Z");
  EXPECT_EQ(text(closes_at(&h, zone("Europe/Berlin"), at("2026-03-29T01:00:00Z"))),
            "2026-03-29T03:00:00Z");
}

// Berlin, 2026-10-25: 03:00 -> 02:00.
TEST(HoursOverDst, ARepeatedHourIsOpenTwice) {
  const auto h = on(6, {{130, 140}});  // Sunday 02:10-02:20
  const Zone berlin = zone("Europe/Berlin");
  EXPECT_EQ(text(next_open(&h, berlin, at("2026-10-25T00:00:00Z"))), "2026-10-25T00:10:00Z");
  EXPECT_EQ(text(closes_at(&h, berlin, at("2026-10-25T00:10:00Z"))), "2026-10-25T00:20:00Z");
  EXPECT_EQ(text(next_open(&h, berlin, at("2026-10-25T00:20:00Z"))), "2026-10-25T01:10:00Z");
  EXPECT_EQ(open_time(&h, berlin, at("2026-10-25T00:00:00Z"), at("2026-10-26T00:00:00Z")),
            std::chrono::minutes{20});
}

TEST(Days, Have23And24And25Hours) {
  const Zone berlin = zone("Europe/Berlin");
  EXPECT_EQ(text(day_end(berlin, at("2026-03-28T23:00:00Z"))), "2026-03-29T22:00:00Z");
  EXPECT_EQ(text(day_end(berlin, at("2026-10-24T22:00:00Z"))), "2026-10-25T23:00:00Z");
  EXPECT_EQ(text(day_end(berlin, at("2026-06-01T12:00:00Z"))), "2026-06-01T22:00:00Z");
  EXPECT_EQ(day_number(berlin, at("1970-01-01T00:00:00Z")), 0);
  EXPECT_EQ(day_number(zone("Pacific/Kiritimati"), at("2026-11-23T11:00:00Z")),
            day_number(Zone(), at("2026-11-24T00:00:00Z")));
}

TEST(Days, ASkippedDayIsSkipped) {  // Samoa had no 2011-12-30
  const Zone apia = zone("Pacific/Apia");
  const Instant t = at("2011-12-30T09:00:00Z");  // the 29th, 23:00
  EXPECT_EQ(text(day_end(apia, t)), "2011-12-30T10:00:00Z");
  EXPECT_EQ(day_number(apia, at("2011-12-30T10:00:00Z")) - day_number(apia, t), 2);
  const auto fridays = on(4, {{540, 600}});
  EXPECT_EQ(text(next_open(&fridays, apia, t)), "2012-01-05T19:00:00Z");
}

TEST(Days, MidnightItselfMayBeSkipped) {  // Cairo, 2024-04-26: 00:00 -> 01:00
  const Zone cairo = zone("Africa/Cairo");
  EXPECT_EQ(text(day_end(cairo, at("2024-04-25T12:00:00Z"))), "2024-04-25T22:00:00Z");
  const auto h = on(4, {{0, 90}});  // Friday 00:00-01:30
  EXPECT_EQ(text(next_open(&h, cairo, at("2024-04-25T12:00:00Z"))), "2024-04-25T22:00:00Z");
  EXPECT_EQ(text(closes_at(&h, cairo, at("2024-04-25T22:00:00Z"))), "2024-04-25T22:30:00Z");
}

// Day after day in every zone of the world: each end is the first instant of another date.
// (27 hours are real: Casey station moved its clocks by three in 2012.)
TEST(Days, FollowEachOtherInEveryZone) {
  const Instant until = at("2030-01-01T00:00:00Z");
  for (const auto name : zone_names()) {
    const auto z = Zone::find(name);
    if (!z) continue;
    for (Instant t = at("2010-01-01T00:00:00Z"); t < until;) {
      const Instant end = day_end(*z, t);
      ASSERT_GT(end, t) << name;
      ASSERT_LE(end, t + std::chrono::hours{28}) << name << " " << format_rfc3339(t);
      ASSERT_NE(day_number(*z, end), day_number(*z, t)) << name << " " << format_rfc3339(t);
      ASSERT_EQ(day_number(*z, end - milliseconds{1}), day_number(*z, t)) << name;
      t = end;
    }
  }
}

// ---- properties over the weeks in which clocks change --------------------------------------------

struct Week {
  const char* zone;
  const char* from;
};
constexpr Week kWeeks[] = {
    {"Europe/Berlin", "2026-03-26T00:00:00Z"},
    {"Europe/Berlin", "2026-10-22T00:00:00Z"},
    {"America/New_York", "2026-03-05T00:00:00Z"},
    {"America/New_York", "2026-10-29T00:00:00Z"},
    {"Australia/Lord_Howe", "2026-04-02T00:00:00Z"},
    {"Australia/Lord_Howe", "2026-10-01T00:00:00Z"},
    {"America/Sao_Paulo", "2018-11-01T00:00:00Z"},
    {"America/Sao_Paulo", "2019-02-14T00:00:00Z"},
    {"Africa/Cairo", "2024-04-23T00:00:00Z"},
    {"Africa/Cairo", "2024-10-29T00:00:00Z"},
    {"Pacific/Apia", "2011-12-27T00:00:00Z"},
    {"Asia/Kathmandu", "2026-06-01T00:00:00Z"},
    {"America/St_Johns", "2006-10-26T00:00:00Z"},
    {"America/Havana", "2026-10-29T00:00:00Z"},
};

rc::Gen<std::vector<OpenRange>> some_ranges() {
  return rc::gen::exec([] {
    std::vector<OpenRange> ranges;
    int from = 0;
    const int n = *rc::gen::resize(100, rc::gen::inRange(0, 4));
    for (int i = 0; i < n && from < 1439; ++i) {
      const int step = *rc::gen::element(0, 1, 30, 60, 150, 400);
      const int length = *rc::gen::element(1, 10, 30, 45, 60, 90, 240, 700, 1440);
      if (from + step >= 1440) break;
      ranges.push_back({from + step, std::min(1440, from + step + length)});
      from = ranges.back().to;
    }
    return ranges;
  });
}

RC_GTEST_PROP(HoursOverDst, AgreeWithAScanOfEveryMinute, ()) {
  const Week week = *rc::gen::elementOf(std::vector<Week>(std::begin(kWeeks), std::end(kWeeks)));
  const Zone z = zone(week.zone);
  ActiveHours h;
  for (auto& day : h.days) day = *some_ranges();
  const Instant from =
      at(week.from) +
      milliseconds{*rc::gen::resize(100, rc::gen::inRange<std::int64_t>(0, 6 * 1440 * kMinute))};
  // The scan: open_at() at `from`, then at every whole minute (changes of the clocks are on whole
  // minutes since 1972).
  const auto scan = [&](bool wanted) -> std::optional<Instant> {
    Instant t = from;
    for (int i = 0; i < 9 * 1440; ++i) {
      if (open_at(&h, z, t) == wanted) return t;
      t = std::chrono::floor<std::chrono::minutes>(t) + std::chrono::minutes{1};
    }
    return std::nullopt;
  };
  if (const auto expected = scan(true)) RC_ASSERT(next_open(&h, z, from) == expected);
  if (const auto expected = scan(false)) RC_ASSERT(closes_at(&h, z, from) == expected);
}

RC_GTEST_PROP(HoursOverDst, OpenTimeIsTheSumOfOpenMinutes, ()) {
  const Week week = *rc::gen::elementOf(std::vector<Week>(std::begin(kWeeks), std::end(kWeeks)));
  const Zone z = zone(week.zone);
  ActiveHours h;
  for (auto& day : h.days) day = *some_ranges();
  const Instant from = at(week.from);
  const Instant to = from + std::chrono::hours{168};
  milliseconds open{0};
  for (Instant t = from; t < to; t += std::chrono::minutes{1}) {
    if (open_at(&h, z, t)) open += std::chrono::minutes{1};
  }
  RC_ASSERT(open_time(&h, z, from, to) == open);
}

RC_GTEST_PROP(DaysOverDst, EndWhereTheDateChanges, ()) {
  const Week week = *rc::gen::elementOf(std::vector<Week>(std::begin(kWeeks), std::end(kWeeks)));
  const Zone z = zone(week.zone);
  const Instant from =
      at(week.from) +
      milliseconds{*rc::gen::resize(100, rc::gen::inRange<std::int64_t>(0, 6 * 1440 * kMinute))};
  const std::int64_t day = day_number(z, from);
  Instant t = from;
  while (day_number(z, t) == day) {
    t = std::chrono::floor<std::chrono::minutes>(t) + std::chrono::minutes{1};
  }
  RC_ASSERT(day_end(z, from) == t);
}

}  // namespace
}  // namespace headway::domain
