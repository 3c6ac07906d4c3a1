#include "domain/reason.h"

#include <algorithm>

namespace headway::domain {
namespace {

// Where a lead waits, however we came to know it.
struct Place {
  Wait wait{};
  AccountId account;
  int zone = 0;
  bool past_due = true;
  std::optional<Instant> due;  // known of a single lead only
};

bool healthy(const ReasonContext::AccountView& a) { return a.usable && !needs_a_person(a.status); }

// When the account may send next, by the provider's backoff and its pace.
Instant ready_at(const ReasonContext::AccountView& a, Instant now) {
  Instant at = now;
  if (a.status == AccountStatus::rate_limited && a.status_until) at = std::max(at, *a.status_until);
  if (a.pace_next) at = std::max(at, *a.pace_next);
  return at;
}

Explanation explain(const Place& p, const ReasonContext& c) {
  if (p.wait == Wait::none || c.state == CampaignState::finished) return {};
  if (p.wait == Wait::in_flight) return {Reason::in_flight, {}};
  if (p.wait == Wait::in_doubt) return {Reason::in_doubt, {}};
  if (p.wait == Wait::window_closed) return {Reason::window_closed, {}};
  if (c.state == CampaignState::paused) return {Reason::campaign_paused, {}};
  if (!p.past_due) {
    return {p.wait == Wait::follow_up ? Reason::follow_up_delay : Reason::retry_backoff, p.due};
  }

  // A lead that has an account keeps it; a fresh one goes to whichever can send first.
  std::vector<const ReasonContext::AccountView*> candidates;
  for (const auto& a : c.accounts) {
    if (!p.account || a.id == p.account) candidates.push_back(&a);
  }
  if (candidates.empty()) return {Reason::no_account, {}};
  std::erase_if(candidates, [](const auto* a) { return !healthy(*a); });
  if (candidates.empty()) return {Reason::account_unhealthy, {}};

  const auto zone = static_cast<std::size_t>(std::max(p.zone, 0));
  if (!c.zones.empty()) {
    const auto& hours = c.zones[zone < c.zones.size() ? zone : 0];
    if (!hours.open) return {Reason::active_hours, hours.next_open};
  }
  if (c.campaign_exhausted) return {Reason::campaign_daily_limit, c.campaign_day_end};

  Instant next_day = Instant::max();
  Instant ready = Instant::max();
  for (const auto* a : candidates) {
    if (a->exhausted) {
      next_day = std::min(next_day, a->day_end);
    } else {
      ready = std::min(ready, ready_at(*a, c.now));
    }
  }
  if (ready == Instant::max()) return {Reason::account_daily_limit, next_day};
  if (ready > c.now + kTick) return {Reason::rate, ready};
  return {Reason::due, c.now};
}

}  // namespace

Explanation explain(const WaitCount& group, const ReasonContext& context) {
  Place p{group.wait, group.account, group.zone, group.past_due, {}};
  if (group.wait == Wait::fresh) p.past_due = true;
  return explain(p, context);
}

Explanation explain(const LeadState& lead, int zone, const ReasonContext& context) {
  const bool timed = lead.wait == Wait::retry || lead.wait == Wait::follow_up;
  const bool past_due = !timed || lead.due <= context.now;
  return explain(Place{lead.wait, lead.account, zone, past_due, lead.due}, context);
}

}  // namespace headway::domain
