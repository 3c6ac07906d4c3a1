#pragma once
// The embedded store: one SQLite file, WAL, synchronous=FULL, one writer thread with group commit,
// a pool of readers on snapshots. A second process on the same file is refused.

#include <memory>
#include <string>

#include "base/result.h"
#include "runtime/clock.h"
#include "runtime/entropy.h"
#include "runtime/executor.h"
#include "store/access.h"
#include "store/analysis.h"
#include "store/catalog.h"
#include "store/ledger.h"
#include "store/reader.h"
#include "store/users.h"
#include "store/workspace.h"

namespace headway::store::sqlite {

struct Options {
  std::string path;        // of the database file; its folder must exist
  bool read_only = false;  // for verify and report beside a running server: no writer, no lock
  int readers = 8;         // connections of the reader pool, >= 1
  std::int64_t writer_cache_bytes = 16 << 20;
  std::int64_t reader_cache_bytes = 1 << 20;
  int group_commit_max = 64;  // operations in one transaction
  std::string vfs;            // "" = the default one; tests give a fault-injecting one
};

class SqliteStore {
 public:
  // Opens or creates, migrates, prepares every statement (bad SQL fails here). The executor is
  // where Ledger completions are posted; it and the others must outlive the store.
  // Errors: unavailable (in use by another process, read-only, disk full), corrupt, conflict (newer schema).
  static Result<std::unique_ptr<SqliteStore>> open(const Options& options,
                                                   runtime::Executor& completions,
                                                   runtime::Clock& clock,
                                                   runtime::Entropy& entropy);
  ~SqliteStore();  // finishes queued writes, checkpoints, releases the lock

  Ledger& ledger();
  Catalog& catalog();
  Imports& imports();
  Reader& reader();
  Analysis& analysis();
  Access& access();
  Users& users();
  Workspace& workspace();
  Verifier& verifier();

 private:
  struct Impl;
  explicit SqliteStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace headway::store::sqlite
