#include "domain/statistics/ratio.h"

#include <cmath>
#include <numeric>

#include "base/check.h"
#include "domain/statistics/special.h"

namespace headway::domain::statistics {

double ratio_mismatch_ln_e(std::span<const std::int64_t> counts, std::span<const double> shares) {
  constexpr double kConcentration = 100;
  HW_CHECK(counts.size() == shares.size() && counts.size() >= 2);
  const double whole = std::accumulate(shares.begin(), shares.end(), 0.0);
  double n = 0;
  for (const std::int64_t x : counts) n += static_cast<double>(x);
  const double after = kConcentration + n;
  // sum ln Gamma(z_i) - ln Gamma(sum z) by Stirling. Of the large terms z ln z and x ln share remain the
  // deviances of z_i from share_i of their sum; before any lead these are 0.
  double ln_e = 0.5 * (std::log(after) - std::log(kConcentration)) - stirling_error(after) +
                stirling_error(kConcentration);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    HW_CHECK(shares[i] > 0 && counts[i] >= 0);
    const double share = shares[i] / whole, a = kConcentration * share;
    const double z = a + static_cast<double>(counts[i]);
    ln_e +=
        deviance(z, after * share) - 0.5 * std::log(z / a) + stirling_error(z) - stirling_error(a);
  }
  return ln_e;
}

}  // namespace headway::domain::statistics
