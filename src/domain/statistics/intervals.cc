#include "domain/statistics/intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "domain/statistics/special.h"

namespace headway::domain::statistics {
namespace {

constexpr std::int64_t kTriesMax = 1'000'000'000'000;

void check(Trials t, double alpha) {
  HW_CHECK(t.n >= 0 && t.n <= kTriesMax && t.successes >= 0 && t.successes <= t.n);
  HW_CHECK(alpha >= 1e-12 && alpha <= 0.5);
}

struct Counts {
  double s, f, n;  // successes, failures, tries
  explicit Counts(Trials t)
      : s(static_cast<double>(t.successes)),
        f(static_cast<double>(t.n - t.successes)),
        n(static_cast<double>(t.n)) {}
};

// The evidence at the observed rate, where it is least: about minus half a ln n. Written without the terms
// of order n that cancel.
double least_evidence(const Counts& c) {
  return half_stirling_error(c.s) + half_stirling_error(c.f) - stirling_error(c.n) +
         0.5 * (kLn2Pi - std::log(c.n)) - kLnPi;
}

// The place where `excess`, which falls or rises from `inside` (negative) to `outside` (not negative), changes
// its sign, to the last bit.
template <class Excess>
double bisect(double inside, double outside, const Excess& excess) {
  for (int i = 0; i < 200; ++i) {
    const double middle = inside + (outside - inside) / 2;
    if (middle == inside || middle == outside) break;
    (excess(middle) < 0 ? inside : outside) = middle;
  }
  return inside + (outside - inside) / 2;
}

}  // namespace

Interval wilson(Trials t, double alpha) {
  check(t, alpha);
  if (t.n == 0) return {};
  const Counts c(t);
  const double z = normal_two_sided(alpha), z2 = z * z;
  const double root = z * std::sqrt(c.s * c.f / c.n + z2 / 4);
  // The smaller end as a quotient: no cancellation when it is close to 0 (or its complement to 1).
  const double lo = c.s * c.s / c.n / (c.s + z2 / 2 + root);
  const double miss = c.f * c.f / c.n / (c.f + z2 / 2 + root);
  return {lo, 1 - miss};
}

Interval jeffreys(Trials t, double alpha) {
  check(t, alpha);
  if (t.n == 0) return {};
  const Counts c(t);
  const double a = c.s + 0.5, b = c.f + 0.5;
  return {t.successes == 0 ? 0 : beta_quantile(a, b, alpha / 2),
          t.successes == t.n ? 1 : 1 - beta_quantile(b, a, alpha / 2)};
}

double jeffreys_upper(Trials t, double level) {
  check(t, 0.5);
  HW_CHECK(level > 0 && level < 1);
  if (t.n == 0 || t.successes == t.n) return 1;
  const Counts c(t);
  return beta_quantile(c.s + 0.5, c.f + 0.5, level);
}

Interval clopper_pearson(Trials t, double alpha) {
  check(t, alpha);
  if (t.n == 0) return {};
  const Counts c(t);
  return {t.successes == 0 ? 0 : beta_quantile(c.s, c.f + 1, alpha / 2),
          t.successes == t.n ? 1 : 1 - beta_quantile(c.f, c.s + 1, alpha / 2)};
}

Interval newcombe_difference(Trials a, Trials b, double alpha) {
  check(a, alpha);
  check(b, alpha);
  if (a.n == 0 || b.n == 0) return {-1, 1};
  const Counts ca(a), cb(b);
  const double pa = ca.s / ca.n, pb = cb.s / cb.n, d = pa - pb;
  const Interval wa = wilson(a, alpha), wb = wilson(b, alpha);
  return {std::max(-1.0, d - std::hypot(pa - wa.lo, wb.hi - pb)),
          std::min(1.0, d + std::hypot(wa.hi - pa, pb - wb.lo))};
}

double ln_evidence_against_rate(Trials t, double p) {
  check(t, 0.5);
  HW_CHECK(p > 0 && p < 1);
  if (t.n == 0) return 0;
  const Counts c(t);
  return least_evidence(c) + deviance(c.s, c.n * p) + deviance(c.f, c.n * (1 - p));
}

Interval confidence_sequence(Trials t, double alpha) {
  check(t, alpha);
  if (t.n == 0) return {};
  const Counts c(t);
  const double room = least_evidence(c) - std::log(1 / alpha);
  const auto excess = [&](double p) {
    return room + deviance(c.s, c.n * p) + deviance(c.f, c.n * (1 - p));
  };
  const auto excess_of_miss = [&](double q) {
    return room + deviance(c.s, c.n * (1 - q)) + deviance(c.f, c.n * q);
  };
  const double tiny = std::numeric_limits<double>::min();
  // Each end is searched as the distance to its own border, which keeps its digits.
  Interval answer;
  if (t.successes > 0) answer.lo = bisect(c.s / c.n, tiny, excess);
  if (t.successes < t.n) answer.hi = 1 - bisect(c.f / c.n, tiny, excess_of_miss);
  return answer;
}

}  // namespace headway::domain::statistics
