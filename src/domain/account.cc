#include "domain/account.h"

#include <array>

namespace headway::domain {
namespace {

constexpr std::array<std::string_view, 6> kNames{
    "active", "paused", "rate_limited", "invalid_credentials", "disabled", "suspended"};

}  // namespace

std::string_view to_string(AccountStatus s) {
  const auto i = static_cast<std::size_t>(s);
  return i < kNames.size() ? kNames[i] : "unknown";
}

std::optional<AccountStatus> parse_account_status(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<AccountStatus>(i);
  }
  return std::nullopt;
}

}  // namespace headway::domain
