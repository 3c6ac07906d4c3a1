#pragma once
// The schema and its versions. Migration n is sql/000n_*.sql; the database keeps its number in user_version.

#include "base/result.h"
#include "runtime/entropy.h"
#include "store/sqlite/connection.h"

namespace headway::store::sqlite {

int schema_version();  // that this program knows

// Brings the database up to schema_version(), each step in a transaction of its own. `conflict` when the
// database is newer than the program. A new database gets its keys (meta) from `entropy`.
Result<void> migrate(Connection& db, runtime::Entropy& entropy);

// Without changing anything: `conflict` unless the database has exactly this schema.
Result<void> check_schema(Connection& db);

}  // namespace headway::store::sqlite
