#pragma once
// Threads for blocking work (snapshot reads, verification), so that no io thread ever blocks.
//
// Invariants: at most `queue_max` tasks wait; a task begins at most once; the destructor lets
// running tasks end, drops those not begun, and joins. An exception that leaves a task ends the process.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace headway::runtime {

class WorkerPool {
 public:
  using Task = std::function<void()>;

  WorkerPool(int threads, std::size_t queue_max);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Any thread. False when the queue is full or the pool is closing: the task was not taken.
  [[nodiscard]] bool submit(Task task);

  // Takes no more tasks, runs those already taken to their end, and joins. Not from a worker.
  void drain();

  std::size_t waiting() const;

 private:
  void run() noexcept;
  void join();

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;
  bool closing_ = false;
  std::vector<std::thread> threads_;  // last: they use everything above
};

}  // namespace headway::runtime
