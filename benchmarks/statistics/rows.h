#pragma once
// The table "what it must reach": simulated campaigns go through the library's own functions, and each row
// holds a reached figure against a target. The generators know nothing of the library.

#include <cstdint>
#include <string>
#include <vector>

namespace headway::bench::statistics {

struct Scale {
  bool full = false;  // minutes instead of seconds
  std::uint64_t seed = 1;
  int of(int small, int large) const { return full ? large : small; }
};

struct Row {
  std::string group, what;
  double reached = 0;
  double error = 0;  // standard error of the simulation
  enum class Target { at_most, at_least, shown } target = Target::shown;
  double limit = 0;
  std::int64_t runs = 0;  // simulated campaigns, years, ...

  bool met() const;
  // Beyond the target by more than the simulation's own error (three standard errors): only this fails a run.
  bool missed_clearly() const;
};
using Rows = std::vector<Row>;

Row share(std::string group, std::string what, std::int64_t hits, std::int64_t runs,
          Row::Target target, double limit);
Row mean(std::string group, std::string what, const std::vector<double>& values, Row::Target target,
         double limit);

// Each draws from a stream of its own, so that one may be run or changed without the others. The forecast's row
// belongs beside these: a function with this signature, named in main.cc.
Rows winner_rows(const Scale& scale);
Rows coverage_rows(const Scale& scale);
Rows screening_rows(const Scale& scale);
Rows diagnosis_rows(const Scale& scale);
Rows alert_rows(const Scale& scale);
Rows cost_rows(const Scale& scale);

}  // namespace headway::bench::statistics
