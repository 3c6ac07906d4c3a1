#include "domain/failure.h"

#include <array>

namespace headway::domain {
namespace {

constexpr std::array<std::string_view, kFailureClasses> kClassNames{
    "none",         "account_auth",       "account_permission", "policy_block",
    "rate_limited", "recipient_deferred", "recipient_invalid",  "recipient_unavailable",
    "opted_out",    "suppressed",         "window_closed",      "content_rejected",
    "transient",    "outcome_unknown"};

}  // namespace

std::string_view to_string(FailureClass c) {
  const auto i = static_cast<std::size_t>(c);
  return i < kClassNames.size() ? kClassNames[i] : kClassNames[0];
}

std::optional<FailureClass> parse_failure_class(std::string_view text) {
  for (std::size_t i = 1; i < kClassNames.size(); ++i) {
    if (kClassNames[i] == text) return static_cast<FailureClass>(i);
  }
  return std::nullopt;
}

std::string_view to_string(FailureCause c) {
  switch (c) {
    case FailureCause::none: return "none";
    case FailureCause::account_issues: return "account_issues";
    case FailureCause::invalid_leads: return "invalid_leads";
    case FailureCause::rate_limiting: return "rate_limiting";
    case FailureCause::content_issues: return "content_issues";
    case FailureCause::not_a_failure: return "not_a_failure";
    case FailureCause::expired_window: return "expired_window";
    case FailureCause::provider_fault: return "provider_fault";
    case FailureCause::unknown_outcome: return "unknown_outcome";
  }
  return "none";
}

FailureCause cause_of(FailureClass c) {
  switch (c) {
    case FailureClass::none: return FailureCause::none;
    case FailureClass::account_auth:
    case FailureClass::account_permission:
    case FailureClass::policy_block: return FailureCause::account_issues;
    case FailureClass::rate_limited:
    case FailureClass::recipient_deferred: return FailureCause::rate_limiting;
    case FailureClass::recipient_invalid:
    case FailureClass::recipient_unavailable: return FailureCause::invalid_leads;
    case FailureClass::opted_out:
    case FailureClass::suppressed: return FailureCause::not_a_failure;
    case FailureClass::window_closed: return FailureCause::expired_window;
    case FailureClass::content_rejected: return FailureCause::content_issues;
    case FailureClass::transient: return FailureCause::provider_fault;
    case FailureClass::outcome_unknown: return FailureCause::unknown_outcome;
  }
  return FailureCause::none;
}

bool counts_as_delivery_failure(FailureClass c) {
  return c != FailureClass::none && c != FailureClass::opted_out && c != FailureClass::suppressed;
}

}  // namespace headway::domain
