#pragma once
// Whether a definition makes sense, before it is stored. Every finding is a FieldError with the dotted path
// as clients write it, so that a form can show it at its place.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/account.h"
#include "domain/campaign.h"

namespace headway::domain {

inline constexpr std::size_t kNameBytesMax = 200;
inline constexpr int kDelayDaysMax = 365;
inline constexpr std::int64_t kWeightMax = 1'000'000;
inline constexpr std::int64_t kDailyLimitMax = 1'000'000'000;
inline constexpr double kRatePerSecondMax = 1e6;
inline constexpr int kAttributionDaysMax = 365;
inline constexpr std::size_t kRangesPerDayMax = 24;
inline constexpr std::size_t kCampaignAccountsMax = 1000;
inline constexpr std::size_t kCampaignCollectionsMax = 1000;

// 1 .. 200 bytes of UTF-8 that are not all blanks and have no control characters.
void check_name(std::vector<FieldError>& errors, const std::string& path, const std::string& name);
// A zone that Zone::find knows.
void check_zone(std::vector<FieldError>& errors, const std::string& path, const std::string& zone);

// What can be wrong with a campaign as written; an incomplete one (without steps, accounts, leads) is
// fine. Retired variants are history and not checked. Empty = valid.
std::vector<FieldError> check_campaign(const CampaignPlan& plan);

// Common fields of an account; `settings` is the channel's business.
std::vector<FieldError> check_account(const Account& account);

// What a valid campaign lacks to be started, one entry each; empty = it can be started. `leads`: enrolled
// or to be enrolled; `accounts`: those of its accounts that still exist.
std::vector<FieldError> missing_to_start(const CampaignPlan& plan, std::int64_t leads,
                                         std::int64_t accounts);

}  // namespace headway::domain
