// Pauses, decisions, events and the graceful stop.

#include "tests/unit/engine/engine_fixture.h"

namespace headway::engine {
namespace {

TEST_F(EngineTest, APauseReleasesWhatWasNotHandedOverAndTellsWhatWas) {
  channel_.automatic.reset();
  channel_.traits_now = {true, true, 2};  // claims two ahead
  const CampaignId c = campaign(10, {account()});
  start();
  resume(c);
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 2U);
  ASSERT_EQ(status().claimed, 2);
  std::optional<PauseAnswer> answer;
  engine_->pause(c, "test", "", [&](Result<PauseAnswer> r) { answer = r.value(); });
  run_for(1s);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->in_flight, 2);
  EXPECT_EQ(answer->receipt.state, domain::CampaignState::paused);
  EXPECT_TRUE(answer->last_handed_over_at.has_value());
  EXPECT_EQ(status().claimed, 0);
  channel_.answer(0, ScriptedChannel::with(Kind::delivered));
  channel_.answer(1, ScriptedChannel::with(Kind::delivered));
  run_for(24h);
  EXPECT_EQ(channel_.sent.size(), 2U);
  EXPECT_EQ(domain::status_counts(view(c).counts).sent, 2);
  EXPECT_EQ(lead(c, 3).wait, domain::Wait::fresh);
}

TEST_F(EngineTest, ResumingAfterAPauseSendsNobodyTwice) {
  const CampaignId c = campaign(40, {account(10)});
  start();
  for (int i = 0; i < 8; ++i) {
    resume(c);
    run_for(500ms);
    engine_->pause(c, "test", "", [](const Result<PauseAnswer>&) {});
    run_for(200ms);
  }
  resume(c);
  run_for(1min);
  EXPECT_EQ(channel_.sent.size(), 40U);
  EXPECT_EQ(state(c), domain::CampaignState::finished);
}

TEST_F(EngineTest, APauseThatTheStoreNeverTakesIsAnsweredAndTheCampaignGoesOn) {
  const CampaignId c = campaign(100, {account(1)});
  start();
  resume(c);
  run_for(2s);
  faults_.unavailable = 1;
  std::optional<Result<PauseAnswer>> answer;
  engine_->pause(c, "test", "", [&](Result<PauseAnswer> r) { answer = std::move(r); });
  run_for(2min);
  ASSERT_TRUE(answer);
  ASSERT_FALSE(answer->has_value());
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  faults_.unavailable = 0;
  const std::size_t before = channel_.sent.size();
  run_for(1min);
  EXPECT_GT(channel_.sent.size(), before + 30);
}

TEST_F(EngineTest, ALeadInDoubtIsDecidedByAPerson) {
  channel_.automatic = ScriptedChannel::with(Kind::unknown);
  const CampaignId c = campaign(3, {account()});
  start();
  resume(c);
  run_for(1min);
  ASSERT_EQ(channel_.sent.size(), 3U);
  channel_.automatic = ScriptedChannel::with(Kind::delivered);
  const auto decide = [&](int number, Decision d) {
    const LeadId id = view(c).leads.at(static_cast<std::size_t>(number - 1)).id;
    engine_->resolve(c, id, lead(c, number).attempt, d,
                     [](const Result<void>& r) { EXPECT_TRUE(r); });
    run_for(1min);
  };
  decide(1, Decision::count_as_sent);
  decide(2, Decision::give_up);
  decide(3, Decision::send_again);
  EXPECT_EQ(lead(c, 1).status, domain::Status::sent);
  EXPECT_EQ(lead(c, 2).failure, domain::FailureClass::outcome_unknown);
  EXPECT_EQ(lead(c, 3).status, domain::Status::sent);
  ASSERT_EQ(channel_.sent.size(), 4U);
  EXPECT_NE(channel_.sent[3].message.idempotency_key, channel_.sent[2].message.idempotency_key);

  std::optional<Result<void>> late;
  engine_->resolve(c, view(c).leads[0].id, 1, Decision::send_again,
                   [&](Result<void> r) { late = std::move(r); });
  run_for(1s);
  ASSERT_TRUE(late && !late->has_value());
  EXPECT_EQ(late->error().kind, ErrorKind::conflict);
}

