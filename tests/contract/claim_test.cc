#include <set>

#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

TEST_P(StoreContract, ClaimGivesFreshLeadsInOrderWithPersonAndFence) {
  start(5);
  const auto messages = claim(3);
  ASSERT_EQ(messages.size(), 3U);
  for (int i = 0; i < 3; ++i) {
    const auto& m = messages[static_cast<std::size_t>(i)];
    EXPECT_EQ(lead_number(m.lead), i + 1);
    EXPECT_EQ(m.campaign, campaign);
    EXPECT_EQ(m.account, account);
    EXPECT_EQ(m.step, 1);
    EXPECT_EQ(m.attempt, 1);
    EXPECT_TRUE(m.variant);
    EXPECT_EQ(m.person.email, s.person(i + 1).email);
    EXPECT_EQ(m.person.collection, list);
    EXPECT_EQ(m.claimed_at, s.now());
  }
  EXPECT_EQ(claim().size(), 2U);
  EXPECT_TRUE(claim().empty());
  EXPECT_EQ(s.counts(campaign), (StatusCounts{0, 0, 5, 0, 5}));
}

TEST_P(StoreContract, AClaimedLeadIsNotClaimedTwice) {
  start(100);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 12; ++i) {
    for (const auto& m : claim(10)) EXPECT_TRUE(seen.insert(m.lead.value).second);
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST_P(StoreContract, LimitOneSendsOne) {
  start(5, {}, 1);
  const auto first = s.claim(campaign, account);
  EXPECT_EQ(first.messages.size(), 1U);
  EXPECT_TRUE(first.account_exhausted.at(0));
  EXPECT_EQ(first.account_used.at(0), 1);
  s.deliver(first.messages);
  EXPECT_TRUE(claim().empty());
  s.pass(std::chrono::hours{24});
  EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, TheCampaignsDailyLimitHoldsOverAllItsAccounts) {
  const AccountId a = s.account(), b = s.account();
  const CampaignId c =
      s.campaign({.collections = {s.collection(20)}, .accounts = {a, b}, .daily_limit = 7});
  store::ClaimRequest request;
  request.now = s.now();
  request.slots = {s.slot(c, a, 5), s.slot(c, b, 5)};
  const auto result = s.claim(request);
  EXPECT_EQ(result.per_slot, (std::vector<int>{5, 2}));
  EXPECT_EQ(result.campaign_exhausted, (std::vector<bool>{false, true}));
}

TEST_P(StoreContract, AnAccountsLimitHoldsOverAllItsCampaigns) {
  const AccountId a = s.account(6);
  const CollectionId list1 = s.collection(10, 1), list2 = s.collection(10, 100);
  const CampaignId c1 = s.campaign({.collections = {list1}, .accounts = {a}});
  const CampaignId c2 = s.campaign({.collections = {list2}, .accounts = {a}});
  store::ClaimRequest request;
  request.now = s.now();
  request.slots = {s.slot(c1, a, 4), s.slot(c2, a, 4)};
  const auto result = s.claim(request);
  EXPECT_EQ(result.per_slot, (std::vector<int>{4, 2}));
  EXPECT_EQ(result.account_used, (std::vector<std::int64_t>{4, 6}));
  EXPECT_EQ(result.account_exhausted, (std::vector<bool>{false, true}));
}

TEST_P(StoreContract, ReleasedAndCertainlyUnsentMessagesGiveTheirBudgetBack) {
  start(5, {}, 2);
  const auto two = claim();
  ASSERT_EQ(two.size(), 2U);
  s.record(two[0], OutcomeKind::released);
  EXPECT_EQ(claim().size(), 1U);
  s.record(two[1], OutcomeKind::retry, FailureClass::transient);
  EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, ARetryAfterAnUnknownOutcomeKeepsItsBudgetUsed) {
  start(5, {}, 1);
  const auto one = claim();
  s.record(one.at(0), OutcomeKind::retry, FailureClass::outcome_unknown);
  EXPECT_TRUE(claim().empty());
}

TEST_P(StoreContract, AStaleOrPausedCampaignIsSkippedAndThePlanVersionTold) {
  start(5);
  store::ClaimRequest request;
  request.now = s.now();
  request.plan_version = s.plan().version;
  request.slots = {s.slot(campaign, account)};
  ASSERT_TRUE(s.pause(campaign));
  const auto result = s.claim(request);
  EXPECT_TRUE(result.messages.empty());
  EXPECT_NE(result.plan_version, request.plan_version);
  ASSERT_TRUE(s.pause(campaign, false));
  EXPECT_TRUE(s.claim(request).messages.empty());  // still the old plan
  EXPECT_EQ(claim().size(), 5U);
}

TEST_P(StoreContract, AnAccountTakenFromACampaignClaimsNothing) {
  start(5);
  store::ClaimRequest request;
  request.now = s.now();
  request.slots = {s.slot(campaign, account)};
  ASSERT_TRUE(s.catalog().remove_campaign_account(campaign, account, "key:1", s.now()));
  EXPECT_TRUE(s.claim(request).messages.empty());
}

TEST_P(StoreContract, RetriesComeBeforeFollowUpsBeforeFreshLeads) {
  start(6, {.steps = 2, .delay = std::chrono::hours{1}});
  const auto first = claim(3);
  s.record(first[0], OutcomeKind::delivered);
  store::Outcome again = StoreSeat::outcome(first[1], OutcomeKind::retry, s.now());
  again.due = s.now() + std::chrono::minutes{70};
  again.failure = FailureClass::transient;
  s.record({again});
  s.record(first[2], OutcomeKind::delivered);
  s.pass(std::chrono::hours{2});
  const auto next = claim();
  ASSERT_EQ(next.size(), 6U);
  EXPECT_EQ(next[0].lead, first[1].lead);
  EXPECT_EQ(next[0].step, 1);
  EXPECT_EQ(next[0].attempt, 2);
  EXPECT_EQ(next[0].tries, 1);
  EXPECT_EQ(next[1].lead, first[0].lead);
  EXPECT_EQ(next[1].step, 2);
  EXPECT_EQ(next[2].lead, first[2].lead);
  EXPECT_EQ(lead_number(next[3].lead), 4);
}

TEST_P(StoreContract, FollowUpsOnlyLeavesFreshLeadsAlone) {
  start(4, {.steps = 2, .delay = std::chrono::hours{1}});
  s.deliver(claim(1));
  s.pass(std::chrono::hours{1});
  store::ClaimRequest request;
  request.now = s.now();
  request.slots = {s.slot(campaign, account)};
  request.slots[0].follow_ups_only = true;
  const auto messages = s.claim(request).messages;
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].step, 2);
}

