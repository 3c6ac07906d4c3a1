// `verify` on a database that was changed behind its back: each table of facts and each of counters.

#include <gtest/gtest.h>

#include <filesystem>

#include "store/sqlite/connection.h"
#include "store/sqlite/verifier.h"
#include "tests/support/seed_store.h"
#include "tests/support/store_seat.h"

namespace headway::store::sqlite {
namespace {

class Verify : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    test::SeedOptions options;
    options.path = folder_.file("headway.db");
    options.leads = 3000;
    options.mix = {200, 100, 100, 150, 100, 50};
    ASSERT_TRUE(test::seed_store(options));
  }

  void run(const char* sql) {
    Connection db;
    ASSERT_TRUE(db.open(folder_.file("headway.db"), OpenMode::read_write_create, ""));
    db.exec(sql);
    ASSERT_TRUE(db.ok()) << db.error()->message;
    ASSERT_GT(db.total_changes(), 0) << "nothing was changed";
  }

  VerifyReport verify() {
    SqliteVerifier verifier(folder_.file("headway.db"), "");
    auto report = verifier.verify({});
    EXPECT_TRUE(report);
    return report ? *report : VerifyReport{};
  }

  test::TemporaryFolder folder_;
};

TEST_F(Verify, FindsNothingInWhatWasOnlyCounted) {
  const VerifyReport report = verify();
  EXPECT_EQ(report.differences_total, 0);
  for (const auto& d : report.differences) ADD_FAILURE() << d.what;
  EXPECT_EQ(report.leads, 3000);
  EXPECT_GT(report.messages, 0);
}

TEST_P(Verify, FindsAChangeBehindItsBack) {
  run(GetParam());
  EXPECT_GT(verify().differences_total, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Facts, Verify,
    ::testing::Values(
        "UPDATE lead SET status=2 WHERE id=(SELECT min(id) FROM lead WHERE status=0)",
        "UPDATE lead SET account=account+1 WHERE id=(SELECT min(id) FROM lead WHERE account>0)",
        "UPDATE lead SET delivered=2 WHERE id=(SELECT min(id) FROM lead WHERE delivered=1)",
        "DELETE FROM lead WHERE id=(SELECT max(id) FROM lead)",
        "DELETE FROM message WHERE lead=(SELECT min(lead) FROM message)",
        "UPDATE message SET failure=1 WHERE outcome=2 AND failure<>1",
        "DELETE FROM reply WHERE id=(SELECT min(id) FROM reply)",
        "DELETE FROM contact WHERE id=(SELECT min(id) FROM contact)",
        "DELETE FROM contact_key WHERE h=(SELECT min(h) FROM contact_key)"));
INSTANTIATE_TEST_SUITE_P(
    Counters, Verify,
    ::testing::Values("UPDATE campaign_total SET n=n+1 WHERE counter=4 AND account=1",
                      "DELETE FROM campaign_total WHERE counter=5 AND account=2",
                      "UPDATE rollup SET n=n-1 WHERE counter=4 AND account=1",
                      "UPDATE account_total SET n=n+1 WHERE account=3 AND counter=4",
                      "UPDATE account_hour SET n=n+1 WHERE account=3 AND counter=4",
                      "UPDATE workspace_hour SET n=n+1 WHERE counter=4",
                      "UPDATE queue_count SET n=n+1",
                      "UPDATE lead_block SET n=n+1 WHERE level=1 AND block=1",
                      "UPDATE lead_block SET n=n-1 WHERE level=3",
                      "UPDATE account_error SET n=n+1 WHERE account=4",
                      "DELETE FROM journal WHERE at=(SELECT max(at) FROM journal)",
                      "UPDATE collection SET people=people+1",
                      "UPDATE collection_field SET present=present-1 WHERE field='name'",
                      "UPDATE campaign SET last_lead=last_lead-1"));
INSTANTIATE_TEST_SUITE_P(
    Analysis, Verify,
    ::testing::Values(
        "UPDATE message SET load=load+1 WHERE account=2 AND outcome=1",
        "UPDATE message SET epoch=3 WHERE lead=(SELECT min(lead) FROM message)",
        "UPDATE delivery_cell SET n=n+1 WHERE account=1", "UPDATE delivery_cell SET first=first+1",
        "DELETE FROM delivery_cell WHERE failure>0", "DELETE FROM failure_code WHERE id=1",
        "UPDATE cohort SET n=n-1 WHERE kind=1 AND counter=6",
        "DELETE FROM cohort WHERE kind=0 AND counter=7",
        "DELETE FROM reaction WHERE lead=(SELECT min(lead) FROM reaction)",
        "UPDATE reaction SET at=at+8*86400000",
        "INSERT INTO guard_state VALUES(1,1,5,1,0,0,0,0,0,-1,0,0,0,0,0,NULL,NULL,NULL,'')"));
INSTANTIATE_TEST_SUITE_P(Days, Verify,
                         ::testing::Values("UPDATE campaign_day SET used=used+1",
                                           "UPDATE account_day SET used=used-1 WHERE account=1",
                                           "DELETE FROM campaign_day",
                                           "UPDATE account_day SET used=used*2",
                                           "UPDATE lead SET attempt=attempt+1000 WHERE attempt>0"));

}  // namespace
}  // namespace headway::store::sqlite
