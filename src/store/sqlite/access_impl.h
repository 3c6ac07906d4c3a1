#pragma once
// store::Access: keys, audit, remembered answers, health.

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "store/access.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/writer.h"

namespace headway::store::sqlite {

struct AccessSql;

class SqliteAccess final : public Access {
 public:
  // Made before the writer starts. `path`: of the database file, for its size.
  SqliteAccess(Connection& write_connection, Writer& writer, ReaderPool& pool, std::string path,
               std::int64_t schema_version);
  ~SqliteAccess() override;

  // At start, before anything else: what the process before was working on when it ended is free again.
  Result<void> recover();

  Result<ApiKeyRow> create_key(const std::string& name, const std::string& key_hash,
                               const std::string& prefix, int rate_limit_per_minute,
                               domain::Role role, const std::string& actor, Instant now) override;
  Result<std::optional<ApiKeyRow>> find_key(const std::string& key_hash) override;
  Result<Page<ApiKeyRow>> keys(const Paging& p) override;
  Result<void> revoke_key(ApiKeyId id, const std::string& actor, Instant now) override;
  Result<void> touch_key(ApiKeyId id, Instant now) override;

  Result<Page<AuditRow>> audit(const Paging& p) override;

  Result<std::optional<RememberedAnswer>> reserve_answer(ApiKeyId key,
                                                         const std::string& idempotency_key,
                                                         const std::string& request_hash,
                                                         Instant now) override;
  Result<void> remember_answer(ApiKeyId key, const std::string& idempotency_key, int status,
                               const std::string& body) override;
  Result<void> forget_answer(ApiKeyId key, const std::string& idempotency_key) override;

  Health health() override;

 private:
  Writer& writer_;
  ReaderPool& pool_;
  const std::string path_;
  const std::int64_t schema_version_;
  std::unique_ptr<AccessSql> sql_;  // used on the writer thread only
  std::mutex mutex_;
  std::unordered_map<ApiKeyId, Instant> touched_;  // when a use of a key was last written
};

}  // namespace headway::store::sqlite
