#include "engine/hours.h"

#include <algorithm>
#include <utility>

#include "domain/schedule.h"

namespace headway::engine {

namespace {

// Names were checked when they were stored; should one be gone from this machine, UTC is used.
domain::Zone zone_or_utc(const std::string& name) {
  return domain::Zone::find(name).value_or(domain::Zone{});
}

const domain::ActiveHours* hours_of(const domain::CampaignPlan& plan) {
  return plan.active_hours ? &*plan.active_hours : nullptr;
}

domain::Zone campaign_zone(const domain::CampaignPlan& plan) {
  return plan.active_hours ? zone_or_utc(plan.active_hours->timezone) : domain::Zone{};
}

}  // namespace

void DayState::look(const std::string& name, Instant now) {
  const domain::Zone zone = zone_or_utc(name);
  day = domain::day_number(zone, now);
  from = now;
  until = domain::day_end(zone, now);
  ++looks;
}

void WindowState::look(const domain::CampaignPlan& plan, const Zones& zones, Instant now) {
  const domain::Zone own = campaign_zone(plan);
  const domain::ActiveHours* hours = hours_of(plan);
  std::vector<int> open;
  const std::int64_t today = domain::day_number(own, now);
  from = now;
  until = domain::day_end(own, now);
  ++looks;
  const auto look_at = [&](const domain::Zone& zone) {
    const bool is_open = domain::open_at(hours, zone, now);
    const auto change =
        is_open ? domain::closes_at(hours, zone, now) : domain::next_open(hours, zone, now);
    if (change) until = std::min(until, *change);
    return is_open;
  };
  const bool by_lead = hours != nullptr && hours->lead_timezone;
  const bool own_open = look_at(own);
  for (std::size_t i = 0; i < zones.size(); ++i) {
    bool is_open = own_open;
    if (by_lead && i > 0) {
      const auto zone = domain::Zone::find(zones[i]);
      if (zone) is_open = look_at(*zone);
    }
    if (is_open) open.push_back(static_cast<int>(i));
  }
  if (open != open_zones || today != day) ++serial;
  open_zones = std::move(open);
  day = today;
}

milliseconds open_time(const domain::CampaignPlan& plan, const Zones& zones, Instant now,
                       Instant end) {
  const domain::ActiveHours* hours = hours_of(plan);
  milliseconds most = domain::open_time(hours, campaign_zone(plan), now, end);
  if (hours == nullptr || !hours->lead_timezone) return most;
  for (std::size_t i = 1; i < zones.size(); ++i) {
    const auto zone = domain::Zone::find(zones[i]);
    if (zone) most = std::max(most, domain::open_time(hours, *zone, now, end));
  }
  return most;
}

}  // namespace headway::engine
