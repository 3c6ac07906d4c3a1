#include "domain/comparison/evidence.h"

#include <algorithm>
#include <cmath>

#include "domain/statistics/bayes.h"
#include "domain/statistics/eprocess.h"
#include "domain/statistics/intervals.h"
#include "domain/statistics/ratio.h"
#include "domain/statistics/strata.h"

namespace headway::domain::comparison {
namespace {

using statistics::Side;

statistics::BlockEvidence collect(const std::vector<Pair>& blocks) {
  statistics::BlockEvidence e;
  for (const Pair& p : blocks) e.add({p.na, p.nb, p.ya, p.yb});
  return e;
}

statistics::VariantEvidence collect(const std::vector<DrawnPair>& epochs) {
  statistics::VariantEvidence e;
  for (const DrawnPair& p : epochs) e.add(p.events_a, p.events_b, p.share_a, p.share_b);
  return e;
}

template <class Process>
Evidence both_sides(const Process& e) {
  return {e.ln_e(Side::a), e.ln_e(Side::b)};
}

}  // namespace

Evidence block_evidence(const std::vector<Pair>& blocks) { return both_sides(collect(blocks)); }

std::optional<std::int64_t> more_needed(const std::vector<Pair>& blocks, double ln_threshold) {
  const statistics::BlockEvidence e = collect(blocks);
  const Side ahead = e.ln_e(Side::a) >= e.ln_e(Side::b) ? Side::a : Side::b;
  return e.leads_needed(ahead, ln_threshold);
}

Evidence draw_evidence(const std::vector<DrawnPair>& epochs) { return both_sides(collect(epochs)); }

std::optional<std::int64_t> more_needed(const std::vector<DrawnPair>& epochs, std::int64_t n_a,
                                        std::int64_t n_b, double ln_threshold) {
  std::int64_t a = 0, b = 0;
  for (const DrawnPair& p : epochs) a += p.events_a, b += p.events_b;
  const statistics::VariantEvidence e = collect(epochs);
  const Side ahead = e.ln_e(Side::a) >= e.ln_e(Side::b) ? Side::a : Side::b;
  return e.leads_needed(ahead, ln_threshold, {std::min(a, n_a), n_a}, {std::min(b, n_b), n_b});
}

OddsRatio odds_ratio(const std::vector<Pair>& strata) {
  std::vector<statistics::Block> blocks;
  blocks.reserve(strata.size());
  for (const Pair& p : strata) blocks.push_back({p.na, p.nb, p.ya, p.yb});
  const statistics::StratifiedComparison c = statistics::compare_strata(blocks, kAlpha);
  OddsRatio out;
  const auto finite = [](std::optional<double> x) {
    return x && std::isfinite(*x) ? x : std::nullopt;
  };
  out.crude = finite(c.crude_odds_ratio);
  out.mh = finite(c.odds_ratio);
  if (c.odds_ratio_interval) {
    out.lo = finite(c.odds_ratio_interval->lo);
    out.hi = finite(c.odds_ratio_interval->hi);
  }
  out.same_everywhere_p = c.breslow_day_p;
  out.reversed = c.mix_reverses;
  return out;
}

double ratio_evidence(const std::vector<std::int64_t>& drawn, const std::vector<double>& shares) {
  return statistics::ratio_mismatch_ln_e(drawn, shares);
}

double ratio_alarm() { return std::log(statistics::kMismatchAlarm); }

void put_best(std::vector<Arm>& arms) {
  std::vector<statistics::BetaPosterior> posteriors;
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    const Rate& r = arms[i].rate;
    if (r.den <= 0 || r.num < 0 || r.num > r.den) continue;
    posteriors.push_back(statistics::posterior({r.num, r.den}));
    which.push_back(i);
  }
  if (posteriors.size() < 2) return;
  const statistics::Chances chances = statistics::compare_posteriors(posteriors);
  for (std::size_t k = 0; k < which.size(); ++k) {
    arms[which[k]].p_best = std::clamp(chances.best[k], 0.0, 1.0);
    arms[which[k]].expected_loss = std::max(0.0, chances.loss[k]);
  }
}

void put_sequence(Arm& arm) {
  const Rate& r = arm.rate;
  if (r.den <= 0 || r.num < 0 || r.num > r.den) return;
  const auto s = statistics::confidence_sequence({r.num, r.den}, kAlpha);
  arm.cs = Span{s.lo, s.hi};
}

}  // namespace headway::domain::comparison