TEST_F(EngineTest, EventsBeyondTheRoomAreRefusedNotTaken) {
  config_.intake_max = 3;
  const CampaignId c = campaign(1, {account()});
  start();
  resume(c);
  run_for(1s);
  store::InboundEvent e;
  e.source = "api";
  e.type = store::EventType::reply;
  e.lead = view(c).leads[0].id;
  int taken = 0;
  for (int i = 0; i < 10; ++i) {
    e.event_id = "e" + std::to_string(i);
    taken += engine_->offer(e) ? 1 : 0;
  }
  EXPECT_EQ(taken, 3);
  std::optional<Result<store::EventResults>> answer;
  engine_->submit({e}, [&](Result<store::EventResults> r) { answer = std::move(r); });
  run_for(1s);
  ASSERT_TRUE(answer && !answer->has_value());
  EXPECT_EQ(answer->error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(engine_->offer(e)) << "there is room again";
}

TEST_F(EngineTest, AnEventWhoseAnswerWasLostCountsOnce) {
  const CampaignId c = campaign(1, {account()}, 2, 240h);
  start();
  resume(c);
  run_for(1s);
  faults_.lost_answer = 1;
  store::InboundEvent e;
  e.source = "api";
  e.event_id = "reply";
  e.type = store::EventType::reply;
  e.lead = view(c).leads[0].id;
  ASSERT_TRUE(engine_->offer(e));
  run_for(3s);
  faults_.lost_answer = 0;
  run_for(30s);
  EXPECT_EQ(view(c).counts[domain::Counter::replies], 1);
  EXPECT_EQ(lead(c).ended_by, domain::EndedBy::replied);
}

TEST_F(EngineTest, AGracefulStopRecordsAnswersAndReleasesTheRest) {
  channel_.automatic.reset();
  channel_.traits_now = {true, true, 2};
  const CampaignId c = campaign(10, {account()});
  start();
  resume(c);
  run_for(1s);
  std::optional<StopReport> report;
  engine_->stop([&](StopReport r) { report = r; });
  run_for(1s);
  EXPECT_FALSE(report) << "two answers are still out";
  channel_.answer(0, ScriptedChannel::with(Kind::delivered));
  channel_.answer(1, ScriptedChannel::with(Kind::delivered));
  run_for(1s);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->complete);
  EXPECT_EQ(channel_.sent.size(), 2U);
  for (const sim::LeadView& l : view(c).leads) EXPECT_NE(l.state.wait, domain::Wait::in_flight);
}

TEST_F(EngineTest, AStopDoesNotWaitForeverForAnAnswer) {
  channel_.automatic.reset();
  const CampaignId c = campaign(1, {account()});
  start();
  resume(c);
  run_for(1s);
  std::optional<StopReport> report;
  engine_->stop([&](StopReport r) { report = r; });
  run_for(21s);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->complete);
  EXPECT_EQ(report->unanswered, 1);
  EXPECT_EQ(lead(c).wait, domain::Wait::in_flight) << "left to the next start";
}

struct CountingFeed final : ChangeFeed {
  void changed(const std::vector<CampaignId>& ids) override {
    for (const CampaignId id : ids) ++times[id];
  }
  std::map<CampaignId, int> times;
};

TEST_F(EngineTest, TheFeedNamesTheCampaignsThatChanged) {
  const CampaignId c = campaign(5, {account()});
  const CampaignId quiet = campaign(5, {account()});
  start();
  run_for(1s);
  auto feed = std::make_shared<CountingFeed>();
  engine_->subscribe(feed);
  resume(c);
  run_for(1s);
  EXPECT_GT(feed->times[c], 0);
  EXPECT_EQ(feed->times[quiet], 0);
}

}  // namespace
}  // namespace headway::engine
