// Variants that share the leads by what came of them: assignment follows the log, and the log can be replayed.

#include <cmath>
#include <map>

#include "domain/draw.h"
#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

class AllocationContract : public StoreContract {
 protected:
  // Two texts, A and B.
  void begin(domain::VariantMode mode, int people,
             domain::VariantMetric metric = domain::VariantMetric::response) {
    account = s.account();
    list = s.collection(people);
    domain::CampaignPlan plan;
    plan.name = "Two texts";
    plan.accounts = {account};
    plan.collections = {list};
    plan.variant_mode = mode;
    plan.variant_metric = metric;
    domain::Variant a, b;
    a.name = "A", a.body = "Hello";
    b.name = "B", b.body = "Good day";
    plan.steps.push_back({.delay = {}, .variants = {a, b}});
    plan.steps.push_back({.delay = std::chrono::hours{24 * 90}, .variants = {a}});
    campaign = s.catalog().create_campaign(plan, "key:1", s.now())->id;
    EXPECT_TRUE(s.pause(campaign, false));
    const auto made = s.figures(campaign).plan;
    a_ = made.steps[0].variants[0].id;
    b_ = made.steps[0].variants[1].id;
  }
  // Delivers `n` messages; of B every `every_b`-th is answered at once, of A every `every_a`-th.
  std::map<VariantId, int> send(int n, int every_a, int every_b) {
    std::map<VariantId, int> drawn;
    const auto m = claim(n);
    s.deliver(m);
    for (const auto& x : m) {
      const int k = ++drawn[x.variant];
      if (k % (x.variant == a_ ? every_a : every_b) == 0) s.event(event(EventType::reply, x.lead));
    }
    return drawn;
  }
  store::AllocationProgress allocate() {
    return *s.wait<store::AllocationProgress>(
        [&](auto done) { s.box().ledger().allocate_due(s.now(), std::move(done)); });
  }
  std::vector<store::AllocationEntry> log(int step = 1) {
    std::vector<store::AllocationEntry> out;
    const auto all = s.analysis().allocations(campaign);
    for (const auto& e : *all) {
      if (e.step == step) out.push_back(e);
    }
    return out;
  }

  VariantId a_, b_;
};

TEST_P(AllocationContract, ThePlanAsCreatedIsEpochZero) {
  begin(domain::VariantMode::fixed, 10);
  ASSERT_EQ(log().size(), 1U);
  EXPECT_EQ(log()[0].epoch, 0);
  EXPECT_EQ(log()[0].mode, domain::VariantMode::fixed);
  ASSERT_EQ(log()[0].shares.size(), 2U);
  EXPECT_EQ(log()[0].shares[0].share, 0.5);
  EXPECT_TRUE(allocate().changed.empty());
  // Changed weights begin the next, the same ones do not.
  auto plan = s.figures(campaign).plan;
  store::CampaignChange change;
  change.steps = plan.steps;
  ASSERT_TRUE(s.catalog().update_campaign(campaign, change, "key:1", s.now()));
  EXPECT_EQ(log().size(), 1U);
  plan.steps[0].variants[0].weight = 3;
  change.steps = plan.steps;
  ASSERT_TRUE(s.catalog().update_campaign(campaign, change, "key:1", s.now()));
  ASSERT_EQ(log().size(), 2U);
  EXPECT_EQ(log()[1].shares[0].share, 0.75);
  const auto m = claim(1).at(0);
  s.record(m, OutcomeKind::delivered);
  EXPECT_EQ(s.analysis().cohorts(campaign, true)->at(0).epoch, 1);
}

TEST_P(AllocationContract, EarnFollowsTheEvidenceOncePerDay) {
  begin(domain::VariantMode::earn, 3000);
  send(600, 1000, 5);
  ASSERT_EQ(allocate().changed.size(), 1U);  // enough replies: it does not wait for the day to end
  EXPECT_TRUE(allocate().changed.empty());   // once a day
  ASSERT_EQ(log().size(), 2U);
  const store::AllocationEntry now = log()[1];
  EXPECT_EQ(now.mode, domain::VariantMode::earn);
  EXPECT_GT(now.shares[1].share, 0.9);
  EXPECT_GT(now.shares[0].share, 0.04);  // the floor
  EXPECT_NE(now.evidence.find("p_best"), std::string::npos);
  // Assignment follows the shares.
  const auto drawn = send(1000, 1000, 5);
  EXPECT_NEAR(drawn.at(b_) / 1000.0, now.shares[1].share, 0.03);
  // And every message says by which entry it was drawn.
  const auto cohorts = s.analysis().cohorts(campaign, true);
  for (const auto& c : *cohorts) {
    if (c.counter != Counter::contacted) continue;
    EXPECT_EQ(c.n > 0 && (c.epoch == 0 || c.epoch == 1), true);
  }
  store::Paging paging;
  const auto activity = s.reader().activity(campaign, paging);
  EXPECT_TRUE(std::any_of(activity->items.begin(), activity->items.end(),
                          [](const auto& e) { return e.kind == "variants.shares"; }));
}

