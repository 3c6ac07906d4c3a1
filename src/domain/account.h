#pragma once
// A sending account and what it may do.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/strong_id.h"
#include "base/time.h"

namespace headway::domain {

// The numbers are stored: append only.
enum class AccountStatus : std::uint8_t {
  active = 0,
  paused = 1,               // by a person
  rate_limited = 2,         // by the provider, until `status_until`
  invalid_credentials = 3,  // account_auth
  disabled = 4,             // account_permission
  suspended = 5,            // policy_block
};
std::string_view to_string(AccountStatus s);
std::optional<AccountStatus> parse_account_status(std::string_view text);
// active and rate_limited accounts send (the latter after `status_until`); the others wait for a person.
constexpr bool needs_a_person(AccountStatus s) {
  return s != AccountStatus::active && s != AccountStatus::rate_limited;
}

inline constexpr double kDefaultRatePerSecond = 1.0;

struct Account {
  AccountId id;
  std::string name;
  std::string channel;                             // "sandbox", "webhook"
  std::string timezone = "UTC";                    // IANA; its calendar day is the day of the limit
  std::optional<std::int64_t> daily_limit;         // > 0; none = no limit
  double rate_per_second = kDefaultRatePerSecond;  // > 0, <= 1e6
  boost::json::object settings;  // by channel; secrets masked before they leave the API
  AccountStatus status = AccountStatus::active;
  std::string status_reason;
  Instant status_since{};
  std::optional<Instant> status_until;  // rate_limited only
  Instant created_at{};
  std::int64_t version = 0;  // grows with every change
  bool simulated = false;    // the channel only simulates recipients
};

}  // namespace headway::domain
