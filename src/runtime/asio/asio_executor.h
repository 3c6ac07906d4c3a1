#pragma once
// The production Executor: a strand over a boost::asio::io_context.
//
// Invariants
//  * One task at a time, in the order posted, whatever the number of threads that run the io_context.
//  * A task never runs inside post() or after(), and none begins after shutdown() returned.
//  * A cancelled timer never runs, even when it was already due.
//  * Many posts cost one wake-up: they are drained in batches, and after kBatchMax tasks other
//    handlers of the io_context get their turn.
//
// Ownership: the io_context must outlive the executor. Handlers that are still queued in the
// io_context after the executor is gone do nothing. An exception that leaves a task ends the
// process: the state behind the strand can no longer be trusted.

#include <boost/asio/io_context.hpp>

#include <memory>

#include "runtime/executor.h"

namespace headway::runtime {

class AsioExecutor final : public Executor {
 public:
  explicit AsioExecutor(boost::asio::io_context& io);
  ~AsioExecutor() override;  // shutdown()
  AsioExecutor(const AsioExecutor&) = delete;
  AsioExecutor& operator=(const AsioExecutor&) = delete;

  void post(Task task) override;
  TimerId after(std::chrono::nanoseconds delay, Task task) override;
  void cancel(TimerId id) override;

  // Drops every queued task and timer, and everything posted from now on. Called from another
  // thread, it waits for the task that is running. Idempotent.
  void shutdown();
  bool on_strand() const;

  static constexpr int kBatchMax = 512;

 private:
  class State;
  std::shared_ptr<State> state_;  // shared with handlers queued in the io_context
};

}  // namespace headway::runtime