TEST_P(AllocationContract, TheLogReplaysEveryDraw) {
  begin(domain::VariantMode::earn, 1500);
  send(500, 1000, 6);
  allocate();
  send(500, 1000, 6);
  std::map<int, store::AllocationEntry> entries;
  for (const auto& e : log()) entries.emplace(e.epoch, e);
  std::int64_t seen = 0;
  ASSERT_TRUE(s.analysis().each_message({campaign, {}}, {}, s.now() + std::chrono::hours{1}, 10'000,
                                        [&](const store::MessageFact& f) {
                                          domain::Step step;
                                          for (const auto& share : entries.at(f.epoch).shares) {
                                            domain::Variant v;
                                            v.id = share.variant;
                                            v.parts = share.parts;
                                            step.variants.push_back(v);
                                          }
                                          const auto* drawn = domain::draw_variant(
                                              step, campaign, lead_number(f.lead), f.step);
                                          EXPECT_EQ(drawn->id, f.variant);
                                          ++seen;
                                          return true;
                                        }));
  EXPECT_EQ(seen, 1000);
}

TEST_P(AllocationContract, LearnStaysEvenUntilEnoughIsKnown) {
  begin(domain::VariantMode::learn, 2000);
  send(100, 10, 5);
  s.pass(std::chrono::hours{25});
  EXPECT_TRUE(allocate().changed.empty());
  EXPECT_EQ(log().size(), 1U);
  send(800, 40, 5);
  s.pass(std::chrono::hours{24});
  EXPECT_EQ(allocate().changed.size(), 1U);
  ASSERT_EQ(log().size(), 2U);
  // Of two, top-two stays near one half each.
  EXPECT_NEAR(log()[1].shares[1].share, 0.5, 0.05);
}

TEST_P(AllocationContract, AMessageTriedAgainKeepsItsTextAndItsEpoch) {
  begin(domain::VariantMode::earn, 2000);
  const auto early = claim(50);
  for (const auto& m : early) {
    auto o = StoreSeat::outcome(m, OutcomeKind::retry, s.now());
    o.failure = FailureClass::transient;
    o.due = s.now() + std::chrono::hours{1};
    s.record({o});
  }
  send(600, 1000, 5);
  ASSERT_EQ(allocate().changed.size(), 1U);
  s.pass(std::chrono::hours{12});
  std::map<LeadId, VariantId> texts;
  for (const auto& m : early) texts[m.lead] = m.variant;
  int again = 0;
  const auto later = claim(100);
  s.deliver(later);
  for (const auto& m : later) {
    const auto it = texts.find(m.lead);
    if (it == texts.end()) continue;
    EXPECT_EQ(m.variant, it->second);
    ++again;
  }
  EXPECT_EQ(again, 50);
  std::int64_t first_epoch = 0;
  const auto cohorts = s.analysis().cohorts(campaign, true);
  for (const auto& c : *cohorts) {
    if (c.counter == Counter::contacted && c.epoch == 0) first_epoch += c.n;
  }
  EXPECT_EQ(first_epoch, 650);
}

TEST_P(AllocationContract, AVariantNamedFromOutsideWasNotDrawn) {
  begin(domain::VariantMode::fixed, 4);
  auto told = event(EventType::sent, lead_id(lead_campaign_no(claim(1).at(0).lead), 3));
  told.variant = "B";
  told.account = account;
  ASSERT_EQ(s.event(told).verdict, EventVerdict::accepted);
  const auto cohorts = s.analysis().cohorts(campaign, true);
  ASSERT_EQ(cohorts->size(), 1U);
  EXPECT_EQ(cohorts->at(0).epoch, -1);
  EXPECT_EQ(cohorts->at(0).variant, b_);
}

TEST_P(AllocationContract, AChosenModeStartsEvenly) {
  begin(domain::VariantMode::fixed, 10);
  auto plan = s.figures(campaign).plan;
  plan.steps[0].variants[0].weight = 9;
  store::CampaignChange change;
  change.steps = plan.steps;
  change.variant_mode = domain::VariantMode::earn;
  const auto changed = s.catalog().update_campaign(campaign, change, "key:1", s.now());
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->variant_mode, domain::VariantMode::earn);
  EXPECT_EQ(changed->steps[0].variants[0].parts, changed->steps[0].variants[1].parts);
  EXPECT_EQ(log().back().shares[0].share, 0.5);
}

INSTANTIATE_TEST_SUITE_P(Stores, AllocationContract, store_kinds(), kind_name);

}  // namespace
}  // namespace headway::test
