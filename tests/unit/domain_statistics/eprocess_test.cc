#include "domain/statistics/eprocess.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/statistics/special.h"
#include "tests/unit/domain_statistics/near.h"

namespace headway::domain::statistics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::int64_t drawn(std::int64_t from, std::int64_t to) {
  return *rc::gen::resize(100, rc::gen::inRange(from, to));
}

// The definition, term by term in long doubles.
FnchTilt by_definition(const Block& b, double d) {
  const std::int64_t s = b.ya + b.yb, lo = std::max<std::int64_t>(0, s - b.nb),
                     hi = std::min(b.na, s);
  const auto choose = [](std::int64_t n, std::int64_t k) {
    const auto x = static_cast<long double>(n), y = static_cast<long double>(k);
    return std::lgamma(x + 1) - std::lgamma(y + 1) - std::lgamma(x - y + 1);
  };
  std::vector<long double> terms;
  long double high = -1e300L;
  for (std::int64_t x = lo; x <= hi; ++x) {
    terms.push_back(choose(b.na, x) + choose(b.nb, s - x) - choose(b.na + b.nb, s) +
                    static_cast<long double>(x - b.ya) * static_cast<long double>(d));
    high = std::max(high, terms.back());
  }
  long double sum = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto x = static_cast<long double>(lo + static_cast<std::int64_t>(i) - b.ya);
    const long double p = std::exp(terms[i] - high);
    sum += p, first += p * x, second += p * x * x;
  }
  const long double mean = first / sum;
  return {static_cast<double>(high + std::log(sum)), static_cast<double>(mean),
          static_cast<double>(second / sum - mean * mean)};
}

TEST(Fnch, Vector) {
  EXPECT_VECTOR(fnch_ln_likelihood_ratio({100, 100, 9, 3}, std::log(2.0)), 1.40980754951768);
}

