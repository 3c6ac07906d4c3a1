// Providers' answers that concern an account.

#include "tests/unit/engine/engine_fixture.h"

namespace headway::engine {
namespace {

using ::testing::Each;
using ::testing::Field;

TEST_F(EngineTest, ARefusedCredentialStopsTheAccountAndItsLeadsWait) {
  channel_.automatic.reset();
  channel_.traits_now.in_flight_max = 1;
  const AccountId a = account();
  const CampaignId c = campaign(5, {a});
  start();
  resume(c);
  run_for(1s);
  channel_.answer(0, ScriptedChannel::with(Kind::retry, FailureClass::account_auth));
  run_for(24h);
  EXPECT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(store_.accounts()[0].status, domain::AccountStatus::invalid_credentials);
  EXPECT_EQ(lead(c).wait, domain::Wait::retry);

  domain::Account healed = store_.accounts()[0];
  healed.status = domain::AccountStatus::active;
  store_.update_account(healed);
  channel_.automatic = ScriptedChannel::with(Kind::delivered);
  engine_->plan_changed();
  run_for(2min);
  EXPECT_EQ(state(c), domain::CampaignState::finished);
}

TEST_F(EngineTest, APolicyBlockNeverMovesTheLeadToAnotherAccount) {
  channel_.automatic.reset();
  const CampaignId c = campaign(1, {account(), account()});
  start();
  resume(c);
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 1U);
  channel_.answer(0, ScriptedChannel::with(Kind::retry, FailureClass::policy_block));
  run_for(48h);
  EXPECT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(lead(c).account, channel_.sent[0].account);
}

TEST_F(EngineTest, ARateLimitHoldsTheAccountUntilTheHint) {
  channel_.automatic.reset();
  channel_.traits_now.in_flight_max = 1;
  const CampaignId c = campaign(2, {account()});
  start();
  resume(c);
  run_for(1s);
  auto limited = ScriptedChannel::with(Kind::retry, FailureClass::rate_limited);
  limited.retry_after = milliseconds{10min};
  channel_.answer(0, limited);
  run_for(9min);
  EXPECT_EQ(channel_.sent.size(), 1U);
  EXPECT_TRUE(status().accounts.at(0).blocked_until.has_value());
  EXPECT_EQ(store_.accounts()[0].status, domain::AccountStatus::rate_limited);
  channel_.automatic = ScriptedChannel::with(Kind::delivered);
  run_for(3min);
  EXPECT_GE(channel_.sent.size(), 2U);
  run_for(5min);
  EXPECT_EQ(store_.accounts()[0].status, domain::AccountStatus::active);
}

TEST_F(EngineTest, RateLimitsInARowBackOffFurther) {
  channel_.automatic = ScriptedChannel::with(Kind::retry, FailureClass::rate_limited);
  channel_.traits_now.in_flight_max = 1;
  const CampaignId c = campaign(50, {account()});
  start();
  resume(c);
  run_for(1h);
  // Doubling from a second: a dozen tries an hour, not thousands.
  EXPECT_LT(channel_.sent.size(), 20U);
  EXPECT_GT(channel_.sent.size(), 5U);
}

// Seed 213: the answer to a send from before the stop came after the stop was stored.
TEST_F(EngineTest, ARateLimitAnsweredAfterAStopDoesNotReplaceIt) {
  channel_.automatic.reset();
  channel_.traits_now.in_flight_max = 2;
  const CampaignId c = campaign(5, {account()});
  start();
  resume(c);
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 2U);
  channel_.answer(0, ScriptedChannel::with(Kind::retry, FailureClass::account_auth));
  run_for(6ms);
  channel_.answer(1, ScriptedChannel::with(Kind::retry, FailureClass::rate_limited));
  run_for(24h);
  EXPECT_EQ(channel_.sent.size(), 2U);
  EXPECT_EQ(store_.accounts()[0].status, domain::AccountStatus::invalid_credentials);
  EXPECT_THAT(watcher_.statuses, Each(domain::AccountStatus::invalid_credentials));
}

TEST_F(EngineTest, AnAccountTakenFromTheCampaignSendsNothingMore) {
  channel_.automatic.reset();
  channel_.traits_now.in_flight_max = 1;
  const CampaignId c = campaign(5, {account()});
  start();
  resume(c);
  run_for(1s);
  ASSERT_EQ(channel_.sent.size(), 1U);
  store_.delete_account(channel_.sent[0].account);
  engine_->plan_changed();
  run_for(1s);
  channel_.answer(0, ScriptedChannel::with(Kind::delivered));
  run_for(24h);
  EXPECT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(lead(c).status, domain::Status::sent);
}

}  // namespace
}  // namespace headway::engine
