#include "benchmarks/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include <sys/utsname.h>

#include <boost/json/array.hpp>

namespace headway::bench {

namespace {

std::string number(double value) {
  char text[64];
  double size = std::fabs(value);
  int digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  std::string plain = text;
  std::size_t point = plain.find('.');
  std::size_t end = point == std::string::npos ? plain.size() : point;
  std::size_t begin = plain[0] == '-' ? 1 : 0;
  for (std::size_t at = end; at > begin + 3; at -= 3) plain.insert(at - 3, ",");
  return plain;
}

std::string target_text(const Row& row) {
  switch (row.judge) {
    case Judge::ratio_at_least: return ">= " + number(row.target) + " x";
    case Judge::ratio_at_most: return "<= " + number(row.target) + " x";
    case Judge::ours_at_most: return "<= " + number(row.target) + " " + row.unit;
    case Judge::shown_only: return "-";
  }
  return "-";
}

std::string ratio_text(const Row& row) {
  std::vector<double> all = row.ratios();
  if (all.empty()) return "-";
  Spread s = spread(all);
  return number(s.median) + " (" + number(s.min) + " .. " + number(s.max) + ")";
}

std::string figure_text(const std::vector<double>& values) {
  if (values.empty()) return "-";
  Spread s = spread(values);
  if (s.min == s.max) return number(s.median);
  return number(s.median) + " (" + number(s.min) + " .. " + number(s.max) + ")";
}

std::string verdict(const Row& row) {
  if (row.judge == Judge::shown_only) return "";
  return row.met() ? "met" : "MISSED";
}

void print_line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 < cells.size()) line.append(widths[i] - cells[i].size() + 2, ' ');
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  std::cout << line << '\n';
}

boost::json::object spread_json(const std::vector<double>& values) {
  Spread s = spread(values);
  boost::json::array runs(values.begin(), values.end());
  return {{"median", s.median}, {"min", s.min}, {"max", s.max}, {"runs", std::move(runs)}};
}

std::string first_value(const char* path, std::string_view key) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    std::size_t colon = line.find(':');
    std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

std::int64_t memory_mb() {
  std::string kb = first_value("/proc/meminfo", "MemTotal");
  return kb.empty() ? 0 : std::stoll(kb) / 1024;
}

}  // namespace

Spread spread(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  std::size_t n = values.size();
  double median = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  return {median, values.front(), values.back()};
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  double rank = std::ceil(q * static_cast<double>(values.size()));
  std::size_t at = rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1;
  return values[std::min(at, values.size() - 1)];
}

std::string amount(std::int64_t n) {
  if (n % 1'000'000 == 0) return std::to_string(n / 1'000'000) + "M";
  return n % 1'000 == 0 ? std::to_string(n / 1'000) + "k" : std::to_string(n);
}

std::vector<double> Row::ratios() const {
  std::vector<double> all;
  for (std::size_t i = 0; i < std::min(ours.size(), baseline.size()); ++i) {
    if (baseline[i] > 0) all.push_back(ours[i] / baseline[i]);
  }
  return all;
}

double Row::judged() const {
  bool by_ratio = judge == Judge::ratio_at_least || judge == Judge::ratio_at_most;
  return spread(by_ratio ? ratios() : ours).median;
}

bool Row::met() const {
  return judge == Judge::ratio_at_least ? judged() >= target : judged() <= target;
}

void Report::say(std::string_view line) const { std::cerr << "   " << line << std::endl; }

void Report::add(Row row) {
  std::string line =
      "[" + row.budget + "] " + row.what + ": " + figure_text(row.ours) + " " + row.unit;
  if (!row.baseline.empty()) {
    line += ", baseline " + figure_text(row.baseline) + ", ratio " + ratio_text(row);
  }
  if (std::string v = verdict(row); !v.empty()) line += ", target " + target_text(row) + ": " + v;
  std::cerr << line << std::endl;
  rows_.push_back(std::move(row));
}

void Report::print_table() const {
  std::vector<std::vector<std::string>> cells{
      {"#", "what", "unit", "ours", "baseline", "ratio", "target", ""}};
  for (const Row& r : rows_) {
    cells.push_back({r.budget, r.what, r.unit, figure_text(r.ours), figure_text(r.baseline),
                     ratio_text(r), target_text(r), verdict(r)});
  }
  std::vector<std::size_t> widths(cells[0].size());
  for (const auto& line : cells) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::cout << "\nmedian (min .. max)\n";
  for (const auto& line : cells) print_line(line, widths);
  for (const Row& r : rows_) {
    if (!r.note.empty()) std::cout << "  [" << r.budget << "] " << r.note << '\n';
  }
  std::cout << describe_machine() << std::endl;
}

boost::json::object Report::to_json() const {
  boost::json::array rows;
  for (const Row& r : rows_) {
    boost::json::object o{{"budget", r.budget},
                          {"what", r.what},
                          {"unit", r.unit},
                          {"ours", spread_json(r.ours)},
                          {"target", target_text(r)}};
    if (!r.baseline.empty()) {
      o["baseline"] = spread_json(r.baseline);
      o["ratio"] = spread_json(r.ratios());
    }
    if (r.judge != Judge::shown_only) o["met"] = r.met();
    if (!r.note.empty()) o["note"] = r.note;
    rows.push_back(std::move(o));
  }
  return {{"machine", machine_json()}, {"rows", std::move(rows)}};
}

boost::json::object machine_json() {
  utsname kernel{};
  uname(&kernel);
  return {{"cpu", first_value("/proc/cpuinfo", "model name")},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_mb", memory_mb()},
          {"kernel", kernel.release}};
}

std::string describe_machine() {
  utsname kernel{};
  uname(&kernel);
  return first_value("/proc/cpuinfo", "model name") + ", " +
         std::to_string(std::thread::hardware_concurrency()) + " cores, " +
         std::to_string(memory_mb()) + " MB, Linux " + kernel.release;
}

}  // namespace headway::bench
