#pragma once
// The database of a data folder, opened by a command of its own (not by `serve`).

#include <memory>
#include <string>

#include "base/result.h"
#include "runtime/asio/asio_executor.h"
#include "runtime/asio/io_thread.h"
#include "runtime/asio/system_clock.h"
#include "runtime/asio/system_entropy.h"
#include "store/sqlite/sqlite_store.h"

namespace headway::app {

// The database file of a data folder.
std::string database_path(const std::string& data);

class LocalStore {
 public:
  // `read_only`: beside a running server; the folder must hold a database. Else the folder is made
  // when it is not there, and the database is locked against other processes.
  static Result<std::unique_ptr<LocalStore>> open(const std::string& data, bool read_only,
                                                  int readers = 2);

  store::sqlite::SqliteStore& store() { return *store_; }
  runtime::AsioExecutor& executor() { return executor_; }  // of the store's completions
  runtime::SystemClock& clock() { return clock_; }
  runtime::SystemEntropy& entropy() { return entropy_; }

 private:
  LocalStore() = default;

  runtime::SystemClock clock_;
  runtime::SystemEntropy entropy_;
  runtime::IoThread thread_{"hw-store"};
  runtime::AsioExecutor executor_{thread_.io()};
  std::unique_ptr<store::sqlite::SqliteStore> store_;
};

}  // namespace headway::app
