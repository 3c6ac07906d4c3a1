#include "store/sqlite/migrations.h"

#include <array>
#include <iterator>

#include "base/hash.h"
#include "store/sqlite/embedded.h"

namespace headway::store::sqlite {
namespace {

Result<void> kept_error(Connection& db) {
  if (db.ok()) return {};
  return tl::unexpected<Error>(*db.error());
}

Result<void> newer(std::int64_t version) {
  return fail(ErrorKind::conflict, "The database was written by a newer version (schema " +
                                       std::to_string(version) + "; this program knows up to " +
                                       std::to_string(schema_version()) + ")");
}

void create_keys(Connection& db, runtime::Entropy& entropy) {
  std::array<std::uint8_t, 32> key{};
  entropy.fill(key);
  std::array<std::uint8_t, 6> instance{};
  entropy.fill(instance);
  Statement insert(db, "INSERT INTO meta VALUES(?1,?2)");
  insert.run("plan_version", 1);
  insert.run("digest_key", std::span<const std::uint8_t>(key));
  insert.run("instance", hex(instance));
}

}  // namespace

int schema_version() { return static_cast<int>(std::size(embedded_files)); }

Result<void> migrate(Connection& db, runtime::Entropy& entropy) {
  const std::int64_t stored = db.pragma_int("PRAGMA user_version");
  if (!db.ok()) return kept_error(db);
  if (stored > schema_version()) return newer(stored);
  for (std::int64_t version = stored; version < schema_version(); ++version) {
    db.exec("BEGIN IMMEDIATE");
    if (db.ok()) db.exec(embedded_files[version].text.data());
    if (db.ok() && version == 0) create_keys(db, entropy);
    const std::string set = "PRAGMA user_version=" + std::to_string(version + 1);
    if (db.ok()) db.exec(set.c_str());
    if (db.ok()) db.exec("COMMIT");
    if (!db.ok()) {
      const Error error = *db.error();
      if (db.in_transaction()) db.exec("ROLLBACK");
      return tl::unexpected<Error>(error);
    }
  }
  return {};
}

Result<void> check_schema(Connection& db) {
  const std::int64_t stored = db.pragma_int("PRAGMA user_version");
  if (!db.ok()) return kept_error(db);
  if (stored > schema_version()) return newer(stored);
  if (stored < schema_version()) {
    return fail(ErrorKind::conflict, "The database has an older schema (" + std::to_string(stored) +
                                         "): start the server once to bring it up to date");
  }
  return {};
}

}  // namespace headway::store::sqlite
