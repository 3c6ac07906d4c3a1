#pragma once
#include <chrono>
#include <cstdint>
#include <functional>

namespace headway::runtime {

// One strand: tasks run one after the other, in the order posted, never inside post().
// post() may be called from any thread; timers only from tasks on the strand.
class Executor {
 public:
  using Task = std::function<void()>;
  using TimerId = std::uint64_t;  // never 0

  virtual ~Executor() = default;
  virtual void post(Task task) = 0;
  virtual TimerId after(std::chrono::nanoseconds delay, Task task) = 0;
  // A cancelled timer never runs; cancelling an unknown or past one does nothing.
  virtual void cancel(TimerId id) = 0;
};

}  // namespace headway::runtime
