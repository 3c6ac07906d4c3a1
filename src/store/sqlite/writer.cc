#include "store/sqlite/writer.h"

#include <algorithm>

namespace headway::store::sqlite {
namespace {

int count_wal_pages(void* pages, sqlite3*, const char*, int n) {
  *static_cast<int*>(pages) = n;
  return SQLITE_OK;
}

}  // namespace

Writer::Writer(Connection& db, WriteContext& context, const Options& options)
    : db_(db), context_(context), options_(options), checkpoint_at_(options.checkpoint_pages) {
  sqlite3_wal_hook(db_.handle(), count_wal_pages, &wal_pages_);
}

Writer::~Writer() {
  stop();
  sqlite3_wal_hook(db_.handle(), nullptr, nullptr);
}

void Writer::start() {
  running_ = true;
  thread_ = std::thread([this] { loop(); });
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Writer::Status Writer::status() const {
  const std::lock_guard lock(mutex_);
  Status s = status_;
  s.queued = static_cast<std::int64_t>(queue_.size());
  return s;
}

void Writer::enqueue(std::unique_ptr<Job> job) {
  const char* refusal = nullptr;
  {
    std::unique_lock lock(mutex_);
    if (stopping_ || !running_) {
      refusal = "The store does not write: it is read-only or closing";
    } else if (queue_.size() >= options_.queue_max) {
      refusal = "Too many writes are waiting";
    } else {
      queue_.push_back(std::move(job));
      lock.unlock();
      wake_.notify_one();
      return;
    }
  }
  job->complete(Error{ErrorKind::unavailable, refusal, {}});
}

void Writer::loop() {
  Jobs jobs;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const std::size_t n =
          std::min(queue_.size(), static_cast<std::size_t>(options_.group_commit_max));
      for (std::size_t i = 0; i < n; ++i) {
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    run_group(jobs);
    jobs.clear();
    if (wal_pages_ >= checkpoint_at_) checkpoint();
  }
}

void Writer::run_group(Jobs& jobs) {
  std::vector<std::optional<Error>> errors(jobs.size());
  std::size_t next = 0;
  while (next < jobs.size()) {
    const std::size_t first = next;
    std::optional<Error> lost;  // the transaction's
    db_.clear_error();
    db_.exec("BEGIN IMMEDIATE");
    while (next < jobs.size() && db_.ok()) {
      errors[next] = execute(*jobs[next]);
      ++next;
    }
    if (db_.ok()) {
      context_.flush();
    }
    if (db_.ok()) {
      sequence_.fetch_add(1, std::memory_order_acq_rel);
      db_.exec("COMMIT");
      sequence_.fetch_add(1, std::memory_order_acq_rel);
      if (!db_.ok()) {
        lost = *db_.error();
        // A disk that fails while the commit is written may have kept it.
        if (sqlite3_errcode(db_.handle()) == SQLITE_IOERR ||
            (sqlite3_extended_errcode(db_.handle()) & 0xff) == SQLITE_IOERR) {
          lost->kind = ErrorKind::ambiguous;
        }
      }
    } else {
      lost = *db_.error();
      if (next == first) ++next;  // it did not even begin: the operation gets the error
    }
    report(lost, !lost);
    if (lost) {
      roll_back();
      Error others = *lost;
      if (others.kind == ErrorKind::internal) {
        others = {ErrorKind::unavailable, "Another write of the same transaction failed", {}};
      }
      for (std::size_t i = first; i < next; ++i) {
        const bool culprit = lost->kind != ErrorKind::internal || i + 1 == next;
        if (!errors[i]) errors[i] = culprit ? *lost : others;
      }
    } else {
      context_.committed();
    }
    for (std::size_t i = first; i < next; ++i) jobs[i]->complete(errors[i]);
  }
}

std::optional<Error> Writer::execute(Job& job) {
  if (job.late() == Late::never) {
    const std::int64_t before = db_.total_changes();
    const bool collected = context_.collected();
    std::optional<Error> error = job.execute(context_);
    if (error && db_.ok()) {
      HW_CHECK(db_.total_changes() == before && (collected || !context_.collected()));
    }
    return error;
  }
  context_.flush();
  db_.exec("SAVEPOINT operation");
  if (!db_.ok()) return std::nullopt;
  std::optional<Error> error = job.execute(context_);
  if (!db_.ok()) return std::nullopt;
  if (error) {
    context_.forget_operation();
    db_.exec("ROLLBACK TO operation");
  } else {
    context_.flush();
  }
  if (db_.ok()) db_.exec("RELEASE operation");
  return error;
}

void Writer::roll_back() {
  db_.clear_error();
  if (db_.in_transaction()) db_.exec("ROLLBACK");
  db_.clear_error();
  context_.forget();
}

void Writer::report(const std::optional<Error>& problem, bool committed) {
  const std::lock_guard lock(mutex_);
  status_.writable = !problem || problem->kind == ErrorKind::internal;
  status_.problem = status_.writable ? std::string() : problem->message;
  if (committed) ++status_.commits;
}

// Passive: never waits for readers. They may keep the WAL from being started anew; beyond its bound
// the writer waits for them, up to the busy time-out.
void Writer::checkpoint() {
  const std::int64_t page = db_.pragma_int("PRAGMA page_size");
  const bool large = wal_pages_ * page >= options_.wal_bytes_max;
  int in_wal = 0, moved = 0;
  sqlite3_wal_checkpoint_v2(db_.handle(), nullptr,
                            large ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, &in_wal,
                            &moved);
  // All moved: the next commit begins the WAL anew. Else try again after as many pages more.
  checkpoint_at_ = options_.checkpoint_pages + (moved < in_wal ? in_wal : 0);
  wal_pages_ = 0;
  db_.clear_error();
}

}  // namespace headway::store::sqlite
