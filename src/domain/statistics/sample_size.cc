#include "domain/statistics/sample_size.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "domain/statistics/special.h"

namespace headway::domain::statistics {
namespace {

double size_of(double pa, double pb, double alpha, double power) {
  const double p = (pa + pb) / 2;
  // z of a one-sided tail: negative for a power below one half.
  const double z_power = power >= 0.5 ? (power == 0.5 ? 0 : normal_two_sided(2 * (1 - power)))
                                      : -normal_two_sided(2 * power);
  const double root = normal_two_sided(alpha) * std::sqrt(2 * p * (1 - p)) +
                      z_power * std::sqrt(pa * (1 - pa) + pb * (1 - pb));
  return std::max(root, 0.0) * std::max(root, 0.0) / ((pa - pb) * (pa - pb));
}

void check(double rate, double alpha, double power) {
  HW_CHECK(rate >= 0 && rate <= 1 && alpha > 0 && alpha < 1 && power > 0 && power < 1);
}

}  // namespace

std::optional<std::int64_t> sample_size(double pa, double pb, double alpha, double power) {
  check(pa, alpha, power);
  check(pb, alpha, power);
  if (pa == pb) return std::nullopt;
  const double n = size_of(pa, pb, alpha, power);
  if (n > 1e12) return std::nullopt;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(n)));
}

std::optional<double> detectable_rate(double base, std::int64_t n, double alpha, double power) {
  check(base, alpha, power);
  HW_CHECK(n > 0);
  const auto enough = [&](double rate) {
    return size_of(base, rate, alpha, power) <= static_cast<double>(n);
  };
  if (base == 1 || !enough(1)) return std::nullopt;
  double lo = base, hi = 1;
  while (hi - lo > 1e-10) {
    const double middle = (lo + hi) / 2;
    (enough(middle) ? hi : lo) = middle;
  }
  return hi;
}

ScoreTest score_test(Trials a, Trials b) {
  HW_CHECK(a.successes >= 0 && a.successes <= a.n && b.successes >= 0 && b.successes <= b.n);
  const std::int64_t s = a.successes + b.successes;
  if (a.n == 0 || b.n == 0 || s == 0 || s == a.n + b.n) return {};
  const auto na = static_cast<double>(a.n), nb = static_cast<double>(b.n);
  const double pa = static_cast<double>(a.successes) / na,
               pb = static_cast<double>(b.successes) / nb;
  const double p = static_cast<double>(s) / (na + nb);
  const double z = (pb - pa) / std::sqrt(p * (1 - p) * (1 / na + 1 / nb));
  return {z, normal_tails(std::abs(z))};
}

}  // namespace headway::domain::statistics
