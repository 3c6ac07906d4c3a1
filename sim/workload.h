#pragma once
// What a seed draws: accounts, people, campaigns, and how bad the day gets.

#include <vector>

#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/person.h"
#include "engine/engine.h"
#include "sim/fault_ledger.h"
#include "sim/loop.h"
#include "sim/sim_channel.h"

namespace headway::sim {

struct Workload {
  Instant begin{};
  std::vector<domain::Account> accounts;
  std::vector<std::vector<domain::Person>> collections;
  // `collections` and `accounts` hold indexes (+ 1) into the above until the world has made them.
  std::vector<domain::CampaignPlan> campaigns;
  engine::EngineConfig config;
  StoreFaults store_faults;
  ProviderFaults provider_faults;
  int in_flight_max_keyed = 8, in_flight_max_once = 8;
  nanoseconds chaos{0};    // how long faults and people's changes go on
  int actions = 0;         // how many of the latter
  bool accidents = false;  // more of them while messages go out
};

Workload draw_workload(Rng& rng);

// Drawn again by edits.
std::optional<domain::ActiveHours> draw_hours(Rng& rng);
std::optional<std::int64_t> draw_limit(Rng& rng);

}  // namespace headway::sim
