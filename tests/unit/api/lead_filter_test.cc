#include <gtest/gtest.h>

#include "api/lead_codec.h"

namespace headway::api {
namespace {

domain::WaitCount group(domain::Wait wait, std::int64_t account, int zone, bool past_due) {
  return {wait, AccountId{account}, zone, past_due, 1};
}

// Two accounts, one of them exhausted; zone 1 is closed.
struct Setting {
  Setting() {
    context.now = from_ms(1'800'000'000'000);
    context.zones = {{true, {}}, {false, context.now + std::chrono::hours{3}}};
    for (const std::int64_t id : {1, 2}) {
      domain::ReasonContext::AccountView v;
      v.id = AccountId{id};
      v.exhausted = id == 2;
      v.day_end = context.now + std::chrono::hours{5};
      context.accounts.push_back(v);
    }
    using domain::Wait;
    snapshot.waits = {group(Wait::fresh, 0, 0, true),      group(Wait::fresh, 0, 1, true),
                      group(Wait::follow_up, 1, 0, true),  group(Wait::follow_up, 2, 0, true),
                      group(Wait::follow_up, 1, 0, false), group(Wait::follow_up, 2, 0, false),
                      group(Wait::in_doubt, 1, 0, true)};
  }
  store::LeadFilter filter(domain::Reason reason) const {
    store::LeadFilter f;
    filter_by_reason(f, reason, snapshot, context);
    return f;
  }
  domain::ReasonContext context;
  store::CampaignSnapshot snapshot;
};

bool fits(const store::LeadFilter& f, const domain::WaitCount& g) {
  for (const store::LeadFilter::Place& p : f.places) {
    if (p.wait == g.wait && (!p.account || *p.account == g.account) &&
        (!p.zone || *p.zone == g.zone) && (!p.past_due || *p.past_due == g.past_due)) {
      return true;
    }
  }
  return false;
}

TEST(LeadFilter, EveryGroupIsFoundUnderItsReasonAndNoOther) {
  const Setting s;
  for (int i = 1; i < domain::kReasons; ++i) {
    const auto reason = static_cast<domain::Reason>(i);
    const store::LeadFilter f = s.filter(reason);
    EXPECT_FALSE(f.any_wait);
    for (const domain::WaitCount& g : s.snapshot.waits) {
      EXPECT_EQ(fits(f, g), domain::explain(g, s.context).reason == reason)
          << domain::to_string(reason) << " " << domain::to_string(g.wait);
    }
  }
}

TEST(LeadFilter, AWholeKindIsOnePlace) {
  const store::LeadFilter f = Setting().filter(domain::Reason::follow_up_delay);
  ASSERT_EQ(f.places.size(), 1U);
  EXPECT_FALSE(f.places[0].account);
  EXPECT_EQ(f.places[0].past_due, false);
}

}  // namespace
}  // namespace headway::api
