#pragma once
// When a campaign will be done: the plan replayed a few hundred times against what was seen of speed, replies and
// failures (replay.h), and the range in which eight of ten of these futures end. Or that it is done, or why it
// cannot finish.
//
// Pure and deterministic: the same input gives the same answer. Costs nothing that grows with leads or messages:
// below 50 ms whatever the campaign; the number of futures is lowered, not below kPathsMin, when there are very many
// accounts, zones and steps.
// Known properties (tests): another account never makes it later, unless a limit of the campaign makes accounts compete;
// a smaller limit never makes it earlier.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/forecast/input.h"

namespace headway::domain::forecast {

inline constexpr int kPaths = 200;
inline constexpr int kPathsMin = 40;

// One in ten futures is done by p10, half by p50, nine in ten by p90. None: not within five years.
struct Range {
  std::optional<Instant> p10, p50, p90;
};

// Leads that nothing can be sent to any more as things are.
struct Stuck {
  // "no_account", "account_unhealthy", "active_hours", "daily_limit", "window_closed", "no_message"
  std::string reason;
  std::string sentence;
  std::int64_t leads = 0;
  AccountId account;  // 0: not one account's
};

struct SeriesPoint {
  Instant at{};                             // end of a local day of the campaign
  std::array<std::int64_t, 3> processed{};  // leads sent or failed in all by then: p10, p50, p90
};

struct Forecast {
  std::optional<Instant> already;  // finished then
  bool if_resumed = false;         // paused: as if it were resumed now
  std::optional<Range> finish;     // none: already, or never
  std::vector<Stuck> never;        // why it cannot finish; the most leads first
  std::optional<Range> rest;  // never: when the leads that can go are done; none if there are none
  Instant horizon{};          // five years ahead
  std::int64_t open_leads = 0;
  std::array<std::int64_t, 3> messages{};  // still to be sent: p10, p50, p90
  std::vector<SeriesPoint> series;         // <= 120, from today on
  std::vector<std::string> assumptions;    // sentences
  int paths = 0;
};

Forecast make_forecast(const Input& in);

// The work of `in` without the leads of `never`.
struct Sorted {
  Input rest;
  std::vector<Stuck> stuck;
};
Sorted find_stuck(const Input& in);

std::vector<std::string> assumptions_of(const Input& in, double days_of_history);
// The answer in one sentence, times on the clock of `zone`: "Done between Tue 24 Nov, 14:10, and ...".
std::string sentence_of(const Forecast& f, const Zone& zone, Instant now);
std::string in_words(Instant t, const Zone& zone, Instant now);

}  // namespace headway::domain::forecast
