#include "domain/statistics/intervals.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/statistics/special.h"
#include "tests/unit/domain_statistics/near.h"

namespace headway::domain::statistics {
namespace {

constexpr std::int64_t kBillion = 1'000'000'000;

TEST(Special, Vectors) {
  EXPECT_VECTOR(ln_beta(30.5, 970.5), -137.278622373607);
  EXPECT_VECTOR(beta_cdf(5.5, 95.5, 0.05), 0.471911702396969);
  EXPECT_VECTOR(beta_cdf(46, 956, 0.001), 2.61427345808784e-59);
}

TEST(Special, LnBetaAgreesWithLnGammaInEveryBranch) {
  for (const double a : {0.5, 1.0, 3.25, 15.9, 16.1, 400.0})
    for (const double b : {0.5, 2.0, 17.0, 9'999.0, 10'001.0, 5e5}) {
      const double expected = static_cast<double>(
          std::lgamma(static_cast<long double>(a)) + std::lgamma(static_cast<long double>(b)) -
          std::lgamma(static_cast<long double>(a) + static_cast<long double>(b)));
      EXPECT_CLOSE(ln_beta(a, b), expected, 1e-11) << a << ", " << b;
      EXPECT_CLOSE(ln_beta(a, b), ln_beta(b, a), 1e-14);
    }
}

TEST(Special, StirlingErrorsAreContinuousWhereTheFormulaChanges) {
  EXPECT_CLOSE(stirling_error(16 - 1e-9), stirling_error(16 + 1e-9), 1e-9);
  EXPECT_CLOSE(half_stirling_error(16 - 1e-9), half_stirling_error(16 + 1e-9), 1e-9);
}

TEST(Special, DevianceKeepsItsDigitsNearEquality) {
  // x ln(x/m) + m - x = (x - m)^2 / 2m (1 - (x - m) / 3m ...), where the direct form has nothing left.
  EXPECT_CLOSE(deviance(1e9, 1e9 + 1), 0.5e-9, 1e-8);
  EXPECT_EQ(deviance(7, 7), 0);
  EXPECT_EQ(deviance(0, 7), 7);
  EXPECT_CLOSE(deviance(7, 3.5), 7 * std::log(2.0) - 3.5, 1e-14);
}

TEST(Wilson, Vectors) {
  EXPECT_VECTOR(wilson({5, 100}).lo, 0.021543679154368);
  EXPECT_VECTOR(wilson({5, 100}).hi, 0.111750469231919);
  EXPECT_EQ(wilson({0, 20}).lo, 0);
  EXPECT_VECTOR(wilson({0, 20}).hi, 0.161125158052819);
}

TEST(Jeffreys, Vectors) {
  EXPECT_VECTOR(jeffreys({5, 100}).lo, 0.0193318119858667);
  EXPECT_VECTOR(jeffreys({5, 100}).hi, 0.106100073883103);
  EXPECT_VECTOR(beta_cdf(5.5, 95.5, jeffreys_upper({5, 100}, 0.9)), 0.9);
  EXPECT_EQ(jeffreys_upper({0, 0}), 1);
}

TEST(ConfidenceSequence, Vectors) {
  EXPECT_VECTOR(confidence_sequence({5, 100}).lo, 0.00714947893259693);
  EXPECT_VECTOR(confidence_sequence({5, 100}).hi, 0.155794443540606);
  EXPECT_VECTOR(confidence_sequence({950, 1000}).lo, 0.920760418189145);
  EXPECT_VECTOR(confidence_sequence({950, 1000}).hi, 0.971280082740376);
  EXPECT_VECTOR(confidence_sequence({1, 1}).lo, 0.025);
  EXPECT_EQ(confidence_sequence({1, 1}).hi, 1);
}

TEST(ConfidenceSequence, EndsAreWhereTheEvidenceReachesOneInAlpha) {
  for (const Trials t : {Trials{5, 100}, {0, 40}, {1, 3}, {999'000, 1'000'000}}) {
    const Interval i = confidence_sequence(t, 0.01);
    if (i.lo > 0) {
      EXPECT_CLOSE(ln_evidence_against_rate(t, i.lo), std::log(100.0), 1e-9);
    }
    if (i.hi < 1) {
      EXPECT_CLOSE(ln_evidence_against_rate(t, i.hi), std::log(100.0), 1e-9);
    }
  }
}

TEST(ClopperPearson, IsTheRuleOfThreeWithoutFailures) {
  EXPECT_CLOSE(clopper_pearson({0, 100}).hi, 1 - std::pow(0.025, 0.01), 1e-12);
  EXPECT_CLOSE(clopper_pearson({100, 100}).lo, std::pow(0.025, 0.01), 1e-12);
  // Its definition: each end leaves alpha/2 in the binomial tail, here of Bin(100, p) at 5.
  const Interval i = clopper_pearson({5, 100});
  EXPECT_VECTOR(beta_cdf(5, 96, i.lo), 0.025);
  EXPECT_VECTOR(1 - beta_cdf(6, 95, i.hi), 0.025);
}

TEST(Newcombe, PublishedExample) {
  // Newcombe 1998, table II, contrast (a): 56/70 against 48/80, method 10.
  const Interval i = newcombe_difference({56, 70}, {48, 80});
  EXPECT_NEAR(i.lo, 0.0524, 5e-5);
  EXPECT_NEAR(i.hi, 0.3339, 5e-5);
}

TEST(Intervals, NoTryIsEverything) {
  EXPECT_EQ(wilson({}), Interval{});
  EXPECT_EQ(jeffreys({}), Interval{});
  EXPECT_EQ(clopper_pearson({}), Interval{});
  EXPECT_EQ(confidence_sequence({}), Interval{});
  EXPECT_EQ(newcombe_difference({}, {3, 5}), (Interval{-1, 1}));
  EXPECT_EQ(newcombe_difference({3, 5}, {}), (Interval{-1, 1}));
}

TEST(Intervals, NoneAndAllClampTheirEndExactly) {
  for (const std::int64_t n : {std::int64_t{1}, std::int64_t{20}, kBillion})
    for (const auto method : {wilson, jeffreys, clopper_pearson, confidence_sequence}) {
      EXPECT_EQ(method({0, n}, 0.05).lo, 0);
      EXPECT_EQ(method({n, n}, 0.05).hi, 1);
      EXPECT_LT(method({0, n}, 0.05).hi, 1);
      EXPECT_GT(method({n, n}, 0.05).lo, 0);
    }
}

TEST(Intervals, ABillionTries) {
  const Trials t{30'000'000, kBillion};
  const double p = 0.03, sd = std::sqrt(p * (1 - p) / 1e9);
  for (const auto method : {wilson, jeffreys, clopper_pearson}) {
    const Interval i = method(t, 0.05);
    EXPECT_NEAR((p - i.lo) / sd, 1.96, 0.01);
    EXPECT_NEAR((i.hi - p) / sd, 1.96, 0.01);
  }
  // Half the squared distance is ln(1/alpha) + ln(n pi / 2 ...) / 2: see the least evidence.
  const Interval i = confidence_sequence(t);
  const double expected = std::sqrt(2 * (std::log(20.0) + 0.5 * std::log(1e9 * M_PI / 2)));
  EXPECT_NEAR((p - i.lo) / sd, expected, 0.01);
  EXPECT_NEAR((i.hi - p) / sd, expected, 0.01);
}

struct Case {
  Trials t;
  double alpha;
};

Case any_case() {
  const auto drawn = [](std::int64_t from, std::int64_t to) {
    return *rc::gen::resize(100, rc::gen::inRange(from, to));
  };
  const std::int64_t n = drawn(1, 1 + drawn(1, kBillion));
  return {{drawn(0, n + 1), n}, 1 / static_cast<double>(drawn(3, 10'000))};
}

RC_GTEST_PROP(Intervals, ContainTheRateMirrorAndNest, ()) {
  const auto [t, alpha] = any_case();
  const double rate = static_cast<double>(t.successes) / static_cast<double>(t.n);
  for (const auto method : {wilson, jeffreys, clopper_pearson, confidence_sequence}) {
    const Interval i = method(t, alpha), mirrored = method({t.n - t.successes, t.n}, alpha);
    RC_ASSERT(0 <= i.lo && i.lo <= rate && rate <= i.hi && i.hi <= 1);
    RC_ASSERT(std::abs(mirrored.lo - (1 - i.hi)) < 1e-9);
    RC_ASSERT(std::abs(mirrored.hi - (1 - i.lo)) < 1e-9);
    const Interval wider = method(t, alpha / 2);
    RC_ASSERT(wider.lo <= i.lo && i.hi <= wider.hi);
  }
}

RC_GTEST_PROP(Newcombe, ContainsTheDifferenceAndMirrors, ()) {
  const auto [a, alpha] = any_case();
  const Trials b = any_case().t;
  const double d = static_cast<double>(a.successes) / static_cast<double>(a.n) -
                   static_cast<double>(b.successes) / static_cast<double>(b.n);
  const Interval i = newcombe_difference(a, b, alpha), back = newcombe_difference(b, a, alpha);
  RC_ASSERT(-1 <= i.lo && i.lo <= d && d <= i.hi && i.hi <= 1);
  RC_ASSERT(std::abs(i.lo + back.hi) < 1e-12 && std::abs(i.hi + back.lo) < 1e-12);
}

}  // namespace
}  // namespace headway::domain::statistics
