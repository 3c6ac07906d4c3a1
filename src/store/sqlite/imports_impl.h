#pragma once
// store::Imports. A batch is prepared (digests, field counts) on the caller's thread; the writer
// only looks up and inserts, in key order.

#include <memory>
#include <mutex>
#include <unordered_map>

#include "store/catalog.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/writer.h"

namespace headway::store::sqlite {

struct ImportSql;
class KeyFilter;

class SqliteImports final : public Imports {
 public:
  // Made before the writer starts: prepares its statements on the write connection (a failure
  // sticks to it).
  SqliteImports(Connection& write_connection, Writer& writer, ReaderPool& pool);
  ~SqliteImports() override;

  // At start, before anything else: jobs that a dead process left running become `interrupted`.
  Result<void> recover(Instant now);

  Result<ImportJob> begin(const std::string& name, std::optional<CollectionId> into,
                          std::int64_t bytes_total, const std::string& actor, Instant now) override;
  Result<ImportJob> append(std::int64_t job, const std::vector<domain::Person>& people,
                           const std::vector<ImportRejection>& rejections, std::int64_t bytes,
                           Instant now) override;
  Result<ImportJob> end(std::int64_t job, ImportState state, const std::string& error,
                        Instant now) override;
  Result<ImportJob> job(std::int64_t job) override;
  Result<std::optional<ImportJob>> latest_job(CollectionId id) override;
  Result<std::vector<ImportRejection>> rejections(std::int64_t job, std::int64_t offset,
                                                  int limit) override;
  Result<ImportJob> merge(const std::string& name, const std::vector<CollectionId>& from,
                          const std::string& actor, Instant now) override;

 private:
  std::shared_ptr<KeyFilter> filter_of(std::int64_t job);
  Result<Addresses> addresses();

  Writer& writer_;
  ReaderPool& pool_;
  std::unique_ptr<ImportSql> sql_;  // used on the writer thread only
  std::mutex mutex_;
  std::optional<Addresses> addresses_;
  std::unordered_map<std::int64_t, std::shared_ptr<KeyFilter>> filters_;  // of running jobs
};

}  // namespace headway::store::sqlite
