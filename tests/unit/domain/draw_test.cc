#include "domain/draw.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>

namespace headway::domain {
namespace {

Step step_of(std::vector<std::int64_t> weights) {
  Step s;
  std::int64_t id = 0;
  for (const auto w : weights) {
    Variant v;
    v.id = VariantId{++id};
    v.weight = w;
    s.variants.push_back(v);
  }
  return s;
}

// Draws are repeated after a restart, on other nodes and by later versions: these must never change.
TEST(Draw, StableVectors) {
  const std::array<std::int64_t, 8> expected{443, 861, 560, 393, 327, 77, 485, 782};
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(draw_point(CampaignId{42}, 1 + i, 1 + i % 3, 1000),
              expected[static_cast<std::size_t>(i)]);
  }
}

TEST(Draw, WeightsDecideTheShares) {
  const Step s = step_of({1, 2, 0, 5});
  std::map<std::int64_t, int> seen;
  constexpr int kLeads = 80'000;
  for (int i = 1; i <= kLeads; ++i) ++seen[draw_variant(s, CampaignId{7}, i, 1)->id.value];
  EXPECT_FALSE(seen.contains(3));
  double chi2 = 0;
  for (const auto& [id, share] : std::map<std::int64_t, double>{{1, .125}, {2, .25}, {4, .625}}) {
    const double expected = kLeads * share;
    chi2 += (seen[id] - expected) * (seen[id] - expected) / expected;
  }
  EXPECT_LT(chi2, 13.8);  // 99.9 % quantile, 2 degrees of freedom
}

// Leads that got A in one step must not all get A in the next, nor in the next campaign.
TEST(Draw, StepsAndCampaignsAreIndependent) {
  const Step s = step_of({1, 1});
  int same_step = 0;
  int same_campaign = 0;
  for (int i = 1; i <= 10'000; ++i) {
    const auto* a = draw_variant(s, CampaignId{7}, i, 1);
    same_step += a == draw_variant(s, CampaignId{7}, i, 2);
    same_campaign += a == draw_variant(s, CampaignId{8}, i, 1);
  }
  EXPECT_NEAR(same_step, 5000, 200);
  EXPECT_NEAR(same_campaign, 5000, 200);
}

TEST(Draw, RetiredVariantsAreNeverDrawn) {
  Step s = step_of({1000, 1});
  s.variants[0].retired = true;
  for (int i = 1; i <= 100; ++i) EXPECT_EQ(draw_variant(s, CampaignId{7}, i, 1), &s.variants[1]);
  s.variants[1].retired = true;
  EXPECT_EQ(draw_variant(s, CampaignId{7}, 1, 1), nullptr);
  EXPECT_EQ(draw_variant(step_of({0, 0}), CampaignId{7}, 1, 1), nullptr);
}

RC_GTEST_PROP(Draw, PointsStayInRange, (std::int64_t lead)) {
  const auto total = *rc::gen::inRange<std::int64_t>(1, 20'000'001);
  const auto p = draw_point(CampaignId{1}, lead, 1, total);
  RC_ASSERT(p >= 0 && p < total);
}

}  // namespace
}  // namespace headway::domain
