#include "base/hash.h"
#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

TEST_P(StoreContract, OutcomeWithAnOldFenceIsRefused) {
  start(1);
  const auto first = claim().at(0);
  s.record(first, OutcomeKind::retry, FailureClass::transient);
  const auto second = claim().at(0);
  EXPECT_FALSE(s.record(first, OutcomeKind::delivered).applied.at(0));
  EXPECT_TRUE(s.record(second, OutcomeKind::delivered).applied.at(0));
  EXPECT_EQ(figures()[Counter::delivered], 1);
}

TEST_P(StoreContract, TheSameOutcomeTwiceCountsOnce) {
  start(1, {.steps = 2});
  const auto m = claim().at(0);
  EXPECT_TRUE(s.record(m, OutcomeKind::delivered).applied.at(0));
  EXPECT_FALSE(s.record(m, OutcomeKind::delivered).applied.at(0));
  EXPECT_EQ(figures()[Counter::delivered], 1);
}

TEST_P(StoreContract, ARefusedOutcomeDoesNotStopTheOthers) {
  start(3, {.steps = 2});
  const auto m = claim();
  auto stale = StoreSeat::outcome(m[1], OutcomeKind::delivered, s.now());
  stale.attempt = 7;
  auto unknown = StoreSeat::outcome(m[1], OutcomeKind::delivered, s.now());
  unknown.lead = LeadId{(99LL << 32) | 5};
  const auto result =
      s.record({StoreSeat::outcome(m[2], OutcomeKind::delivered, s.now()), stale, unknown,
                StoreSeat::outcome(m[0], OutcomeKind::delivered, s.now())});
  EXPECT_EQ(result.applied, (std::vector<bool>{true, false, false, true}));
  EXPECT_EQ(result.changed, (std::vector<CampaignId>{campaign}));
  EXPECT_EQ(s.counts(campaign), (StatusCounts{0, 0, 1, 2, 3}));
}

TEST_P(StoreContract, FinishHappensInTheLastLeadsTransaction) {
  start(3);
  const auto m = claim();
  EXPECT_TRUE(s.deliver({m[0], m[1]}).finished.empty());
  EXPECT_EQ(s.figures(campaign).plan.state, CampaignState::active);
  const auto last = s.deliver({m[2]});
  EXPECT_EQ(last.finished, (std::vector<CampaignId>{campaign}));
  const auto snapshot = s.figures(campaign);
  EXPECT_EQ(snapshot.plan.state, CampaignState::finished);
  EXPECT_EQ(snapshot.plan.finished_at, s.now());
  ASSERT_TRUE(snapshot.delivery_seal);
  EXPECT_EQ(snapshot.delivery_seal->sha256, sha256_hex(snapshot.delivery_seal->canonical));
  EXPECT_EQ(snapshot.delivery_seal->canonical,
            domain::canonical_delivery(campaign, s.now(), snapshot.counts));
  EXPECT_TRUE(s.plan().campaigns.empty());
}

TEST_P(StoreContract, ACampaignWithAFailedLastLeadFinishesToo) {
  start(2);
  const auto m = claim();
  s.record(m[0], OutcomeKind::delivered);
  const auto last = s.record(m[1], OutcomeKind::failed, FailureClass::recipient_invalid);
  EXPECT_EQ(last.finished.size(), 1U);
  EXPECT_EQ(s.counts(campaign), (StatusCounts{1, 1, 0, 0, 2}));
  EXPECT_EQ(figures().message_failures[static_cast<std::size_t>(FailureClass::recipient_invalid)],
            1);
}

