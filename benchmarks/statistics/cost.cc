// What the methods cost, in microseconds: the library must not be what a person waits for.

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "benchmarks/statistics/draws.h"
#include "benchmarks/statistics/rows.h"
#include "domain/statistics/bayes.h"
#include "domain/statistics/eprocess.h"
#include "domain/statistics/guard.h"
#include "domain/statistics/slices.h"

namespace headway::bench::statistics {
namespace {

using namespace domain::statistics;

// The best of several repetitions: what it costs when nobody else uses the processor.
template <class Work>
double microseconds(int repetitions, int operations, const Work& work) {
  double best = 1e300;
  for (int i = 0; i < repetitions; ++i) {
    const auto from = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - from;
    best = std::min(best, took.count() / operations);
  }
  return best;
}

Row cost(std::string what, double us, double limit) {
  // Half of the figure as error: the machine may be busy.
  return {"cost",
          std::move(what),
          us,
          us / 2,
          limit > 0 ? Row::Target::at_most : Row::Target::shown,
          limit,
          1};
}

DiagnosisInput many_cells(Draws& draws) {
  DiagnosisInput input;
  for (int code = 0; code < 12; ++code)
    input.code_causes.emplace_back(static_cast<Cause>(code / 3));
  for (int i = 0; i < 100'000; ++i) {
    FailureCell cell{{draws.whole(0, 199), draws.whole(0, 19), draws.whole(0, 8), draws.whole(0, 4),
                      draws.whole(0, 3)},
                     50,
                     0};
    cell.failures = draws.binomial(50, cell.values[0] < 20 ? 0.5 : 0.05);
    if (cell.failures > 0) input.codes.push_back({i, draws.whole(0, 15), cell.failures});
    input.cells.push_back(cell);
  }
  return input;
}

}  // namespace

Rows cost_rows(const Scale& scale) {
  Draws draws(scale.seed * 1000 + 6);
  Rows rows;
  const auto blocks = [&](std::int64_t n, double rate, int count) {
    std::vector<Block> all;
    for (int i = 0; i < count; ++i)
      all.push_back({n, n, draws.binomial(n, rate), draws.binomial(n, rate)});
    return all;
  };
  const std::pair<std::int64_t, int> sizes[] = {{200, 500}, {2'000, 500}, {1'000'000, 20}};
  for (const auto& [n, count] : sizes) {
    const std::vector<Block> all = blocks(n, 0.04, count);
    double sink = 0;
    const double us = microseconds(5, count, [&] {
      BlockEvidence e;
      for (const Block& b : all) e.add(b);
      sink += e.ln_e();
    });
    rows.push_back(
        cost("us a block of " + std::to_string(n) + " leads an arm at 4 %" + (sink == 0 ? "!" : ""),
             us, 0));
  }
  // Comparison of 20 campaigns: the best against each other, 300 blocks a pair, with its confidence sequence.
  const std::vector<Block> all = blocks(200, 0.04, 300);
  rows.push_back(cost("us, 20 campaigns, 19 pairs of 300 blocks, with sequences",
                      microseconds(3, 1,
                                   [&] {
                                     for (int pair = 0; pair < 19; ++pair) {
                                       BlockEvidence e;
                                       for (const Block& b : all) e.add(b);
                                       if (e.odds_ratio_sequence().lo > 1 ||
                                           e.leads_needed(Side::a, 3) == -1)
                                         std::abort();
                                     }
                                   }),
                      50'000));
  std::vector<BetaPosterior> arms;
  for (int i = 0; i < 20; ++i) arms.push_back(posterior({30 + i, 1000}));
  rows.push_back(cost("us, chances of 20 arms",
                      microseconds(3, 1,
                                   [&] {
                                     if (compare_posteriors(arms).best[0] > 1.1) std::abort();
                                   }),
                      0));
  GuardState state;
  const Guard guard(0.05, 0.01);
  rows.push_back(cost("us, one message through the guard",
                      microseconds(5, 100'000,
                                   [&] {
                                     for (int i = 0; i < 100'000; ++i)
                                       guard.update(state, i / 100, i % 20 == 0);
                                   }),
                      0.1));
  if (Guard::level(state) < 0) std::abort();
  const DiagnosisInput input = many_cells(draws);
  rows.push_back(cost("us, diagnosis of 100,000 cells",
                      microseconds(5, 1,
                                   [&] {
                                     if (diagnose(input).tries == 0) std::abort();
                                   }),
                      20'000));
  return rows;
}

}  // namespace headway::bench::statistics
