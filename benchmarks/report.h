#pragma once
// What a run has measured: a table for people, results.json for machines.
//
// A row is one budget. `ours` and `baseline` hold one figure a repetition, taken in turns (ours, baseline,
// ours, baseline, ...), so that whatever else the machine does falls on both. The ratio of a row is the median of
// the ratios of its pairs.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace headway::bench {

struct Spread {
  double median = 0, min = 0, max = 0;
};
Spread spread(std::vector<double> values);  // all 0 when empty
// "10M", "50k", "300".
std::string amount(std::int64_t n);
// The value below which a share `q` (0 .. 1) of the values lies, by nearest rank.
double quantile(std::vector<double> values, double q);

enum class Judge {
  ratio_at_least,  // the median of ours / baseline
  ratio_at_most,
  ours_at_most,  // the median of ours
  shown_only,    // no budget: a figure that explains another one
};

struct Row {
  std::string budget;  // "1"; "1b" for a second baseline of the same budget
  std::string what;
  std::string unit;  // "messages/s"
  std::vector<double> ours, baseline;
  Judge judge = Judge::shown_only;
  double target = 0;
  std::string note;  // what the figures contain that the name does not say

  std::vector<double> ratios() const;
  double judged() const;  // the figure that the target is held against
  bool met() const;
};

class Report {
 public:
  // Prints the row at once: a run takes minutes and may be ended.
  void add(Row row);
  void say(std::string_view line) const;  // progress, on stderr
  void print_table() const;
  boost::json::object to_json() const;
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

std::string describe_machine();  // cores, memory, kernel, file system
boost::json::object machine_json();

}  // namespace headway::bench
