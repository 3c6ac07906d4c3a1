#include "runtime/asio/asio_executor.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"

namespace headway::runtime {

using SteadyTime = std::chrono::steady_clock::time_point;

class AsioExecutor::State : public std::enable_shared_from_this<AsioExecutor::State> {
 public:
  explicit State(boost::asio::io_context& io) : io_(io), alarm_(io) {}

  void post(Task task) {
    {
      std::lock_guard lock(mutex_);
      if (stopped_) return;  // `task` is destroyed after the lock is released
      queue_.push_back(std::move(task));
      if (scheduled_) return;
      scheduled_ = true;
    }
    schedule();
  }

  TimerId after(std::chrono::nanoseconds delay, Task task) {
    HW_CHECK(on_strand());
    if (stopping()) return next_timer_++;
    // Bounded, so that now + delay cannot overflow.
    delay = std::clamp(delay, std::chrono::nanoseconds{0}, kDelayMax);
    TimerId id = next_timer_++;
    SteadyTime at = std::chrono::steady_clock::now() + delay;
    deadlines_.emplace(id, at);
    timers_.emplace(std::pair{at, id}, std::move(task));
    if (timers_.begin()->first.second == id) arm();
    return id;
  }

  void cancel(TimerId id) {
    HW_CHECK(on_strand());
    auto it = deadlines_.find(id);
    if (it == deadlines_.end()) return;
    timers_.erase(std::pair{it->second, id});
    deadlines_.erase(it);
    if (timers_.empty()) alarm_.cancel();
  }

  void shutdown() {
    std::vector<Task> dropped, dropped_batch;  // destroyed without the lock: captures may post
    std::map<std::pair<SteadyTime, TimerId>, Task> dropped_timers;
    {
      std::unique_lock lock(mutex_);
      stopped_ = true;
      dropped.swap(queue_);
      if (!on_strand()) {
        idle_.wait(lock, [this] { return !running_; });
        dropped_batch.swap(batch_);
        batch_at_ = 0;
      }
      // The strand is ours now: no other task runs, and none will.
      dropped_timers.swap(timers_);
      deadlines_.clear();
      if (!dropped_timers.empty()) alarm_.cancel();
    }
  }

  bool on_strand() const {
    return owner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

 private:
  static constexpr std::chrono::nanoseconds kDelayMax = std::chrono::hours{24 * 365};

  bool stopping() {
    std::lock_guard lock(mutex_);
    return stopped_;
  }

  void schedule() {
    boost::asio::post(io_, [self = shared_from_this()]() noexcept { self->drain(); });
  }

  // Runs one batch. `scheduled_` is true for as long as a drain is queued or running, so that
  // there is never a second one.
  void drain() noexcept {
    {
      std::lock_guard lock(mutex_);
      if (stopped_) return;
      running_ = true;
      if (batch_at_ == batch_.size()) {
        batch_.clear();
        batch_at_ = 0;
        batch_.swap(queue_);
      }
    }
    owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    std::size_t end = std::min(batch_.size(), batch_at_ + std::size_t{kBatchMax});
    while (batch_at_ < end) {
      Task task = std::move(batch_[batch_at_++]);
      task();
      task = nullptr;
      if (stop_seen_.load(std::memory_order_relaxed)) break;
    }
    owner_.store(std::thread::id{}, std::memory_order_relaxed);
    bool again = false;
    std::vector<Task> dropped;
    {
      std::lock_guard lock(mutex_);
      running_ = false;
      if (stopped_) {
        dropped.swap(batch_);
        batch_at_ = 0;
      }
      again = !stopped_ && (batch_at_ < batch_.size() || !queue_.empty());
      scheduled_ = again;
      idle_.notify_all();
    }
    if (again) schedule();
  }

  void arm() {
    alarm_.expires_at(timers_.begin()->first.first);  // cancels the wait before it
    alarm_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
      auto self = weak.lock();
      if (error || !self) return;
      self->post([state = self.get()] { state->run_due(); });
    });
  }

  // On the strand. A timer whose task is run has left the table before, so that a task may cancel
  // any other, due or not.
  void run_due() {
    SteadyTime now = std::chrono::steady_clock::now();
    while (!timers_.empty() && timers_.begin()->first.first <= now) {
      auto node = timers_.extract(timers_.begin());
      deadlines_.erase(node.key().second);
      node.mapped()();
      if (stop_seen_.load(std::memory_order_relaxed)) return;
    }
    if (!timers_.empty()) arm();
  }

  boost::asio::io_context& io_;

  std::mutex mutex_;
  std::condition_variable idle_;
  std::vector<Task> queue_;  // guarded by mutex_
  bool scheduled_ = false;   // guarded by mutex_
  bool running_ = false;     // guarded by mutex_
  bool stopped_ = false;     // guarded by mutex_
  std::atomic<bool> stop_seen_{false};
  std::atomic<std::thread::id> owner_{};

  // Only touched on the strand (or by shutdown(), once no task runs).
  std::vector<Task> batch_;
  std::size_t batch_at_ = 0;
  boost::asio::steady_timer alarm_;  // at the earliest of timers_
  std::map<std::pair<SteadyTime, TimerId>, Task> timers_;
  std::unordered_map<TimerId, SteadyTime> deadlines_;
  TimerId next_timer_ = 1;

  friend class AsioExecutor;
};

AsioExecutor::AsioExecutor(boost::asio::io_context& io) : state_(std::make_shared<State>(io)) {}

AsioExecutor::~AsioExecutor() { shutdown(); }

void AsioExecutor::post(Task task) { state_->post(std::move(task)); }

Executor::TimerId AsioExecutor::after(std::chrono::nanoseconds delay, Task task) {
  return state_->after(delay, std::move(task));
}

void AsioExecutor::cancel(TimerId id) { state_->cancel(id); }

void AsioExecutor::shutdown() {
  state_->stop_seen_.store(true, std::memory_order_relaxed);
  state_->shutdown();
}

bool AsioExecutor::on_strand() const { return state_->on_strand(); }

}  // namespace headway::runtime
