#include "domain/statistics/guard.h"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/statistics/intervals.h"
#include "tests/unit/domain_statistics/near.h"

namespace headway::domain::statistics {
namespace {

GuardState after(const Guard& guard, std::string_view outcomes, std::int64_t day = 1) {
  GuardState state;
  for (const char c : outcomes) guard.update(state, day, c == '1');
  return state;
}

TEST(Guard, Vectors) {
  EXPECT_VECTOR(Guard::level(after(Guard(0.05, 0), "00101101")), 2115.14416893194);
  EXPECT_VECTOR(Guard::level(after(Guard(0.05, 0.02), "00101101")), 543.574711252998);
}

TEST(Guard, AlternativesKeepTheirOdds) {
  EXPECT_EQ(Guard(0.05, 0.01).alternatives(),
            (std::array<double, 5>{0.08, 0.12, 0.20, 0.35, 0.60}));
  const Guard high(0.2, 0.01);
  for (std::size_t k = 0; k < 5; ++k) {
    const double f = high.alternatives()[k], g = Guard(0.05, 0).alternatives()[k];
    EXPECT_CLOSE(f / (1 - f) / 0.25, g / (1 - g) * 19, 1e-12);
  }
  EXPECT_EQ(Guard(0, 0.01).f0(), 0.002);
  EXPECT_EQ(Guard(0.9, 0.01).f0(), 0.5);
}

TEST(Guard, ABadDayCountsLessWhenDaysDiffer) {
  EXPECT_GT(Guard::level(after(Guard(0.05, 0.01), "1111")),
            Guard::level(after(Guard(0.05, 0.1), "1111")));
  // A new day begins without the failures of the day before.
  const Guard guard(0.05, 0.1);
  GuardState state = after(guard, "11", 1);
  guard.update(state, 2, true);
  EXPECT_GT(Guard::level(state), Guard::level(after(guard, "111", 1)));
  EXPECT_EQ(state.day_tries, 1);
}

TEST(Guard, EvidenceStaysFinite) {
  const Guard guard(0.01, 0);
  GuardState state;
  for (int i = 0; i < 5000; ++i) guard.update(state, 1, true);
  EXPECT_TRUE(std::isfinite(Guard::level(state)));
}

// Its average run without a change is at least A: the expectation of M grows by exactly 1 a message.
TEST(Guard, EvidenceGrowsByOneAMessageWithoutAChange) {
  const double f0 = 0.05, rho = 0.02, c = (1 - rho) / rho;
  const Guard guard(f0, rho);
  double mean = 0;
  for (int outcome = 0; outcome < 256; ++outcome) {
    GuardState state;
    double chance = 1;
    for (int i = 0; i < 8; ++i) {
      const bool failed = (outcome >> i & 1) != 0;
      const double p = (f0 * c + static_cast<double>(state.day_failures)) /
                       (c + static_cast<double>(state.day_tries));
      chance *= failed ? p : 1 - p;
      guard.update(state, 0, failed);
    }
    mean += chance * Guard::level(state);
  }
  EXPECT_CLOSE(mean, 8, 1e-12);
}

TEST(GuardSettings, Baseline) {
  EXPECT_EQ(guard_baseline({10, 199}, 0.03), 0.03);
  EXPECT_EQ(guard_baseline({10, 200}, 0.03), jeffreys_upper({10, 200}, 0.9));
}

TEST(GuardSettings, ThresholdIsMessagesAFalseAlarm) {
  EXPECT_EQ(guard_threshold(36'500, 1), 36'500);
  EXPECT_EQ(guard_threshold(36'500, 0.5), 73'000);
  EXPECT_EQ(guard_threshold(10), 1000);
}

TEST(GuardSettings, CorrelationFromDays) {
  EXPECT_EQ(guard_correlation({}), 0.01);
  EXPECT_EQ(guard_correlation(std::vector<Trials>(20, {5, 100})), 0.01);
  EXPECT_EQ(guard_correlation(std::vector<Trials>(20, {0, 100})), 0.01);
  // Half the days at 0, half at .2: variance .01 of .09, so about .11.
  std::vector<Trials> days;
  for (int i = 0; i < 200; ++i) days.push_back({i % 2 == 0 ? 0 : 200, 1000});
  EXPECT_NEAR(guard_correlation(days), 0.11, 0.003);
  EXPECT_EQ(guard_correlation(std::vector<Trials>{{0, 100}, {100, 100}}), 0.5);
}

RC_GTEST_PROP(Guard, AFailureRaisesAndASuccessNeverRaisesByMoreThanOne, ()) {
  const Guard guard(*rc::gen::inRange(1, 50) / 100.0, *rc::gen::inRange(0, 30) / 100.0);
  GuardState state;
  for (int i = 0; i < 60; ++i) {
    const double before = Guard::level(state);
    const bool failed = *rc::gen::inRange(0, 4) == 0;
    guard.update(state, i / 10, failed);
    if (failed) RC_ASSERT(Guard::level(state) > before);
    if (!failed) RC_ASSERT(Guard::level(state) < before + 1);
  }
}

}  // namespace
}  // namespace headway::domain::statistics
