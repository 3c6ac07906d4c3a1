#include "domain/statistics/eprocess.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "domain/statistics/special.h"

namespace headway::domain::statistics {
namespace {

constexpr int kNodes = GridMixture::kNodes;
constexpr int kHalf = kNodes / 2;
constexpr double kPairsMax = 1e8;
constexpr double kFarthest = 40;  // |ln odds ratio| beyond which nothing is looked for

using Nodes = std::array<double, kNodes>;

// The least whole number of pairs after which `ln_e_after` reaches the threshold. It is convex in the number of pairs
// (a logarithm of a sum of exponentials), so from below it crosses once.
template <class LnEAfter>
std::optional<std::int64_t> pairs_needed(double ln_threshold, const LnEAfter& ln_e_after) {
  if (ln_e_after(0) >= ln_threshold) return 0;
  double below = 0, above = 1;
  while (ln_e_after(above) < ln_threshold) {
    below = above;
    above *= 2;
    if (above > kPairsMax) return std::nullopt;
  }
  while (above - below > 1) {
    const double middle = std::floor((below + above) / 2);
    (ln_e_after(middle) < ln_threshold ? below : above) = middle;
  }
  return static_cast<std::int64_t>(above);
}

// The share of A's leads with success when both arms have `rate` on average and A has e^d times B's odds.
double rate_of_a(double rate, double d) {
  const double r = std::exp(-std::abs(d));
  const double up = d > 0 ? 1 : r, down = d > 0 ? r : 1, s = 2 * rate;
  const double a = up - down, b = (1 + s) * up + (1 - s) * down, c = s * up;
  return std::min({2 * c / (b + std::sqrt(std::max(0.0, b * b - 4 * a * c))), s, 1.0});
}

double divergence(double p, double from) { return deviance(p, from) + deviance(1 - p, 1 - from); }

}  // namespace

GridMixture::GridMixture(double width) {
  HW_CHECK(width >= 0.05 && width <= 1);
  double total = 1, half = 0;
  for (int i = 0; i < kHalf; ++i) {
    const double u = (i + 1) / 5.0;  // in widths
    const auto up = static_cast<std::size_t>(kHalf + i),
               down = static_cast<std::size_t>(kHalf - 1 - i);
    nodes_[up] = u * width;
    nodes_[down] = -u * width;
    ln_weights_[up] = ln_weights_[down] = -u * u / 2;
    half += std::exp(-u * u / 2);
  }
  total += 2 * half;
  ln_weight_zero_ = -std::log(total);
  ln_weight_half_ = std::log(half / total);
  for (double& w : ln_weights_) w -= std::log(total);
}

void GridMixture::add(const Nodes& ln_ratio) {
  for (std::size_t k = 0; k < kNodes; ++k) ln_ratios_[k] += ln_ratio[k];
}

// ln of the weighted mean over twenty nodes, of which the weights sum to e^ln_total.
double GridMixture::half(int from, double ln_total, const Nodes* more, double m) const {
  Nodes terms;
  double high = -std::numeric_limits<double>::infinity();
  for (auto k = static_cast<std::size_t>(from); k < static_cast<std::size_t>(from + kHalf); ++k) {
    terms[k] = ln_ratios_[k] + ln_weights_[k] - ln_total + (more ? m * (*more)[k] : 0);
    high = std::max(high, terms[k]);
  }
  double sum = 0;
  for (auto k = static_cast<std::size_t>(from); k < static_cast<std::size_t>(from + kHalf); ++k)
    sum += std::exp(terms[k] - high);
  return high + std::log(sum);
}

double GridMixture::ln_e() const {
  const double sides = ln_add(half(0, 0, nullptr, 0), half(kHalf, 0, nullptr, 0));
  return ln_add(sides, ln_weight_zero_);
}
double GridMixture::ln_e_positive() const { return half(kHalf, ln_weight_half_, nullptr, 0); }
double GridMixture::ln_e_negative() const { return half(0, ln_weight_half_, nullptr, 0); }
double GridMixture::ln_e_positive_after(const Nodes& ln_ratio, double m) const {
  return half(kHalf, ln_weight_half_, &ln_ratio, m);
}
double GridMixture::ln_e_negative_after(const Nodes& ln_ratio, double m) const {
  return half(0, ln_weight_half_, &ln_ratio, m);
}

void BlockEvidence::start() {
  products_.fill(1);
  for (std::size_t k = 0; k < kNodes; ++k) tilts_[k] = std::exp(grid_.nodes()[k]);
}

void BlockEvidence::add(const Block& block) {
  if (!informative(block)) return;
  blocks_.push_back(block);
  leads_ += block.na + block.nb;
  successes_ += block.ya + block.yb;
  if (!FnchWeights::fit(block)) {
    Nodes ln_ratio;
    for (std::size_t k = 0; k < kNodes; ++k)
      ln_ratio[k] = fnch_ln_likelihood_ratio(block, grid_.nodes()[k]);
    grid_.add(ln_ratio);
    return;
  }
  // The moment sum_x P(x) e^{(x - lo) d} as a polynomial in e^d by Horner's rule: at most e^{300 4t}, eight
  // nodes at a time so that the compiler keeps them in registers.
  const FnchWeights w(block);
  product_exponent_ += static_cast<double>(block.ya - w.lo);
  double least = 1, most = 1;
  for (std::size_t k = 0; k < kNodes; k += 8) {
    double sum[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int i = w.count - 1; i >= 0; --i) {
      const double p = w.weights[static_cast<std::size_t>(i)];
      for (std::size_t j = 0; j < 8; ++j) sum[j] = sum[j] * tilts_[k + j] + p;
    }
    for (std::size_t j = 0; j < 8; ++j) {
      products_[k + j] *= sum[j];
      least = std::min(least, products_[k + j]);
      most = std::max(most, products_[k + j]);
    }
  }
  if (least < 1e-40 || most > 1e40) {
    grid_ = settled();
    products_.fill(1);
    product_exponent_ = 0;
  }
}

GridMixture BlockEvidence::settled() const {
  GridMixture grid = grid_;
  Nodes ln_ratio;
  for (std::size_t k = 0; k < kNodes; ++k)
    ln_ratio[k] = product_exponent_ * grid.nodes()[k] - std::log(products_[k]);
  grid.add(ln_ratio);
  return grid;
}

double BlockEvidence::ln_e(Side better) const {
  return better == Side::a ? settled().ln_e_positive() : settled().ln_e_negative();
}

BlockEvidence::Slope BlockEvidence::at(double d) const {
  Slope sum;
  for (const Block& block : blocks_) {
    const FnchTilt tilt = fnch_tilt(block, d);
    sum.ln_ratio -= tilt.ln_moment;
    sum.slope -= tilt.mean;
    sum.curvature += tilt.variance;
  }
  return sum;
}

// Where the log-likelihood, which is concave, is greatest: Newton's method inside a shrinking bracket.
double BlockEvidence::best_d() const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto at_top = [](const Block& b) { return b.ya == b.na || b.yb == 0; };
  const auto at_bottom = [](const Block& b) { return b.ya == 0 || b.yb == b.nb; };
  if (std::all_of(blocks_.begin(), blocks_.end(), at_top)) return kInfinity;
  if (std::all_of(blocks_.begin(), blocks_.end(), at_bottom)) return -kInfinity;
  // From the best node on: three or four steps.
  const GridMixture grid = settled();
  const Nodes& known = grid.ln_ratios();
  const auto top = std::max_element(known.begin(), known.end());
  double lo = -kFarthest, hi = kFarthest;
  double d = *top > 0 ? grid_.nodes()[static_cast<std::size_t>(top - known.begin())] : 0;
  for (int i = 0; i < 100; ++i) {
    const Slope here = at(d);
    (here.slope > 0 ? lo : hi) = d;
    double next = here.curvature > 0 ? d + here.slope / here.curvature : lo;
    if (!(next > lo && next < hi)) next = (lo + hi) / 2;
    if (std::abs(next - d) < 1e-11) return next;
    d = next;
  }
  return d;
}

