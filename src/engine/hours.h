#pragma once
// Active hours and calendar days as the planner needs them: the answer for now, and for how long
// it stays true. Recomputed when the wall clock leaves [from, until), in either direction.

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "domain/campaign.h"

namespace headway::engine {

// The plan's zone table: index -> IANA name, [0] = "" (the campaign's own zone).
using Zones = std::vector<std::string>;

// A calendar day in a zone.
struct DayState {
  Instant from{}, until{};  // empty at first, so that the first look computes it
  std::int64_t day = 0;     // days since 1970-01-01
  std::uint64_t looks = 0;  // grows with every look

  bool valid(Instant now) const { return from <= now && now < until; }
  void look(const std::string& zone, Instant now);
};

// Which leads of a campaign may be messaged, by zone index.
struct WindowState {
  Instant from{}, until{};
  std::vector<int> open_zones;
  std::int64_t day = 0;      // the campaign's calendar day, for its daily limit
  std::uint64_t serial = 0;  // grows when open_zones or the day changes
  std::uint64_t looks = 0;   // grows with every look

  bool valid(Instant now) const { return from <= now && now < until; }
  void look(const domain::CampaignPlan& plan, const Zones& zones, Instant now);
};

// How much open time a campaign has in [now, end); for lead zones that of the zone with the most.
milliseconds open_time(const domain::CampaignPlan& plan, const Zones& zones, Instant now,
                       Instant end);

}  // namespace headway::engine
