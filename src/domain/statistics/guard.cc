#include "domain/statistics/guard.h"

#include <algorithm>

#include "base/check.h"
#include "domain/statistics/intervals.h"

namespace headway::domain::statistics {
namespace {

constexpr double kBaselineLeast = 0.002, kBaselineMost = 0.5;
constexpr double kCorrelationLeast = 0.01, kCorrelationMost = 0.5;
constexpr double kEvidenceMost = 1e300;
constexpr double kReferenceBaseline = 0.05;
constexpr std::array<double, 5> kReference{0.08, 0.12, 0.20, 0.35, 0.60};

double odds(double p) { return p / (1 - p); }

}  // namespace

Guard::Guard(double f0, double rho) {
  HW_CHECK(f0 >= 0 && f0 <= 1 && rho >= 0 && rho <= kCorrelationMost);
  f0_ = std::clamp(f0, kBaselineLeast, kBaselineMost);
  c_ = rho > 0 ? (1 - rho) / rho : 0;
  for (std::size_t k = 0; k < kReference.size(); ++k) {
    const double o = odds(f0_) * odds(kReference[k]) / odds(kReferenceBaseline);
    alternatives_[k] = f0_ == kReferenceBaseline ? kReference[k] : o / (1 + o);
  }
}

void Guard::update(GuardState& state, std::int64_t day, bool failed) const {
  if (day != state.day) {
    state.day = day;
    state.day_tries = state.day_failures = 0;
  }
  // P_fk / P_f0: the denominators c + n are the same.
  const auto failures = static_cast<double>(state.day_failures);
  const auto successes = static_cast<double>(state.day_tries - state.day_failures);
  const double c = c_ > 0 ? c_ : 1, seen = c_ > 0 ? (failed ? failures : successes) : 0;
  const double normal = (failed ? f0_ : 1 - f0_) * c + seen;
  for (std::size_t k = 0; k < alternatives_.size(); ++k) {
    const double f = failed ? alternatives_[k] : 1 - alternatives_[k];
    state.evidence[k] = std::min((1 + state.evidence[k]) * (f * c + seen) / normal, kEvidenceMost);
  }
  ++state.day_tries;
  if (failed) ++state.day_failures;
}

double Guard::level(const GuardState& state) {
  double sum = 0;
  for (const double m : state.evidence) sum += m / static_cast<double>(state.evidence.size());
  return sum;
}

double guard_threshold(double messages_a_year, double false_alarms_a_year) {
  HW_CHECK(messages_a_year >= 0 && false_alarms_a_year > 0);
  return std::max(1000.0, messages_a_year / false_alarms_a_year);
}

double guard_baseline(Trials history, double workspace_rate) {
  constexpr std::int64_t kEnough = 200;
  HW_CHECK(workspace_rate >= 0 && workspace_rate <= 1);
  return history.n >= kEnough ? jeffreys_upper(history, 0.9) : workspace_rate;
}

double guard_correlation(std::span<const Trials> days) {
  double n = 0, s = 0, squares = 0, count = 0;
  for (const Trials& day : days) {
    if (day.n <= 0) continue;
    const auto tries = static_cast<double>(day.n);
    n += tries;
    s += static_cast<double>(day.successes);
    squares += tries * tries;
    ++count;
  }
  const double room = n - squares / std::max(n, 1.0) - (count - 1);
  if (count < 2 || room <= 0 || s == 0 || s == n) return kCorrelationLeast;
  const double p = s / n;
  double pearson = 0;
  for (const Trials& day : days) {
    if (day.n <= 0) continue;
    const auto tries = static_cast<double>(day.n);
    const double off = static_cast<double>(day.successes) - tries * p;
    pearson += off * off / (tries * p * (1 - p));
  }
  return std::clamp((pearson - (count - 1)) / room, kCorrelationLeast, kCorrelationMost);
}

}  // namespace headway::domain::statistics
