#pragma once
// Chance for the simulations: xoshiro256++ (D. Blackman, S. Vigna, 2019), and what is drawn from it.

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace headway::bench::statistics {

class Draws {
 public:
  explicit Draws(std::uint64_t seed) {
    for (auto& word : state_) {  // splitmix64
      seed += 0x9e3779b97f4a7c15U;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
      word = z ^ (z >> 31);
    }
  }
  std::uint64_t bits() {
    auto& s = state_;
    const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3];
    s[2] ^= t;
    s[3] = std::rotl(s[3], 45);
    return result;
  }
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
  double uniform(double from, double to) { return from + (to - from) * uniform(); }
  int whole(int from, int to) {  // both ends included
    return from + static_cast<int>(uniform() * (to - from + 1));
  }
  bool happens(double chance) { return uniform() < chance; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * M_PI * uniform()); }
  // Tries up to and including the first success: 1, 2, ...
  std::int64_t geometric(double chance) {
    return 1 + static_cast<std::int64_t>(std::log(uniform()) / std::log1p(-chance));
  }
  std::int64_t binomial(std::int64_t n, double chance) {
    std::int64_t successes = 0;
    if (chance <= 0) return 0;
    for (std::int64_t at = geometric(chance); at <= n; at += geometric(chance)) ++successes;
    return successes;
  }
  // G. Marsaglia, W. W. Tsang (2000).
  double gamma(double shape) {
    if (shape < 1) return gamma(shape + 1) * std::pow(uniform(), 1 / shape);
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    while (true) {
      const double x = normal(), v = std::pow(1 + c * x, 3);
      if (v > 0 && std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
  }
  double beta(double a, double b) {
    const double x = gamma(a), y = gamma(b);
    return x / (x + y);
  }
  std::vector<double> dirichlet(int k, double each) {
    std::vector<double> shares;
    double sum = 0;
    for (int i = 0; i < k; ++i) sum += shares.emplace_back(gamma(each));
    for (double& s : shares) s /= sum;
    return shares;
  }
  int pick(const std::vector<double>& shares) {
    double u = uniform();
    for (std::size_t i = 0; i + 1 < shares.size(); ++i)
      if ((u -= shares[i]) < 0) return static_cast<int>(i);
    return static_cast<int>(shares.size()) - 1;
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace headway::bench::statistics
