// Live variants under an even split, looked at with every reply: campaigns without a difference, and how soon a
// real one is found.

#include <algorithm>
#include <cmath>
#include <optional>

#include "benchmarks/statistics/draws.h"
#include "benchmarks/statistics/rows.h"
#include "domain/statistics/eprocess.h"
#include "domain/statistics/sample_size.h"

namespace headway::bench::statistics {
namespace {

using namespace domain::statistics;

// The lead at which a winner is named, over at most `leads` leads that go to the arms by lot; which one won. Only
// replies change the evidence, so looking at each of them is looking at every lead.
struct End {
  std::int64_t lead = 0;
  std::optional<int> winner;
};

End until_winner(Draws& draws, const std::vector<double>& rates, std::int64_t leads) {
  const int arms = static_cast<int>(rates.size());
  const auto k = rates.size();
  double all = 0;
  for (const double r : rates) all += r / static_cast<double>(k);
  std::vector<double> shares;
  for (const double r : rates) shares.push_back(r / static_cast<double>(k) / all);
  std::vector<VariantEvidence> pairs(k * k);  // i < j
  std::vector<double> ln_e(k * k, 0);
  for (std::int64_t lead = draws.geometric(all); lead <= leads; lead += draws.geometric(all)) {
    const auto i = static_cast<std::size_t>(draws.pick(shares));
    for (std::size_t j = 0; j < k; ++j) {
      if (j == i) continue;
      const std::size_t a = std::min(i, j), b = std::max(i, j);
      VariantEvidence& pair = pairs[a * k + b];
      pair.add(a == i ? 1 : 0, a == i ? 0 : 1, 0.5, 0.5);
      ln_e[a * k + b] = pair.ln_e(Side::a);
      ln_e[b * k + a] = pair.ln_e(Side::b);
    }
    if (const auto winner = find_winner(ln_e, arms)) return {lead, winner};
  }
  return {leads, std::nullopt};
}

void no_difference(const Scale& scale, Draws& draws, Rows& rows) {
  const std::pair<const char*, double> rates[] = {
      {"1 %", 0.01}, {"3 %", 0.03}, {"10 %", 0.10}, {"delivery 95 %, by failures", 0.05}};
  for (const auto& [name, rate] : rates)
    for (const std::size_t arms : {std::size_t{2}, std::size_t{4}}) {
      const int runs = scale.of(arms == 2 ? 600 : 250, 10'000);
      std::int64_t wrong = 0;
      for (int run = 0; run < runs; ++run)
        wrong += until_winner(draws, std::vector<double>(arms, rate),
                              5'000 * static_cast<std::int64_t>(arms))
                     .winner.has_value();
      rows.push_back(share("winner", "false winners, " + std::to_string(arms) + " arms at " + name,
                           wrong, runs, Row::Target::at_most, 0.05));
    }
}

void power(const Scale& scale, Draws& draws, Rows& rows) {
  struct Case {
    const char* name;
    double pa, pb;
  };
  for (const Case& c : {Case{"3 -> 4.5 %", 0.03, 0.045},
                        {"3 -> 6 %", 0.03, 0.06},
                        {"10 -> 13 %", 0.10, 0.13},
                        {"95 -> 90 %", 0.05, 0.10}}) {
    const double n = static_cast<double>(*sample_size(c.pa, c.pb));
    const int runs = scale.of(800, 10'000);
    std::int64_t found = 0;
    std::vector<double> stops;  // in leads of an arm, over n
    for (int run = 0; run < runs; ++run) {
      const End end = until_winner(draws, {c.pa, c.pb}, std::llround(6 * n));
      found += end.winner == 1;
      stops.push_back(static_cast<double>(end.lead) / 2 / n);
    }
    rows.push_back(share("winner", std::string("power at 3 n, ") + c.name, found, runs,
                         Row::Target::at_least, 0.95));
    rows.push_back(
        mean("winner", std::string("mean stop / n, ") + c.name, stops, Row::Target::at_most, 1.35));
  }
}

// Two campaigns of 40 days in two strata of 2 and 8 %, A mostly in the one, B mostly in the other. By blocks there is
// nothing to find; thrown together there is.
void confounded(const Scale& scale, Draws& draws, Rows& rows) {
  const int runs = scale.of(300, 10'000);
  std::int64_t wrong = 0, pooled_wrong = 0;
  for (int run = 0; run < runs; ++run) {
    BlockEvidence e;
    bool named = false;
    Trials pooled_a, pooled_b;
    for (int day = 0; day < 40; ++day) {
      for (const bool rich : {false, true}) {
        const double rate = rich ? 0.08 : 0.02;
        const std::int64_t na = rich ? 20 : 80, nb = rich ? 80 : 20;
        const Block block{na, nb, draws.binomial(na, rate), draws.binomial(nb, rate)};
        e.add(block);
        pooled_a = {pooled_a.successes + block.ya, pooled_a.n + na};
        pooled_b = {pooled_b.successes + block.yb, pooled_b.n + nb};
      }
      named = named || std::max(e.ln_e(Side::a), e.ln_e(Side::b)) >= winner_threshold(2);
    }
    wrong += named;
    pooled_wrong += score_test(pooled_a, pooled_b).p < 0.05;
  }
  rows.push_back(share("winner", "false winners, confounded 80/20, by blocks", wrong, runs,
                       Row::Target::at_most, 0.05));
  rows.push_back(share("winner", "the same by a pooled z-test at the end", pooled_wrong, runs,
                       Row::Target::shown, 0));
}

}  // namespace

Rows winner_rows(const Scale& scale) {
  Draws draws(scale.seed * 1000 + 1);
  Rows rows;
  no_difference(scale, draws, rows);
  power(scale, draws, rows);
  confounded(scale, draws, rows);
  return rows;
}

}  // namespace headway::bench::statistics
