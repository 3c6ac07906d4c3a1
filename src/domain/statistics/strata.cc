#include "domain/statistics/strata.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "domain/statistics/special.h"

namespace headway::domain::statistics {
namespace {

// Successes and failures of both arms.
struct Table {
  double ya, fa, yb, fb, n;
  explicit Table(const Block& s)
      : ya(static_cast<double>(s.ya)),
        fa(static_cast<double>(s.na - s.ya)),
        yb(static_cast<double>(s.yb)),
        fb(static_cast<double>(s.nb - s.yb)),
        n(static_cast<double>(s.na + s.nb)) {}
};

std::optional<double> quotient(double a, double b) {
  if (a == 0 && b == 0) return std::nullopt;
  return a / b;
}

struct MantelHaenszel {
  double r = 0, s = 0, pr = 0, mixed = 0, qs = 0;
  double excess = 0, variance = 0;  // of CMH

  void add(const Table& t) {
    const double ri = t.ya * t.fb / t.n, si = t.fa * t.yb / t.n;
    const double p = (t.ya + t.fb) / t.n, q = (t.fa + t.yb) / t.n;
    r += ri, s += si;
    pr += p * ri, mixed += p * si + q * ri, qs += q * si;
    const double na = t.ya + t.fa, nb = t.yb + t.fb, y = t.ya + t.yb, f = t.fa + t.fb;
    excess += (t.ya * t.fb - t.fa * t.yb) / t.n;  // ya - na y / n
    if (t.n > 1) variance += na / t.n * nb / t.n * y * f / (t.n - 1);
  }
  Interval interval(double alpha) const {
    const double sd = std::sqrt(pr / (2 * r * r) + mixed / (2 * r * s) + qs / (2 * s * s));
    const double z = normal_two_sided(alpha);
    return {r / s * std::exp(-z * sd), r / s * std::exp(z * sd)};
  }
};

// ya as expected with the margins of the table and this odds ratio.
double expected_ya(const Table& t, double odds_ratio) {
  const double na = t.ya + t.fa, y = t.ya + t.yb, nb = t.yb + t.fb;
  const double a = odds_ratio - 1, b = (na + y) * odds_ratio + nb - y, c = na * y * odds_ratio;
  const double x = 2 * c / (b + std::sqrt(std::max(0.0, b * b - 4 * a * c)));
  return std::clamp(x, std::max(0.0, y - nb), std::min(na, y));
}

void breslow_day(std::span<const Block> strata, StratifiedComparison& answer) {
  const double odds_ratio = *answer.odds_ratio;
  double sum = 0;
  int counted = 0;
  for (const Block& s : strata) {
    if (!informative(s)) continue;
    const Table t(s);
    const double x = expected_ya(t, odds_ratio), na = t.ya + t.fa, y = t.ya + t.yb;
    const double variance = 1 / (1 / x + 1 / (na - x) + 1 / (y - x) + 1 / (t.fb - t.ya + x));
    sum += (t.ya - x) * (t.ya - x) / variance;
    ++counted;
  }
  if (counted < 2) return;
  answer.breslow_day = sum;
  answer.breslow_day_p = chi_squared_tail(sum, counted - 1);
}

}  // namespace

StratifiedComparison compare_strata(std::span<const Block> strata, double alpha) {
  HW_CHECK(alpha > 0 && alpha < 1);
  StratifiedComparison answer;
  MantelHaenszel mh;
  Block all;
  std::int64_t dropped = 0;
  for (const Block& s : strata) {
    HW_CHECK(s.ya >= 0 && s.yb >= 0 && s.ya <= s.na && s.yb <= s.nb);
    if (s.na + s.nb == 0) continue;
    all = {all.na + s.na, all.nb + s.nb, all.ya + s.ya, all.yb + s.yb};
    if (s.na == 0 || s.nb == 0) {
      ++answer.strata_dropped;
      dropped += s.na + s.nb;
      continue;
    }
    ++answer.strata_used;
    mh.add(Table(s));
  }
  const Table crude(all);
  if (all.na + all.nb > 0) answer.share_dropped = static_cast<double>(dropped) / crude.n;
  answer.crude_odds_ratio = quotient(crude.ya * crude.fb, crude.fa * crude.yb);
  answer.odds_ratio = quotient(mh.r, mh.s);
  if (mh.variance > 0) {
    answer.cmh = mh.excess * mh.excess / mh.variance;
    answer.cmh_p = chi_squared_tail(*answer.cmh, 1);
  }
  if (mh.r > 0 && mh.s > 0) {
    answer.odds_ratio_interval = mh.interval(alpha);
    breslow_day(strata, answer);
  }
  if (answer.crude_odds_ratio && answer.odds_ratio)
    answer.mix_reverses = (*answer.crude_odds_ratio > 1 && *answer.odds_ratio < 1) ||
                          (*answer.crude_odds_ratio < 1 && *answer.odds_ratio > 1);
  return answer;
}

}  // namespace headway::domain::statistics
