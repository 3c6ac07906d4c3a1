#pragma once
// store::Workspace on SQLite.

#include <memory>
#include <string>

#include "store/sqlite/catalog_impl.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/writer.h"
#include "store/workspace.h"

namespace headway::store::sqlite {

struct SampleSql;

class SqliteWorkspace final : public Workspace {
 public:
  // Made before the writer starts: prepares its statements on the write connection (a failure
  // sticks to it).
  SqliteWorkspace(Connection& write_connection, Writer& writer, ReaderPool& pool);
  ~SqliteWorkspace() override;

  Result<std::string> name() override;
  Result<void> rename(const std::string& name, const std::string& actor, Instant now) override;
  Result<SampleCounts> sample() override;
  Result<std::vector<CampaignId>> active_sample_campaigns() override;
  Result<SampleRemoval> remove_sample(const std::string& actor, Instant now) override;

 private:
  Writer& writer_;
  ReaderPool& pool_;
  std::unique_ptr<SampleSql> sql_;  // used on the writer thread only
};

}  // namespace headway::store::sqlite
