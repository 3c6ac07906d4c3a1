#pragma once
// Special functions behind the methods. Boost.Math where it is exact enough and thread-safe (std::lgamma
// writes a global); the saddle-point parts, because differences of ln-gamma lose all digits at n = 10^9.

namespace headway::domain::statistics {

inline constexpr double kLnPi = 1.1447298858494001741;
inline constexpr double kLn2Pi = 1.8378770664093454836;

// ln Gamma(x), x > 0. Relative error about 1e-15 apart from the zeros at 1 and 2.
double ln_gamma(double x);
// ln B(a, b) = ln Gamma(a) + ln Gamma(b) - ln Gamma(a + b), a, b > 0.
double ln_beta(double a, double b);
// The distribution function of Beta(a, b) at x in [0, 1], and its inverse at p in [0, 1]; a, b > 0.
double beta_cdf(double a, double b, double x);
double beta_quantile(double a, double b, double p);
// The density of Beta(a, b) at x; 0 at the ends where it would be infinite.
double beta_density(double a, double b, double x);

// z with P(|Z| > z) = alpha for a standard normal Z, 0 < alpha < 1; and P(|Z| > z) for z >= 0.
double normal_two_sided(double alpha);
double normal_tails(double z);
// P(X > x) for a chi-squared X of `df` >= 1 degrees of freedom, x >= 0.
double chi_squared_tail(double x, double df);

// ln Gamma(x + 1) - (x ln x - x + ln(2 pi x) / 2), x > 0: what Stirling's formula lacks. Absolute error < 1e-15.
double stirling_error(double x);
// ln Gamma(x + 1/2) - (x ln x - x + ln(2 pi) / 2), x >= 0 (x ln x = 0 at 0).
double half_stirling_error(double x);
// x ln(x / m) + m - x for x >= 0, m > 0: never negative, exact to rounding when x is close to m
// (C. Loader, Fast and Accurate Computation of Binomial Probabilities, 2000).
double deviance(double x, double m);
// ln(e^a + e^b) without overflow; -infinity is allowed.
double ln_add(double a, double b);

}  // namespace headway::domain::statistics
