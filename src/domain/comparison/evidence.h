#pragma once
// The statistics that a comparison needs, of the arms as they are here: domain/statistics behind one door. Not for
// anybody else.

#include <cstddef>
#include <vector>

#include "domain/comparison/compare.h"

namespace headway::domain::comparison {

struct Evidence {  // ln E, one-sided
  double a_better = 0, b_better = 0;
};
Evidence block_evidence(const std::vector<Pair>& blocks);
// More for each arm until the evidence of the one that is ahead reaches `ln_threshold`, about; nullopt when that
// is out of sight.
std::optional<std::int64_t> more_needed(const std::vector<Pair>& blocks, double ln_threshold);
struct DrawnPair {  // one epoch of two texts
  double share_a = 0, share_b = 0;
  std::int64_t events_a = 0, events_b = 0;
};
// `events` is what is wanted.
Evidence draw_evidence(const std::vector<DrawnPair>& epochs);
// `n_a`, `n_b`: messages of each text so far.
std::optional<std::int64_t> more_needed(const std::vector<DrawnPair>& epochs, std::int64_t n_a,
                                        std::int64_t n_b, double ln_threshold);

OddsRatio odds_ratio(const std::vector<Pair>& strata);

// Whether texts were drawn by their shares in one epoch: ln E against it.
double ratio_evidence(const std::vector<std::int64_t>& drawn, const std::vector<double>& shares);
double ratio_alarm();  // the ln E at which to sound it

// p_best and expected_loss of each arm with a rate.
void put_best(std::vector<Arm>& arms);
// Puts `cs`.
void put_sequence(Arm& arm);
}  // namespace headway::domain::comparison
