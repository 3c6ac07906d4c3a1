#pragma once
// Local days and active hours, written again without domain/schedule, so that the two check each other.

#include <map>
#include <string>

#include <cctz/time_zone.h>

#include "base/time.h"
#include "domain/campaign.h"

namespace headway::sim {

class Calendar {
 public:
  // Days since 1970-01-01.
  std::int64_t day(const std::string& zone, Instant t);
  // `lead_zone`: "" when the person has none.
  bool open(const domain::CampaignPlan& plan, const std::string& lead_zone, Instant t);
  // The zone whose days bound the campaign's daily limit.
  static std::string campaign_zone(const domain::CampaignPlan& plan) {
    return plan.active_hours ? plan.active_hours->timezone : "UTC";
  }

 private:
  const cctz::time_zone& zone(const std::string& name);
  std::map<std::string, cctz::time_zone> zones_;
};

}  // namespace headway::sim
