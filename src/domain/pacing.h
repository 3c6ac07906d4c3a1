#pragma once
// How fast an account sends: evenly, never faster than its rate, and without catching up what was
// missed. Times here are steady (monotonic) time in nanoseconds, given by the caller.

#include <chrono>
#include <cstdint>
#include <optional>

namespace headway::domain {

using std::chrono::nanoseconds;

// Time between two messages, at least 1 ns: by the rate, rounded up so that it is never exceeded;
// longer when `budget_left` messages, spread evenly, fill the `open_left` of the day. `rate_per_second`
// > 0, up to 1e6 and beyond; budget_left <= 0 is for the limits to handle, not for the pace.
nanoseconds interval_for(double rate_per_second, std::optional<std::int64_t> budget_left,
                         nanoseconds open_left);

// A token state in the manner of the generic cell rate algorithm (ITU-T I.371), which needs one
// number and no timer.
//
// In any window of length w at most 1 + (w + burst) / interval messages are granted. `burst` is what
// may be caught up after a gap (a busy engine, a timer that came late): whatever is missed beyond it is missed for
// good, so that neither a pause nor a night is followed by a burst. With interval > burst
// there is no burst at all: each message comes at least an interval after the one before.
class Pace {
 public:
  explicit Pace(nanoseconds burst = std::chrono::milliseconds{250}) : burst_(burst) {}

  struct Quota {
    std::int64_t n = 0;   // may be handed over now, <= max
    nanoseconds next{0};  // n == 0: when the next one may be; else `now`
  };
  // Changes nothing. Before the first message: 1.
  Quota quota(nanoseconds now, nanoseconds interval, std::int64_t max) const;
  // `n` messages of a quota at `now` were used.
  void used(nanoseconds now, nanoseconds interval, std::int64_t n);

 private:
  nanoseconds start(nanoseconds now, nanoseconds interval) const;

  nanoseconds burst_;
  std::optional<nanoseconds> last_;  // when the last message was due by the pace
};

}  // namespace headway::domain
