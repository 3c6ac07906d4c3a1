#pragma once
// The likelihood of one block under a common odds ratio: Fisher's noncentral hypergeometric distribution (FNCH)
// of A's successes, given all margins. P(x) ~ C(na, x) C(nb, s - x) e^{x d}, max(0, s - nb) <= x <= min(na, s),
// where d is the log-odds of A minus that of B. A. Fog, Comm. Statist. Simul. 37 (2008) names the distribution; the
// evaluation is our own.

#include <array>
#include <cstdint>

namespace headway::domain::statistics {

// One day x stratum, closed: `na` and `nb` leads of the two arms, `ya` and `yb` of them with success.
struct Block {
  std::int64_t na = 0, nb = 0, ya = 0, yb = 0;
  bool operator==(const Block&) const = default;
};

// Whether the block can speak for or against a difference: both arms have leads, and not all or none succeeded.
bool informative(const Block& block);

// ln of E[e^{(x - ya) d}] under "no difference", with mean and variance of x - ya under d: minus the
// log-likelihood ratio of d against 0, minus its slope, minus its curvature.
struct FnchTilt {
  double ln_moment = 0, mean = 0, variance = 0;
};
// |d| <= 50. Relative error of the ratio about 1e-12 up to na, nb = 10^9. Costs s steps for small blocks; about
// 30 evaluations of the density, whatever the counts, for large ones: the sum over a lattice of stride h
// approximates the sum over all integers to e^{-2 (pi sd / h)^2}.
FnchTilt fnch_tilt(const Block& block, double d);
// ya d - ln sum_x C(na, x) C(nb, s - x) e^{x d} + ln C(na + nb, s). 0 for a block without information.
double fnch_ln_likelihood_ratio(const Block& block, double d);

// The probabilities under "no difference" of a block whose support has at most kMax + 1 values; weights[i] is
// that of x = lo + i.
struct FnchWeights {
  static constexpr std::int64_t kMax = 300;
  std::int64_t lo = 0;
  int count = 0;
  std::array<double, kMax + 1> weights;
  explicit FnchWeights(const Block& block);
  static bool fit(const Block& block);
};

}  // namespace headway::domain::statistics
