#pragma once
// How variants are to share the leads of a step from now on, given what came of them so far. Pure and
// deterministic: the same counts give the same shares on every node, so that the log of shares can be replayed.
//
// What counts. Reactions take days, and shares move, so variants are of unequal age. Counts are compared as follows:
//  * one epoch only (nothing has moved yet): all variants were drawn side by side, the plain counts are fair;
//  * else each day of deliveries counts with the part of its reactions that it can have had by now: a day that is
//    old enough for the lag buckets 0 .. b brings the reactions of those buckets and n x F(b) tries, F being the
//    share of all reactions that come within them, estimated from the days that are old enough, over all variants.
//    (O. Chapelle, "Modeling delayed feedback in display advertising", KDD 2014, with buckets for the hazard.)
// For delivery everything is known at once: delivered messages of those that ended.
//
// From the counts: Beta posteriors with the workspace's rate as prior, of strength 20; without one Jeffreys'.
//  learn  evenly until every variant has 100 tries and there are 20 reactions (20 failures for delivery) in all;
//         then top-two by P(best) (D. Russo, "Simple Bayesian algorithms for best-arm identification", 2020)
//  earn   Thompson's share P(best), with a floor for everyone (docs/METRICS.md, "Variants")

#include <cstdint>
#include <optional>
#include <vector>

#include "base/strong_id.h"
#include "domain/campaign.h"
#include "domain/lead.h"

namespace headway::domain::allocation {

inline constexpr std::int64_t kPartsInAll = 1'000'000;
inline constexpr std::int64_t kLearnTries = 100, kLearnReactions = 20;
inline constexpr double kPriorStrength = 20;

// Messages of one variant by the UTC day of their delivery, as store::CohortCell has them.
struct Cell {
  VariantId variant;
  int epoch = 0;  // those of -1 are left out: nobody drew them
  std::int64_t day = 0;
  Counter counter{};  // contacted, undelivered; responded, booked with a lag
  int lag = 0;
  std::int64_t n = 0;
};

struct Question {
  VariantMode mode{};  // learn or earn
  VariantMetric metric{};
  std::vector<VariantId> variants;  // that may be drawn, at least one
  std::vector<Cell> cells;
  std::int64_t today = 0;              // UTC day
  std::vector<std::int64_t> lag_ends;  // days: bucket i ends there; one bucket more for the rest
  std::optional<double> usual;         // the workspace's rate of the metric, in (0, 1)
};

struct Arm {
  VariantId variant;
  double successes = 0, tries = 0;  // as they count (see above)
  double p_best = 0;
  std::int64_t parts = 0;
};
struct Answer {
  std::vector<Arm> arms;  // in the order of Question::variants; their parts add up to kPartsInAll
  bool even = false;      // not enough is known yet: everyone the same
};

Answer allocate(const Question& q);

}  // namespace headway::domain::allocation
