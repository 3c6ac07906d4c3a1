#include "domain/statistics/slices.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"
#include "domain/statistics/intervals.h"
#include "domain/statistics/special.h"

namespace headway::domain::statistics {
namespace {

constexpr double kGateAlpha = 0.002;  // two-sided: 99.9 % on the lower side
constexpr double kGateFactor = 1.5;
const double kScoreLeast = std::log(20.0) + 1;
constexpr double kShareLeast = 0.10;
constexpr double kShareFloor = 0.03;
constexpr double kEvidenceMost = 30;
constexpr double kStated = 0.8;
constexpr double kTie = 3;  // nats of structure within which two slices explain equally well
constexpr int kSlicesMost = 12;
constexpr std::int32_t kValueMost = 1'000'000;

// What a code says: one of the causes, or nothing.
constexpr std::size_t kMeanings = kCauses + 1;
using Meanings = std::array<double, kMeanings>;
constexpr double kConcentration = 8;
constexpr double kOwn = 0.7;  // of a cause's failures that carry a code of its own, before the data

struct Totals {
  std::int64_t tries = 0, failures = 0;
  Meanings meanings{};
  void add(const FailureCell& cell, const Meanings* of_cell) {
    tries += cell.tries;
    failures += cell.failures;
    if (of_cell)
      for (std::size_t m = 0; m < kMeanings; ++m) meanings[m] += (*of_cell)[m];
  }
};

double sum_of(const Meanings& m) {
  double sum = 0;
  for (const double x : m) sum += x;
  return sum;
}

double ln_dirichlet_multinomial(const Meanings& counts, const Meanings& profile) {
  double ln = ln_gamma(kConcentration) - ln_gamma(kConcentration + sum_of(counts));
  for (std::size_t m = 0; m < kMeanings; ++m) {
    const double a = kConcentration * profile[m];
    if (counts[m] > 0) ln += ln_gamma(a + counts[m]) - ln_gamma(a);
  }
  return ln;
}

// ln(1/2 + 1/2 odds): what the codes of failures say for a cause, against the codes that came elsewhere. A share
// `usual` of these failures would have come anyway, with the codes of elsewhere.
double code_term(Cause cause, const Meanings& counts, const Meanings& elsewhere, double usual) {
  if (sum_of(counts) <= 0) return 0;
  Meanings background, profile;
  constexpr double kPrior = 10;
  const double all = sum_of(elsewhere) + kPrior;
  for (std::size_t m = 0; m < kMeanings; ++m) {
    background[m] = (elsewhere[m] + kPrior / kMeanings) / all;
    const double own = m == static_cast<std::size_t>(cause) ? kOwn : (1 - kOwn) / (kMeanings - 1);
    profile[m] = usual * background[m] + (1 - usual) * own;
  }
  const double odds =
      ln_dirichlet_multinomial(counts, profile) - ln_dirichlet_multinomial(counts, background);
  return ln_add(odds, 0) - std::log(2.0);
}

class Search {
 public:
  explicit Search(const DiagnosisInput& input) : in_(input), removed_(input.cells.size(), 0) {
    HW_CHECK(in_.baseline > 0 && in_.baseline < 1);
    std::array<std::int32_t, kDimensions> largest{};
    for (const FailureCell& c : in_.cells) {
      HW_CHECK(c.tries >= 0 && c.failures >= 0 && c.failures <= c.tries);
      for (std::size_t d = 0; d < kDimensions; ++d) {
        HW_CHECK(c.values[d] >= 0 && c.values[d] <= kValueMost);
        largest[d] = std::max(largest[d], c.values[d]);
      }
    }
    for (std::size_t d = 0; d < kDimensions; ++d)
      by_value_[d].resize(static_cast<std::size_t>(largest[d]) + 1);
    if (!in_.codes.empty()) meanings_.resize(in_.cells.size());
    for (const FailureCode& code : in_.codes) {
      HW_CHECK(code.cell >= 0 && static_cast<std::size_t>(code.cell) < meanings_.size());
      meanings_[static_cast<std::size_t>(code.cell)][meaning_of(code.code)] +=
          static_cast<double>(code.n);
    }
  }

  Diagnosis run() {
    Diagnosis answer;
    count();
    answer.tries = all_.tries;
    answer.failures = all_.failures;
    const double expected = static_cast<double>(all_.tries) * in_.baseline;
    answer.excess = std::max(0.0, static_cast<double>(all_.failures) - expected);
    answer.rate = wilson({all_.failures, all_.tries}, kGateAlpha);
    excess_ = std::max(answer.excess, 1e-9);
    answer.top = ranked(5);
    explain(answer);
    weigh(answer);
    if (all_tries_ > 0 && answer.rate.lo > kGateFactor * in_.baseline)
      answer.verdict = answer.causes[0].posterior >= kStated ? Verdict::stated : Verdict::mixed;
    return answer;
  }

