#include "app/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace headway::app {

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
  last_percent_ = -1;
}

void ProgressBar::show(std::int64_t done, std::int64_t total) {
  if (!terminal_) return;
  if (total <= 0) {
    std::fprintf(stderr, "\r%s  %lld", label_.c_str(), static_cast<long long>(done));
  } else {
    constexpr int kWidth = 30;
    const int percent = static_cast<int>(std::clamp<std::int64_t>(done * 100 / total, 0, 100));
    if (percent == last_percent_) return;
    last_percent_ = percent;
    const std::string bar(static_cast<std::size_t>(percent * kWidth / 100), '#');
    std::fprintf(stderr, "\r%s  [%-*s] %3d %%", label_.c_str(), kWidth, bar.c_str(), percent);
  }
  drawn_ = true;
  std::fflush(stderr);
}

}  // namespace headway::app
