#pragma once
// A body between the connection that receives it and the worker that works on it: a few pieces, and
// backpressure on the connection when they are not taken.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "api/http.h"

namespace headway::api {

class BodyQueue final : public BodySource {
 public:
  static constexpr std::size_t kPiecesMax = 8;

  // `taken`: called on the worker's thread whenever there is room again.
  explicit BodyQueue(std::function<void()> taken) : taken_(std::move(taken)) {}

  // IO side. False: full; `piece` is left as it was.
  bool offer(std::string& piece) {
    std::lock_guard lock(mutex_);
    if (pieces_.size() >= kPiecesMax) return false;
    pieces_.push_back(std::move(piece));
    wake_.notify_one();
    return true;
  }
  void finish() { end(std::nullopt); }
  void fail(Error error) { end(std::move(error)); }

  Result<std::string> next() override {
    std::string piece;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !pieces_.empty() || ended_; });
      if (pieces_.empty()) {
        if (error_) return tl::unexpected(*error_);
        return std::string();
      }
      piece = std::move(pieces_.front());
      pieces_.pop_front();
    }
    taken_();
    return piece;
  }

 private:
  void end(std::optional<Error> error) {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    ended_ = true;
    error_ = std::move(error);
    wake_.notify_one();
  }

  std::function<void()> taken_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> pieces_;
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace headway::api
