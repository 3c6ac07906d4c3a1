#pragma once
// One SQLite connection and its prepared statements.
//
// Errors stick: the first failure of any statement is kept in the connection, every later statement does
// nothing and yields no row, and who began the work (writer, reader pool, verifier) asks `error()` at its end
// and rolls back. So code between reads straight on, and whatever it computed after a failure is thrown away:
// it must not HW_CHECK what it read before it asked `ok()`.
//
// A connection and its statements belong to one thread at a time. Statements are members of tables
// (`struct XSql { Connection& db; Statement find{db, "..."}; }`), which must end before their connection.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "base/check.h"
#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"

namespace headway::store::sqlite {

// Which of our errors an SQLite result code is, with a message for a person.
Error error_of(int code, std::string_view detail);

enum class OpenMode : std::uint8_t { read_write_create, read_only };

class Connection {
 public:
  Connection() = default;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<void> open(const std::string& path, OpenMode mode, const std::string& vfs);
  sqlite3* handle() const { return db_; }

  bool ok() const { return !error_; }
  const std::optional<Error>& error() const { return error_; }
  void clear_error() { error_.reset(); }
  // Keeps the first failure; `sql` goes into the message.
  void note(int code, std::string_view sql);
  void note(Error error);

  // Runs statements without results. False on failure (kept). Works while an error sticks, so that a
  // rollback can be tried.
  bool exec(const char* sql);
  std::int64_t pragma_int(const char* sql);
  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
  std::int64_t changes() const { return sqlite3_changes64(db_); }
  std::int64_t total_changes() const { return sqlite3_total_changes64(db_); }

 private:
  sqlite3* db_ = nullptr;
  std::optional<Error> error_;
};

class Statement;

// The rows of one run of a statement; resets it when it goes.
class Rows {
 public:
  explicit Rows(Statement& s) : s_(&s) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool next();  // to the next row; false after the last one and on failure

  std::int64_t i64(int column) const;
  int i32(int column) const { return static_cast<int>(i64(column)); }
  double real(int column) const;
  bool null(int column) const;
  std::string_view text(int column) const;  // "" for NULL; valid until next()
  std::string str(int column) const { return std::string(text(column)); }
  std::string_view blob(int column) const;
  Instant at(int column) const { return from_ms(i64(column)); }
  std::optional<Instant> maybe_at(int column) const;
  std::optional<std::int64_t> maybe_i64(int column) const;

 private:
  Statement* s_;
};

class Statement {
 public:
  Statement(Connection& db, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Binds from ?1 on and steps to the end. True when it went well.
  template <class... Values>
  bool run(const Values&... values) {
    if (!start()) return false;
    int at = 0;
    (bind(++at, values), ...);
    return finish();
  }
  // Binds; rows come by next(). Text and blobs must live until the Rows end.
  template <class... Values>
  Rows rows(const Values&... values) {
    if (start()) {
      int at = 0;
      (bind(++at, values), ...);
    }
    return Rows(*this);
  }
  // First column of the first row, or `otherwise` when there is no row or it is NULL.
  template <class... Values>
  std::int64_t value(std::int64_t otherwise, const Values&... values) {
    Rows r = rows(values...);
    return r.next() && !r.null(0) ? r.i64(0) : otherwise;
  }

  const char* sql() const { return sqlite3_sql(s_); }

 private:
  friend class Rows;

  bool start();
  bool finish();
  bool step();
  void reset();

  void bind(int at, std::int64_t v) { sqlite3_bind_int64(s_, at, v); }
  void bind(int at, int v) { sqlite3_bind_int64(s_, at, v); }
  void bind(int at, bool v) { sqlite3_bind_int64(s_, at, v ? 1 : 0); }
  void bind(int at, double v) { sqlite3_bind_double(s_, at, v); }
  void bind(int at, std::nullptr_t) { sqlite3_bind_null(s_, at); }
  void bind(int at, std::string_view v) {
    sqlite3_bind_text64(s_, at, v.data() ? v.data() : "", v.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void bind(int at, const std::string& v) { bind(at, std::string_view(v)); }
  void bind(int at, const char* v) { bind(at, std::string_view(v)); }
  void bind(int at, std::span<const std::uint8_t> v) {
    sqlite3_bind_blob64(s_, at, v.data() ? static_cast<const void*>(v.data()) : "", v.size(),
                        SQLITE_STATIC);
  }
  void bind(int at, Instant v) { bind(at, to_ms(v)); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void bind(int at, Enum v) { bind(at, static_cast<std::int64_t>(v)); }
  template <class Tag>
  void bind(int at, Id<Tag> v) {
    bind(at, v.value);
  }
  template <class T>
  void bind(int at, const std::optional<T>& v) {
    if (v) {
      bind(at, *v);
    } else {
      bind(at, nullptr);
    }
  }

  Connection* db_;
  sqlite3_stmt* s_ = nullptr;
  bool busy_ = false;  // between start() and reset()
};

// "" becomes NULL: columns that are empty for nearly every row.
inline std::optional<std::string_view> null_if_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace headway::store::sqlite
