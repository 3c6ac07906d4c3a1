#pragma once
// SQLite by its C interface, as thin as it can be: what the bare baselines are made of.

#include <cstdint>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "benchmarks/process.h"

namespace headway::bench {

class Statement;

// WAL, synchronous=FULL and the writer's page cache of `headway serve`: the same promises, the same memory.
class Database {
 public:
  explicit Database(const std::string& path, std::int64_t cache_bytes = 16 << 20);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const char* sql);
  std::int64_t number(const char* sql);  // the first column of the first row
  sqlite3* handle() const { return db_; }

 private:
  sqlite3* db_ = nullptr;
};

class Statement {
 public:
  Statement(Database& db, const char* sql);
  ~Statement() { sqlite3_finalize(s_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Binds from parameter 1 on and runs to the end.
  template <class... Values>
  void operator()(const Values&... values) {
    bind(values...);
    finish();
  }
  template <class... Values>
  void bind(const Values&... values) {
    int at = 0;
    (one(++at, values), ...);
  }
  bool step();  // true = a row
  void reset() { sqlite3_reset(s_); }
  std::int64_t column(int i) const { return sqlite3_column_int64(s_, i); }
  std::string_view text(int i) const;

 private:
  void one(int at, std::int64_t value) { sqlite3_bind_int64(s_, at, value); }
  void one(int at, int value) { sqlite3_bind_int64(s_, at, value); }
  void one(int at, std::nullptr_t) { sqlite3_bind_null(s_, at); }
  void one(int at, std::string_view value) {
    sqlite3_bind_text(s_, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  }
  void finish();

  sqlite3* db_;
  sqlite3_stmt* s_ = nullptr;
};

}  // namespace headway::bench
