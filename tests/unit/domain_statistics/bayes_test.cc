#include "domain/statistics/bayes.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/domain_statistics/near.h"

namespace headway::domain::statistics {
namespace {

TEST(Posterior, IsJeffreysOrTheWorkspace) {
  EXPECT_EQ(posterior({3, 10}).a, 3.5);
  EXPECT_EQ(posterior({3, 10}).b, 7.5);
  EXPECT_CLOSE(posterior({3, 10}, 0.05).a, 4, 1e-15);
  EXPECT_CLOSE(posterior({3, 10}, 0.05).b, 26, 1e-15);
}

TEST(Chances, Vectors) {
  const std::vector<BetaPosterior> arms{{31, 971}, {46, 956}};
  const Chances c = compare_posteriors(arms);
  EXPECT_VECTOR(c.best[1], 0.960622897710868);
  EXPECT_VECTOR(c.loss[1], 0.000136507842193558);
  EXPECT_VECTOR(c.loss[0], 0.0151065677224331);
}

TEST(Chances, OfEqualArmsAreEqual) {
  for (const BetaPosterior p :
       {BetaPosterior{0.5, 0.5}, {0.2, 20}, {0.5, 1000.5}, {1e6, 3e7}, {970.5, 30.5}}) {
    const std::vector<BetaPosterior> arms(4, p);
    const Chances c = compare_posteriors(arms);
    for (const double best : c.best) EXPECT_NEAR(best, 0.25, 1e-9) << p.a << ", " << p.b;
  }
}

TEST(Chances, ArmsOfVeryDifferentSizeMayMeet) {
  // The large arm is a point: P(the small one is above it) is its distribution function there.
  const std::vector<BetaPosterior> arms{{0.5, 40.5}, {3e7, 9.7e8}};
  const Chances c = compare_posteriors(arms);
  EXPECT_NEAR(c.best[0] + c.best[1], 1, 1e-10);
  EXPECT_NEAR(c.best[0], 0.1174, 1e-3);  // P(Beta(.5, 40.5) > .03)
  // Beta(.5, b) is uniform squared for b = 1: P(X > x) = 1 - sqrt(x), against a point at 1/4.
  const std::vector<BetaPosterior> exact{{0.5, 1}, {2.5e8, 7.5e8}};
  EXPECT_NEAR(compare_posteriors(exact).best[0], 0.5, 1e-7);
}

TEST(Chances, OneArmIsTheBest) {
  const std::vector<BetaPosterior> arms{{3, 4}};
  EXPECT_EQ(compare_posteriors(arms).best, std::vector<double>{1});
  EXPECT_EQ(compare_posteriors(arms).loss, std::vector<double>{0});
  EXPECT_TRUE(compare_posteriors({}).best.empty());
}

RC_GTEST_PROP(Chances, SumToOneAndLossesDifferByTheMeans, ()) {
  const auto drawn = [](int from, int to) {
    return *rc::gen::resize(100, rc::gen::inRange(from, to));
  };
  std::vector<BetaPosterior> arms;
  const int count = drawn(2, 7);
  for (int i = 0; i < count; ++i) {
    const int n = drawn(0, drawn(1, 1'000'000) + 1);
    arms.push_back(posterior({drawn(0, n + 1), n}));
  }
  const Chances c = compare_posteriors(arms);
  RC_ASSERT(std::abs(std::accumulate(c.best.begin(), c.best.end(), 0.0) - 1) < 1e-6);
  for (std::size_t i = 1; i < arms.size(); ++i)
    RC_ASSERT(std::abs((c.loss[0] - c.loss[i]) - (arms[i].mean() - arms[0].mean())) < 1e-6);
}

TEST(Shares, TopTwoVector) {
  const std::vector<double> pi{0.2, 0.5, 0.3};
  const std::vector<double> shares = top_two_shares(pi);
  EXPECT_VECTOR(shares[0], 0.242857142857143);
  EXPECT_VECTOR(shares[1], 0.419642857142857);
  EXPECT_VECTOR(shares[2], 0.3375);
}

TEST(Shares, TopTwoOfACertainLeaderLeavesHalfToTheOthers) {
  const std::vector<double> pi{1, 0, 0};
  const std::vector<double> shares = top_two_shares(pi);
  EXPECT_NEAR(shares[0], 0.5, 1e-9);
  EXPECT_NEAR(shares[1], 0.25, 1e-9);
}

TEST(Shares, EarnKeepsAFloor) {
  const std::vector<double> pi{0.9, 0.1};
  EXPECT_CLOSE(earn_shares(pi)[0], 0.05 + 0.9 * 0.9, 1e-15);
  const std::vector<double> ten(10, 0.1);
  for (const double share : earn_shares(ten)) EXPECT_CLOSE(share, 0.1, 1e-15);
  std::vector<double> sure(10, 0.0);
  sure[3] = 1;
  EXPECT_CLOSE(earn_shares(sure)[0], 0.025, 1e-15);
  EXPECT_EQ(even_shares(4), std::vector<double>(4, 0.25));
}

}  // namespace
}  // namespace headway::domain::statistics