TEST(Fnch, SmallMediumAndLargeBlocksAgreeWithTheDefinition) {
  const std::vector<Block> blocks{{100, 100, 9, 3},
                                  {10, 10'000, 3, 700},
                                  {5, 5, 5, 4},
                                  {700, 900, 350, 410},
                                  {20'000, 30'000, 600, 1000},
                                  {100'000, 90'000, 50'000, 44'000},
                                  {1'000, 200'000, 40, 9'000},
                                  {300, 40'000, 300, 39'000},
                                  {100'000, 100'000, 99'000, 98'900}};
  for (const Block& b : blocks)
    for (const double d : {-8.0, -2.0, -0.1, 0.3, 2.0, 5.0}) {
      const FnchTilt ours = fnch_tilt(b, d), expected = by_definition(b, d);
      // lgamma of 10^5 in long doubles has 1e-13 of absolute error left.
      EXPECT_NEAR(ours.ln_moment, expected.ln_moment, 1e-10 + 1e-12 * std::abs(expected.ln_moment))
          << b.na << " " << b.nb << " " << b.ya << " " << b.yb << " d " << d;
      EXPECT_NEAR(ours.mean, expected.mean, 1e-9 * (1 + std::abs(expected.mean)));
      EXPECT_NEAR(ours.variance, expected.variance, 1e-8 * (1 + expected.variance));
    }
}

TEST(Fnch, ABillionLeadsAreANormalApproximation) {
  const Block b{1'000'000'000, 1'000'000'000, 30'000'000, 30'000'000};
  // ln E[e^{xd}] = variance d^2 / 2 for small d, around the mean, which is ya here.
  const double variance = 0.25 * 60'000'000.0 * (2e9 - 6e7) / 2e9, d = 1e-4;
  EXPECT_CLOSE(fnch_tilt(b, d).ln_moment, variance * d * d / 2, 1e-6);
}

TEST(Fnch, ABlockWithoutInformationSaysNothing) {
  for (const Block& b : {Block{}, Block{0, 10, 0, 3}, Block{10, 0, 3, 0}, Block{10, 10, 0, 0},
                         Block{10, 10, 10, 10}}) {
    EXPECT_FALSE(informative(b));
    EXPECT_EQ(fnch_ln_likelihood_ratio(b, 1.0), 0);
  }
}

TEST(BlockEvidence, Vectors) {
  BlockEvidence e;
  EXPECT_NEAR(e.ln_e(), 0, 1e-15);
  e.add({100, 100, 9, 3});
  EXPECT_VECTOR(e.ln_e(), 0.403811349425764);
  e.add({80, 120, 4, 1});
  EXPECT_VECTOR(e.ln_e(), 1.2299771104269);
}

TEST(BlockEvidence, NoDataIsTooEarly) {
  BlockEvidence e;
  e.add({10, 0, 3, 0});
  e.add({10, 10, 0, 0});
  EXPECT_EQ(e.blocks(), 0);
  EXPECT_NEAR(e.ln_e(), 0, 1e-15);
  EXPECT_NEAR(e.ln_e(Side::a), 0, 1e-15);
  EXPECT_EQ(e.odds_ratio_sequence(), (Interval{0, kInfinity}));
  EXPECT_FALSE(e.odds_ratio());
  EXPECT_FALSE(e.leads_needed(Side::a, std::log(20.0)));
}

// The mixture by its definition, with every node by the slow way.
double mixture(const std::vector<Block>& blocks, double t, int sign) {
  double total = 0, sum = 0;
  for (int k = -20; k <= 20; ++k) {
    if (sign != 0 && k * sign <= 0) continue;
    const double d = k * t / 5, w = std::exp(-0.5 * k * k / 25.0);
    double ln = 0;
    for (const Block& b : blocks)
      if (informative(b)) ln -= by_definition(b, d).ln_moment;
    total += w;
    sum += w * std::exp(ln);
  }
  return std::log(sum / total);
}

TEST(BlockEvidence, ManyBlocksOfEverySizeAreTheMixture) {
  std::vector<Block> blocks;
  BlockEvidence e;
  for (int i = 0; i < 60; ++i) {
    blocks.push_back({50 + 7 * i, 40 + 11 * i, 2 + i, 3 + i % 7 + i / 2});
    e.add(blocks.back());
  }
  blocks.push_back({3'000, 3'000, 700, 640});  // beyond the polynomial
  e.add(blocks.back());
  EXPECT_CLOSE(e.ln_e(), mixture(blocks, 0.5, 0), 1e-10);
  EXPECT_CLOSE(e.ln_e(Side::a), mixture(blocks, 0.5, 1), 1e-10);
  EXPECT_CLOSE(e.ln_e(Side::b), mixture(blocks, 0.5, -1), 1e-10);
}

TEST(BlockEvidence, ConfidenceSequenceEndsWhereItsDefinitionSays) {
  BlockEvidence e;
  const std::vector<Block> blocks{{100, 100, 9, 3}, {80, 120, 4, 1}, {400, 300, 30, 14}};
  for (const Block& b : blocks) e.add(b);
  const Interval i = e.odds_ratio_sequence(0.05);
  ASSERT_LT(i.lo, *e.odds_ratio());
  ASSERT_GT(i.hi, *e.odds_ratio());
  for (const double end : {i.lo, i.hi}) {
    double ln = 0;
    for (const Block& b : blocks) ln += fnch_ln_likelihood_ratio(b, std::log(end));
    EXPECT_CLOSE(e.ln_e() - ln, std::log(20.0), 1e-8);
  }
}

TEST(BlockEvidence, SuccessesInOneArmOnlyLeaveTheSequenceOpen) {
  BlockEvidence e;
  e.add({50, 50, 6, 0});
  EXPECT_EQ(*e.odds_ratio(), kInfinity);
  const Interval a = e.odds_ratio_sequence(0.05);
  EXPECT_EQ(a.hi, kInfinity);
  EXPECT_GT(a.lo, 0);
  BlockEvidence mirrored;
  mirrored.add({50, 50, 0, 6});
  EXPECT_EQ(*mirrored.odds_ratio(), 0);
  EXPECT_EQ(mirrored.odds_ratio_sequence(0.05).lo, 0);
  EXPECT_CLOSE(mirrored.odds_ratio_sequence(0.05).hi, 1 / a.lo, 1e-8);
}

TEST(BlockEvidence, LeadsNeededBringTheEvidenceToTheThreshold) {
  BlockEvidence e;
  const double threshold = std::log(40.0);
  for (int day = 0; day < 3; ++day) e.add({300, 300, 15, 9});
  const auto needed = e.leads_needed(Side::a, threshold);
  ASSERT_TRUE(needed);
  EXPECT_GT(*needed, 300);
  // The same rates go on, in blocks of 300 and 300, until that many.
  for (std::int64_t n = 0; n < *needed; n += 300) e.add({300, 300, 15, 9});
  EXPECT_NEAR(e.ln_e(Side::a), threshold, 0.6);
  EXPECT_FALSE(e.leads_needed(Side::b, threshold));  // B is behind
  for (int day = 0; day < 10; ++day) e.add({300, 300, 15, 9});
  EXPECT_EQ(e.leads_needed(Side::a, threshold), 0);
  BlockEvidence even;
  even.add({300, 300, 12, 12});
  EXPECT_FALSE(even.leads_needed(Side::a, threshold));
}

RC_GTEST_PROP(BlockEvidence, MirrorsAndCountsDailyMixesFairly, ()) {
  BlockEvidence e, mirrored, failures;
  for (int i = 0; i < 5; ++i) {
    const std::int64_t na = drawn(0, 2000), nb = drawn(0, 2000);
    const Block b{na, nb, drawn(0, na + 1), drawn(0, nb + 1)};
    e.add(b);
    mirrored.add({b.nb, b.na, b.yb, b.ya});
    failures.add({b.na, b.nb, b.na - b.ya, b.nb - b.yb});
  }
  RC_ASSERT(within(mirrored.ln_e(), e.ln_e(), 1e-9));
  RC_ASSERT(within(mirrored.ln_e(Side::a), e.ln_e(Side::b), 1e-9));
  RC_ASSERT(within(failures.ln_e(Side::b), e.ln_e(Side::a), 1e-9));
  const Interval i = e.odds_ratio_sequence(), back = mirrored.odds_ratio_sequence();
  if (e.blocks() > 0) RC_ASSERT(i.lo <= *e.odds_ratio() && *e.odds_ratio() <= i.hi);
  if (i.lo > 0) RC_ASSERT(within(back.hi, 1 / i.lo, 1e-6));
}

// E has mean 1 under "no difference": exactly, summed over all tables of one block.
TEST(BlockEvidence, HasMeanOneWithoutADifference) {
  double mean = 0, one_sided = 0;
  const FnchWeights weights(Block{30, 50, 5, 7});
  for (int i = 0; i < weights.count; ++i) {
    BlockEvidence e;
    const std::int64_t x = weights.lo + i;
    e.add({30, 50, x, 12 - x});
    mean += weights.weights[static_cast<std::size_t>(i)] * std::exp(e.ln_e());
    one_sided += weights.weights[static_cast<std::size_t>(i)] * std::exp(e.ln_e(Side::a));
  }
  EXPECT_NEAR(mean, 1, 1e-12);
  EXPECT_NEAR(one_sided, 1, 1e-12);
}

TEST(EvenSplit, Vectors) {
  EXPECT_VECTOR(even_split_ln_e(30, 45), 0.412958313672617);
  EXPECT_VECTOR(even_split_ln_e(30, 45, 0.5), -0.877797695795554);
  EXPECT_EQ(even_split_ln_e(0, 0), 0);
  EXPECT_TRUE(std::isfinite(even_split_ln_e(1'000'000'000, 1'000'000'000)));
}

TEST(VariantEvidence, SharesOfOneHalfAreTheEvenSplitOnItsGrid) {
  VariantEvidence e;
  for (int i = 0; i < 30; ++i) e.add(1, 0, 3, 3);
  e.add(0, 45, 0.5, 0.5);
  double total = 0, sum = 0;
  for (int k = -20; k <= 20; ++k) {
    const double d = k / 10.0, w = std::exp(-0.5 * k * k / 25.0);
    total += w;
    sum += w * std::exp(30 * d - 75 * std::log((std::exp(d) + 1) / 2));
  }
  EXPECT_CLOSE(e.ln_e(), std::log(sum / total), 1e-12);
  EXPECT_GT(e.ln_e(Side::b), e.ln_e(Side::a));
}

TEST(VariantEvidence, SharesExplainReplies) {
  VariantEvidence e;
  e.add(90, 10, 0.9, 0.1);  // exactly as assigned
  EXPECT_LT(e.ln_e(), 0);
  VariantEvidence naive;
  naive.add(90, 10, 0.5, 0.5);
  EXPECT_GT(naive.ln_e(), 10);
}

TEST(VariantEvidence, LeadsNeeded) {
  VariantEvidence e;
  e.add(45, 30, 1, 1);
  const double threshold = winner_threshold(2);
  const auto needed = e.leads_needed(Side::a, threshold, {45, 1000}, {30, 1000});
  ASSERT_TRUE(needed);
  const double more = static_cast<double>(*needed);
  e.add(std::llround(more * 0.045), std::llround(more * 0.03), 1, 1);
  EXPECT_NEAR(e.ln_e(Side::a), threshold, 0.1);
  EXPECT_FALSE(e.leads_needed(Side::b, threshold, {45, 1000}, {30, 1000}));
  EXPECT_FALSE(e.leads_needed(Side::a, threshold, {}, {}));
}

TEST(Winner, MustBeatEveryOtherByItsShareOfAlpha) {
  const double enough = winner_threshold(3) + 0.01, less = winner_threshold(3) - 0.01;
  EXPECT_CLOSE(winner_threshold(3), std::log(60.0), 1e-15);
  EXPECT_EQ(find_winner(std::vector<double>{0, -3, -3, enough, 0, enough, 0, 0, 0}, 3), 1);
  EXPECT_FALSE(find_winner(std::vector<double>{0, -3, -3, enough, 0, less, 0, 0, 0}, 3));
}

TEST(Discoveries, AreTheLargestSetThatTheRuleAllows) {
  // m = 4, q = .1: thresholds for the 1st .. 4th: 40, 20, 13.3, 10.
  const auto chosen = [](std::vector<double> e) {
    for (double& x : e) x = std::log(x);
    return select_discoveries(e, 0.1);
  };
  EXPECT_EQ(chosen({1, 30, 25, 2}), (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(chosen({1, 30, 5, 2}), (std::vector<bool>{false, false, false, false}));
  EXPECT_EQ(chosen({11, 30, 11, 12}), (std::vector<bool>{true, true, true, true}));
  EXPECT_TRUE(select_discoveries({}).empty());
}

}  // namespace
}  // namespace headway::domain::statistics
