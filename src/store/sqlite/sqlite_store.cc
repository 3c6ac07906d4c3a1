#include "store/sqlite/sqlite_store.h"

#include "store/sqlite/access_impl.h"
#include "store/sqlite/analysis_impl.h"
#include "store/sqlite/catalog_impl.h"
#include "store/sqlite/imports_impl.h"
#include "store/sqlite/lock_file.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/reader_impl.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/sqlite_ledger.h"
#include "store/sqlite/users_impl.h"
#include "store/sqlite/verifier.h"
#include "store/sqlite/workspace_impl.h"
#include "store/sqlite/writer.h"

namespace headway::store::sqlite {
namespace {

// Measured: 8,192 writes a quarter more bytes a message (628 for 489) at the same processor time.
constexpr int kPageBytes = 4096;
constexpr std::int64_t kWalKeptBytes = 64LL << 20;  // of a WAL that was started anew

Result<void> kept_error(const Connection& db) {
  if (db.ok()) return {};
  return tl::unexpected<Error>(*db.error());
}

// Checkpoints are the writer's (writer.h), so that none comes in the middle of a commit.
Result<void> set_up(Connection& db, const Options& options) {
  const auto pragma = [&](const std::string& text) { db.exec(("PRAGMA " + text).c_str()); };
  pragma("page_size=" + std::to_string(kPageBytes));
  pragma("journal_mode=WAL");
  pragma("synchronous=FULL");
  pragma("wal_autocheckpoint=0");
  pragma("journal_size_limit=" + std::to_string(kWalKeptBytes));
  pragma("cache_size=-" + std::to_string(options.writer_cache_bytes >> 10));
  pragma("temp_store=MEMORY");
  return kept_error(db);
}

}  // namespace

// In the order of making; unmade the other way round, so that statements end before their connection.
struct SqliteStore::Impl {
  Impl(const Options& o, runtime::Executor& e, runtime::Clock& c)
      : options(o), executor(e), clock(c), verifier(o.path, o.vfs) {}

  const Options options;
  runtime::Executor& executor;
  runtime::Clock& clock;
  LockFile lock;
  Connection db;
  ReaderPool pool;
  std::unique_ptr<WriteContext> context;
  std::unique_ptr<SqliteLedger> ledger;
  std::unique_ptr<SqliteReader> reader;
  std::unique_ptr<SqliteAnalysis> analysis;
  std::unique_ptr<SqliteCatalog> catalog;
  std::unique_ptr<SqliteImports> imports;
  std::unique_ptr<SqliteAccess> access;
  std::unique_ptr<SqliteUsers> users;
  std::unique_ptr<SqliteWorkspace> workspace;
  SqliteVerifier verifier;
  std::unique_ptr<Writer> writer;

  Result<void> open(runtime::Entropy& entropy);
  Result<void> build();
  ~Impl();
};

Result<void> SqliteStore::Impl::open(runtime::Entropy& entropy) {
  if (!options.read_only) {
    if (auto locked = lock.take(options.path); !locked) return locked;
  }
  const OpenMode mode = options.read_only ? OpenMode::read_only : OpenMode::read_write_create;
  if (auto opened = db.open(options.path, mode, options.vfs); !opened) return opened;
  if (!options.read_only) {
    if (auto ready = set_up(db, options); !ready) return ready;
    if (auto migrated = migrate(db, entropy); !migrated) return migrated;
  } else if (auto same = check_schema(db); !same) {
    return same;
  }
  if (auto opened =
          pool.open(options.path, options.vfs, options.readers, options.reader_cache_bytes);
      !opened) {
    return opened;
  }
  if (auto prepared = pool.prepare<ReaderTable>(); !prepared) return prepared;
  if (auto prepared = pool.prepare<AnalysisTable>(); !prepared) return prepared;
  if (auto built = build(); !built) return built;
  if (options.read_only) return {};
  writer->start();
  if (auto recovered = access->recover(); !recovered) return recovered;
  return imports->recover(clock.wall());
}

Result<void> SqliteStore::Impl::build() {
  context = std::make_unique<WriteContext>(db, clock);
  Writer::Options writing;
  writing.group_commit_max = options.group_commit_max;
  writer = std::make_unique<Writer>(db, *context, writing);
  ledger = std::make_unique<SqliteLedger>(db, *writer, executor);
  reader = std::make_unique<SqliteReader>(pool, *writer);
  analysis = std::make_unique<SqliteAnalysis>(pool);
  catalog = std::make_unique<SqliteCatalog>(db, *writer, *reader);
  imports = std::make_unique<SqliteImports>(db, *writer, pool);
  access = std::make_unique<SqliteAccess>(db, *writer, pool, options.path, schema_version());
  users = std::make_unique<SqliteUsers>(db, *writer, pool);
  workspace = std::make_unique<SqliteWorkspace>(db, *writer, pool);
  if (auto prepared = kept_error(db); !prepared) return prepared;
  return context->load();
}

SqliteStore::Impl::~Impl() {
  if (!writer) return;
  writer->stop();
  if (!options.read_only) {
    sqlite3_wal_checkpoint_v2(db.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const Options& options,
                                                       runtime::Executor& completions,
                                                       runtime::Clock& clock,
                                                       runtime::Entropy& entropy) {
  auto impl = std::make_unique<Impl>(options, completions, clock);
  if (auto opened = impl->open(entropy); !opened) return tl::unexpected<Error>(opened.error());
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(impl)));
}

SqliteStore::SqliteStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteStore::~SqliteStore() = default;

Ledger& SqliteStore::ledger() { return *impl_->ledger; }
Catalog& SqliteStore::catalog() { return *impl_->catalog; }
Imports& SqliteStore::imports() { return *impl_->imports; }
Reader& SqliteStore::reader() { return *impl_->reader; }
Analysis& SqliteStore::analysis() { return *impl_->analysis; }
Access& SqliteStore::access() { return *impl_->access; }
Users& SqliteStore::users() { return *impl_->users; }
Workspace& SqliteStore::workspace() { return *impl_->workspace; }
Verifier& SqliteStore::verifier() { return impl_->verifier; }

}  // namespace headway::store::sqlite
