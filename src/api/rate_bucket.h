#pragma once
// How often a key or a session may ask: a token bucket that holds a minute's worth.

#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace headway::api {

struct Allowance {
  bool allowed = false;
  std::int64_t limit = 0, remaining = 0;
  std::int64_t reset = 0;        // Unix seconds: when all of it is there again
  std::int64_t retry_after = 0;  // seconds, when not allowed
};

class RateBucket {
 public:
  RateBucket() = default;
  // Full. `limit`: requests a minute, >= 1.
  RateBucket(int limit, std::chrono::nanoseconds now)
      : limit_(limit), tokens_(limit), filled_at_(now) {}

  // One request. `now` is steady time, `wall` the instant that `reset` is told in.
  Allowance take(std::chrono::nanoseconds now, Instant wall);

 private:
  int limit_ = 1;
  double tokens_ = 0;
  std::chrono::nanoseconds filled_at_{};
};

// True about once a minute: the last use is to be written down. Single thread.
class TouchClock {
 public:
  bool due(std::chrono::nanoseconds now) {
    if (touched_ && now - at_ < std::chrono::minutes{1}) return false;
    touched_ = true;
    at_ = now;
    return true;
  }

 private:
  bool touched_ = false;
  std::chrono::nanoseconds at_{};
};

}  // namespace headway::api
