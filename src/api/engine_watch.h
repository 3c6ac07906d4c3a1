#pragma once
// The engine from a worker's side: decisions that are waited for, and its status as of a moment ago.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"
#include "engine/engine.h"

namespace headway::api {

// Waits for the callback of an asynchronous call. `begin(done)` starts it; `done` may come later than
// the time-out and then does nothing.
template <class T, class Begin>
Result<T> wait_for(Begin&& begin, std::chrono::milliseconds limit = std::chrono::seconds{30}) {
  struct Box {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Result<T>> answer;
  };
  auto box = std::make_shared<Box>();
  std::forward<Begin>(begin)([box](Result<T> r) {
    std::lock_guard lock(box->mutex);
    box->answer = std::move(r);
    box->wake.notify_one();
  });
  std::unique_lock lock(box->mutex);
  if (!box->wake.wait_for(lock, limit, [&box] { return box->answer.has_value(); })) {
    return fail(ErrorKind::ambiguous,
                "The engine did not answer in time; look before trying again");
  }
  return std::move(*box->answer);
}

class EngineWatch {
 public:
  explicit EngineWatch(engine::Engine& engine)
      : engine_(engine), shared_(std::make_shared<Shared>()) {
    shared_->status = std::make_shared<const engine::EngineStatus>();
  }

  // Asks for a new status; it is there when the engine has answered. Called a few times a second.
  void refresh() {
    engine_.status([shared = shared_](engine::EngineStatus status) {
      auto fresh = std::make_shared<const engine::EngineStatus>(std::move(status));
      std::lock_guard lock(shared->mutex);
      shared->status = std::move(fresh);
    });
  }
  std::shared_ptr<const engine::EngineStatus> status() const {
    std::lock_guard lock(shared_->mutex);
    return shared_->status;
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::shared_ptr<const engine::EngineStatus> status;
  };
  engine::Engine& engine_;
  std::shared_ptr<Shared> shared_;  // with callbacks that may come after the watch is gone
};

}  // namespace headway::api
