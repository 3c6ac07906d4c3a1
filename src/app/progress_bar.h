#pragma once
#include <cstdint>
#include <string>

namespace headway::app {

// One line on stderr that is drawn over while work goes on: only when stderr is a terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ~ProgressBar();  // clear()
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `total` <= 0: unknown, then `done` alone is shown.
  void show(std::int64_t done, std::int64_t total);
  void clear();

 private:
  std::string label_;
  bool terminal_;
  int last_percent_ = -1;
  bool drawn_ = false;
};

}  // namespace headway::app
