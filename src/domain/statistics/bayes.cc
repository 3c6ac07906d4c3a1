#include "domain/statistics/bayes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <boost/math/quadrature/gauss.hpp>

#include "base/check.h"
#include "domain/statistics/special.h"

namespace headway::domain::statistics {
namespace {

constexpr std::array<double, 4> kTails{1e-16, 1e-8, 1e-3, 0.1};
constexpr std::size_t kEnds = 9;  // four tails on both sides and the median

double log_odds(double p) { return std::log(p) - std::log1p(-p); }

// One arm in log-odds y: its density x^a (1 - x)^b / B, in the form that keeps its digits for large a and b.
struct Arm {
  double a, b, n, ln_factor;
  std::array<double, kEnds> ends;

  explicit Arm(const BetaPosterior& p) : a(p.a), b(p.b), n(p.a + p.b) {
    HW_CHECK(a > 0 && b > 0);
    ln_factor = 0.5 * (std::log(a * b / n) - kLn2Pi) - stirling_error(a) - stirling_error(b) +
                stirling_error(n);
    for (std::size_t i = 0; i < kTails.size(); ++i) {
      ends[i] = log_odds(std::max(beta_quantile(a, b, kTails[i]), 1e-300));
      ends[kEnds - 1 - i] = -log_odds(std::max(beta_quantile(b, a, kTails[i]), 1e-300));
    }
    ends[4] = std::clamp(log_odds(a / n), ends[3], ends[5]);
  }
  double density(double x, double miss) const {
    return std::exp(ln_factor - deviance(a, n * x) - deviance(b, n * miss));
  }
  double below(double y, double x, double miss) const {
    if (y <= ends.front()) return 0;
    if (y >= ends.back()) return 1;
    return x < 0.5 ? beta_cdf(a, b, x) : 1 - beta_cdf(b, a, miss);
  }
  // The width of its panel around y; none outside its range.
  std::optional<double> panel_at(double y) const {
    if (y < ends.front() || y >= ends.back()) return std::nullopt;
    const auto next = std::upper_bound(ends.begin(), ends.end(), y);
    return *next - *(next - 1);
  }
};

// The ends of all arms, without those that stand closer together than any arm's panel needs.
std::vector<double> panels(const std::vector<Arm>& arms) {
  constexpr double kCloseness = 0.35;
  struct End {
    double y, panel;  // the narrower of the panels of its arm that meet here
  };
  std::vector<End> ends;
  for (const Arm& arm : arms)
    for (std::size_t i = 0; i < kEnds; ++i) {
      const double left = i > 0 ? arm.ends[i] - arm.ends[i - 1] : arm.ends[1] - arm.ends[0];
      const double right = i + 1 < kEnds ? arm.ends[i + 1] - arm.ends[i] : left;
      ends.push_back({arm.ends[i], std::min(left, right)});
    }
  std::sort(ends.begin(), ends.end(), [](const End& a, const End& b) { return a.y < b.y; });
  std::vector<double> kept{ends.front().y};
  for (std::size_t i = 1; i < ends.size(); ++i) {
    const double middle = (kept.back() + ends[i].y) / 2;
    double needed = ends[i].panel;
    for (const Arm& arm : arms) needed = std::min(needed, arm.panel_at(middle).value_or(needed));
    if (ends[i].y - kept.back() >= kCloseness * needed || i + 1 == ends.size())
      kept.push_back(ends[i].y);
  }
  return kept;
}

class Integrals {
 public:
  explicit Integrals(std::span<const BetaPosterior> posteriors)
      : arms_(posteriors.begin(), posteriors.end()), below_(arms_.size()), others_(arms_.size()) {
    chances_.best.assign(arms_.size(), 0);
    chances_.loss.assign(arms_.size(), 0);
  }
  Chances take() {
    using Rule = boost::math::quadrature::gauss<double, 20>;
    const std::vector<double> ends = panels(arms_);
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
      const double middle = (ends[i] + ends[i + 1]) / 2, half = (ends[i + 1] - ends[i]) / 2;
      for (std::size_t k = 0; k < Rule::abscissa().size(); ++k) {
        const double offset = half * Rule::abscissa()[k], weight = half * Rule::weights()[k];
        add(middle - offset, weight);
        add(middle + offset, weight);
      }
    }
    return chances_;
  }

 private:
  void add(double y, double weight) {
    const double x = 1 / (1 + std::exp(-y)), miss = 1 / (1 + std::exp(y));
    for (std::size_t i = 0; i < arms_.size(); ++i) below_[i] = arms_[i].below(y, x, miss);
    double product = 1;
    for (std::size_t i = 0; i < arms_.size(); ++i) {
      others_[i] = product;
      product *= below_[i];
    }
    product = 1;
    for (std::size_t i = arms_.size(); i-- > 0;) {
      others_[i] *= product;
      product *= below_[i];
    }
    for (std::size_t i = 0; i < arms_.size(); ++i) {
      if (others_[i] > 0) chances_.best[i] += weight * others_[i] * arms_[i].density(x, miss);
      chances_.loss[i] += weight * x * miss * below_[i] * (1 - others_[i]);
    }
  }

  std::vector<Arm> arms_;
  std::vector<double> below_, others_;
  Chances chances_;
};

}  // namespace

BetaPosterior posterior(Trials t, std::optional<double> workspace_rate, double strength) {
  HW_CHECK(t.successes >= 0 && t.successes <= t.n);
  const auto s = static_cast<double>(t.successes), f = static_cast<double>(t.n - t.successes);
  if (!workspace_rate) return {s + 0.5, f + 0.5};
  HW_CHECK(*workspace_rate > 0 && *workspace_rate < 1 && strength > 0);
  return {s + *workspace_rate * strength, f + (1 - *workspace_rate) * strength};
}

Chances compare_posteriors(std::span<const BetaPosterior> arms) {
  if (arms.empty()) return {};
  if (arms.size() == 1) return {{1}, {0}};
  return Integrals(arms).take();
}

std::vector<double> even_shares(int arms) {
  HW_CHECK(arms > 0);
  return std::vector<double>(static_cast<std::size_t>(arms), 1.0 / arms);
}

std::vector<double> top_two_shares(std::span<const double> best) {
  constexpr double kLeast = 1e-13;  // when one arm has it all, the others share the second half
  if (best.size() == 1) return {1};
  std::vector<double> pi;
  double total = 0;
  for (const double p : best) total += pi.emplace_back(std::max(p, kLeast));
  std::vector<double> rivals;  // pi_j / (1 - pi_j)
  for (std::size_t i = 0; i < pi.size(); ++i) {
    double others = 0;
    for (std::size_t j = 0; j < pi.size(); ++j) others += j == i ? 0 : pi[j];
    rivals.push_back(pi[i] / others);
  }
  std::vector<double> shares;
  double sum = 0;
  for (std::size_t i = 0; i < pi.size(); ++i) {
    double of_others = 0;
    for (std::size_t j = 0; j < pi.size(); ++j) of_others += j == i ? 0 : rivals[j];
    sum += shares.emplace_back(pi[i] / total * (1 + of_others) / 2);
  }
  for (double& share : shares) share /= sum;
  return shares;
}

std::vector<double> earn_shares(std::span<const double> best) {
  const auto k = static_cast<double>(best.size());
  const double floor = std::min(0.05, 0.25 / k);
  std::vector<double> shares;
  for (const double p : best) shares.push_back(floor + (1 - k * floor) * p);
  return shares;
}

}  // namespace headway::domain::statistics
