#include "runtime/asio/system_clock.h"

namespace headway::runtime {

Instant SystemClock::wall() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::steady() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace headway::runtime
