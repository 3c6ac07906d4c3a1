#include "api/rate_bucket.h"

#include <algorithm>
#include <cmath>

namespace headway::api {

Allowance RateBucket::take(std::chrono::nanoseconds now, Instant wall) {
  const double per_second = limit_ / 60.0;
  const double seconds = std::chrono::duration<double>(now - filled_at_).count();
  if (seconds > 0) {
    tokens_ = std::min<double>(limit_, tokens_ + seconds * per_second);
    filled_at_ = now;
  }
  Allowance a;
  a.limit = limit_;
  a.allowed = tokens_ >= 1;
  if (a.allowed) tokens_ -= 1;
  a.remaining = static_cast<std::int64_t>(tokens_);
  const double missing = limit_ - tokens_;
  a.reset = to_ms(wall) / 1000 + static_cast<std::int64_t>(std::ceil(missing / per_second));
  if (!a.allowed) {
    a.retry_after =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil((1 - tokens_) / per_second)));
  }
  return a;
}

}  // namespace headway::api
