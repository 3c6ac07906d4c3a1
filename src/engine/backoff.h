#pragma once
// Capped exponential backoff with jitter: the n-th wait is uniform in [d/2, d], d = min(base * 2^n, max).

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "runtime/entropy.h"

namespace headway::engine {

class Backoff {
 public:
  std::chrono::nanoseconds next(std::chrono::nanoseconds base, std::chrono::nanoseconds max,
                                runtime::Entropy& entropy) {
    const int shift = std::min(tries_++, 30);
    const std::int64_t limit = std::max<std::int64_t>(max.count(), 1);
    std::int64_t d = std::max<std::int64_t>(base.count(), 1);
    for (int i = 0; i < shift && d < limit; ++i) d *= 2;
    d = std::min(d, limit);
    const auto half = static_cast<std::uint64_t>(d / 2 + 1);
    return std::chrono::nanoseconds{d - static_cast<std::int64_t>(entropy.next() % half)};
  }
  void reset() { tries_ = 0; }
  int tries() const { return tries_; }

 private:
  int tries_ = 0;
};

}  // namespace headway::engine
