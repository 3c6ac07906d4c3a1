#pragma once
// Why a lead is not sent yet, and when it may be: derived from where it waits, the campaign and its
// accounts at one instant, never stored. The order of precedence is that of docs/METRICS.md:
//
//   in_flight, in_doubt, window_closed; campaign_paused; follow_up_delay, retry_backoff; no_account;
//   account_unhealthy; active_hours; campaign_daily_limit; account_daily_limit; rate; due
//
// Every open lead has exactly one reason; a final lead, and every lead of a finished campaign, has none.

#include <optional>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"
#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/figures.h"
#include "domain/lead.h"

namespace headway::domain {

// A pace that makes a lead wait no longer than this is no reason: it goes out with the next pass.
inline constexpr milliseconds kTick{250};

struct ReasonContext {
  struct Hours {  // of one zone, at `now`
    bool open = true;
    std::optional<Instant> next_open;  // when closed
  };
  struct AccountView {
    AccountId id;
    AccountStatus status = AccountStatus::active;
    std::optional<Instant> status_until;  // rate_limited
    bool usable = true;                   // its channel exists and is switched on
    bool exhausted = false;               // its daily limit is used up
    Instant day_end{};                    // when its calendar day ends
    std::optional<Instant> pace_next;     // when its pace allows the next message
  };

  Instant now{};
  CampaignState state = CampaignState::active;
  std::vector<Hours>
      zones;  // [0] = the campaign's own zone; a missing one counts as [0], none as open
  bool campaign_exhausted = false;
  Instant campaign_day_end{};
  std::vector<AccountView> accounts;  // those of the campaign
};

struct Explanation {
  Reason reason = Reason::none;
  std::optional<Instant>
      next_at;  // not before this; none = it cannot be known, or a person must act
  bool operator==(const Explanation&) const = default;
};

Explanation explain(const WaitCount& group, const ReasonContext& context);
// `zone`: index of the lead's zone, as in WaitCount.
Explanation explain(const LeadState& lead, int zone, const ReasonContext& context);

}  // namespace headway::domain
