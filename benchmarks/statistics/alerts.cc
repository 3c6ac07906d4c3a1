// Accounts of 100 messages a day whose days differ (beta-binomial, rho .01) at a normal rate of 5 %: false alarms, and
// how soon a rise is noticed.

#include <cmath>

#include "benchmarks/statistics/draws.h"
#include "benchmarks/statistics/rows.h"
#include "domain/statistics/guard.h"

namespace headway::bench::statistics {
namespace {

using namespace domain::statistics;

constexpr int kMessagesADay = 100;
constexpr double kNormal = 0.05, kRho = 0.01;

double day_rate(Draws& draws, double rate) {
  const double c = (1 - kRho) / kRho;
  return draws.beta(rate * c, (1 - rate) * c);
}

// Messages from the change, at a random moment of the 31st day, to the alarm.
double delay(Draws& draws, const Guard& guard, double threshold, double rate) {
  GuardState state;
  const std::int64_t change = 30 * kMessagesADay + draws.whole(0, kMessagesADay - 1);
  double p = 0;
  for (std::int64_t i = 0;; ++i) {
    if (i % kMessagesADay == 0 || i == change) p = day_rate(draws, i < change ? kNormal : rate);
    guard.update(state, i / kMessagesADay, draws.happens(p));
    if (Guard::level(state) < threshold) continue;
    if (i >= change) return static_cast<double>(i - change + 1);
    state = {};  // a false alarm before it, acknowledged
  }
}

}  // namespace

Rows alert_rows(const Scale& scale) {
  const std::string group = "alerts";
  Draws draws(scale.seed * 1000 + 5);
  const Guard guard(kNormal, kRho);
  const double threshold = guard_threshold(365.0 * kMessagesADay);
  std::vector<double> alarms;
  for (int year = 0; year < scale.of(150, 3000); ++year) {
    GuardState state;
    double count = 0;
    for (int day = 0; day < 365; ++day) {
      const double p = day_rate(draws, kNormal);
      for (int i = 0; i < kMessagesADay; ++i) {
        guard.update(state, day, draws.happens(p));
        if (Guard::level(state) < threshold) continue;
        ++count;
        state = {};
      }
    }
    alarms.push_back(count);
  }
  Rows rows{mean(group, "false alarms a year", alarms, Row::Target::at_most, 1)};
  const std::pair<double, double> rises[] = {{0.30, 75}, {0.60, 15}, {0.12, 0}};
  for (const auto& [rate, limit] : rises) {
    std::vector<double> delays;
    for (int i = 0; i < scale.of(1500, 20'000); ++i)
      delays.push_back(delay(draws, guard, threshold, rate));
    rows.push_back(mean(
        group, "messages until the alarm at " + std::to_string(static_cast<int>(100 * rate)) + " %",
        delays, limit > 0 ? Row::Target::at_most : Row::Target::shown, limit));
  }
  return rows;
}

}  // namespace headway::bench::statistics
