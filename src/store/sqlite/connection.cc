#include "store/sqlite/connection.h"

#include <mutex>

namespace headway::store::sqlite {
namespace {

// Without its statistics, SQLite's allocator takes no global lock. Refused, to no harm, when somebody in
// the process used SQLite before.
void configure_once() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace

Error error_of(int code, std::string_view detail) {
  const auto make = [&](ErrorKind kind, std::string_view what) {
    Error e;
    e.kind = kind;
    e.message = std::string(what);
    if (!detail.empty()) e.message += " (" + std::string(detail) + ")";
    return e;
  };
  switch (code & 0xff) {
    case SQLITE_FULL: return make(ErrorKind::unavailable, "The disk is full");
    case SQLITE_IOERR:
      return make(ErrorKind::unavailable, "Reading or writing the database failed");
    case SQLITE_READONLY:
    case SQLITE_PERM: return make(ErrorKind::unavailable, "The database is read-only");
    case SQLITE_CANTOPEN: return make(ErrorKind::unavailable, "The database cannot be opened");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return make(ErrorKind::unavailable, "The database is in use elsewhere");
    case SQLITE_NOMEM: return make(ErrorKind::unavailable, "Out of memory");
    case SQLITE_INTERRUPT: return make(ErrorKind::unavailable, "Interrupted");
    case SQLITE_CORRUPT: return make(ErrorKind::corrupt, "The database is damaged");
    case SQLITE_NOTADB:
      return make(ErrorKind::corrupt, "The file is not a database, or it is damaged");
    default: return make(ErrorKind::internal, "SQLite refused a statement");
  }
}

Connection::~Connection() {
  if (db_) sqlite3_close(db_);
}

Result<void> Connection::open(const std::string& path, OpenMode mode, const std::string& vfs) {
  configure_once();
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (mode == OpenMode::read_only ? SQLITE_OPEN_READONLY
                                                 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const int code = sqlite3_open_v2(path.c_str(), &db_, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    Error e = error_of(code, db_ ? sqlite3_errmsg(db_) : sqlite3_errstr(code));
    sqlite3_close(db_);
    db_ = nullptr;
    return tl::unexpected<Error>(std::move(e));
  }
  sqlite3_busy_timeout(db_, 2000);
  return {};
}

void Connection::note(int code, std::string_view sql) {
  if (error_) return;
  std::string detail = sqlite3_errmsg(db_);
  Error e = error_of(code, {});
  if (e.kind == ErrorKind::internal) detail += ": " + std::string(sql);
  e.message += " (" + detail + ")";
  error_ = std::move(e);
}

void Connection::note(Error error) {
  if (!error_) error_ = std::move(error);
}

bool Connection::exec(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) note(code, sql);
  return code == SQLITE_OK;
}

std::int64_t Connection::pragma_int(const char* sql) {
  Statement s(*this, sql);
  return s.value(0);
}

Statement::Statement(Connection& db, const char* sql) : db_(&db) {
  const int code =
      sqlite3_prepare_v3(db.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &s_, nullptr);
  if (code != SQLITE_OK) db.note(code, sql);
}

Statement::~Statement() { sqlite3_finalize(s_); }

bool Statement::start() {
  HW_CHECK(!busy_);  // a statement is not run inside its own rows
  if (!s_ || !db_->ok()) return false;
  busy_ = true;
  return true;
}

bool Statement::step() {
  if (!busy_ || !db_->ok()) return false;
  const int code = sqlite3_step(s_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) db_->note(code, sqlite3_sql(s_));
  return false;
}

bool Statement::finish() {
  while (step()) {
  }
  reset();
  return db_->ok();
}

void Statement::reset() {
  if (!busy_) return;
  sqlite3_reset(s_);
  busy_ = false;
}

Rows::~Rows() { s_->reset(); }
bool Rows::next() { return s_->step(); }
std::int64_t Rows::i64(int column) const { return sqlite3_column_int64(s_->s_, column); }
double Rows::real(int column) const { return sqlite3_column_double(s_->s_, column); }
bool Rows::null(int column) const { return sqlite3_column_type(s_->s_, column) == SQLITE_NULL; }

std::string_view Rows::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(s_->s_, column);
  if (!bytes) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(s_->s_, column))};
}

std::string_view Rows::blob(int column) const {
  const void* bytes = sqlite3_column_blob(s_->s_, column);
  if (!bytes) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(s_->s_, column))};
}

std::optional<Instant> Rows::maybe_at(int column) const {
  if (null(column)) return std::nullopt;
  return at(column);
}

std::optional<std::int64_t> Rows::maybe_i64(int column) const {
  if (null(column)) return std::nullopt;
  return i64(column);
}

}  // namespace headway::store::sqlite
