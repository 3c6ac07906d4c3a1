#pragma once
// An executor and a clock that a test moves by hand.

#include <deque>
#include <map>
#include <utility>

#include "runtime/clock.h"
#include "runtime/executor.h"

namespace headway::testing {

class ManualExecutor final : public runtime::Executor, public runtime::Clock {
 public:
  void post(Task task) override {
    ++posts;
    queue_.push_back(std::move(task));
  }
  TimerId after(std::chrono::nanoseconds delay, Task task) override {
    TimerId id = ++last_;
    timers_.emplace(std::pair{now_ + delay, id}, std::move(task));
    return id;
  }
  void cancel(TimerId id) override {
    std::erase_if(timers_, [id](const auto& t) { return t.first.second == id; });
  }
  Instant wall() const override {
    return from_ms(1'700'000'000'000) + std::chrono::floor<milliseconds>(now_);
  }
  std::chrono::nanoseconds steady() const override { return now_; }

  void run() {
    while (!queue_.empty()) {
      Task task = std::move(queue_.front());
      queue_.pop_front();
      task();
    }
  }
  void advance(std::chrono::nanoseconds by) {
    std::chrono::nanoseconds end = now_ + by;
    run();
    while (!timers_.empty() && timers_.begin()->first.first <= end) {
      auto node = timers_.extract(timers_.begin());
      now_ = std::max(now_, node.key().first);
      node.mapped()();
      run();
    }
    now_ = end;
  }
  std::size_t timers() const { return timers_.size(); }

  int posts = 0;

 private:
  std::chrono::nanoseconds now_{std::chrono::seconds{1000}};
  std::deque<Task> queue_;
  std::map<std::pair<std::chrono::nanoseconds, TimerId>, Task> timers_;
  TimerId last_ = 0;
};

}  // namespace headway::testing
