#pragma once
// Databases with many leads in chosen states, made in bulk for tests and benchmarks: the same
// tables and counters as the store writes (through domain/lead.h and store/sqlite/counters.h), so
// that `verify` finds no difference; but in big transactions without syncs, and with the indexes
// built at the end.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"

namespace headway::test {

// Shares of the leads, in thousandths; what is left is `fresh`.
struct SeedMix {
  int partial = 0;    // first step delivered, the second one waits
  int sent = 0;       // every step delivered
  int replied = 0;    // first step delivered, then a reply
  int failed = 0;     // first step failed, by several classes
  int retry = 0;      // first step tried, to be tried again
  int in_flight = 0;  // first step claimed
};

struct SeedOptions {
  std::string path;  // a new database
  std::int64_t leads = 1000;
  int collections = 1;  // of equal size, enrolled one after the other
  int accounts = 10;
  int steps = 2;
  int variants = 3;         // of each step
  bool lead_zones = false;  // leads in 5 zones, else in none
  bool paused = false;
  SeedMix mix;
  Instant now = from_ms(1'800'000'000'000);  // facts lie in the two hours before
  milliseconds follow_up_delay = std::chrono::hours(48);
  std::uint64_t seed = 1;
};

struct SeededStore {
  CampaignId campaign;
  std::int64_t campaign_no = 1;
  std::vector<AccountId> accounts;
  std::vector<CollectionId> collections;
  std::vector<VariantId> variants;  // step by step
};

// progress(leads made so far), if given, about every 100,000.
Result<SeededStore> seed_store(const SeedOptions& options,
                               const std::function<void(std::int64_t)>& progress = {});

// The person of lead `n` (1 ..), as the generator made it.
std::string seeded_name(std::int64_t n);
std::string seeded_email(std::int64_t n);

}  // namespace headway::test
