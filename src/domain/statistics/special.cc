#include "domain/statistics/special.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include "base/check.h"

namespace headway::domain::statistics {
namespace {

namespace bp = boost::math::policies;

// Doubles throughout (long doubles cost three times as much for digits that nobody sees), and values
// instead of exceptions: arguments are checked before.
using Policy = bp::policy<bp::promote_double<false>, bp::domain_error<bp::ignore_error>,
                          bp::pole_error<bp::ignore_error>, bp::overflow_error<bp::ignore_error>,
                          bp::underflow_error<bp::ignore_error>, bp::denorm_error<bp::ignore_error>,
                          bp::evaluation_error<bp::ignore_error>>;

// Below this the differences are small enough to be taken directly.
constexpr double kStirlingFrom = 16;

}  // namespace

double ln_gamma(double x) {
  HW_CHECK(x > 0);
  return boost::math::lgamma(x, Policy{});
}

double ln_beta(double a, double b) {
  HW_CHECK(a > 0 && b > 0);
  const double small = std::min(a, b), large = std::max(a, b);
  if (small < kStirlingFrom) {
    if (large < 1e4) return ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    // ln Gamma(large) - ln Gamma(large + small) by Stirling, without the large terms.
    const double sum = large + small;
    return ln_gamma(small) + small - small * std::log(sum) -
           (large - 0.5) * std::log1p(small / large) + stirling_error(large) - stirling_error(sum);
  }
  const double sum = a + b;
  return 0.5 * (kLn2Pi + std::log(sum / (a * b))) - a * std::log1p(b / a) - b * std::log1p(a / b) +
         stirling_error(a) + stirling_error(b) - stirling_error(sum);
}

double beta_cdf(double a, double b, double x) {
  HW_CHECK(a > 0 && b > 0 && x >= 0 && x <= 1);
  return boost::math::ibeta(a, b, x, Policy{});
}

double beta_quantile(double a, double b, double p) {
  HW_CHECK(a > 0 && b > 0 && p >= 0 && p <= 1);
  return boost::math::ibeta_inv(a, b, p, Policy{});
}

double beta_density(double a, double b, double x) {
  HW_CHECK(a > 0 && b > 0);
  if (x <= 0 || x >= 1) return 0;
  return boost::math::ibeta_derivative(a, b, x, Policy{});
}

double normal_two_sided(double alpha) {
  HW_CHECK(alpha > 0 && alpha < 1);
  return std::sqrt(2.0) * boost::math::erfc_inv(alpha, Policy{});
}

double normal_tails(double z) { return std::erfc(z / std::sqrt(2.0)); }

double chi_squared_tail(double x, double df) {
  HW_CHECK(x >= 0 && df > 0);
  return boost::math::gamma_q(df / 2, x / 2, Policy{});
}

double stirling_error(double x) {
  const auto direct = [](double y) {
    return ln_gamma(y + 1) - (y * std::log(y) - y + 0.5 * (kLn2Pi + std::log(y)));
  };
  if (x < kStirlingFrom) {
    // Counts of leads are whole and often small.
    static const auto whole = [&] {
      std::array<double, static_cast<std::size_t>(kStirlingFrom)> table{};
      for (std::size_t i = 1; i < table.size(); ++i) table[i] = direct(static_cast<double>(i));
      return table;
    }();
    const auto i = static_cast<std::size_t>(x);
    return i > 0 && static_cast<double>(i) == x ? whole[i] : direct(x);
  }
  const double y = 1 / (x * x);
  return (1.0 / 12 -
          y * (1.0 / 360 -
               y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * 691.0 / 360360))))) /
         x;
}

double half_stirling_error(double x) {
  if (x <= 0) return 0.5 * (kLnPi - kLn2Pi);
  if (x < kStirlingFrom) return ln_gamma(x + 0.5) - (x * std::log(x) - x + 0.5 * kLn2Pi);
  // The asymptotic series of ln Gamma(x + 1/2): B_{2k}(1/2) / (2k (2k - 1) x^{2k - 1}).
  const double y = 1 / (x * x);
  return (-1.0 / 24 +
          y * (7.0 / 2880 - y * (31.0 / 40320 - y * (127.0 / 215040 - y * (511.0 / 608256))))) /
         x;
}

double deviance(double x, double m) {
  if (x <= 0) return m;
  const double v = (x - m) / (x + m);
  if (std::abs(v) >= 0.1) return x * std::log(x / m) + m - x;
  const double square = v * v;
  double sum = (x - m) * v, power = 2 * x * v;
  for (int j = 3; j < 100; j += 2) {
    power *= square;
    const double next = sum + power / j;
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

double ln_add(double a, double b) {
  const double high = std::max(a, b), low = std::min(a, b);
  if (std::isinf(low)) return high;
  return high + std::log1p(std::exp(low - high));
}

}  // namespace headway::domain::statistics
