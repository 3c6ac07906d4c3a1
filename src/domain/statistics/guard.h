#pragma once
// Notices an account whose failures have risen, message by message: a Shiryaev-Roberts detector over five
// failure rates, with days that differ by themselves (beta-binomial). M. Pollak, Ann. Statist. 13 (1985); the
// sum over all possible moments of change is a martingale minus time, so a threshold A gives at least A messages
// between false alarms on average.

#include <array>
#include <cstdint>
#include <span>

#include "domain/statistics/types.h"

namespace headway::domain::statistics {

// What has to be kept for each account: 64 bytes. All zero at the start and after an acknowledgement.
struct GuardState {
  std::array<double, 5> evidence{};  // M_k
  std::int64_t day = 0;              // of the counts below; any numbering
  std::int64_t day_tries = 0, day_failures = 0;
  bool operator==(const GuardState&) const = default;
};

// What is normal for an account. Cheap to make; update takes some ten nanoseconds.
class Guard {
 public:
  // f0, the rate up to which nothing is wrong (kept in .002 to .5), and rho, the correlation of outcomes of one
  // day (0 to .5; 0: independent). The alternatives are .08, .12, .20, .35 and .60 for f0 = .05; for any other f0
  // the same ratios of odds.
  Guard(double f0, double rho);

  // M_k <- (1 + M_k) P_fk(x | day) / P_f0(x | day), P_f(1 | day) = (f c + failures) / (c + tries), c = (1 - rho) / rho,
  // with the counts of the day before this message. Evidence stops growing at 1e300.
  void update(GuardState& state, std::int64_t day, bool failed) const;
  // Mean of M_k, to be compared with the threshold.
  static double level(const GuardState& state);

  double f0() const { return f0_; }
  const std::array<double, 5>& alternatives() const { return alternatives_; }

 private:
  double f0_ = 0, c_ = 0;  // c = 0: independent outcomes
  std::array<double, 5> alternatives_{};
};

// A: messages a year in the whole workspace / false alarms a year that it may cost. At least 1000, so that few
// messages do not make every failure an alarm. Alert at A, pause at kGuardPause A.
double guard_threshold(double messages_a_year, double false_alarms_a_year = 1);
inline constexpr double kGuardPause = 10;

// f0: the upper 90 % Jeffreys bound of the account's own history with 200 attempts and more, else the
// workspace's rate.
double guard_baseline(Trials history, double workspace_rate);

// rho by moments from daily counts {failures, attempts}: (X^2 - (D - 1)) / (N - sum n^2 / N - (D - 1)), X^2 Pearson's
// statistic of D days against their common rate; .01 to .5, and .01 when the days cannot tell.
double guard_correlation(std::span<const Trials> days);

}  // namespace headway::domain::statistics
