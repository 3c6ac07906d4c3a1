#pragma once
// One thread owns the write connection. Operations from any thread wait in a bounded queue; up to
// `group_commit_max` of them share a transaction and its one sync to disk. An operation's answer is given
// after the commit is durable, never before.
//
// How an operation ends:
//   its own error       a `Late::may_fail` operation runs in a savepoint, so its writes are undone alone; a
//                       `Late::never` one must not have written before it returns an error (checked)
//   a failed statement  the whole transaction is rolled back; every operation in it gets `unavailable` (the one
//                       that failed: the error itself), nothing was applied
//   a failed commit     all are `unavailable` when SQLite says that nothing was written; `ambiguous` when the
//                       disk failed while the commit was being written
// The next operation tries again: a full disk that was cleared needs no restart.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

enum class Late : std::uint8_t { never, may_fail };

class Writer {
 public:
  struct Options {
    int group_commit_max = 64;
    std::size_t queue_max = 1024;
    int checkpoint_pages = 4000;  // of the WAL, between checkpoints
    std::int64_t wal_bytes_max = 256LL
                                 << 20;  // then a commit waits for readers so that the WAL is reset
  };
  struct Status {
    bool writable = true;
    std::string problem;
    std::int64_t commits = 0, queued = 0;
  };

  // `context` belongs to the writer thread from start() to stop().
  Writer(Connection& db, WriteContext& context, const Options& options);
  ~Writer();  // stop()
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void start();
  // Finishes what is queued and joins. Operations that come later are refused as `unavailable`.
  void stop();

  // `op`: Result<T>(WriteContext&), move-only allowed. `done` is called once, on the writer thread or, when the
  // operation is refused at the door, on this one.
  template <class T, class Op>
  void submit(Late late, Op op, std::function<void(Result<T>)> done) {
    enqueue(std::make_unique<JobOf<T, Op>>(late, std::move(op), std::move(done)));
  }
  // Waits for the answer: never called from the writer thread or an engine's strand.
  template <class T, class Op>
  Result<T> run(Op op, Late late = Late::may_fail) {
    std::promise<Result<T>> promise;
    auto future = promise.get_future();
    submit<T>(late, std::move(op), [&promise](Result<T> r) { promise.set_value(std::move(r)); });
    return future.get();
  }

  Status status() const;
  // For Reader::commits(): one number between two commits, 0 while one is under way.
  std::int64_t commit_sequence() const {
    const std::int64_t n = sequence_.load(std::memory_order_acquire);
    return n % 2 == 0 ? n : 0;
  }

 private:
  class Job {
   public:
    explicit Job(Late late) : late_(late) {}
    virtual ~Job() = default;
    Late late() const { return late_; }
    virtual std::optional<Error> execute(WriteContext& context) = 0;
    virtual void complete(const std::optional<Error>& error) = 0;

   private:
    Late late_;
  };

  template <class T, class Op>
  class JobOf final : public Job {
   public:
    JobOf(Late late, Op op, std::function<void(Result<T>)> done)
        : Job(late), op_(std::move(op)), done_(std::move(done)) {}
    std::optional<Error> execute(WriteContext& context) override {
      result_.emplace(op_(context));
      return *result_ ? std::nullopt : std::optional<Error>(result_->error());
    }
    void complete(const std::optional<Error>& error) override {
      if (error) {
        done_(tl::unexpected<Error>(*error));
      } else {
        done_(std::move(*result_));
      }
    }

   private:
    Op op_;
    std::function<void(Result<T>)> done_;
    std::optional<Result<T>> result_;
  };

  using Jobs = std::vector<std::unique_ptr<Job>>;

  void enqueue(std::unique_ptr<Job> job);
  void loop();
  void run_group(Jobs& jobs);
  // The job's own error; the connection's error state says whether the transaction is lost.
  std::optional<Error> execute(Job& job);
  void roll_back();
  void checkpoint();
  void report(const std::optional<Error>& problem, bool committed);

  Connection& db_;
  WriteContext& context_;
  const Options options_;
  std::atomic<std::int64_t> sequence_{2};  // odd while a commit is under way
  int wal_pages_ = 0;                      // in the WAL after the last commit
  int checkpoint_at_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> queue_;
  bool running_ = false, stopping_ = false;
  Status status_;
  std::thread thread_;
};

}  // namespace headway::store::sqlite
