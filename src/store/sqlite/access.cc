#include <filesystem>
#include <unordered_map>

#include "store/sqlite/access_impl.h"
#include "store/sqlite/reader_core.h"

namespace headway::store::sqlite {
namespace {

constexpr std::int64_t kAnswersMax = 100'000;
constexpr std::chrono::hours kAnswersKept{24};
constexpr std::chrono::minutes kTouchEvery{1};
constexpr std::size_t kTouchedMax = 10'000;

#define HEADWAY_KEY \
  "SELECT id,name,prefix,rate_limit,created_at,last_used_at,revoked_at,role FROM api_key"

// On read connections.
struct AccessReadSql {
  Connection& db;
  Statement find{db, HEADWAY_KEY " WHERE hash=?1 AND revoked_at IS NULL"};
  Statement keys{db, HEADWAY_KEY
                 " WHERE id<?2 AND name LIKE ?3 ESCAPE '!' ORDER BY id DESC LIMIT ?4 OFFSET ?5"};
  Statement key_count{db, "SELECT count(*) FROM api_key WHERE name LIKE ?2 ESCAPE '!'"};
  Statement audit{
      db,
      "SELECT id,at,actor,action,object,detail FROM audit WHERE id<?2 AND action LIKE ?3 ESCAPE '!'"
      " ORDER BY id DESC LIMIT ?4 OFFSET ?5"};
  Statement audit_count{db, "SELECT count(*) FROM audit WHERE action LIKE ?2 ESCAPE '!'"};
};

ApiKeyRow read_key(const Rows& q) {
  ApiKeyRow k;
  k.id = ApiKeyId{q.i64(0)};
  k.name = q.str(1);
  k.prefix = q.str(2);
  k.rate_limit_per_minute = q.i32(3);
  k.created_at = q.at(4);
  k.last_used_at = q.maybe_at(5);
  k.revoked_at = q.maybe_at(6);
  k.role = static_cast<domain::Role>(q.i32(7));
  return k;
}

std::string object_of(ApiKeyId id) { return "key:" + to_string(id); }

std::int64_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

}  // namespace

// On the write connection.
struct AccessSql {
  explicit AccessSql(Connection& connection) : db(connection) {}
  Connection& db;
  Statement new_key{db, "INSERT INTO api_key VALUES(?1,?2,?3,?4,?5,?6,NULL,NULL,?7)"};
  Statement revoke{db, "UPDATE api_key SET revoked_at=?2 WHERE id=?1 AND revoked_at IS NULL"};
  Statement known{db, "SELECT 1 FROM api_key WHERE id=?1"};
  Statement touch{db,
                  "UPDATE api_key SET last_used_at=max(coalesce(last_used_at,0),?2) WHERE id=?1"};
  Statement answer{db,
                   "SELECT request_hash,status,body,at FROM remembered_answer WHERE api_key=?1 AND "
                   "idempotency_key=?2"};
  Statement reserve{db, "INSERT OR REPLACE INTO remembered_answer VALUES(?1,?2,?3,0,'',?4)"};
  Statement remember{
      db, "UPDATE remembered_answer SET status=?3,body=?4 WHERE api_key=?1 AND idempotency_key=?2"};
  Statement forget{db, "DELETE FROM remembered_answer WHERE api_key=?1 AND idempotency_key=?2"};
  Statement answers{db, "SELECT count(*) FROM remembered_answer"};
  Statement drop_unfinished{db, "DELETE FROM remembered_answer WHERE status=0"};
  Statement drop_old{db, "DELETE FROM remembered_answer WHERE at<?1"};
  Statement drop_oldest{
      db,
      "DELETE FROM remembered_answer WHERE (api_key,idempotency_key) IN "
      "(SELECT api_key,idempotency_key FROM remembered_answer ORDER BY at LIMIT ?1)"};

