// Confidence sequences over time, many comparisons at once, and the ratio check.

#include <algorithm>
#include <cmath>

#include "benchmarks/statistics/draws.h"
#include "benchmarks/statistics/rows.h"
#include "domain/statistics/eprocess.h"
#include "domain/statistics/intervals.h"
#include "domain/statistics/ratio.h"
#include "domain/statistics/sample_size.h"

namespace headway::bench::statistics {

using namespace domain::statistics;

Rows coverage_rows(const Scale& scale) {
  Draws draws(scale.seed * 1000 + 2);
  Rows rows;
  for (const double rate : {0.01, 0.03, 0.10, 0.95}) {
    // Of a rate above one half the failures are counted; the sequence is symmetric.
    const double rare = std::min(rate, 1 - rate);
    const int runs = scale.of(800, 10'000);
    std::int64_t missed = 0;
    for (int run = 0; run < runs; ++run) {
      Trials t;
      bool out = false;
      // Between two successes the evidence changes one way only: the ends of the gap are looked at.
      while (t.n < 20'000 && !out) {
        const std::int64_t gap = draws.geometric(rare);
        t.n += gap - 1;
        out = t.n > 0 && ln_evidence_against_rate(t, rare) >= std::log(20.0);
        t = {t.successes + 1, t.n + 1};
        out = out || ln_evidence_against_rate(t, rare) >= std::log(20.0);
      }
      missed += out;
    }
    rows.push_back(share(
        "coverage",
        "confidence sequence ever misses " + std::to_string(static_cast<int>(100 * rate)) + " %",
        missed, runs, Row::Target::at_most, 0.05));
  }
  return rows;
}

namespace {

// 50 comparisons of which 10 differ (3 against 4.5 %), 20 daily blocks with `times` the size of a fixed test.
void discoveries(const Scale& scale, Draws& draws, double times, bool judged, Rows& rows) {
  const auto daily =
      static_cast<std::int64_t>(times * static_cast<double>(*sample_size(0.03, 0.045)) / 20);
  std::vector<double> false_shares, found_shares;
  for (int run = 0; run < scale.of(60, 2'000); ++run) {
    std::vector<double> ln_e;
    for (int i = 0; i < 50; ++i) {
      BlockEvidence e;
      for (int day = 0; day < 20; ++day)
        e.add({daily, daily, draws.binomial(daily, i < 10 ? 0.045 : 0.03),
               draws.binomial(daily, 0.03)});
      ln_e.push_back(e.ln_e());
    }
    const std::vector<bool> chosen = select_discoveries(ln_e, 0.1);
    const double real = static_cast<double>(std::count(chosen.begin(), chosen.begin() + 10, true));
    const double wrong = static_cast<double>(std::count(chosen.begin() + 10, chosen.end(), true));
    false_shares.push_back(wrong / std::max(1.0, real + wrong));
    found_shares.push_back(real / 10);
  }
  const std::string at = " at " + std::to_string(static_cast<int>(times)) + " n";
  rows.push_back(mean("screening", "false discoveries of 50 comparisons, 10 real," + at,
                      false_shares, Row::Target::at_most, 0.10));
  rows.push_back(mean("screening", "found of the 10 real," + at, found_shares,
                      judged ? Row::Target::at_least : Row::Target::shown, judged ? 0.70 : 0));
}

}  // namespace

Rows screening_rows(const Scale& scale) {
  Draws draws(scale.seed * 1000 + 3);
  Rows rows;
  discoveries(scale, draws, 3, true, rows);
  discoveries(scale, draws, 2, false, rows);
  // The ratio check with every lead, against even and uneven intended shares.
  std::int64_t alarms = 0;
  const int runs = scale.of(500, 10'000), leads = scale.of(1'000, 3'000);
  for (int run = 0; run < runs; ++run) {
    const std::vector<double> shares =
        run % 2 == 0 ? std::vector<double>{0.5, 0.5} : std::vector<double>{0.1, 0.2, 0.7};
    std::vector<std::int64_t> counts(shares.size(), 0);
    bool alarm = false;
    for (int lead = 0; lead < leads && !alarm; ++lead) {
      ++counts[static_cast<std::size_t>(draws.pick(shares))];
      alarm = ratio_mismatch_ln_e(counts, shares) >= std::log(kMismatchAlarm);
    }
    alarms += alarm;
  }
  rows.push_back(
      share("screening", "ratio check, false alarms", alarms, runs, Row::Target::at_most, 0.001));
  return rows;
}

}  // namespace headway::bench::statistics
