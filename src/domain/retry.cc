#include "domain/retry.h"

#include <algorithm>

#include "base/hash.h"

namespace headway::domain {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds kHintMax = hours{48};
constexpr milliseconds kHintMin = seconds{1};

// Up to `most` (inclusive), the same for the same try on every machine.
milliseconds jitter(milliseconds most, LeadId lead, int step, int tries) {
  const std::uint64_t draw =
      mix64(mix64(static_cast<std::uint64_t>(lead.value), static_cast<std::uint64_t>(step)),
            static_cast<std::uint64_t>(tries));
  return milliseconds{
      static_cast<std::int64_t>(draw % (static_cast<std::uint64_t>(most.count()) + 1))};
}

}  // namespace

RetryPolicy retry_policy(FailureClass c) {
  switch (c) {
    case FailureClass::transient: return {seconds{5}, minutes{10}, 6, true};
    // Greylisting lifts after 5 minutes or more; caps for a recipient last for hours.
    case FailureClass::recipient_deferred: return {minutes{5}, hours{4}, 6, true};
    // The account as a whole backs off; this wait only spreads its leads.
    case FailureClass::rate_limited: return {seconds{10}, minutes{15}, 20, true};
    case FailureClass::account_auth:
    case FailureClass::account_permission:
    case FailureClass::policy_block: return {minutes{1}, minutes{1}, 1, false};
    case FailureClass::none:
    case FailureClass::recipient_invalid:
    case FailureClass::recipient_unavailable:
    case FailureClass::opted_out:
    case FailureClass::suppressed:
    case FailureClass::window_closed:
    case FailureClass::content_rejected:
    case FailureClass::outcome_unknown: return {};
  }
  return {};
}

RetryPlan plan_retry(FailureClass c, int tries, std::optional<milliseconds> retry_after,
                     LeadId lead, int step) {
  const RetryPolicy policy = retry_policy(c);
  if (policy.tries_max == 0) return {true, {}};
  if (policy.uses_up_tries && tries + 1 >= policy.tries_max) return {true, {}};
  if (retry_after) {
    // A hint is a lower bound: the jitter comes on top, so that not all leads come back at once.
    const milliseconds hint = std::clamp(*retry_after, kHintMin, kHintMax);
    return {false, hint + jitter(hint / 10, lead, step, tries)};
  }
  milliseconds wait = policy.base;
  for (int i = 0; i < tries && wait < policy.cap; ++i) wait *= 2;
  wait = std::min(wait, policy.cap);
  return {false, wait - jitter(wait / 2, lead, step, tries)};
}

AccountReaction account_reaction(FailureClass c) {
  switch (c) {
    case FailureClass::account_auth: return {AccountStatus::invalid_credentials, false};
    case FailureClass::account_permission: return {AccountStatus::disabled, false};
    case FailureClass::policy_block: return {AccountStatus::suspended, false};
    case FailureClass::rate_limited: return {AccountStatus::rate_limited, true};
    default: return {};
  }
}

}  // namespace headway::domain