 private:
  std::size_t meaning_of(std::int32_t code) const {
    const auto i = static_cast<std::size_t>(code);
    if (code < 0 || i >= in_.code_causes.size() || !in_.code_causes[i]) return kCauses;
    return static_cast<std::size_t>(*in_.code_causes[i]);
  }

  // Totals of what is left, by value; load as sets "this bucket and above".
  void count() {
    all_ = {};
    for (auto& values : by_value_) std::fill(values.begin(), values.end(), Totals{});
    for (std::size_t i = 0; i < in_.cells.size(); ++i) {
      if (removed_[i]) continue;
      const FailureCell& cell = in_.cells[i];
      const Meanings* meanings = meanings_.empty() || cell.failures == 0 ? nullptr : &meanings_[i];
      all_.add(cell, meanings);
      for (std::size_t d = 0; d < kDimensions; ++d)
        by_value_[d][static_cast<std::size_t>(cell.values[d])].add(cell, meanings);
    }
    auto& load = by_value_[static_cast<std::size_t>(Dimension::load)];
    for (std::size_t b = load.size(); b-- > 1;) {
      load[b - 1].tries += load[b].tries;
      load[b - 1].failures += load[b].failures;
      for (std::size_t m = 0; m < kMeanings; ++m) load[b - 1].meanings[m] += load[b].meanings[m];
    }
    if (all_tries_ == 0) {
      all_tries_ = all_.tries;
      for (std::size_t d = 0; d < kDimensions; ++d)
        for (const Totals& t : by_value_[d]) values_[d] += t.tries > 0 ? 1 : 0;
    }
  }

  std::optional<Slice> slice(Dimension dimension, std::int32_t value) const {
    const auto d = static_cast<std::size_t>(dimension);
    const Totals& t = by_value_[d][static_cast<std::size_t>(value)];
    // Every attempt is at least the first of its hour.
    if (dimension == Dimension::load && value == 0) return std::nullopt;
    const double llr = failure_llr(t.failures, t.tries, in_.baseline);
    if (llr <= 0) return std::nullopt;
    const auto n = static_cast<double>(t.tries), f = static_cast<double>(t.failures);
    Slice s{dimension, value, t.tries, t.failures, n * in_.baseline, llr, 0, 0, 0};
    s.structure = llr - 0.5 * std::log(n + 1) - std::log(static_cast<double>(values_[d]));
    Meanings elsewhere;
    for (std::size_t m = 0; m < kMeanings; ++m) elsewhere[m] = all_.meanings[m] - t.meanings[m];
    s.score = s.structure + code_term(cause_of(dimension), t.meanings, elsewhere, s.expected / f);
    s.share = (f - s.expected) / excess_;
    return s;
  }

  std::vector<Slice> ranked(std::size_t most) const {
    std::vector<Slice> all;
    for (std::size_t d = 0; d < kDimensions; ++d)
      for (std::size_t v = 0; v < by_value_[d].size(); ++v)
        if (const auto s = slice(static_cast<Dimension>(d), static_cast<std::int32_t>(v)))
          all.push_back(*s);
    std::stable_sort(all.begin(), all.end(),
                     [](const Slice& a, const Slice& b) { return a.score > b.score; });
    if (all.size() > most) all.resize(most);
    return all;
  }

  static bool contains(const Slice& s, const FailureCell& cell) {
    const std::int32_t value = cell.values[static_cast<std::size_t>(s.dimension)];
    return s.dimension == Dimension::load ? value >= s.value : value == s.value;
  }

  void remove(const Slice& s) {
    for (std::size_t i = 0; i < in_.cells.size(); ++i) {
      if (removed_[i] || !contains(s, in_.cells[i])) continue;
      removed_[i] = 1;
      if (!meanings_.empty())
        for (std::size_t m = 0; m < kMeanings; ++m) explained_[m] += meanings_[i][m];
    }
  }

  // How much better "this slice and the rest fail differently" explains what is left than one rate for all.
  double contrast(const Slice& s) const {
    return s.llr + failure_llr(all_.failures - s.failures, all_.tries - s.tries, in_.baseline) -
           failure_llr(all_.failures, all_.tries, in_.baseline);
  }

  void explain(Diagnosis& answer) {
    for (int step = 0; step < kSlicesMost; ++step) {
      std::vector<Slice> slices = ranked(std::size_t(-1));
      const bool all_alike = std::none_of(slices.begin(), slices.end(), [&](const Slice& s) {
        return s.tries < all_.tries && s.score > kScoreLeast && contrast(s) > kScoreLeast;
      });
      if (all_alike) return explain_whole(slices, step == 0 ? &answer.ties : nullptr);
      std::erase_if(slices, [&](const Slice& s) {
        return s.tries == all_.tries || contrast(s) <= kScoreLeast;
      });
      const Slice best = slices.front();
      if (best.share < kShareLeast) return;
      answer.explaining.push_back(best);
      divide(slices, step == 0 ? &answer.ties : nullptr);
      usual_ += best.expected;
      taken_ += static_cast<double>(best.failures);
      remove(best);
      count();
    }
  }

