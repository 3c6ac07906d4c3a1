#include "domain/retry.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace headway::domain {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr LeadId kLead = lead_id(3, 17);

TEST(Retry, TransientGivesUpAtTheSixthTry) {
  for (int tries = 0; tries < 5; ++tries) {
    EXPECT_FALSE(plan_retry(FailureClass::transient, tries, {}, kLead, 1).give_up);
  }
  EXPECT_TRUE(plan_retry(FailureClass::transient, 5, {}, kLead, 1).give_up);
  EXPECT_TRUE(plan_retry(FailureClass::recipient_deferred, 5, {}, kLead, 1).give_up);
  EXPECT_FALSE(plan_retry(FailureClass::rate_limited, 18, {}, kLead, 1).give_up);
  EXPECT_TRUE(plan_retry(FailureClass::rate_limited, 19, {}, kLead, 1).give_up);
}

TEST(Retry, AccountFailuresNeverGiveUpALead) {
  for (const auto c :
       {FailureClass::account_auth, FailureClass::account_permission, FailureClass::policy_block}) {
    EXPECT_FALSE(plan_retry(c, 1'000'000, {}, kLead, 1).give_up);
  }
}

TEST(Retry, SomeClassesAreFinalAtOnce) {
  for (const auto c :
       {FailureClass::recipient_invalid, FailureClass::recipient_unavailable,
        FailureClass::content_rejected, FailureClass::opted_out, FailureClass::suppressed,
        FailureClass::outcome_unknown, FailureClass::window_closed, FailureClass::none}) {
    EXPECT_TRUE(plan_retry(c, 0, seconds{1}, kLead, 1).give_up);
  }
}

TEST(Retry, TheProvidersHintCounts) {
  const auto plan = plan_retry(FailureClass::recipient_deferred, 0, hours{24}, kLead, 1);
  EXPECT_GE(plan.wait, hours{24});
  EXPECT_LE(plan.wait, hours{27});
  EXPECT_LE(plan_retry(FailureClass::transient, 0, hours{24 * 400}, kLead, 1).wait, hours{53});
  EXPECT_GE(plan_retry(FailureClass::transient, 0, milliseconds{-5}, kLead, 1).wait, seconds{1});
}

RC_GTEST_PROP(Retry, WaitsGrowToTheCapAndAreTheSameEveryTime, ()) {
  const auto c = *rc::gen::element(FailureClass::transient, FailureClass::recipient_deferred,
                                   FailureClass::rate_limited);
  const auto policy = retry_policy(c);
  const int tries = *rc::gen::inRange(0, policy.tries_max - 1);
  const LeadId lead{*rc::gen::positive<std::int64_t>()};
  const auto plan = plan_retry(c, tries, {}, lead, 1);
  const milliseconds full = std::min(policy.cap, policy.base * (1 << tries));
  RC_ASSERT(!plan.give_up);
  RC_ASSERT(plan.wait <= full && plan.wait >= full / 2);
  RC_ASSERT(plan.wait == plan_retry(c, tries, {}, lead, 1).wait);
}

TEST(AccountReactions, FollowTheTableOfClasses) {
  EXPECT_EQ(account_reaction(FailureClass::account_auth).status,
            AccountStatus::invalid_credentials);
  EXPECT_EQ(account_reaction(FailureClass::account_permission).status, AccountStatus::disabled);
  EXPECT_EQ(account_reaction(FailureClass::policy_block).status, AccountStatus::suspended);
  EXPECT_TRUE(account_reaction(FailureClass::rate_limited).backs_off);
  EXPECT_FALSE(account_reaction(FailureClass::transient).status);
}

}  // namespace
}  // namespace headway::domain
