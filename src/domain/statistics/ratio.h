#pragma once
// Whether leads were really assigned in the intended proportions. If not, something loses leads of one
// variant, and no comparison of the variants can be trusted.

#include <cstdint>
#include <span>

namespace headway::domain::statistics {

inline constexpr double kMismatchAlarm = 1000;  // E at which to sound it

// ln E of the Dirichlet-multinomial mixture, concentration 100 around the intended shares, against these:
// ln B(a + x) - ln B(a) - sum x_i ln share_i, a_i = 100 share_i. M. Lindon, A. Malek (2022). May be looked at
// with every lead. `shares` > 0 are normalised; as many as counts, at least 2. 0 without a lead. Absolute
// error about 1e-12 up to 10^9 leads.
double ratio_mismatch_ln_e(std::span<const std::int64_t> counts, std::span<const double> shares);

}  // namespace headway::domain::statistics
