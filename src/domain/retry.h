#pragma once
// When a failed try is tried again, and what a failure means for its account (docs/METRICS.md).

#include <cstdint>
#include <optional>

#include "base/strong_id.h"
#include "base/time.h"
#include "domain/account.h"
#include "domain/failure.h"

namespace headway::domain {

// Capped exponential backoff: the n-th failed try waits for d = min(base * 2^(n-1), cap), less a
// jitter of up to half of it.
struct RetryPolicy {
  milliseconds base{0};
  milliseconds cap{0};
  int tries_max = 0;  // tries in all; 0 = never tried again
  bool uses_up_tries =
      true;  // false: the account is at fault; the lead waits for it as long as it takes
};
RetryPolicy retry_policy(FailureClass c);

struct RetryPlan {
  bool give_up = false;
  milliseconds wait{0};  // not give_up: from now
};

// `tries`: tries of this step that failed before this one (LeadState::tries). `retry_after`: the
// provider's hint, which counts instead of our own wait, up to 48 h. The jitter is drawn from (lead,
// step, tries), so that the same history always gives the same plan.
RetryPlan plan_retry(FailureClass c, int tries, std::optional<milliseconds> retry_after,
                     LeadId lead, int step);

// What the engine does to the account whose message failed so.
struct AccountReaction {
  std::optional<AccountStatus> status;  // it changes to this one
  bool backs_off = false;  // it sends nothing until the provider's hint or a backoff has passed
};
AccountReaction account_reaction(FailureClass c);

}  // namespace headway::domain
