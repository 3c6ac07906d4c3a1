#include "domain/statistics/fnch.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "domain/statistics/special.h"

namespace headway::domain::statistics {
namespace {

constexpr std::int64_t kLeadsMax = 1'000'000'000'000;
constexpr double kNegligible = 40;  // e^-40 of the largest term

// The margins of a block as doubles, and its support.
struct Margins {
  double na, nb, s, n, ya, lo, hi;
  explicit Margins(const Block& b)
      : na(static_cast<double>(b.na)),
        nb(static_cast<double>(b.nb)),
        s(static_cast<double>(b.ya + b.yb)),
        n(na + nb),
        ya(static_cast<double>(b.ya)),
        lo(std::max(0.0, s - nb)),
        hi(std::min(na, s)) {}
  // P(x + 1) / P(x) without the factor e^d.
  double ratio(double x) const { return (na - x) * (s - x) / ((x + 1) * (nb - s + x + 1)); }
};

void check(const Block& b) {
  HW_CHECK(b.na >= 0 && b.nb >= 0 && b.na <= kLeadsMax && b.nb <= kLeadsMax);
  HW_CHECK(b.ya >= 0 && b.yb >= 0 && b.ya <= b.na && b.yb <= b.nb);
}

// ln of the binomial probability of x in n with chance p, in Loader's saddle-point form.
double ln_binomial(double x, double n, double p) {
  if (x <= 0) return n * std::log1p(-p);
  if (x >= n) return n * std::log(p);
  return stirling_error(n) - stirling_error(x) - stirling_error(n - x) - deviance(x, n * p) -
         deviance(n - x, n * (1 - p)) - 0.5 * (kLn2Pi + std::log(x) + std::log1p(-x / n));
}

double ln_central(const Margins& m, double x) {
  const double p = m.s / m.n;
  return ln_binomial(x, m.na, p) + ln_binomial(m.s - x, m.nb, p) - ln_binomial(m.s, m.n, p);
}

// Where e^d P(x + 1) = P(x), as a real number: the root of a quadratic, in the form that does not cancel.
double mode_of(const Margins& m, double d) {
  const double r = std::exp(-std::abs(d));
  const double up = d > 0 ? 1 : r, down = d > 0 ? r : 1;  // e^d : 1, scaled to at most 1
  const double a = up - down, b = (m.na + m.s) * up + (m.nb - m.s) * down, c = m.na * m.s * up;
  const double x = 2 * c / (b + std::sqrt(std::max(0.0, b * b - 4 * a * c)));
  return std::clamp(std::round(x), m.lo, m.hi);
}

double spread_at(const Margins& m, double x) {
  return 1 / std::sqrt(1 / (x + 0.5) + 1 / (m.na - x + 0.5) + 1 / (m.s - x + 0.5) +
                       1 / (m.nb - m.s + x + 0.5));
}

// Sums of terms relative to the one at `center`.
struct Sums {
  double total = 1, first = 0, second = 0;
  void add(double term, double offset) {
    total += term;
    first += term * offset;
    second += term * offset * offset;
  }
};

Sums every_term(const Margins& m, double d, double center) {
  constexpr double kStop = 1e-18;
  Sums sums;
  const double up = std::exp(d), down = 1 / up;
  double term = 1;
  for (double x = center; x < m.hi && term > kStop; ++x) {
    term *= m.ratio(x) * up;
    sums.add(term, x + 1 - center);
  }
  term = 1;
  for (double x = center; x > m.lo && term > kStop; --x) {
    term *= down / m.ratio(x - 1);
    sums.add(term, x - 1 - center);
  }
  return sums;
}

Sums strided_terms(const Margins& m, double d, double center, double stride, double ln_center) {
  Sums sums;
  for (const double step : {stride, -stride}) {
    for (double x = center + step; x >= m.lo && x <= m.hi; x += step) {
      const double ln_term = ln_central(m, x) - ln_center + (x - center) * d;
      if (ln_term < -kNegligible) break;
      sums.add(std::exp(ln_term), x - center);
    }
  }
  return sums;
}

}  // namespace

bool informative(const Block& b) {
  const std::int64_t s = b.ya + b.yb;
  return b.na > 0 && b.nb > 0 && s > 0 && s < b.na + b.nb;
}

FnchTilt fnch_tilt(const Block& block, double d) {
  check(block);
  HW_CHECK(std::abs(d) <= 50);
  if (!informative(block)) return {};
  const Margins m(block);
  const double center = mode_of(m, d), sd = spread_at(m, center);
  const double stride = sd < 6 ? 1 : std::floor(0.7 * sd);
  const double ln_center = ln_central(m, center);
  const Sums sums =
      stride > 1 ? strided_terms(m, d, center, stride, ln_center) : every_term(m, d, center);
  const double mean = sums.first / sums.total;
  return {.ln_moment = ln_center + (center - m.ya) * d + std::log(sums.total * stride),
          .mean = center - m.ya + mean,
          .variance = std::max(0.0, sums.second / sums.total - mean * mean)};
}

double fnch_ln_likelihood_ratio(const Block& block, double d) {
  return d == 0 ? 0 : -fnch_tilt(block, d).ln_moment;
}

bool FnchWeights::fit(const Block& b) {
  const std::int64_t s = b.ya + b.yb;
  return std::min(b.na, s) - std::max<std::int64_t>(0, s - b.nb) <= kMax;
}

FnchWeights::FnchWeights(const Block& block) {
  check(block);
  HW_CHECK(fit(block));
  const Margins m(block);
  lo = static_cast<std::int64_t>(m.lo);
  count = static_cast<int>(m.hi - m.lo) + 1;
  const double mode = std::clamp(std::floor((m.s + 1) * (m.na + 1) / (m.n + 2)), m.lo, m.hi);
  const int middle = static_cast<int>(mode - m.lo);
  double total = 1, x = mode;
  weights[static_cast<std::size_t>(middle)] = 1;
  for (int i = middle + 1; i < count; ++i, ++x)
    total += weights[static_cast<std::size_t>(i)] =
        weights[static_cast<std::size_t>(i - 1)] * m.ratio(x);
  x = mode;
  for (int i = middle - 1; i >= 0; --i, --x)
    total += weights[static_cast<std::size_t>(i)] =
        weights[static_cast<std::size_t>(i + 1)] / m.ratio(x - 1);
  for (int i = 0; i < count; ++i) weights[static_cast<std::size_t>(i)] /= total;
}

}  // namespace headway::domain::statistics
