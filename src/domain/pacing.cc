#include "domain/pacing.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace headway::domain {
namespace {

constexpr double kIntervalMax = 1e18;  // 31 years: far from overflow

}  // namespace

nanoseconds interval_for(double rate_per_second, std::optional<std::int64_t> budget_left,
                         nanoseconds open_left) {
  HW_CHECK(rate_per_second > 0);
  double ns = std::ceil(1e9 / rate_per_second);
  if (budget_left && *budget_left > 0) {
    const auto open_ns = static_cast<double>(std::max<std::int64_t>(open_left.count(), 0));
    ns = std::max(ns, open_ns / static_cast<double>(*budget_left));
  }
  return nanoseconds{static_cast<std::int64_t>(std::clamp(ns, 1.0, kIntervalMax))};
}

// The moment from which intervals are counted: the message before, but nothing older than a burst.
nanoseconds Pace::start(nanoseconds now, nanoseconds interval) const {
  const nanoseconds keep = std::max(burst_, interval);
  if (!last_) return now - interval;
  return std::max(*last_, now - keep);
}

Pace::Quota Pace::quota(nanoseconds now, nanoseconds interval, std::int64_t max) const {
  HW_CHECK(interval.count() > 0);
  const nanoseconds since = now - start(now, interval);
  if (since < interval) return {0, now + (interval - since)};
  return {std::min<std::int64_t>(max, since / interval), now};
}

void Pace::used(nanoseconds now, nanoseconds interval, std::int64_t n) {
  if (n <= 0) return;
  last_ = start(now, interval) + n * interval;
}

}  // namespace headway::domain
