#include "runtime/asio/worker_pool.h"

#include <utility>

#include "base/check.h"

namespace headway::runtime {

WorkerPool::WorkerPool(int threads, std::size_t queue_max) : queue_max_(queue_max) {
  HW_CHECK(threads > 0 && queue_max > 0);
  threads_.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this]() noexcept { run(); });
}

WorkerPool::~WorkerPool() {
  std::deque<Task> dropped;
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
    dropped.swap(queue_);
  }
  join();
}

bool WorkerPool::submit(Task task) {
  {
    std::lock_guard lock(mutex_);
    if (closing_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::drain() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  join();
}

std::size_t WorkerPool::waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerPool::join() {
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::run() noexcept {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace headway::runtime
