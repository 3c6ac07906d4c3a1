#pragma once
// Two arms that met different mixes of people: comparison inside strata (collection, account) and the guard
// against a result that the mix has made. Comparisons of campaigns stay observational even so: whoever was put into
// which campaign was not drawn by lot, and that must be said beside the figures.

#include <cstdint>
#include <optional>
#include <span>

#include "domain/statistics/fnch.h"
#include "domain/statistics/types.h"

namespace headway::domain::statistics {

struct StratifiedComparison {
  // Odds ratios of A to B. nullopt: not defined (0/0); 0 and infinity are possible.
  std::optional<double> crude_odds_ratio;  // all strata thrown together, the dropped ones too
  std::optional<double>
      odds_ratio;  // sum(ya fb / n) / sum(fa yb / n): N. Mantel, W. Haenszel, JNCI 22 (1959)
  std::optional<Interval>
      odds_ratio_interval;  // J. Robins, N. Breslow, S. Greenland, Biometrics 42 (1986)
  // Cochran-Mantel-Haenszel without continuity correction, chi-squared with 1 degree of freedom.
  std::optional<double> cmh, cmh_p;
  // Breslow and Day (IARC 32, 1980) without Tarone's term: do the strata share one odds ratio? nullopt with
  // fewer than two strata that can tell.
  std::optional<double> breslow_day, breslow_day_p;
  std::int64_t strata_used = 0, strata_dropped = 0;  // dropped: one arm only
  double share_dropped = 0;                          // of all leads
  // Crude and stratified result point in opposite directions.
  bool mix_reverses = false;

  // No winner badge when the mix reverses the result or the strata disagree (p < .01).
  bool may_name_winner() const {
    return !mix_reverses && !(breslow_day_p && *breslow_day_p < 0.01);
  }
};

// One element a stratum, its days added up. `alpha` of the interval. Doubles throughout: exact to about 1e-13 for
// counts up to 10^9.
StratifiedComparison compare_strata(std::span<const Block> strata, double alpha = 0.05);

}  // namespace headway::domain::statistics