// The point where the log-likelihood falls below `floor` on one side of its maximum. Tangents of a concave function
// lie above it, so from the second step on Newton's method comes from outside and never passes the point.
double BlockEvidence::end_of_sequence(double from, double direction, double floor) const {
  double d = from;
  for (int i = 0; i < 100; ++i) {
    const Slope here = at(d);
    const double steepness = here.slope * direction;
    if (steepness >= 0) {  // not outside: the start was too close to the maximum
      d += direction * 0.5;
      if (d * direction > kFarthest) return direction * std::numeric_limits<double>::infinity();
      continue;
    }
    const double step = (floor - here.ln_ratio) / here.slope;
    d = std::clamp(d + step, -kFarthest, kFarthest);
    if (std::abs(step) < 1e-10) break;
    if (std::abs(d) == kFarthest && at(d).ln_ratio > floor)
      return direction * std::numeric_limits<double>::infinity();
  }
  return d;
}

Interval BlockEvidence::odds_ratio_sequence(double alpha) const {
  HW_CHECK(alpha > 0 && alpha < 1);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (blocks_.empty()) return {0, kInfinity};
  const double floor = ln_e() - std::log(1 / alpha), best = best_d();
  double lo = -kInfinity, hi = kInfinity;
  double distance = 0;
  if (std::isfinite(best)) {
    const Slope top = at(best);
    distance = std::sqrt(2 * std::max(top.ln_ratio - floor, 1e-12) / std::max(top.curvature, 1e-9));
    distance = std::min(distance, kFarthest / 4);
  }
  const double start = std::isfinite(best) ? best : 0;
  if (best != -kInfinity) lo = end_of_sequence(start - distance, -1, floor);
  if (best != kInfinity) hi = end_of_sequence(start + distance, 1, floor);
  return {std::exp(lo), std::exp(hi)};
}