TEST_P(StoreContract, NothingIsClaimedBeforeItIsDueAndTheNextDueTimeIsTold) {
  start(1, {.steps = 2, .delay = std::chrono::hours{48}});
  s.deliver(claim());
  const auto result = s.claim(campaign, account);
  EXPECT_TRUE(result.messages.empty());
  EXPECT_EQ(result.next_due, s.now() + std::chrono::hours{48});
  s.pass(std::chrono::hours{48} - milliseconds{1});
  EXPECT_TRUE(claim().empty());
  s.pass(milliseconds{1});
  EXPECT_EQ(claim().size(), 1U);
}

TEST_P(StoreContract, AFollowUpComesFromTheAccountThePersonKnows) {
  const AccountId a = s.account(), b = s.account();
  const CampaignId c = s.campaign({.collections = {s.collection(2)},
                                   .accounts = {a, b},
                                   .steps = 2,
                                   .delay = std::chrono::hours{1}});
  s.deliver(s.claim(c, a, 1).messages);
  s.deliver(s.claim(c, b, 1).messages);
  s.pass(std::chrono::hours{1});
  const auto of_b = s.claim(c, b).messages;
  ASSERT_EQ(of_b.size(), 1U);
  EXPECT_EQ(lead_number(of_b[0].lead), 2);
  EXPECT_EQ(s.claim(c, a).messages.size(), 1U);
}

TEST_P(StoreContract, TheIdempotencyKeyIsTheSameForEveryTryOfAMessage) {
  start(1, {.steps = 2, .delay = milliseconds{0}});
  const auto first = claim().at(0);
  s.record(first, OutcomeKind::retry, FailureClass::transient);
  const auto second = claim().at(0);
  EXPECT_EQ(second.idempotency_key, first.idempotency_key);
  EXPECT_EQ(second.variant, first.variant);
  s.record(second, OutcomeKind::in_doubt);
  s.record(second, OutcomeKind::send_again);
  const auto third = claim().at(0);
  EXPECT_NE(third.idempotency_key, first.idempotency_key);
  s.record(third, OutcomeKind::delivered);
  EXPECT_NE(claim().at(0).idempotency_key, third.idempotency_key);
}

TEST_P(StoreContract, ASuppressedPersonIsEndedByTheClaimAndNotReturned) {
  start(3);
  ASSERT_TRUE(s.catalog().suppress("email", s.person(2).email, "asked", "key:1", s.now()));
  EXPECT_EQ(claim().size(), 2U);
  EXPECT_EQ(s.counts(campaign), (StatusCounts{0, 1, 2, 0, 3}));
  EXPECT_EQ(figures().lead_failures[static_cast<std::size_t>(FailureClass::suppressed)], 1);
}

TEST_P(StoreContract, LeadsWaitForTheHoursOfTheirOwnZone) {
  auto berlin = s.person(1), tokyo = s.person(2), plain = s.person(3);
  berlin.timezone = "Europe/Berlin";
  tokyo.timezone = "Asia/Tokyo";
  list = s.collection({berlin, tokyo, plain});
  domain::ActiveHours hours;
  hours.lead_timezone = true;
  for (auto& day : hours.days) day = {{540, 1020}};
  const AccountId a = s.account();
  const CampaignId c = s.campaign({.collections = {list}, .accounts = {a}, .hours = hours});
  const store::Plan plan = s.plan();
  store::ClaimRequest request;
  request.now = s.now();
  request.slots = {s.slot(c, a)};
  for (std::size_t z = 0; z < plan.zones.size(); ++z) {
    if (plan.zones[z] == "Asia/Tokyo") request.slots[0].open_zones = {static_cast<int>(z)};
  }
  const auto messages = s.claim(request).messages;
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].person.timezone, "Asia/Tokyo");
  request.slots[0].open_zones = {0};
  EXPECT_EQ(s.claim(request).messages.at(0).person.timezone, "");
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, store_kinds(), kind_name);

}  // namespace
}  // namespace headway::test
