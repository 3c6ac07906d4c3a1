#include "benchmarks/bare_sqlite.h"

namespace headway::bench {

Database::Database(const std::string& path, std::int64_t cache_bytes) {
  if (sqlite3_open_v2(path.c_str(), &db_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      nullptr) != SQLITE_OK) {
    throw Failure("cannot open " + path);
  }
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  std::string cache = "PRAGMA cache_size=-" + std::to_string(cache_bytes >> 10);
  run(cache.c_str());
}

Database::~Database() { sqlite3_close(db_); }

void Database::run(const char* sql) {
  char* error = nullptr;
  if (sqlite3_exec(db_, sql, nullptr, nullptr, &error) == SQLITE_OK) return;
  std::string message = std::string(sql) + ": " + (error ? error : "");
  sqlite3_free(error);
  throw Failure(message);
}

std::int64_t Database::number(const char* sql) {
  Statement s(*this, sql);
  if (!s.step()) throw Failure(std::string(sql) + ": no row");
  return s.column(0);
}

Statement::Statement(Database& db, const char* sql) : db_(db.handle()) {
  if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &s_, nullptr) != SQLITE_OK) {
    throw Failure(std::string(sql) + ": " + sqlite3_errmsg(db_));
  }
}

bool Statement::step() {
  int code = sqlite3_step(s_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw Failure(std::string(sqlite3_sql(s_)) + ": " + sqlite3_errmsg(db_));
}

void Statement::finish() {
  while (step()) {
  }
  sqlite3_reset(s_);
}

std::string_view Statement::text(int i) const {
  const unsigned char* bytes = sqlite3_column_text(s_, i);
  return bytes ? std::string_view(reinterpret_cast<const char*>(bytes),
                                  static_cast<std::size_t>(sqlite3_column_bytes(s_, i)))
               : std::string_view();
}

}  // namespace headway::bench
