#include "sim/workload.h"

#include <algorithm>
#include <string>

namespace headway::sim {

namespace {

using namespace std::chrono_literals;

// Odd offsets, changes of the clocks at midnight and by half an hour.
const char* const kZones[] = {"UTC",
                              "Europe/Berlin",
                              "America/New_York",
                              "Asia/Kolkata",
                              "Australia/Lord_Howe",
                              "America/St_Johns",
                              "Asia/Kathmandu",
                              "Africa/Cairo",
                              "Pacific/Auckland"};

std::string draw_zone(Rng& rng) { return kZones[rng.below(std::size(kZones))]; }

// Days around which clocks change somewhere in kZones, and a quiet one.
const char* const kBegins[] = {
    "2026-03-07T12:00:00Z", "2026-03-28T06:00:00Z", "2026-04-04T00:00:00Z", "2026-06-15T09:00:00Z",
    "2026-10-03T00:00:00Z", "2026-10-24T12:00:00Z", "2026-10-31T12:00:00Z"};

domain::Step draw_step(Rng& rng, int number) {
  static constexpr milliseconds kDelays[] = {0ms, 10min, 3h, 24h, 48h};
  domain::Step step;
  if (number > 1) step.delay = kDelays[rng.below(5)];
  const auto n = rng.between(1, 3);
  for (std::int64_t i = 0; i < n; ++i) {
    domain::Variant v;
    v.name = std::string(1, static_cast<char>('A' + i));
    v.weight = i == 0 ? 1 : rng.between(0, 3);
    v.body = "Hello {{name|there}}, step " + std::to_string(number) + v.name;
    if (rng.chance(0.03)) v.body += " {{attributes.company}}";  // missing for some
    step.variants.push_back(std::move(v));
  }
  return step;
}

void draw_config(Rng& rng, engine::EngineConfig& c) {
  c.claim_max = static_cast<int>(rng.between(1, 60));
  c.in_flight_total = static_cast<int>(rng.between(2, 200));
  c.record_max = static_cast<int>(rng.between(1, 40));
  c.recovery_page = static_cast<int>(rng.between(1, 20));
  c.enroll_batch = static_cast<int>(rng.between(5, 120));
  c.intake_batch = static_cast<int>(rng.between(1, 10));
  c.intake_max = 200;
  c.idle_poll = rng.chance(0.5) ? 6h : 2h;
  c.in_doubt_check = 3h;
  c.seal_check = 24h;
  c.allocation_check = rng.chance(0.5) ? 3h : 20min;
  c.account_backoff_max = 600s;
  c.stop_limit = 20s;
}

}  // namespace

std::optional<std::int64_t> draw_limit(Rng& rng) {
  if (rng.chance(0.5)) return std::nullopt;
  return rng.between(6, 60);
}

std::optional<domain::ActiveHours> draw_hours(Rng& rng) {
  if (rng.chance(0.4)) return std::nullopt;
  domain::ActiveHours hours;
  hours.timezone = draw_zone(rng);
  hours.lead_timezone = rng.chance(0.5);
  bool any = false;
  for (auto& day : hours.days) {
    if (rng.chance(0.2)) continue;
    any = true;
    const int from = static_cast<int>(rng.between(0, 1200));
    const int to = static_cast<int>(rng.between(from + 60, 1440));
    day.push_back({from, to});
    if (from > 90 && rng.chance(0.3)) day.insert(day.begin(), {0, from - 30});
  }
  if (!any) hours.days[2].push_back({0, 1440});
  return hours;
}

Workload draw_workload(Rng& rng) {
  Workload w;
  w.begin = *parse_rfc3339(kBegins[rng.below(std::size(kBegins))]) +
            milliseconds{rng.between(0, 36 * 3'600'000)};

  static constexpr double kRates[] = {0.02, 0.2, 1, 1, 20, 1000};
  const auto accounts = rng.between(1, 5);
  for (std::int64_t i = 0; i < accounts; ++i) {
    domain::Account a;
    a.name = "account " + std::to_string(i);
    a.channel = rng.chance(0.5) ? "keyed" : "once";
    a.timezone = draw_zone(rng);
    a.daily_limit = draw_limit(rng);
    a.rate_per_second = kRates[rng.below(6)];
    w.accounts.push_back(std::move(a));
  }

  const auto collections = rng.between(1, 4);
  for (std::int64_t c = 0; c < collections; ++c) {
    std::vector<domain::Person> people;
    const auto n = rng.chance(0.2) ? rng.between(60, 120) : rng.between(1, 40);
    for (std::int64_t i = 0; i < n; ++i) {
      domain::Person p;
      // Some are in several collections: one campaign takes them once.
      p.external_id = rng.chance(0.1) ? "shared" + std::to_string(i)
                                      : "c" + std::to_string(c) + "p" + std::to_string(i);
      if (rng.chance(0.7)) p.name = "Ada";
      if (rng.chance(0.5)) p.timezone = draw_zone(rng);
      p.attributes = rng.chance(0.8) ? R"({"company":"Acme"})" : "{}";
      people.push_back(std::move(p));
    }
    w.collections.push_back(std::move(people));
  }

  const auto campaigns = rng.between(1, 4);
  for (std::int64_t i = 0; i < campaigns; ++i) {
    domain::CampaignPlan p;
    p.name = "campaign " + std::to_string(i);
    for (std::int64_t c = 0; c < collections; ++c) {
      if (c == i % collections || rng.chance(0.2)) p.collections.push_back(CollectionId{c + 1});
    }
    for (std::int64_t a = 0; a < accounts; ++a) {
      if (a == i % accounts || rng.chance(0.5)) p.accounts.push_back(AccountId{a + 1});
    }
    const auto steps = rng.between(1, 3);
    for (int s = 1; s <= steps; ++s) p.steps.push_back(draw_step(rng, s));
    p.active_hours = draw_hours(rng);
    p.daily_limit = draw_limit(rng);
    p.in_doubt_timeout = milliseconds{rng.between(1, 72) * 3'600'000};
    p.variant_mode = static_cast<domain::VariantMode>(rng.below(3));
    p.variant_metric = static_cast<domain::VariantMetric>(rng.below(3));
    p.auto_pause = rng.chance(0.4);
    w.campaigns.push_back(std::move(p));
  }

  draw_config(rng, w.config);
  w.in_flight_max_keyed = static_cast<int>(rng.between(1, 16));
  w.in_flight_max_once = static_cast<int>(rng.between(1, 16));
  w.chaos = nanoseconds{std::chrono::minutes{rng.between(30, 3 * 24 * 60)}};
  w.actions = static_cast<int>(rng.between(0, 30));

  w.accidents = rng.chance(0.7);

  // A quarter of the seeds has a good store, a quarter good providers.
  if (!rng.chance(0.25)) {
    w.store_faults.unavailable = rng.chance(0.5) ? 0.02 : 0.2;
    w.store_faults.lost_answer = rng.chance(0.5) ? 0.01 : 0.15;
    w.store_faults.lost_call = rng.chance(0.5) ? 0.01 : 0.1;
    w.store_faults.slow_max = rng.chance(0.5) ? nanoseconds{2s} : nanoseconds{20s};
  }
  if (!rng.chance(0.25)) {
    ProviderFaults& f = w.provider_faults;
    const double much = rng.chance(0.3) ? 3 : 1;
    f.lost_after = 0.04 * much;
    f.lost_before = 0.03 * much;
    f.late = 0.02 * much;
    f.transient = 0.04 * much;
    f.deferred = 0.03 * much;
    f.rate_limited = 0.02 * much;
    f.account = 0.005 * much;
    f.held = rng.chance(0.3) ? 0.03 : 0;
    f.permanent = 0.03 * much;
    f.slow_max = rng.chance(0.5) ? nanoseconds{1s} : nanoseconds{25s};
  }
  return w;
}

}  // namespace headway::sim
