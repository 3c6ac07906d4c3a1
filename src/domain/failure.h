#pragma once
// The one enumeration of why a message could not be delivered, for every channel, and the
// documented cause and engine reaction that belong to each class (docs/METRICS.md).

#include <cstdint>
#include <optional>
#include <string_view>

namespace headway::domain {

// The numbers are stored: append only.
enum class FailureClass : std::uint8_t {
  none = 0,
  account_auth = 1,
  account_permission = 2,
  policy_block = 3,
  rate_limited = 4,
  recipient_deferred = 5,
  recipient_invalid = 6,
  recipient_unavailable = 7,
  opted_out = 8,
  suppressed = 9,
  window_closed = 10,
  content_rejected = 11,
  transient = 12,
  outcome_unknown = 13,
};
inline constexpr int kFailureClasses = 14;

enum class FailureCause : std::uint8_t {
  none,
  account_issues,
  invalid_leads,
  rate_limiting,
  content_issues,
  not_a_failure,    // opted_out, suppressed
  expired_window,   // window_closed
  provider_fault,   // transient
  unknown_outcome,  // outcome_unknown
};

std::string_view to_string(FailureClass c);  // "account_auth", ...; "none" for none
std::optional<FailureClass> parse_failure_class(std::string_view text);  // never returns none
std::string_view to_string(FailureCause c);
FailureCause cause_of(FailureClass c);

// Whether a final failure of this class counts in the delivery rate (metrics.md: `suppressed`
// and `opted_out` are left out).
bool counts_as_delivery_failure(FailureClass c);

}  // namespace headway::domain
