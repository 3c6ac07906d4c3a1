// When the guard would have alerted.

#include "domain/diagnosis/backtest.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace headway::domain::diagnosis {
namespace {

constexpr AccountId kNorth{1}, kSouth{2};

Instant at(std::int64_t n) {
  return from_ms(1'790'000'000'000) + std::chrono::minutes{15} * n;  // about 100 a day
}
bool draw(std::uint64_t seed, std::int64_t n, double rate) {
  return static_cast<double>(mix64(seed, static_cast<std::uint64_t>(n)) >> 11) * 0x1p-53 < rate;
}

TEST(Backtest, KeepsQuietWhileFailuresAreUsual) {
  Backtest test(36'500, {}, {});
  for (std::int64_t n = 0; n < 3'000; ++n) test.add(kNorth, at(n), draw(1, n, 0.03));
  EXPECT_EQ(test.messages(), 3'000);
  EXPECT_TRUE(test.alarms().empty());
  EXPECT_EQ(backtest_sentence(test, {}, 1, false),
            "Set to 1 false alarm a year, the guard would have kept quiet over 3,000 messages.");
}

TEST(Backtest, AlertsSoonAfterAnAccountBeginsToFailAndNamesIt) {
  Backtest test(36'500, {}, {});
  for (std::int64_t n = 0; n < 1'000; ++n) {
    test.add(kSouth, at(n), draw(2, n, 0.03));
    test.add(kNorth, at(n), draw(3, n, n < 500 ? 0.03 : 0.5));
  }
  ASSERT_FALSE(test.alarms().empty());
  const PastAlarm& first = test.alarms().front();
  EXPECT_EQ(first.account, kNorth);
  EXPECT_GT(first.messages_before, 500);
  EXPECT_LT(first.messages_before, 540);
  EXPECT_GT(first.delay_messages, 2);
  EXPECT_LT(first.delay_messages, 60);
  EXPECT_TRUE(first.pause);  // it kept failing
  for (const PastAlarm& a : test.alarms()) EXPECT_EQ(a.account, kNorth);
  std::vector<std::string> names(test.alarms().size(), "North desk");
  EXPECT_NE(backtest_sentence(test, names, 0.5, true).find("first for North desk on "),
            std::string::npos)
      << backtest_sentence(test, names, 0.5, true);
}

TEST(Backtest, AnAccountsOwnHistorySaysWhatIsUsual) {
  Backtest strict(36'500, {}, {0.05, 0.01}), lenient(36'500, {{kNorth, {0.35, 0.01}}}, {});
  for (std::int64_t n = 0; n < 400; ++n) {
    strict.add(kNorth, at(n), draw(4, n, 0.3));
    lenient.add(kNorth, at(n), draw(4, n, 0.3));
  }
  EXPECT_FALSE(strict.alarms().empty());
  EXPECT_TRUE(lenient.alarms().empty());
}

TEST(GuardSentence, SaysWhatHappenedTodayAndWhatIsUsual) {
  GuardFigures g;
  g.name = "North desk";
  g.today = 60;
  g.failed_today = 31;
  g.f0 = 0.05;
  g.alerted = true;
  EXPECT_EQ(
      guard_sentence(g),
      "North desk fails more often than usual: 31 of 60 messages failed on its latest day, up "
      "to 5 % is usual.");
}

}  // namespace
}  // namespace headway::domain::diagnosis
