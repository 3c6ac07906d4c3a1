#include "domain/reason.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace headway::domain {
namespace {

constexpr AccountId kNorth{1}, kSouth{2};
const Instant now = from_ms(1'795'424'400'000);
const Instant soon = now + std::chrono::minutes{5};
const Instant midnight = now + std::chrono::hours{7};

ReasonContext fine() {
  ReasonContext c;
  c.now = now;
  c.zones = {{true, {}}, {false, soon}};
  c.accounts = {{kNorth, AccountStatus::active, {}, true, false, midnight, now},
                {kSouth, AccountStatus::active, {}, true, false, midnight, now}};
  return c;
}

LeadState waiting(Wait wait, AccountId account = {}, Instant due = {}) {
  LeadState s;
  s.wait = wait;
  s.account = account;
  s.due = due;
  return s;
}
const LeadState fresh = waiting(Wait::fresh);

TEST(Reasons, DueWhenNothingForbidsIt) {
  EXPECT_EQ(explain(fresh, 0, fine()), (Explanation{Reason::due, now}));
}

TEST(Reasons, PlacesThatAreReasonsThemselves) {
  ReasonContext c = fine();
  c.state = CampaignState::paused;
  c.accounts.clear();
  EXPECT_EQ(explain(waiting(Wait::in_flight, kNorth), 0, c).reason, Reason::in_flight);
  EXPECT_EQ(explain(waiting(Wait::in_doubt, kNorth), 0, c).reason, Reason::in_doubt);
  EXPECT_EQ(explain(waiting(Wait::window_closed, kNorth), 0, c).reason, Reason::window_closed);
}

TEST(Reasons, FollowTheDocumentedOrder) {
  // Everything at once; one after the other is put right.
  ReasonContext c = fine();
  c.state = CampaignState::paused;
  c.zones[0] = {false, soon};
  c.campaign_exhausted = true;
  c.campaign_day_end = midnight;
  auto accounts = c.accounts;
  for (auto& a : accounts) {
    a.status = AccountStatus::paused;
    a.exhausted = true;
    a.pace_next = soon;
  }
  c.accounts.clear();
  LeadState s = waiting(Wait::follow_up, kNorth, soon);
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::campaign_paused, {}}));
  c.state = CampaignState::active;
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::follow_up_delay, soon}));
  EXPECT_EQ(explain(waiting(Wait::retry, kNorth, soon), 0, c),
            (Explanation{Reason::retry_backoff, soon}));
  s.due = now;
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::no_account, {}}));
  c.accounts = accounts;
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::account_unhealthy, {}}));
  for (auto& a : c.accounts) a.status = AccountStatus::active;
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::active_hours, soon}));
  c.zones[0] = {true, {}};
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::campaign_daily_limit, midnight}));
  c.campaign_exhausted = false;
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::account_daily_limit, midnight}));
  for (auto& a : c.accounts) a.exhausted = false;
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::rate, soon}));
  for (auto& a : c.accounts) a.pace_next = now + kTick;
  EXPECT_EQ(explain(s, 0, c), (Explanation{Reason::due, now}));
}

TEST(Reasons, ALeadKeepsItsAccountAFreshOneTakesAny) {
  ReasonContext c = fine();
  c.accounts[0].status = AccountStatus::invalid_credentials;
  EXPECT_EQ(explain(waiting(Wait::retry, kNorth, now), 0, c).reason, Reason::account_unhealthy);
  EXPECT_EQ(explain(waiting(Wait::retry, kSouth, now), 0, c).reason, Reason::due);
  EXPECT_EQ(explain(fresh, 0, c).reason, Reason::due);
  EXPECT_EQ(explain(waiting(Wait::retry, AccountId{9}, now), 0, c).reason, Reason::no_account);
  c.accounts[1].usable = false;
  EXPECT_EQ(explain(fresh, 0, c).reason, Reason::account_unhealthy);
}

TEST(Reasons, ExhaustedAccountsCountOnlyWhenAllAre) {
  ReasonContext c = fine();
  c.accounts[0].exhausted = true;
  EXPECT_EQ(explain(fresh, 0, c).reason, Reason::due);
  c.accounts[1].status = AccountStatus::suspended;
  EXPECT_EQ(explain(fresh, 0, c).reason, Reason::account_daily_limit);
}

TEST(Reasons, AProviderThatAskedToWaitIsRate) {
  ReasonContext c = fine();
  for (auto& a : c.accounts) {
    a.status = AccountStatus::rate_limited;
    a.status_until = soon;
  }
  EXPECT_EQ(explain(fresh, 0, c), (Explanation{Reason::rate, soon}));
}

TEST(Reasons, ZonesAreLookedUpByIndex) {
  EXPECT_EQ(explain(fresh, 1, fine()), (Explanation{Reason::active_hours, soon}));
  EXPECT_EQ(explain(fresh, 7, fine()).reason, Reason::due);  // unknown: the campaign's own
  ReasonContext c = fine();
  c.zones.clear();
  EXPECT_EQ(explain(fresh, 0, c).reason, Reason::due);
}

TEST(Reasons, FinalLeadsAndFinishedCampaignsHaveNone) {
  EXPECT_EQ(explain(waiting(Wait::none), 0, fine()), Explanation{});
  ReasonContext c = fine();
  c.state = CampaignState::finished;
  EXPECT_EQ(explain(fresh, 0, c), Explanation{});
}

// The page of a lead and the totals of its campaign must not contradict each other.
RC_GTEST_PROP(Reasons, GroupsAndLeadsAgree, ()) {
  const auto yes = [] { return *rc::gen::arbitrary<bool>(); };
  ReasonContext c = fine();
  c.state = yes() ? CampaignState::active : CampaignState::paused;
  c.zones[0].open = yes();
  c.campaign_exhausted = yes();
  for (auto& a : c.accounts) {
    a.status = static_cast<AccountStatus>(*rc::gen::inRange(0, 6));
    a.exhausted = yes();
    a.usable = yes();
    if (yes()) a.pace_next = soon;
  }
  if (yes()) c.accounts.pop_back();
  const LeadState s = waiting(static_cast<Wait>(*rc::gen::inRange(1, 7)),
                              AccountId{*rc::gen::inRange(0, 4)}, yes() ? soon : now);
  const int zone = *rc::gen::inRange(0, 3);
  const WaitCount group{s.wait, s.account, zone, s.due <= now, 5};
  const Explanation one = explain(s, zone, c);
  RC_ASSERT(one.reason == explain(group, c).reason);
  RC_ASSERT(one.reason != Reason::none);
}

}  // namespace
}  // namespace headway::domain
