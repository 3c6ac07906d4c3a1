// Crashes and a store that fails.

#include "tests/unit/engine/engine_fixture.h"

namespace headway::engine {
namespace {

TEST_F(EngineTest, AfterACrashClaimsAreInDoubtWithoutIdempotency) {
  channel_.automatic.reset();
  const CampaignId c = campaign(3, {account()});
  start();
  resume(c);
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 3U);
  crash();
  start();
  run_for(1h);
  EXPECT_EQ(channel_.sent.size(), 3U);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(lead(c, i).wait, domain::Wait::in_doubt);
  EXPECT_EQ(status().recovered_total, 3);
}

TEST_F(EngineTest, AfterACrashClaimsAreSentAgainUnderTheSameKeyWithIdempotency) {
  channel_.automatic.reset();
  channel_.traits_now.idempotent = true;
  config_.recovery_page = 2;
  const CampaignId c = campaign(5, {account()});
  start();
  resume(c);
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 5U);
  crash();
  channel_.automatic = ScriptedChannel::with(Kind::delivered);
  start();
  run_for(1min);
  ASSERT_EQ(channel_.sent.size(), 10U);
  std::map<LeadId, std::string> keys;
  for (const auto& s : channel_.sent) {
    const auto [it, fresh] = keys.emplace(s.message.lead, s.message.idempotency_key);
    EXPECT_EQ(it->second, s.message.idempotency_key);
  }
  EXPECT_EQ(keys.size(), 5U);
  EXPECT_EQ(state(c), domain::CampaignState::finished);
}

TEST_F(EngineTest, NothingIsClaimedBeforeRecoveryHasEnded) {
  channel_.automatic.reset();
  const CampaignId c = campaign(30, {account()});
  channel_.traits_now.in_flight_max = 5;
  start();
  resume(c);
  run_for(1s);
  crash();
  faults_.unavailable = 1;
  start();
  run_for(1min);
  EXPECT_EQ(channel_.sent.size(), 5U);
  EXPECT_NE(status().phase, Phase::running);
  EXPECT_FALSE(status().store_ok);
  faults_.unavailable = 0;
  run_for(1min);
  EXPECT_EQ(status().phase, Phase::running);
  EXPECT_EQ(channel_.sent.size(), 10U);
}

TEST_F(EngineTest, AClaimWhoseAnswerWasLostIsReadBackAndReleased) {
  const CampaignId c = campaign(4, {account()});
  start();
  run_for(1s);
  resume(c);
  run_for(20ms);
  faults_.lost_answer = 1;
  run_for(2s);
  faults_.lost_answer = 0;
  run_for(2min);
  EXPECT_EQ(channel_.sent.size(), 4U);
  EXPECT_EQ(state(c), domain::CampaignState::finished);
}

TEST_F(EngineTest, AReadBackGivesTheBudgetBack) {
  // The limit of one would be used up for the day by a claim that nobody heard of.
  const CampaignId c = campaign(1, {account(1000, 1)});
  start();
  run_for(1s);
  faults_.lost_answer = 1;
  resume(c);
  run_for(10s);
  faults_.lost_answer = 0;
  run_for(1min);
  EXPECT_EQ(channel_.sent.size(), 1U);
}

TEST_F(EngineTest, OutcomesThatTheStoreRefusedAreSentAgainUntilTheyAreTaken) {
  channel_.automatic.reset();
  const CampaignId c = campaign(3, {account()});
  start();
  resume(c);
  run_for(1s);
  faults_.unavailable = 1;
  for (std::size_t i = 0; i < 3; ++i) channel_.answer(i, ScriptedChannel::with(Kind::delivered));
  run_for(5min);
  EXPECT_EQ(status().recording, 3);
  faults_.unavailable = 0;
  run_for(1min);
  EXPECT_EQ(status().recording, 0);
  EXPECT_EQ(domain::status_counts(view(c).counts).sent, 3);
}

TEST_F(EngineTest, OutcomesWhoseAnswerWasLostAreAppliedOnce) {
  channel_.automatic.reset();
  const CampaignId c = campaign(3, {account()}, 2, 0ms);
  start();
  resume(c);
  run_for(1s);
  faults_.lost_answer = 1;
  for (std::size_t i = 0; i < 3; ++i) channel_.answer(i, ScriptedChannel::with(Kind::delivered));
  run_for(2s);
  faults_.lost_answer = 0;
  channel_.automatic = ScriptedChannel::with(Kind::delivered);
  run_for(2min);
  EXPECT_EQ(channel_.sent.size(), 6U);
  EXPECT_EQ(view(c).counts[domain::Counter::delivered], 6);
}

