#pragma once
// Chance for the replay: every draw is a function of (seed, path, what it is for), so that a question asked
// twice has one answer and a what-if differs from its base by the change alone ("common random numbers").

#include <cmath>
#include <cstdint>
#include <numbers>

#include "base/hash.h"

namespace headway::domain::forecast {

class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t purpose) : key_(mix64(seed, purpose)) {}

  double uniform() {  // in (0, 1)
    return (static_cast<double>(mix64(key_, ++count_) >> 11) + 0.5) * 0x1.0p-53;
  }
  double exponential() { return -std::log(uniform()); }
  double normal() {  // Box and Muller 1958
    const double r = std::sqrt(-2 * std::log(uniform()));
    return r * std::cos(2 * std::numbers::pi * uniform());
  }
  double gamma(double shape) {  // Marsaglia and Tsang 2000; shape > 0, scale 1
    if (shape < 1) return gamma(shape + 1) * std::pow(uniform(), 1 / shape);
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    for (int tries = 0; tries < 1000; ++tries) {
      const double x = normal(), v = 1 + c * x;
      if (v <= 0) continue;
      const double v3 = v * v * v;
      if (std::log(uniform()) < x * x / 2 + d - d * v3 + d * std::log(v3)) return d * v3;
    }
    return d;  // each try succeeds with more than 95 %
  }
  double beta(double a, double b) {
    const double x = gamma(a);
    return x / (x + gamma(b));
  }
  // What came of `n` trials, as a share of them: exact up to 64, above that by the normal law.
  double share_of(double n, double p) {
    if (n < 1) return p;
    if (n <= 64) {
      int hits = 0;
      const int trials = static_cast<int>(n);
      for (int i = 0; i < trials; ++i) hits += uniform() < p ? 1 : 0;
      return static_cast<double>(hits) / trials;
    }
    const double share = p + normal() * std::sqrt(p * (1 - p) / n);
    return share < 0 ? 0 : (share > 1 ? 1 : share);
  }

 private:
  std::uint64_t key_;
  std::uint64_t count_ = 0;
};

}  // namespace headway::domain::forecast
