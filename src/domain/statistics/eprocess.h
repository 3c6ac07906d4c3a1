#pragma once
// Evidence that may be looked at at any time (e-processes). E starts at 1; when the arms do not differ it
// ever reaches 1/alpha with probability alpha at most, however often and whenever one looks (Ville's inequality).
// Everything here gives ln E.
//
//   BlockEvidence    campaigns, accounts, matured cohorts: counts by closed blocks
//   VariantEvidence  variants that were assigned at random: reply events only
//   find_winner, select_discoveries   from the evidence of many pairs to an answer
//
// 200 bytes of state a pair and 32 bytes a block. Adding a block of a few hundred leads and some ten replies takes
// about half a microsecond; of a million leads, 100 microseconds.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/statistics/fnch.h"
#include "domain/statistics/types.h"

namespace headway::domain::statistics {

// A mixture over log-odds differences d_k = (k - 20) t / 5 on [-4t, 4t] with weights ~ exp(-(d_k / t)^2 / 2).
// Log-likelihood ratios against d = 0 go in; the node d = 0 needs none. Without data ln_e is 0.
class GridMixture {
 public:
  static constexpr int kNodes = 40;  // without d = 0
  static constexpr double kWidth = 0.5;

  explicit GridMixture(double width = kWidth);  // t, .05 to 1
  // The nodes: first the 20 negative ones, ascending from -4t, then the 20 positive ones.
  const std::array<double, kNodes>& nodes() const { return nodes_; }
  const std::array<double, kNodes>& ln_ratios() const { return ln_ratios_; }
  // Adds `ln_ratio[k]` to node k.
  void add(const std::array<double, kNodes>& ln_ratio);

  double ln_e() const;           // two-sided
  double ln_e_positive() const;  // for d > 0 alone, weights renormalised
  double ln_e_negative() const;
  // As if each node had got m ratios more.
  double ln_e_positive_after(const std::array<double, kNodes>& ln_ratio, double m) const;
  double ln_e_negative_after(const std::array<double, kNodes>& ln_ratio, double m) const;

 private:
  double half(int from, double ln_total, const std::array<double, kNodes>* more, double m) const;

  std::array<double, kNodes> nodes_{}, ln_weights_{}, ln_ratios_{};
  double ln_weight_zero_ = 0, ln_weight_half_ = 0;
};

// Which side a question is about: is A better, or B.
enum class Side { a, b };

// The FNCH mixture: L_k += ya d_k - ln sum_x C(na,x) C(nb,s-x) e^{x d_k} + ln C(na+nb, s) for each block. An
// anytime-valid Cochran-Mantel-Haenszel test: only differences inside blocks count, so arms with different mixes of
// strata compare fairly. Lindon, Malek, "Anytime-valid inference for multinomial count data" (2022) for
// mixtures of exact conditional likelihoods; Howard et al., Ann. Statist. 49 (2021) for confidence sequences.
// A block with an empty arm, no success or only successes leaves E as it is. Blocks must be closed: their reply
// windows have ended, and no later count changes them.
class BlockEvidence {
 public:
  explicit BlockEvidence(double width = GridMixture::kWidth) : grid_(width) { start(); }

  void add(const Block& block);
  std::int64_t blocks() const {
    return static_cast<std::int64_t>(blocks_.size());
  }  // informative ones

  double ln_e() const { return settled().ln_e(); }  // "A and B differ"
  double ln_e(Side better) const;                   // "this one is better"
  // {psi : ln E - sum of ln LR(psi) < ln 1/alpha}, the common odds ratio of A to B; hi may be infinite, and
  // is without an informative block. Ends to 1e-9 relative. About ten passes over the blocks.
  Interval odds_ratio_sequence(double alpha = 0.05) const;
  // The odds ratio that explains the blocks best; 0 or infinity when only one arm had successes where it
  // mattered; nullopt without an informative block.
  std::optional<double> odds_ratio() const;

  // How many leads more in each arm, evenly split, until ln_e(better) reaches `ln_threshold`, if the odds
  // ratio and the overall rate of the blocks so far go on: 0 when it has, nullopt when the arm is not ahead or more
  // than 10^8 would be needed. It is the middle of what to expect, not a bound: about half of the tests
  // take longer, and an effect that shrinks takes longer in proportion to its square.
  std::optional<std::int64_t> leads_needed(Side better, double ln_threshold) const;

 private:
  struct Slope {
    double ln_ratio = 0, slope = 0, curvature = 0;  // curvature >= 0: minus the second derivative
  };
  void start();
  GridMixture settled() const;
  Slope at(double d) const;
  double best_d() const;
  double end_of_sequence(double from, double direction, double floor) const;

  GridMixture grid_;
  // e^{d_k}, and a factor of the likelihood not yet in grid_: products of moments are cheaper than their
  // logarithms, and lose less.
  std::array<double, GridMixture::kNodes> tilts_{}, products_{};
  double product_exponent_ = 0;  // of e^{d_k}: the power that belongs to the products
  std::vector<Block> blocks_;
  std::int64_t leads_ = 0, successes_ = 0;  // of informative blocks
};

// ln B(a + xa, a + xb) - ln B(a, a) + S ln 2 for xa and xb replies under an even split; S = xa + xb.
// M. Lindon, A. Malek (2022). 0 without a reply. a > 0; 10 suits lifts of some ten per cent.
double even_split_ln_e(std::int64_t xa, std::int64_t xb, double a = 10);

// The same for any split, which may change with every lead as long as it was fixed before the lead was assigned:
// L_k += d_k [reply in A] - ln(share_a e^{d_k} + share_b). For delivery count failures, the rarer outcome.
class VariantEvidence {
 public:
  explicit VariantEvidence(double width = GridMixture::kWidth) : grid_(width) {}

  // Replies of leads that were assigned while A had `share_a` and B `share_b` of the draws (> 0; only their
  // proportion counts).
  void add(std::int64_t replies_a, std::int64_t replies_b, double share_a, double share_b);
  double ln_e() const { return grid_.ln_e(); }
  double ln_e(Side better) const {
    return better == Side::a ? grid_.ln_e_positive() : grid_.ln_e_negative();
  }
  // As in BlockEvidence; `a` and `b` are replies and leads so far, with which it goes on under an even split.
  std::optional<std::int64_t> leads_needed(Side better, double ln_threshold, Trials a,
                                           Trials b) const;

 private:
  GridMixture grid_;
  // ln(share_a e^{d_k} + share_b) of the shares that came last: they change once a day, replies come singly.
  double rho_ = -1;
  std::array<double, GridMixture::kNodes> ln_scales_{};
};

// `ln_e[i * arms + j]` is the one-sided evidence that arm i beats arm j (the diagonal is not read). Arm i wins iff
// min_j E(i > j) >= arms / alpha; at most one can. nullopt: no clear winner yet. arms >= 2.
std::optional<int> find_winner(std::span<const double> ln_e, int arms, double alpha = 0.05);
// The threshold of find_winner for ln E: ln(arms / alpha).
double winner_threshold(int arms, double alpha = 0.05);

// e-BH (R. Wang, A. Ramdas, JRSS B 84 (2022)): the k largest of m are discoveries, for the largest k with
// e_(k) >= m / (k q). At most a share q of them is false on average, whatever the dependence. Order is kept.
std::vector<bool> select_discoveries(std::span<const double> ln_e, double q = 0.1);

}  // namespace headway::domain::statistics
