#pragma once
// What a forecast is made of: the plan, what is left to do, and what was seen so far. Plain values; whoever
// fills them in reads them on one snapshot.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"
#include "domain/campaign.h"
#include "domain/lead.h"
#include "domain/schedule.h"

namespace headway::domain::forecast {

struct AccountInput {
  AccountId id;
  std::string name;
  Zone zone;  // its calendar day is the day of its limit
  std::optional<std::int64_t> daily_limit;
  std::int64_t used_today = 0;  // by all campaigns
  double rate_per_second = 1;   // > 0
  bool serves = true;  // false: no account of the campaign (any more); leads of its own may be left
  std::string stopped;                // why it sends nothing until a person acts; "" = it sends
  std::optional<Instant> resumes_at;  // sends nothing before this
  int other_campaigns = 0;            // active campaigns that it serves besides this one
};

// Open leads that wait in the same place.
struct Work {
  Wait wait = Wait::fresh;
  int account = -1;   // index into Input::accounts; -1: any (fresh)
  int zone = 0;       // index into Input::zones
  int next_step = 1;  // 1-based; in flight and in doubt: the step on its way
  Instant due{};      // follow_up, retry: not before; in_doubt: since
  std::int64_t n = 0;
};

struct StepInput {
  milliseconds delay{0};                   // after the delivery of the step before
  std::int64_t delivered = 0, failed = 0;  // messages of this step so far
  // Deliveries of this step whose wait for the next one is over, and how many of these got no next one because
  // the person replied, booked or opted out.
  std::int64_t waited = 0, stopped = 0;
};

struct PastHour {   // messages that ended within the UTC clock hour that begins at `from`
  int account = 0;  // index into Input::accounts
  Instant from{};
  std::int64_t n = 0;
};

struct Input {
  Instant now{};
  CampaignState state = CampaignState::active;
  std::optional<Instant> finished_at;
  std::optional<ActiveHours> hours;  // none = always open
  std::vector<Zone> zones;  // [0] = the campaign's own; others with hours->lead_timezone only
  std::optional<std::int64_t> daily_limit;  // calendar day of zones[0]
  std::int64_t used_today = 0;
  std::vector<StepInput> steps;
  std::vector<AccountInput> accounts;
  std::vector<Work> work;
  std::int64_t processed = 0;  // leads sent or failed so far
  bool enrolling = false;
  milliseconds in_doubt_timeout = std::chrono::hours{72};
  // What was seen under the plan as it stands, newest four weeks or less: times in which the campaign was
  // active and had something to send to everybody ([from, to), ascending, apart), and what went out then.
  std::vector<std::pair<Instant, Instant>> observed;
  std::vector<PastHour> history;
  std::uint64_t seed = 1;
};

}  // namespace headway::domain::forecast
