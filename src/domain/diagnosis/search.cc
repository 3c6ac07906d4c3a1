#include "domain/diagnosis/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <boost/math/special_functions/gamma.hpp>

namespace headway::domain::diagnosis {
namespace {

constexpr double kConcentration = 8, kOwnShare = 0.8, kRatioCap = 30, kPriorShare = 0.03;
constexpr double kScoreMin = 4.0;  // ln 20 + 1, rounded up
constexpr double kExplainsMin = 0.10;
constexpr double kRestMessages = 20;  // as usual, on top of the rest, which may be small
constexpr int kRoundsMax = 12;
constexpr std::size_t kStandingOut = 5;
constexpr std::array<By, 5> kDimensions{By::account, By::collection, By::load, By::variant,
                                        By::step};

using Classes = std::array<std::int64_t, kFailureClasses>;
using Profile = std::array<double, kFailureClasses>;

bool of_the_four(int c) {
  const FailureCause cause = cause_of(static_cast<FailureClass>(c));
  return std::find(kCauses.begin(), kCauses.end(), cause) != kCauses.end();
}

// What failures look like where nothing special is wrong: one of each class on top of what was seen.
Profile background_of(const Background& others) {
  Profile p{};
  double all = 0;
  for (int c = 1; c < kFailureClasses; ++c) {
    if (of_the_four(c)) p[static_cast<std::size_t>(c)] = 1, all += 1;
  }
  for (const Background::Code& code : others.codes) {
    if (!of_the_four(static_cast<int>(code.failure))) continue;
    p[static_cast<std::size_t>(code.failure)] += static_cast<double>(code.n);
    all += static_cast<double>(code.n);
  }
  for (double& x : p) x /= all;
  return p;
}

Profile profile_of(FailureCause cause, const Profile& background) {
  Profile p{};
  double own = 0;
  for (int c = 1; c < kFailureClasses; ++c) {
    own += cause_of(static_cast<FailureClass>(c)) == cause ? 1 : 0;
  }
  for (int c = 1; c < kFailureClasses; ++c) {
    const auto i = static_cast<std::size_t>(c);
    p[i] = (1 - kOwnShare) * background[i];
    if (cause_of(static_cast<FailureClass>(c)) == cause) p[i] += kOwnShare / own;
  }
  return p;
}

// ln of the Dirichlet-multinomial likelihood, without the multinomial coefficient.
double ln_likelihood(const Classes& n, const Profile& p) {
  double ln = 0, all = 0;
  for (std::size_t i = 0; i < n.size(); ++i) {
    if (n[i] <= 0 || p[i] <= 0) continue;
    const double a = kConcentration * p[i];
    ln += boost::math::lgamma(a + static_cast<double>(n[i])) - boost::math::lgamma(a);
    all += static_cast<double>(n[i]);
  }
  return ln + boost::math::lgamma(kConcentration) - boost::math::lgamma(kConcentration + all);
}

class CodeTerms {
 public:
  explicit CodeTerms(const Background& others) : background_(background_of(others)) {
    for (std::size_t i = 0; i < kCauses.size(); ++i) {
      profiles_[i] = profile_of(kCauses[i], background_);
    }
  }
  // ln(1/2 + 1/2 R)
  double ln_term(const Classes& n, FailureCause cause) const {
    const auto at = std::find(kCauses.begin(), kCauses.end(), cause) - kCauses.begin();
    const double ln_r =
        ln_likelihood(n, profiles_[static_cast<std::size_t>(at)]) - ln_likelihood(n, background_);
    return ln_r > 0 ? ln_r + std::log(0.5 + 0.5 * std::exp(-ln_r))
                    : std::log(0.5 + 0.5 * std::exp(ln_r));
  }

