#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace headway::api {

// Room for so many at a time. Any thread.
class Gate {
 public:
  explicit Gate(std::int64_t room) : room_(room) {}

  class Pass {
   public:
    Pass() = default;
    Pass(Gate* gate, std::int64_t n) : gate_(gate), n_(n) {}
    Pass(Pass&& other) noexcept : gate_(other.gate_), n_(other.n_) { other.gate_ = nullptr; }
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave(n_);
    }
    explicit operator bool() const { return gate_ != nullptr; }

   private:
    Gate* gate_ = nullptr;
    std::int64_t n_ = 0;
  };

  // An empty pass when there is no room within `limit`.
  Pass enter(std::int64_t n, std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (!wake_.wait_for(lock, limit, [&] { return n <= room_; })) return {};
    room_ -= n;
    return {this, n};
  }

 private:
  void leave(std::int64_t n) {
    {
      std::lock_guard lock(mutex_);
      room_ += n;
    }
    wake_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::int64_t room_;
};

}  // namespace headway::api
