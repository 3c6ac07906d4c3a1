#pragma once
// The classical test of fixed size: how many leads to plan for, and what it would say. Only for planning and for
// people who know it: it is not valid when one looks before the end. Decisions: eprocess.h.

#include <cstdint>
#include <optional>

#include "domain/statistics/types.h"

namespace headway::domain::statistics {

// Leads in each arm so that a two-sided z-test at alpha finds rates pa and pb different with probability `power`:
// (z_{alpha/2} sqrt(2 p q) + z_{1-power} sqrt(pa qa + pb qb))^2 / (pa - pb)^2, rounded up; p the mean of both. J. L.
// Fleiss, Statistical Methods for Rates and Proportions (1981), without continuity correction. 0 <= rates <= 1;
// nullopt when they are equal or more than 10^12 would be needed. At least 1.
std::optional<std::int64_t> sample_size(double pa, double pb, double alpha = 0.05,
                                        double power = 0.8);

// The smallest rate above `base` that `n` leads in each arm can tell from it, by the same formula, to 1e-9.
// nullopt when not even a rate of 1 could.
std::optional<double> detectable_rate(double base, std::int64_t n, double alpha = 0.05,
                                      double power = 0.8);

struct ScoreTest {
  double z = 0;  // (pb - pa) / sqrt(p q (1/na + 1/nb)), positive when B has the higher rate
  double p = 1;  // two-sided
};
// K. Pearson's chi-squared of a 2 x 2 table as a z. {0, 1} when an arm is empty or all or none succeeded.
ScoreTest score_test(Trials a, Trials b);

}  // namespace headway::domain::statistics
