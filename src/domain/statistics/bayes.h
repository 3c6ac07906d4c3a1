#pragma once
// Chances for people to read, and daily shares for variants. Never a reason to end a test: peeking until
// P(best) > .95 names a winner in more than half of the campaigns without any difference. Decisions: eprocess.h.

#include <optional>
#include <span>
#include <vector>

#include "domain/statistics/types.h"

namespace headway::domain::statistics {

struct BetaPosterior {
  double a = 0.5, b = 0.5;  // > 0
  double mean() const { return a / (a + b); }
};
// Beta(r m + s, (1 - r) m + n - s) with the workspace's rate r (0 < r < 1) worth m tries; Jeffreys'
// Beta(s + 1/2, n - s + 1/2) without a rate.
BetaPosterior posterior(Trials t, std::optional<double> workspace_rate = std::nullopt,
                        double strength = 20);

struct Chances {
  std::vector<double> best;  // P(this arm's rate is the highest): sums to 1
  std::vector<double> loss;  // E[highest rate - this arm's]: what choosing it costs on average
};
// P(best i) = int f_i prod_{j != i} F_j, loss_i = int F_i (1 - prod_{j != i} F_j). Composite Gauss-Legendre, 20
// points a panel, in log-odds, where no density has a singularity (Beta(1/2, .) has one at 0); panels end at
// quantiles 1e-16 .. 1 - 1e-16 of the arms, so arms of 10 and of 10^9 tries may stand side by side. Relative
// error about 1e-11 for two arms of like size, below 1e-6 at worst; 20 arms cost about 10 ms. One arm: {1}, {0}.
Chances compare_posteriors(std::span<const BetaPosterior> arms);

// Shares of the draws, which sum to 1; pure functions of P(best), so a replay gives the same.
//   learn: even_shares or top_two_shares (D. Russo, Operations Research 68 (2020), with one half):
//     pi_i (1 + sum_{j != i} pi_j / (1 - pi_j)) / 2
//   earn: f + (1 - K f) pi_i, f = min(.05, .25 / K): Thompson's rule (Biometrika 25 (1933)) with a floor
std::vector<double> even_shares(int arms);
std::vector<double> top_two_shares(std::span<const double> best);
std::vector<double> earn_shares(std::span<const double> best);

}  // namespace headway::domain::statistics
