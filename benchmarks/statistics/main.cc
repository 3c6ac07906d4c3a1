// headway_statistics_bench: does the statistics library reach what docs/STATISTICS.md promises? Exit status 1 when a
// row misses its target by more than the error of the simulation.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <future>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string_view>
#include <vector>

#include "benchmarks/statistics/rows.h"

namespace headway::bench::statistics {

bool Row::met() const {
  return target == Target::shown ||
         (target == Target::at_most ? reached <= limit : reached >= limit);
}
bool Row::missed_clearly() const { return !met() && std::abs(reached - limit) > 3 * error; }

Row share(std::string group, std::string what, std::int64_t hits, std::int64_t runs,
          Row::Target target, double limit) {
  const double n = static_cast<double>(std::max<std::int64_t>(runs, 1)),
               p = static_cast<double>(hits) / n;
  // At 0 of n the error is that of one hit.
  const double spread = std::max(p * (1 - p), 1 / n);
  return {std::move(group), std::move(what), p, std::sqrt(spread / n), target, limit, runs};
}

Row mean(std::string group, std::string what, const std::vector<double>& values, Row::Target target,
         double limit) {
  const double n = static_cast<double>(std::max<std::size_t>(values.size(), 1));
  double sum = 0, squares = 0;
  for (const double v : values) sum += v, squares += v * v;
  const double m = sum / n;
  return {std::move(group),
          std::move(what),
          m,
          std::sqrt(std::max(0.0, squares / n - m * m) / n),
          target,
          limit,
          static_cast<std::int64_t>(values.size())};
}

namespace {

void print(const Rows& rows, bool markdown) {
  for (const Row& r : rows) {
    const char* sign = r.target == Row::Target::at_most ? "<= " : ">= ";
    std::ostringstream reached, target;
    reached << std::setprecision(4) << r.reached << " +- " << std::setprecision(2) << r.error;
    if (r.target != Row::Target::shown) target << sign << r.limit;
    const char* verdict = r.target == Row::Target::shown ? ""
                          : r.met()                      ? "met"
                          : r.missed_clearly()           ? "MISSED"
                                                         : "missed within error";
    if (markdown) {
      std::cout << "| " << r.group << " | " << r.what << " | " << target.str() << " | "
                << reached.str() << " | " << r.runs << " | " << verdict << " |\n";
    } else {
      std::cout << std::left << std::setw(11) << r.group << std::setw(62) << r.what << std::setw(10)
                << target.str() << std::setw(22) << reached.str() << std::setw(9) << r.runs
                << verdict << '\n';
    }
  }
}

int run(const std::vector<std::string_view>& words) {
  Scale scale;
  bool markdown = false;
  std::string only;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--full") {
      scale.full = true;
    } else if (words[i] == "--markdown") {
      markdown = true;
    } else if (words[i] == "--seed" && i + 1 < words.size()) {
      scale.seed = std::strtoull(std::string(words[++i]).c_str(), nullptr, 10);
    } else if (words[i] == "--only" && i + 1 < words.size()) {
      only = words[++i];
    } else {
      std::cerr
          << "Usage: ./bench statistics [--full] [--seed N] [--only GROUP] [--markdown]\n"
             "Simulated campaigns through the statistics library, against what it must reach.\n"
             "Groups: winner, coverage, screening, diagnosis, alerts, cost\n";
      return words[i] == "--help" ? 0 : 2;
    }
  }
  using Group = Rows (*)(const Scale&);
  const std::pair<std::string_view, Group> groups[] = {
      {"winner", winner_rows},       {"coverage", coverage_rows}, {"screening", screening_rows},
      {"diagnosis", diagnosis_rows}, {"alerts", alert_rows},
  };
  std::cout << "seed " << scale.seed << (scale.full ? ", full" : ", short") << std::endl;
  std::vector<std::future<Rows>> running;
  for (const auto& [name, group] : groups)
    if (only.empty() || only == name)
      running.push_back(std::async(std::launch::async, group, scale));
  bool good = true;
  const auto show = [&](const Rows& rows) {
    print(rows, markdown);
    for (const Row& r : rows) good = good && !r.missed_clearly();
  };
  for (auto& rows : running) show(rows.get());
  // Times are taken alone.
  if (only.empty() || only == "cost") show(cost_rows(scale));
  return good ? 0 : 1;
}

}  // namespace
}  // namespace headway::bench::statistics

int main(int argc, char** argv) { return headway::bench::statistics::run({argv + 1, argv + argc}); }
