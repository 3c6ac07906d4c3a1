#include "sim/calendar.h"

#include <cctz/civil_time.h>

#include "base/check.h"

namespace headway::sim {

const cctz::time_zone& Calendar::zone(const std::string& name) {
  const auto it = zones_.find(name);
  if (it != zones_.end()) return it->second;
  cctz::time_zone z;
  HW_CHECK(cctz::load_time_zone(name, &z));
  return zones_.emplace(name, z).first->second;
}

std::int64_t Calendar::day(const std::string& name, Instant t) {
  const cctz::civil_day local(cctz::convert(t, zone(name)));
  return local - cctz::civil_day(1970, 1, 1);
}

bool Calendar::open(const domain::CampaignPlan& plan, const std::string& lead_zone, Instant t) {
  if (!plan.active_hours) return true;
  const domain::ActiveHours& hours = *plan.active_hours;
  const bool own = hours.lead_timezone && !lead_zone.empty();
  const cctz::civil_second local = cctz::convert(t, zone(own ? lead_zone : hours.timezone));
  const int minute = local.hour() * 60 + local.minute();
  const auto weekday =
      static_cast<std::size_t>(cctz::get_weekday(cctz::civil_day(local)));  // Monday = 0
  for (const domain::OpenRange& r : hours.days[weekday]) {
    if (r.from <= minute && minute < r.to) return true;
  }
  return false;
}

}  // namespace headway::sim