TEST_P(StoreContract, ACampaignIsNotFinishedWhileALeadIsInDoubt) {
  start(1);
  const auto m = claim().at(0);
  EXPECT_TRUE(s.record(m, OutcomeKind::in_doubt).finished.empty());
  s.pass(std::chrono::hours{1});
  EXPECT_TRUE(claim().empty());  // never sent again by itself
  const auto doubts = s.wait<std::vector<store::OpenClaim>>(
      [&](auto done) { s.box().ledger().in_doubt_before(s.now(), 10, std::move(done)); });
  ASSERT_EQ(doubts->size(), 1U);
  EXPECT_EQ(doubts->at(0).attempt, m.attempt);
  EXPECT_EQ(doubts->at(0).account, account);
  EXPECT_EQ(doubts->at(0).since, s.now() - std::chrono::hours{1});
  EXPECT_EQ(s.record(m, OutcomeKind::delivered).finished.size(), 1U);
}

TEST_P(StoreContract, OpenClaimsAreListedInLeadOrderPageByPage) {
  start(30);
  s.deliver(claim(5));
  claim(20);
  const auto first = s.open_claims({}, 15);
  ASSERT_EQ(first.size(), 15U);
  EXPECT_EQ(lead_number(first.front().lead), 6);
  EXPECT_EQ(first.front().campaign, campaign);
  EXPECT_EQ(first.front().account, account);
  const auto rest = s.open_claims(first.back().lead, 15);
  ASSERT_EQ(rest.size(), 5U);
  EXPECT_EQ(lead_number(rest.back().lead), 25);
}

TEST_P(StoreContract, PauseSaysHowManyAreInFlightAndIsIdempotent) {
  start(10);
  claim(4);
  const auto paused = s.pause(campaign);
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->state, CampaignState::paused);
  EXPECT_EQ(paused->in_flight, 4);
  const auto again = s.pause(campaign);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->version, paused->version);
  EXPECT_TRUE(claim().empty());
}

TEST_P(StoreContract, AFinishedCampaignCannotBeStarted) {
  start(1);
  s.deliver(claim());
  const auto started = s.pause(campaign, false);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::conflict);
  const auto unknown = s.pause(CampaignId{12345});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::not_found);
}

TEST_P(StoreContract, OutcomesOfAPausedCampaignAreRecorded) {
  start(2);
  const auto m = claim();
  ASSERT_TRUE(s.pause(campaign));
  EXPECT_TRUE(s.record(m[0], OutcomeKind::delivered).applied.at(0));
  EXPECT_EQ(s.record(m[1], OutcomeKind::delivered).finished.size(), 1U);
}

TEST_P(StoreContract, AnAnswerOnItsWayDoesNotHealAnAccountThatWaitsForAPerson) {
  start(1);
  ASSERT_TRUE(s.account_status(account, domain::AccountStatus::invalid_credentials));
  ASSERT_TRUE(s.account_status(account, domain::AccountStatus::rate_limited));
  EXPECT_EQ(s.plan().accounts.at(0)->status, domain::AccountStatus::invalid_credentials);
}

TEST_P(StoreContract, AnEditedTextLeavesTheMessagesOfHistoryTheirVariant) {
  start(2, {.steps = 1});
  const auto m = claim(1).at(0);
  auto plan = s.figures(campaign).plan;
  for (auto& v : plan.steps[0].variants) v.body += "!";
  store::CampaignChange change;
  change.steps = plan.steps;
  ASSERT_TRUE(s.catalog().update_campaign(campaign, change, "key:1", s.now()));
  s.record(m, OutcomeKind::delivered);
  EXPECT_EQ(s.lead(m.lead).state.variant, m.variant);
  EXPECT_NE(claim(1).at(0).variant, m.variant);
}

TEST_P(StoreContract, ACrashLosesNothingThatWasAcknowledged) {
  start(50, {.steps = 2});
  const auto m = claim(20);
  s.deliver({m.begin(), m.begin() + 10});
  s.crash_and_reopen();
  EXPECT_EQ(s.counts(campaign), (StatusCounts{0, 0, 40, 10, 50}));
  const auto open = s.open_claims();
  EXPECT_EQ(open.size(), 10U);
  EXPECT_TRUE(s.record(m[15], OutcomeKind::delivered).applied.at(0));
  EXPECT_EQ(claim().size(), 30U);
}

}  // namespace
}  // namespace headway::test
