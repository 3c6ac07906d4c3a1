// What is sent, when, and what becomes of it.

#include "tests/unit/engine/engine_fixture.h"

namespace headway::engine {
namespace {

TEST_F(EngineTest, EveryLeadIsSentOnceAndTheCampaignFinishes) {
  const CampaignId c = campaign(300, {account()}, 2, 10min);
  start();
  resume(c);
  run_for(2h);
  EXPECT_EQ(channel_.sent.size(), 600U);
  EXPECT_EQ(state(c), domain::CampaignState::finished);
  EXPECT_EQ(domain::status_counts(view(c).counts).sent, 300);
}

TEST_F(EngineTest, TheTextIsRenderedForThePerson) {
  const CampaignId c = campaign(1, {account()});
  start();
  resume(c);
  run_for(1min);
  ASSERT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(channel_.sent[0].message.body, "Hi there");
  EXPECT_EQ(channel_.sent[0].message.variant, "A");
}

TEST_F(EngineTest, AMissingValueFailsTheLeadWithoutHandingItOver) {
  const CampaignId c = campaign(1, {account()}, 1, 0ms, "Hi {{company}}");
  start();
  resume(c);
  run_for(1min);
  EXPECT_TRUE(channel_.sent.empty());
  EXPECT_EQ(lead(c).failure, FailureClass::content_rejected);
  ASSERT_EQ(watcher_.recorded.size(), 1U);
  EXPECT_EQ(watcher_.recorded[0].code, "missing_value");
}

TEST_F(EngineTest, AnAccountHasNoMoreOpenSendsThanItsChannelAllows) {
  channel_.automatic.reset();
  channel_.traits_now.in_flight_max = 3;
  const CampaignId c = campaign(20, {account()});
  start();
  resume(c);
  run_for(10s);
  EXPECT_EQ(channel_.sent.size(), 3U);
  EXPECT_EQ(status().in_flight, 3);
  channel_.answer(0, ScriptedChannel::with(Kind::delivered));
  run_for(1s);
  EXPECT_EQ(channel_.sent.size(), 4U);
}

TEST_F(EngineTest, NoMoreMessagesAreInMemoryThanAllowed) {
  channel_.automatic.reset();
  config_.in_flight_total = 10;
  const CampaignId c = campaign(50, {account(), account()});
  start();
  resume(c);
  run_for(10s);
  EXPECT_EQ(channel_.sent.size(), 10U);
}

TEST_F(EngineTest, ADailyLimitIsSpreadEvenlyOverTheDay) {
  const CampaignId c = campaign(60, {account(1000, 24)});
  start();
  resume(c);
  run_for(24h - 1min);
  ASSERT_EQ(channel_.sent.size(), 24U);
  for (std::size_t i = 1; i < 24; ++i) {
    const auto gap = channel_.sent[i].at - channel_.sent[i - 1].at;
    EXPECT_GE(gap, 55min) << i;
    EXPECT_LE(gap, 65min) << i;
  }
  run_for(24h);
  EXPECT_EQ(channel_.sent.size(), 48U);
}

TEST_F(EngineTest, NothingIsCaughtUpInABurstAfterAPause) {
  const CampaignId c = campaign(100, {account(1)});
  start();
  resume(c);
  run_for(10s);
  engine_->pause(c, "test", "", [](const Result<PauseAnswer>&) {});
  run_for(1h);
  const std::size_t before = channel_.sent.size();
  resume(c);
  run_for(10s);
  EXPECT_LE(channel_.sent.size() - before, 11U);
  EXPECT_GE(channel_.sent.size() - before, 9U);
}

TEST_F(EngineTest, ThePaceIsKeptWhileManyLeadsWait) {
  const CampaignId c = campaign(2000, {account(50)});
  start();
  resume(c);
  run_for(1s);
  const std::size_t before = channel_.sent.size();
  run_for(20s);
  EXPECT_NEAR(static_cast<double>(channel_.sent.size() - before), 1000.0, 15.0);
}

TEST_F(EngineTest, CampaignsOfOneAccountTakeTurns) {
  const AccountId a = account(1);
  const CampaignId one = campaign(100, {a});
  const CampaignId two = campaign(100, {a});
  start();
  resume(one);
  resume(two);
  run_for(61s);
  const auto of = [&](CampaignId id) {
    return std::count_if(channel_.sent.begin(), channel_.sent.end(),
                         [&](const auto& s) { return s.message.campaign == id; });
  };
  EXPECT_NEAR(static_cast<double>(of(one)), static_cast<double>(of(two)), 2.0);
  EXPECT_GE(of(one), 28);
}

TEST_F(EngineTest, ADrainedCampaignDoesNotHoldBackAnother) {
  const AccountId a = account(1);
  const CampaignId follow_up_tomorrow = campaign(1, {a}, 2, 24h);
  const CampaignId busy = campaign(100, {a});
  start();
  resume(follow_up_tomorrow);
  resume(busy);
  run_for(60s);
  EXPECT_GE(channel_.sent.size(), 58U);
}

TEST_F(EngineTest, WithNothingToDoItSleeps) {
  const CampaignId c = campaign(5, {account()}, 2, 240h);
  start();
  resume(c);
  run_for(1h);
  const std::uint64_t before = loop_.events();
  run_for(1h);
  // One look a minute, the look for doubts, a claim each: nowhere near a busy loop.
  EXPECT_LT(loop_.events() - before, 1500U);
}

TEST_F(EngineTest, AFollowUpGoesOutWhenItIsDueAndNotBefore) {
  const CampaignId c = campaign(1, {account()}, 2, 10min);
  start();
  resume(c);
  run_for(1h);
  ASSERT_EQ(channel_.sent.size(), 2U);
  const auto gap = channel_.sent[1].at - channel_.sent[0].at;
  EXPECT_GE(gap, 10min);
  EXPECT_LE(gap, 10min + 1s);
}

TEST_F(EngineTest, ActiveHoursAreKept) {
  const CampaignId c = campaign(3, {account()});
  domain::CampaignPlan plan = view(c).plan;
  plan.active_hours.emplace();
  plan.active_hours->timezone = "America/New_York";
  for (auto& day : plan.active_hours->days) day.push_back({9 * 60, 17 * 60});
  store_.update_campaign(plan);
  start();
  resume(c);
  run_for(13h - 1s);  // 09:00 in New York is 13:00 UTC in June
  EXPECT_TRUE(channel_.sent.empty());
  run_for(1min + 1s);
  EXPECT_EQ(channel_.sent.size(), 3U);
}

TEST_F(EngineTest, ARetryGoesOutUnderTheSameKeyAndAccount) {
  channel_.automatic.reset();
  const CampaignId c = campaign(1, {account(), account(), account()});
  start();
  resume(c);
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 1U);
  channel_.answer(0, ScriptedChannel::with(Kind::retry, FailureClass::transient));
  run_for(1min);
  ASSERT_EQ(channel_.sent.size(), 2U);
  EXPECT_EQ(channel_.sent[1].account, channel_.sent[0].account);
  EXPECT_EQ(channel_.sent[1].message.idempotency_key, channel_.sent[0].message.idempotency_key);
}

TEST_F(EngineTest, TransientFailuresEndAfterACappedNumberOfTries) {
  channel_.automatic = ScriptedChannel::with(Kind::retry, FailureClass::transient);
  const CampaignId c = campaign(1, {account()});
  start();
  resume(c);
  run_for(24h);
  EXPECT_EQ(channel_.sent.size(), 6U);
  EXPECT_EQ(lead(c).failure, FailureClass::transient);
  EXPECT_EQ(state(c), domain::CampaignState::finished);
}

TEST_F(EngineTest, AnUnknownOutcomeIsInDoubtWithoutIdempotency) {
  channel_.automatic = ScriptedChannel::with(Kind::unknown);
  const CampaignId c = campaign(1, {account()});
  start();
  resume(c);
  run_for(24h);
  EXPECT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(lead(c).wait, domain::Wait::in_doubt);
  run_for(72h);  // the plan's time-out
  EXPECT_EQ(lead(c).failure, FailureClass::outcome_unknown);
}

TEST_F(EngineTest, AnUnknownOutcomeIsSentAgainUnderTheSameKeyWithIdempotency) {
  channel_.automatic.reset();
  channel_.traits_now.idempotent = true;
  const CampaignId c = campaign(1, {account()});
  start();
  resume(c);
  run_for(1s);
  channel_.answer(0, ScriptedChannel::with(Kind::unknown));
  run_for(1min);
  ASSERT_EQ(channel_.sent.size(), 2U);
  EXPECT_EQ(channel_.sent[1].message.idempotency_key, channel_.sent[0].message.idempotency_key);
}

// Found while writing the simulator: one lead, two messages in memory.
TEST_F(EngineTest, AReceiptBeforeTheAnswerLetsTheNextStepGoAndBothAnswersCount) {
  channel_.automatic.reset();
  const CampaignId c = campaign(1, {account()}, 2, 0ms);
  start();
  resume(c);
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 1U);
  store::InboundEvent e;
  e.source = "channel:1";
  e.event_id = "r1";
  e.type = store::EventType::sent;
  e.lead = channel_.sent[0].message.lead;
  e.step = 1;
  ASSERT_TRUE(engine_->offer(e));
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 2U);
  channel_.answer(0, ScriptedChannel::with(Kind::delivered));
  channel_.answer(1, ScriptedChannel::with(Kind::delivered));
  run_for(1s);
  EXPECT_EQ(view(c).counts[domain::Counter::delivered], 2);
  EXPECT_EQ(state(c), domain::CampaignState::finished);
}

}  // namespace
}  // namespace headway::engine