 private:
  Profile background_;
  std::array<Profile, 4> profiles_;
};

std::int64_t own_of(const Classes& n, FailureCause cause) {
  std::int64_t own = 0;
  for (int c = 1; c < kFailureClasses; ++c) {
    if (cause_of(static_cast<FailureClass>(c)) == cause) own += n[static_cast<std::size_t>(c)];
  }
  return own;
}

struct Tally {
  std::int64_t attempts = 0, failures = 0;
  Classes classes{};
  void add(const Cell& c) {
    attempts += c.n;
    if (c.failure == FailureClass::none) return;
    failures += c.n;
    classes[static_cast<std::size_t>(c.failure)] += c.n;
  }
  Tally& operator+=(const Tally& o) {
    attempts += o.attempts;
    failures += o.failures;
    for (std::size_t i = 0; i < classes.size(); ++i) classes[i] += o.classes[i];
    return *this;
  }
};
using Dimension = std::map<std::int64_t, Tally>;

std::int64_t value_of(const Cell& c, By by) {
  switch (by) {
    case By::account: return c.account.value;
    case By::collection: return c.collection.value;
    case By::load: return c.load;
    case By::variant: return c.variant.value;
    case By::step: return c.step;
  }
  return 0;
}

double llr(double n, double f, double q) {
  const double e = n * q;
  if (f <= e) return 0;
  const double ok = n - f;
  return f * std::log(f / e) + (ok > 0 ? ok * std::log(ok / (n - e)) : 0);
}

// All slices of the cells that are left, with their scores.
std::vector<std::pair<Candidate, Classes>> candidates(const std::vector<const Cell*>& cells,
                                                      double q, const CodeTerms& codes) {
  std::array<Dimension, 5> dimensions;
  Tally all;
  for (const Cell* c : cells) {
    all.add(*c);
    for (const By by : kDimensions) {
      dimensions[static_cast<std::size_t>(by)][value_of(*c, by)].add(*c);
    }
  }
  std::vector<std::pair<Candidate, Classes>> out;
  for (const By by : kDimensions) {
    Dimension& values = dimensions[static_cast<std::size_t>(by)];
    if (by == By::load) {  // from each bucket on
      Tally above;
      for (auto at = values.rbegin(); at != values.rend(); ++at) {
        above += at->second;
        at->second = above;
      }
    }
    for (const auto& [value, t] : values) {
      // What is everything is no place; nor is what has no name.
      if (t.attempts == all.attempts || t.failures == 0 || (value == 0 && by != By::load)) continue;
      Candidate c{by, value, t.attempts, t.failures, static_cast<double>(t.attempts) * q, 0};
      // Where everything fails alike, the largest slice is no place either: it must be worse than the rest, too.
      const double outside = (static_cast<double>(all.failures - t.failures) + kRestMessages * q) /
                             (static_cast<double>(all.attempts - t.attempts) + kRestMessages);
      const double gain = llr(static_cast<double>(t.attempts), static_cast<double>(t.failures),
                              std::max(q, outside));
      if (gain <= 0) continue;
      c.score = gain - 0.5 * std::log(static_cast<double>(t.attempts) + 1) -
                std::log(static_cast<double>(values.size())) +
                codes.ln_term(t.classes, cause_of(by));
      out.emplace_back(c, t.classes);
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.first.score > b.first.score; });
  return out;
}

}  // namespace

FailureCause cause_of(By by) {
  switch (by) {
    case By::account: return FailureCause::account_issues;
    case By::collection: return FailureCause::invalid_leads;
    case By::load: return FailureCause::rate_limiting;
    case By::variant:
    case By::step: return FailureCause::content_issues;
  }
  return FailureCause::none;
}

bool inside(const Cell& cell, By by, std::int64_t value) {
  return value == kEverywhere ||
         (by == By::load ? cell.load >= value : value_of(cell, by) == value);
}

Findings search(const std::vector<Cell>& cells, double q, const Background& others) {
  const CodeTerms codes(others);
  std::vector<const Cell*> left;
  Tally all;
  for (const Cell& c : cells) {
    left.push_back(&c);
    all.add(c);
  }
  Findings out;
  const double excess = static_cast<double>(all.failures) - static_cast<double>(all.attempts) * q;
  std::array<Classes, 4> classes{};
  for (int round = 0; round < kRoundsMax && excess > 0; ++round) {
    const auto found = candidates(left, q, codes);
    if (round == 0) {
      for (std::size_t i = 0; i < std::min(kStandingOut, found.size()); ++i) {
        out.standing_out.push_back(found[i].first);
      }
    }
    if (found.empty() || found.front().first.score <= kScoreMin) break;
    const auto& [best, of_best] = found.front();
    const double explained = (static_cast<double>(best.failures) - best.expected) / excess;
    if (explained < kExplainsMin) break;
    out.taken.push_back(best);
    const auto cause = static_cast<std::size_t>(
        std::find(kCauses.begin(), kCauses.end(), cause_of(best.by)) - kCauses.begin());
    out.share[cause] += std::min(1.0, explained);
    for (std::size_t i = 0; i < of_best.size(); ++i) classes[cause][i] += of_best[i];
    const By by = best.by;
    const std::int64_t value = best.value;
    std::erase_if(left, [by, value](const Cell* c) { return inside(*c, by, value); });
  }
  double total = 0;
  for (std::size_t i = 0; i < kCauses.size(); ++i) {
    // Of its own slices; of everything where it has none.
    const Classes& n = out.share[i] > 0 ? classes[i] : all.classes;
    double ratio = std::min(kRatioCap, std::exp(codes.ln_term(n, kCauses[i])));
    if (out.share[i] == 0 && 2 * own_of(n, kCauses[i]) < all.failures) ratio = std::min(ratio, 1.0);
    out.probability[i] = (out.share[i] + kPriorShare) * ratio;
    total += out.probability[i];
  }
  for (double& p : out.probability) p /= total;
  return out;
}

}  // namespace headway::domain::diagnosis
