#pragma once
// Campaigns and accounts as clients write them.

#include <optional>

#include "api/json_reader.h"
#include "domain/account.h"
#include "domain/campaign.h"
#include "store/catalog.h"

namespace headway::api {

// What POST and PATCH take alike; absent = not said.
struct CampaignInput {
  std::optional<std::string> name;
  std::optional<std::vector<CollectionId>> collections;
  std::optional<std::vector<AccountId>> accounts;
  std::optional<std::vector<domain::Step>> steps;
  std::optional<std::optional<domain::ActiveHours>> active_hours;
  std::optional<std::optional<std::int64_t>> daily_limit;
  std::optional<int> attribution_days;
  std::optional<domain::VariantMode> variant_mode;
  std::optional<domain::VariantMetric> variant_metric;
  std::optional<bool> auto_pause;
  std::optional<bool> paused;
  std::optional<std::int64_t> plan_version;  // PATCH only
};
// Notes errors in `f`.
CampaignInput read_campaign(Fields& f, bool patch);
// Puts what was said over `plan`.
void apply(const CampaignInput& in, domain::CampaignPlan& plan);

struct AccountInput {
  std::optional<std::string> name, channel, timezone;
  std::optional<std::optional<std::int64_t>> daily_limit;
  std::optional<double> rate_per_second;
  std::optional<boost::json::object> settings;
  std::optional<domain::AccountStatus> status;  // PATCH only
};
AccountInput read_account(Fields& f, bool patch);

}  // namespace headway::api
