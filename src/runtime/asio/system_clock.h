#pragma once
#include "runtime/clock.h"

namespace headway::runtime {

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Instant wall() const override;
  std::chrono::nanoseconds steady() const override;
};

}  // namespace headway::runtime