  std::int64_t remembered = 0;
};

SqliteAccess::SqliteAccess(Connection& write_connection, Writer& writer, ReaderPool& pool,
                           std::string path, std::int64_t schema_version)
    : writer_(writer),
      pool_(pool),
      path_(std::move(path)),
      schema_version_(schema_version),
      sql_(std::make_unique<AccessSql>(write_connection)) {}
SqliteAccess::~SqliteAccess() = default;

Result<ApiKeyRow> SqliteAccess::create_key(const std::string& name, const std::string& key_hash,
                                           const std::string& prefix, int rate_limit_per_minute,
                                           domain::Role role, const std::string& actor,
                                           Instant now) {
  return writer_.run<ApiKeyRow>([&](WriteContext& c) -> Result<ApiKeyRow> {
    ApiKeyRow k;
    k.id = ApiKeyId{c.new_id()};
    k.name = name;
    k.prefix = prefix;
    k.rate_limit_per_minute = rate_limit_per_minute;
    k.role = role;
    k.created_at = now;
    sql_->new_key.run(k.id, name, key_hash, prefix, rate_limit_per_minute, now, role);
    c.audit(actor, "key.create", object_of(k.id), "{}", now);
    return k;
  });
}

Result<std::optional<ApiKeyRow>> SqliteAccess::find_key(const std::string& key_hash) {
  ReadLease lease = pool_.lease();
  std::optional<ApiKeyRow> key;
  Rows row = lease.sql<AccessReadSql>().find.rows(key_hash);
  if (row.next()) key = read_key(row);
  return lease.done(std::move(key));
}

Result<Page<ApiKeyRow>> SqliteAccess::keys(const Paging& p) {
  ReadLease lease = pool_.lease();
  return lease.done(list<ApiKeyRow>(
      lease.sql<AccessReadSql>(), p, &AccessReadSql::keys, &AccessReadSql::key_count,
      [](AccessReadSql&, const Rows& q) { return read_key(q); },
      [](const Rows& q) { return q.i64(0); }));
}

Result<void> SqliteAccess::revoke_key(ApiKeyId id, const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    if (sql_->known.value(0, id) == 0) return fail(ErrorKind::not_found, "No such key");
    sql_->revoke.run(id, now);
    if (c.db().changes() > 0) c.audit(actor, "key.revoke", object_of(id), "{}", now);
    return {};
  });
}

Result<void> SqliteAccess::touch_key(ApiKeyId id, Instant now) {
  {
    const std::lock_guard lock(mutex_);
    if (touched_.size() > kTouchedMax) touched_.clear();
    const auto known = touched_.find(id);
    if (known != touched_.end() && now >= known->second && now - known->second < kTouchEvery)
      return {};
    touched_[id] = now;
  }
  return writer_.run<void>([&](WriteContext&) -> Result<void> {
    sql_->touch.run(id, now);
    return {};
  });
}

Result<Page<AuditRow>> SqliteAccess::audit(const Paging& p) {
  ReadLease lease = pool_.lease();
  return lease.done(list<AuditRow>(
      lease.sql<AccessReadSql>(), p, &AccessReadSql::audit, &AccessReadSql::audit_count,
      [](AccessReadSql&, const Rows& q) {
        return AuditRow{q.i64(0), q.at(1), q.str(2), q.str(3), q.str(4), q.str(5)};
      },
      [](const Rows& q) { return q.i64(0); }));
}

Result<void> SqliteAccess::recover() {
  return writer_.run<void>([this](WriteContext&) -> Result<void> {
    sql_->drop_unfinished.run();
    sql_->remembered = sql_->answers.value(0);
    return {};
  });
}

Result<std::optional<RememberedAnswer>> SqliteAccess::reserve_answer(
    ApiKeyId key, const std::string& idempotency_key, const std::string& request_hash,
    Instant now) {
  using Answer = std::optional<RememberedAnswer>;
  return writer_.run<Answer>([&](WriteContext&) -> Result<Answer> {
    bool old = false;
    {
      Rows row = sql_->answer.rows(key, idempotency_key);
      if (row.next()) {
        old = now - row.at(3) >= kAnswersKept;
        if (!old) return Answer(RememberedAnswer{row.str(0), row.i32(1), row.str(2)});
      }
    }
    if (!old && sql_->remembered >= kAnswersMax) {
      sql_->drop_old.run(now - kAnswersKept);
      sql_->remembered = sql_->answers.value(0);
      if (sql_->remembered >= kAnswersMax) {
        sql_->drop_oldest.run(kAnswersMax / 100);
        sql_->remembered = sql_->answers.value(0);
      }
    }
    sql_->reserve.run(key, idempotency_key, request_hash, now);
    if (!old) ++sql_->remembered;
    return Answer();
  });
}

Result<void> SqliteAccess::remember_answer(ApiKeyId key, const std::string& idempotency_key,
                                           int status, const std::string& body) {
  return writer_.run<void>([&](WriteContext&) -> Result<void> {
    sql_->remember.run(key, idempotency_key, status, body);
    return {};
  });
}

Result<void> SqliteAccess::forget_answer(ApiKeyId key, const std::string& idempotency_key) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    sql_->forget.run(key, idempotency_key);
    sql_->remembered -= c.db().changes();
    return {};
  });
}

Access::Health SqliteAccess::health() {
  const Writer::Status status = writer_.status();
  Health h;
  h.writable = status.writable;
  h.problem = status.problem;
  h.schema_version = schema_version_;
  h.file_bytes = size_of(path_);
  h.wal_bytes = size_of(path_ + "-wal");
  h.commits = status.commits;
  h.commit_queue = status.queued;
  return h;
}

}  // namespace headway::store::sqlite