  // What is left fails everywhere alike. Where all of it has one account, one collection or one text, that may be
  // why, or something that no dimension shows.
  void explain_whole(const std::vector<Slice>& slices, std::vector<Slice>* ties) {
    const double expected = static_cast<double>(all_.tries) * in_.baseline;
    const double part = (static_cast<double>(all_.failures) - expected) / excess_;
    if (part < kShareLeast) return;
    std::array<bool, kCauses> possible{};
    for (const Slice& s : slices) {
      if (s.tries < all_.tries) continue;
      possible[static_cast<std::size_t>(cause_of(s.dimension))] = true;
      if (ties) ties->push_back(s);
    }
    const auto count = 1 + std::count(possible.begin(), possible.end(), true);
    const double each = part / static_cast<double>(count);
    for (std::size_t c = 0; c < kCauses; ++c) shares_[c] += possible[c] ? each : 0;
    nowhere_ += each;
  }

  // The share of the best slice, between the causes whose own best slices explain as much.
  void divide(const std::vector<Slice>& slices, std::vector<Slice>* ties) {
    const Slice& best = slices.front();
    std::array<const Slice*, kCauses> best_of{};
    double high = best.structure;
    for (const Slice& s : slices) {
      const Slice*& of_cause = best_of[static_cast<std::size_t>(cause_of(s.dimension))];
      if (!of_cause || s.structure > of_cause->structure) of_cause = &s;
      high = std::max(high, s.structure);
    }
    double total = 0;
    for (const Slice* s : best_of) total += s ? std::exp(s->structure - high) : 0;
    for (std::size_t c = 0; c < kCauses; ++c)
      if (best_of[c]) shares_[c] += best.share * std::exp(best_of[c]->structure - high) / total;
    if (!ties) return;
    for (const Slice* s : best_of)
      if (s && s->dimension != best.dimension && s->structure > best.structure - kTie)
        ties->push_back(*s);
  }

  void weigh(Diagnosis& answer) const {
    Meanings elsewhere{};
    for (std::size_t i = 0; i < meanings_.size(); ++i)
      if (!removed_[i])
        for (std::size_t m = 0; m < kMeanings; ++m) elsewhere[m] += meanings_[i][m];
    const bool any = taken_ > 0;
    double total = 0;
    for (std::size_t c = 0; c < kCauses; ++c) {
      Diagnosis::Weighed& w = answer.causes[c];
      w.cause = static_cast<Cause>(c);
      w.share = std::min(shares_[c], 1.0);
      const double ln_codes =
          any ? code_term(w.cause, explained_, elsewhere, std::min(usual_ / taken_, 1.0))
              : code_term(w.cause, elsewhere, Meanings{}, 0);
      w.code_evidence = std::min(std::exp(ln_codes), kEvidenceMost);
      w.posterior = (w.share + kShareFloor) * w.code_evidence;
      total += w.posterior;
    }
    total += nowhere_;
    for (auto& w : answer.causes) w.posterior /= total;
    std::stable_sort(answer.causes.begin(), answer.causes.end(),
                     [](const auto& a, const auto& b) { return a.posterior > b.posterior; });
  }

  const DiagnosisInput& in_;
  std::vector<char> removed_;
  std::vector<Meanings> meanings_;  // by cell; empty without codes
  std::array<std::vector<Totals>, kDimensions> by_value_;
  std::array<int, kDimensions> values_{};  // how many values had attempts at the start
  Totals all_;
  std::int64_t all_tries_ = 0;
  double excess_ = 1, usual_ = 0, taken_ = 0, nowhere_ = 0;
  Meanings explained_{};
  std::array<double, kCauses> shares_{};
};

}  // namespace

Cause cause_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::account: return Cause::account_issues;
    case Dimension::collection: return Cause::invalid_leads;
    case Dimension::load: return Cause::rate_limiting;
    case Dimension::variant:
    case Dimension::step: return Cause::content_issues;
  }
  return Cause::content_issues;
}

int load_bucket(std::int64_t k) {
  HW_CHECK(k >= 1);
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(k))) - 1;
}

double failure_llr(std::int64_t failures, std::int64_t tries, double q) {
  HW_CHECK(failures >= 0 && failures <= tries && q > 0 && q < 1);
  const auto f = static_cast<double>(failures), n = static_cast<double>(tries);
  if (f <= n * q) return 0;
  return deviance(f, n * q) + deviance(n - f, n * (1 - q));
}

Diagnosis diagnose(const DiagnosisInput& input) { return Search(input).run(); }

}  // namespace headway::domain::statistics
