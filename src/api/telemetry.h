#pragma once
#include <array>
#include <atomic>
#include <cstdint>

namespace headway::api {

// What /metrics tells of the API itself. Any thread.
class Telemetry {
 public:
  void answered(int status) {
    const auto at = static_cast<std::size_t>(status / 100);
    if (at < by_class_.size()) by_class_[at].fetch_add(1, std::memory_order_relaxed);
  }
  std::int64_t answers(int hundreds) const {
    return by_class_[static_cast<std::size_t>(hundreds)].load(std::memory_order_relaxed);
  }
  std::atomic<std::int64_t> connections{0}, connections_total{0}, connections_refused{0};
  std::atomic<std::int64_t> streams{0}, timeouts{0}, busy_refused{0}, rate_limited{0};
  std::atomic<std::int64_t> bytes_in{0}, bytes_out{0}, logins_refused{0};

 private:
  std::array<std::atomic<std::int64_t>, 6> by_class_{};
};

}  // namespace headway::api
