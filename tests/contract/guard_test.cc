// The guard of the accounts: what it notices, whom it tells, and that it pauses once.

#include <algorithm>

#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

class GuardContract : public StoreContract {
 protected:
  // A week of 100 messages a day of which `failing` fail, then `n` more today, all failed.
  void live(int failing, int n) {
    start(800 + n, {.steps = 2});
    const auto m = claim(800 + n);
    std::size_t next = 0;
    for (int day = 0; day < 7; ++day) {
      std::vector<store::Outcome> outcomes;
      for (int i = 0; i < 100; ++i) {
        auto o = StoreSeat::outcome(
            m[next++], i % 100 < failing ? OutcomeKind::failed : OutcomeKind::delivered, s.now());
        if (o.kind == OutcomeKind::failed) o.failure = FailureClass::transient;
        outcomes.push_back(o);
      }
      std::rotate(outcomes.begin(), outcomes.begin() + 50, outcomes.end());
      s.record(outcomes);
      s.pass(std::chrono::hours{24});
    }
    messages.assign(m.begin() + static_cast<std::ptrdiff_t>(next), m.end());
  }
  void fail(int n) {
    for (int i = 0; i < n; ++i) {
      s.record(messages.at(0), OutcomeKind::failed, FailureClass::account_auth);
      messages.erase(messages.begin());
    }
  }
  store::GuardRow row() {
    const auto rows = s.analysis().guards();
    EXPECT_EQ(rows->size(), 1U);
    return rows->at(0);
  }
  std::int64_t entries(const std::string& kind) {
    std::int64_t n = 0;
    store::Paging paging;
    paging.limit = 500;
    const auto page = s.reader().activity(campaign, paging);
    for (const auto& e : page->items) n += e.kind == kind;
    return n;
  }
  void auto_pause(bool on) {
    store::CampaignChange change;
    change.auto_pause = on;
    ASSERT_TRUE(s.catalog().update_campaign(campaign, change, "key:1", s.now()));
  }
  Result<store::PauseReceipt> guard_pauses() {
    return s.wait<store::PauseReceipt>([&](auto done) {
      s.box().ledger().set_paused(campaign, true, "guard", "Guard: ...", s.now(), std::move(done));
    });
  }

  std::vector<store::ClaimedMessage> messages;
};

TEST_P(GuardContract, AnOrdinaryWeekAlertsNobody) {
  live(4, 20);
  EXPECT_EQ(row().level, store::GuardLevel::none);
  EXPECT_EQ(row().day, hour_of(s.now()) / 24 - 1);
  EXPECT_EQ(row().n_day, 100);
  EXPECT_EQ(row().failed_day, 4);
  EXPECT_GT(row().alert_at, 1000);
  EXPECT_EQ(entries("guard.alert"), 0);
}

TEST_P(GuardContract, ManyFailuresAlertOnceAndTellTheCampaign) {
  live(4, 100);
  fail(60);
  EXPECT_EQ(row().level, store::GuardLevel::pause);
  EXPECT_GE(row().statistic, row().alert_at);
  EXPECT_EQ(row().n_day, 60);
  EXPECT_EQ(entries("guard.alert"), 1);
  ASSERT_TRUE(row().alerted_at);
  // No campaign has auto_pause: nothing is paused.
  EXPECT_TRUE(s.plan().guard_pauses.empty());
  EXPECT_EQ(s.figures(campaign).plan.state, CampaignState::active);
  // It survives a crash, and does not begin anew.
  const double before = row().statistic;
  s.crash_and_reopen();
  EXPECT_EQ(row().statistic, before);
  fail(1);
  EXPECT_EQ(entries("guard.alert"), 1);
}

TEST_P(GuardContract, APauseIsWantedUntilItIsMadeAndThenNeverAgain) {
  live(4, 100);
  auto_pause(true);
  fail(60);
  ASSERT_EQ(s.plan().guard_pauses.size(), 1U);
  EXPECT_EQ(s.plan().guard_pauses[0].campaign, campaign);
  EXPECT_EQ(s.plan().guard_pauses[0].account, account);
  s.crash_and_reopen();
  ASSERT_EQ(s.plan().guard_pauses.size(), 1U);
  EXPECT_EQ(guard_pauses()->state, CampaignState::paused);
  EXPECT_TRUE(s.plan().guard_pauses.empty());
  EXPECT_EQ(entries("campaign.paused"), 1);
  // A person goes on; an old wish that comes late changes nothing.
  ASSERT_TRUE(s.pause(campaign, false));
  EXPECT_EQ(guard_pauses()->state, CampaignState::active);
  fail(10);
  EXPECT_TRUE(s.plan().guard_pauses.empty());
}

TEST_P(GuardContract, APersonWhoPausesFirstSettlesIt) {
  live(4, 100);
  auto_pause(true);
  fail(60);
  ASSERT_TRUE(s.pause(campaign));
  ASSERT_TRUE(s.pause(campaign, false));
  EXPECT_TRUE(s.plan().guard_pauses.empty());
}

TEST_P(GuardContract, AcknowledgingStartsAnew) {
  live(4, 200);
  fail(60);
  ASSERT_TRUE(s.catalog().acknowledge_guard(account, "key:1", s.now()));
  EXPECT_EQ(row().level, store::GuardLevel::none);
  EXPECT_EQ(row().statistic, 0);
  EXPECT_EQ(row().acknowledged_by, "key:1");
  EXPECT_EQ(row().n_day, 60);
  EXPECT_EQ(entries("guard.acknowledged"), 1);
  ASSERT_TRUE(s.catalog().acknowledge_guard(account, "key:1", s.now()));
  EXPECT_EQ(entries("guard.acknowledged"), 1);
  EXPECT_FALSE(s.catalog().acknowledge_guard(AccountId{4711}, "key:1", s.now()));
}

TEST_P(GuardContract, FewerFalseAlarmsNeedMoreEvidence) {
  live(4, 20);
  const double before = row().alert_at;
  ASSERT_TRUE(s.catalog().set_false_alarms(0.1, "key:1", s.now()));
  EXPECT_EQ(s.analysis().guard_settings(s.now())->false_alarms_per_year, 0.1);
  fail(1);
  EXPECT_NEAR(row().alert_at / before, 10, 0.01);
  EXPECT_FALSE(s.catalog().set_false_alarms(0, "key:1", s.now()));
}

TEST_P(GuardContract, WhatIsToldOfAGoneDayIsHistory) {
  live(4, 20);
  fail(1);
  auto told = event(EventType::failed, messages.back().lead);
  told.failure = FailureClass::account_auth;
  told.at = s.now() - std::chrono::hours{30};
  ASSERT_EQ(s.event(told).verdict, EventVerdict::accepted);
  EXPECT_EQ(row().n_day, 1);
  told.lead = messages.at(messages.size() - 2).lead;
  told.at = s.now();
  ASSERT_EQ(s.event(told).verdict, EventVerdict::accepted);
  EXPECT_EQ(row().n_day, 2);
}

INSTANTIATE_TEST_SUITE_P(Stores, GuardContract, store_kinds(), kind_name);

}  // namespace
}  // namespace headway::test