std::optional<double> BlockEvidence::odds_ratio() const {
  if (blocks_.empty()) return std::nullopt;
  return std::exp(best_d());
}

std::optional<std::int64_t> BlockEvidence::leads_needed(Side better, double ln_threshold) const {
  if (blocks_.empty()) return std::nullopt;
  const GridMixture grid = settled();
  const double widest = grid.nodes()[kNodes - 1];
  const double best = std::clamp(best_d(), -widest, widest);
  if (ln_e(better) < ln_threshold && (better == Side::a ? best <= 0 : best >= 0))
    return std::nullopt;
  const double rate = static_cast<double>(successes_) / static_cast<double>(leads_);
  const double a = rate_of_a(rate, best);
  Nodes growth;  // of the log-likelihood ratio per lead in each arm, in large blocks
  for (std::size_t k = 0; k < kNodes; ++k) {
    const double d = grid.nodes()[k], x = rate_of_a(rate, d);
    growth[k] = (a - x) * d + divergence(x, rate) + divergence(2 * rate - x, rate);
  }
  return pairs_needed(ln_threshold, [&](double m) {
    return better == Side::a ? grid.ln_e_positive_after(growth, m)
                             : grid.ln_e_negative_after(growth, m);
  });
}

double even_split_ln_e(std::int64_t xa, std::int64_t xb, double a) {
  HW_CHECK(xa >= 0 && xb >= 0 && a > 0);
  const auto da = static_cast<double>(xa), db = static_cast<double>(xb);
  return ln_beta(a + da, a + db) - ln_beta(a, a) + (da + db) * std::log(2.0);
}

void VariantEvidence::add(std::int64_t replies_a, std::int64_t replies_b, double share_a,
                          double share_b) {
  HW_CHECK(replies_a >= 0 && replies_b >= 0 && share_a > 0 && share_b > 0);
  const double rho = share_a / (share_a + share_b);
  const auto a = static_cast<double>(replies_a), all = a + static_cast<double>(replies_b);
  if (rho != rho_) {
    rho_ = rho;
    for (std::size_t k = 0; k < kNodes; ++k)
      ln_scales_[k] = std::log1p(rho * std::expm1(grid_.nodes()[k]));
  }
  Nodes ln_ratio;
  for (std::size_t k = 0; k < kNodes; ++k) ln_ratio[k] = a * grid_.nodes()[k] - all * ln_scales_[k];
  grid_.add(ln_ratio);
}

std::optional<std::int64_t> VariantEvidence::leads_needed(Side better, double ln_threshold,
                                                          Trials a, Trials b) const {
  if (a.n <= 0 || b.n <= 0 || a.successes + b.successes == 0) return std::nullopt;
  const double pa = static_cast<double>(a.successes) / static_cast<double>(a.n);
  const double pb = static_cast<double>(b.successes) / static_cast<double>(b.n);
  if (ln_e(better) < ln_threshold && (better == Side::a ? pa <= pb : pb <= pa)) return std::nullopt;
  Nodes growth;
  for (std::size_t k = 0; k < kNodes; ++k) {
    const double d = grid_.nodes()[k];
    growth[k] = pa * d - (pa + pb) * std::log1p(0.5 * std::expm1(d));
  }
  return pairs_needed(ln_threshold, [&](double m) {
    return better == Side::a ? grid_.ln_e_positive_after(growth, m)
                             : grid_.ln_e_negative_after(growth, m);
  });
}

double winner_threshold(int arms, double alpha) {
  HW_CHECK(arms >= 2 && alpha > 0 && alpha < 1);
  return std::log(arms / alpha);
}

std::optional<int> find_winner(std::span<const double> ln_e, int arms, double alpha) {
  const double threshold = winner_threshold(arms, alpha);
  HW_CHECK(ln_e.size() == static_cast<std::size_t>(arms) * static_cast<std::size_t>(arms));
  for (int i = 0; i < arms; ++i) {
    bool wins = true;
    for (int j = 0; j < arms && wins; ++j)
      wins = i == j || ln_e[static_cast<std::size_t>(i * arms + j)] >= threshold;
    if (wins) return i;
  }
  return std::nullopt;
}

std::vector<bool> select_discoveries(std::span<const double> ln_e, double q) {
  HW_CHECK(q > 0 && q < 1);
  std::vector<std::size_t> order(ln_e.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return ln_e[a] > ln_e[b]; });
  const auto m = static_cast<double>(ln_e.size());
  std::size_t chosen = 0;
  for (std::size_t k = 1; k <= order.size(); ++k)
    if (ln_e[order[k - 1]] >= std::log(m / (static_cast<double>(k) * q))) chosen = k;
  std::vector<bool> answer(ln_e.size());
  for (std::size_t k = 0; k < chosen; ++k) answer[order[k]] = true;
  return answer;
}

}  // namespace headway::domain::statistics
