// Whoever adds a table that refers to campaigns, accounts, collections, leads or people decides what
// becomes of its rows when the sample is taken away (store/sqlite/sample_sql.h).

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>
#include <string>

#include "store/sqlite/sqlite_store.h"
#include "tests/support/store_seat.h"

namespace headway::test {
namespace {

// Emptied of the sample's rows, or, with a reason, not.
const std::set<std::string> kDecided{
    "allocation",
    "cohort",
    "delivery_cell",
    "failure_code",
    "guard_pause",
    "guard_state",
    "reaction",
    "account_day",
    "account_error",
    "account_hour",
    "account_log",
    "account_total",
    "activity",
    "attempt",
    "booking",
    "campaign_account",
    "campaign_collection",
    "campaign_day",
    "campaign_step",
    "campaign_total",
    "collection_field",
    "contact_key",
    "conversation",
    "import_job",
    "import_rejection",
    "journal",
    "lead",
    "lead_block",
    "message",
    "opt_out",
    "reply",
    "rollup",
    "variant",
};

std::set<std::string> referring_tables(const std::string& path) {
  std::set<std::string> found;
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  const char* sql =
      "SELECT DISTINCT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c "
      "WHERE t.type='table' AND c.name IN "
      "('campaign','account','collection','lead','contact','job')";
  sqlite3_stmt* s = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(db, sql, -1, &s, nullptr), SQLITE_OK);
  while (sqlite3_step(s) == SQLITE_ROW) {
    found.insert(reinterpret_cast<const char*>(sqlite3_column_text(s, 0)));
  }
  sqlite3_finalize(s);
  sqlite3_close(db);
  return found;
}

TEST(SampleTables, EveryTableThatRefersToTheSampleIsDecidedOn) {
  const TemporaryFolder folder;
  StandingClock clock;
  CountedEntropy entropy;
  WaitingExecutor executor;
  store::sqlite::Options options;
  options.path = folder.file("headway.db");
  const auto store = store::sqlite::SqliteStore::open(options, executor, clock, entropy);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(referring_tables(options.path), kDecided)
      << "take its rows away in store/sqlite/sample_sql.h, then name it here";
}

}  // namespace
}  // namespace headway::test
