#pragma once
#include "base/time.h"

namespace headway::runtime {

// Injected time. `wall` is for facts that people read; `steady` for time-outs and pacing
// (it never goes back). Safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant wall() const = 0;
  virtual std::chrono::nanoseconds steady() const = 0;
};

}  // namespace headway::runtime