TEST_F(EngineTest, NothingIsClaimedWhileTheRecordQueueIsFull) {
  config_.in_flight_total = 8;
  const CampaignId c = campaign(100, {account()});
  start();
  resume(c);
  run_for(5ms);
  faults_.unavailable = 1;
  run_for(1h);
  EXPECT_LE(channel_.sent.size(), 8U);
  faults_.unavailable = 0;
  run_for(1min);
  EXPECT_EQ(channel_.sent.size(), 100U);
}

// Damaged bytes in one call stop everything.
class DamagedLedger final : public store::Ledger {
 public:
  DamagedLedger(sim::Loop& loop, store::Ledger& inner) : loop_(loop), inner_(inner) {}
  template <class T>
  void damaged(store::Done<T> done) {
    loop_.post([done = std::move(done)] { done(fail(ErrorKind::corrupt, "page 7 is torn")); });
  }
  void load_plan(store::Done<store::Plan> d) override { inner_.load_plan(std::move(d)); }
  void claim(store::ClaimRequest, store::Done<store::ClaimResult> d) override {
    damaged(std::move(d));
  }
  void record(std::vector<store::Outcome> o, store::Done<store::RecordResult> d) override {
    inner_.record(std::move(o), std::move(d));
  }
  void apply_events(std::vector<store::InboundEvent>, Instant,
                    store::Done<store::EventResults> d) override {
    damaged(std::move(d));
  }
  void open_claims(LeadId a, int n, store::Done<std::vector<store::OpenClaim>> d) override {
    inner_.open_claims(a, n, std::move(d));
  }
  void in_doubt_before(Instant b, int n, store::Done<std::vector<store::OpenClaim>> d) override {
    inner_.in_doubt_before(b, n, std::move(d));
  }
  void set_paused(CampaignId id, bool p, std::string a, std::string r, Instant now,
                  store::Done<store::PauseReceipt> d) override {
    inner_.set_paused(id, p, std::move(a), std::move(r), now, std::move(d));
  }
  void set_account_status(AccountId id, domain::AccountStatus s, std::string r,
                          std::optional<Instant> u, Instant now,
                          store::Done<std::int64_t> d) override {
    inner_.set_account_status(id, s, std::move(r), u, now, std::move(d));
  }
  void enroll_next(CampaignId id, int n, Instant now,
                   store::Done<store::EnrollProgress> d) override {
    inner_.enroll_next(id, n, now, std::move(d));
  }
  void seal_due(Instant now, store::Done<int> d) override { inner_.seal_due(now, std::move(d)); }
  void allocate_due(Instant now, store::Done<store::AllocationProgress> d) override {
    inner_.allocate_due(now, std::move(d));
  }

 private:
  sim::Loop& loop_;
  store::Ledger& inner_;
};

TEST_F(EngineTest, ADamagedDatabaseStopsItWithAReason) {
  const CampaignId c = campaign(4, {account()});
  const sim::Owner owner = loop_.begin();
  executor_ = std::make_unique<sim::SimExecutor>(loop_, owner);
  DamagedLedger damaged(loop_,
                        store_.open([this](std::function<void()> t) { loop_.post(std::move(t)); }));
  engine_ = std::make_unique<Engine>(
      Ports{damaged, {{"scripted", &channel_}}, loop_, *executor_, entropy_}, config_);
  engine_->start();
  resume(c);
  run_for(1min);
  const EngineStatus s = status();
  EXPECT_EQ(s.phase, Phase::failed);
  EXPECT_NE(s.problem.find("damaged"), std::string::npos);
  EXPECT_TRUE(channel_.sent.empty());
  store::InboundEvent e;
  EXPECT_FALSE(engine_->offer(e));
  bool stopped = false;
  engine_->stop([&](StopReport) { stopped = true; });
  run_for(1s);
  EXPECT_TRUE(stopped);
  engine_.reset();
}

}  // namespace
}  // namespace headway::engine
