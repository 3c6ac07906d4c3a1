#include "domain/statistics/strata.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/statistics/ratio.h"
#include "domain/statistics/sample_size.h"
#include "tests/unit/domain_statistics/near.h"

namespace headway::domain::statistics {
namespace {

// Admissions to Berkeley in 1973, men and women by department: R's UCBAdmissions.
const std::vector<Block> kAdmissions{
    {512 + 313, 89 + 19, 512, 89},    {353 + 207, 17 + 8, 353, 17},
    {120 + 205, 202 + 391, 120, 202}, {138 + 279, 131 + 244, 138, 131},
    {53 + 138, 94 + 299, 53, 94},     {22 + 351, 24 + 317, 22, 24}};

TEST(Strata, Vectors) {
  const StratifiedComparison c = compare_strata(kAdmissions);
  EXPECT_VECTOR(*c.cmh, 1.52460666044344);
  EXPECT_VECTOR(*c.cmh_p, 0.216923697055518);
  EXPECT_VECTOR(*c.odds_ratio, 0.904696828258623);
  EXPECT_VECTOR(c.odds_ratio_interval->lo, 0.77190736175935);
  EXPECT_VECTOR(c.odds_ratio_interval->hi, 1.06032976443666);
  EXPECT_VECTOR(*c.crude_odds_ratio, 1.84108003718129);
  EXPECT_VECTOR(*c.breslow_day, 18.825513705235);
  EXPECT_TRUE(c.mix_reverses);
  EXPECT_FALSE(c.may_name_winner());
  EXPECT_EQ(c.strata_used, 6);
}

TEST(Strata, WithOneArmAreDroppedAndSaidSo) {
  std::vector<Block> strata = kAdmissions;
  strata.push_back({1000, 0, 10, 0});
  const StratifiedComparison c = compare_strata(strata), without = compare_strata(kAdmissions);
  EXPECT_EQ(c.strata_dropped, 1);
  EXPECT_CLOSE(c.share_dropped, 1000.0 / 5526, 1e-12);
  EXPECT_EQ(c.odds_ratio, without.odds_ratio);
  EXPECT_EQ(c.breslow_day, without.breslow_day);
  EXPECT_NE(c.crude_odds_ratio, without.crude_odds_ratio);
}

TEST(Strata, NothingAndZeroCells) {
  const StratifiedComparison none = compare_strata({});
  EXPECT_FALSE(none.odds_ratio || none.crude_odds_ratio || none.cmh || none.breslow_day);
  EXPECT_TRUE(none.may_name_winner());
  const std::vector<Block> silent{{10, 10, 0, 0}};
  EXPECT_FALSE(compare_strata(silent).odds_ratio);
  const std::vector<Block> one_side{{10, 10, 3, 0}, {10, 10, 2, 0}};
  const StratifiedComparison c = compare_strata(one_side);
  EXPECT_EQ(c.odds_ratio, std::numeric_limits<double>::infinity());
  EXPECT_FALSE(c.odds_ratio_interval || c.breslow_day);
  EXPECT_TRUE(c.cmh);
}

TEST(Strata, ABillion) {
  const std::int64_t n = 1'000'000'000;
  const std::vector<Block> strata{{n, n, n / 50, n / 100}, {n, n, n / 10, n / 20}};
  const StratifiedComparison c = compare_strata(strata);
  EXPECT_GT(*c.odds_ratio, 2);
  EXPECT_LT(c.odds_ratio_interval->hi / c.odds_ratio_interval->lo, 1.001);
}

RC_GTEST_PROP(Strata, SwappingTheArmsInvertsTheRatio, ()) {
  const auto drawn = [](std::int64_t from, std::int64_t to) {
    return *rc::gen::resize(100, rc::gen::inRange(from, to));
  };
  std::vector<Block> strata, swapped;
  for (int i = 0; i < 4; ++i) {
    const std::int64_t na = drawn(0, 500), nb = drawn(0, 500);
    const Block b{na, nb, drawn(0, na + 1), drawn(0, nb + 1)};
    strata.push_back(b);
    swapped.push_back({b.nb, b.na, b.yb, b.ya});
  }
  const StratifiedComparison c = compare_strata(strata), d = compare_strata(swapped);
  RC_ASSERT(c.mix_reverses == d.mix_reverses);
  if (c.odds_ratio_interval) {
    RC_ASSERT(within(*d.odds_ratio, 1 / *c.odds_ratio, 1e-12));
    RC_ASSERT(within(d.odds_ratio_interval->hi, 1 / c.odds_ratio_interval->lo, 1e-12));
    RC_ASSERT(within(*d.cmh, *c.cmh, 1e-9));
  }
  if (c.breslow_day) RC_ASSERT(within(*d.breslow_day + 1, *c.breslow_day + 1, 1e-6));
}

TEST(RatioMismatch, Vector) {
  const std::vector<std::int64_t> counts{821'588, 815'482};
  const std::vector<double> shares{50, 50};
  EXPECT_VECTOR(ratio_mismatch_ln_e(counts, shares), 6.53236767061909);
}

TEST(RatioMismatch, EdgesAndOrder) {
  const std::vector<double> shares{0.2, 0.3, 0.5};
  const std::vector<std::int64_t> none{0, 0, 0}, fair{200, 300, 500}, unfair{300, 200, 500},
      turned{500, 300, 200}, huge{200'000'000, 300'000'000, 500'000'000};
  EXPECT_NEAR(ratio_mismatch_ln_e(none, shares), 0, 1e-14);
  EXPECT_LT(ratio_mismatch_ln_e(fair, shares), 0);
  EXPECT_LT(ratio_mismatch_ln_e(huge, shares), ratio_mismatch_ln_e(fair, shares));
  EXPECT_GT(ratio_mismatch_ln_e(unfair, shares), std::log(kMismatchAlarm));
  const std::vector<double> turned_shares{0.5, 0.3, 0.2};
  EXPECT_CLOSE(ratio_mismatch_ln_e(turned, turned_shares), ratio_mismatch_ln_e(fair, shares),
               1e-12);
}

TEST(ScoreTest, Vectors) {
  const ScoreTest test = score_test({30, 1000}, {45, 1000});
  EXPECT_VECTOR(test.z, 1.7654696590095);
  EXPECT_VECTOR(test.p, 0.0774848651326447);
  EXPECT_EQ(score_test({}, {3, 4}).p, 1);
  EXPECT_EQ(score_test({0, 9}, {0, 4}).p, 1);
}

TEST(SampleSize, PublishedValuesAndEdges) {
  // Fleiss: .05 against .10 at 5 % and 80 %: 435 (474 with continuity correction).
  EXPECT_EQ(sample_size(0.05, 0.10), 435);
  EXPECT_EQ(sample_size(0.10, 0.05), 435);
  EXPECT_FALSE(sample_size(0.05, 0.05));
  EXPECT_FALSE(sample_size(0.05, 0.05 + 1e-9));
  EXPECT_EQ(sample_size(0, 1), 2);  // z^2 / 2, rounded up
}

TEST(SampleSize, DetectableRateIsItsInverse) {
  const auto rate = detectable_rate(0.03, 2500);
  ASSERT_TRUE(rate);
  EXPECT_EQ(sample_size(0.03, *rate + 1e-9), 2500);
  EXPECT_FALSE(detectable_rate(1, 100));
  EXPECT_FALSE(detectable_rate(0.5, 1));
}

}  // namespace
}  // namespace headway::domain::statistics
