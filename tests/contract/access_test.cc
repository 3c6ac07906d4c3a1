// Keys, remembered answers, audit, health.

#include <gtest/gtest.h>

#include "tests/support/store_seat.h"

namespace headway::test {
namespace {

class AccessContract : public ::testing::Test {
 protected:
  store::Access& access() { return seat.box().access(); }
  StoreSeat seat{make_sqlite_box()};
};

TEST_F(AccessContract, AKeyIsFoundByItsHashUntilItIsRevoked) {
  const auto made =
      access().create_key("CI", "hash", "mf_1a2b", 60, domain::Role::editor, "cli", seat.now());
  ASSERT_TRUE(made);
  const auto found = access().find_key("hash");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, made->id);
  EXPECT_EQ((*found)->rate_limit_per_minute, 60);
  EXPECT_EQ((*found)->role, domain::Role::editor);
  EXPECT_FALSE(*access().find_key("other"));
  ASSERT_TRUE(access().revoke_key(made->id, "cli", seat.now()));
  EXPECT_FALSE(*access().find_key("hash"));
  EXPECT_TRUE(access().keys({})->items.at(0).revoked_at);
  EXPECT_EQ(access().revoke_key(ApiKeyId{77}, "cli", seat.now()).error().kind,
            ErrorKind::not_found);
}

TEST_F(AccessContract, TheUseOfAKeyIsWrittenOnceAMinute) {
  const auto made =
      access().create_key("CI", "hash", "mf_1a2b", 60, domain::Role::editor, "cli", seat.now());
  const Instant first = seat.now();
  ASSERT_TRUE(access().touch_key(made->id, first));
  ASSERT_TRUE(access().touch_key(made->id, first + std::chrono::seconds(59)));
  EXPECT_EQ((*access().find_key("hash"))->last_used_at, first);
  ASSERT_TRUE(access().touch_key(made->id, first + std::chrono::seconds(60)));
  EXPECT_EQ((*access().find_key("hash"))->last_used_at, first + std::chrono::seconds(60));
}

TEST_F(AccessContract, AnAnswerIsReservedOnceAndRememberedForADay) {
  const ApiKeyId key{1};
  EXPECT_FALSE(*access().reserve_answer(key, "k", "hash", seat.now()));
  auto other = access().reserve_answer(key, "k", "hash", seat.now());
  ASSERT_TRUE(other && *other);
  EXPECT_EQ((*other)->status, 0);
  ASSERT_TRUE(access().remember_answer(key, "k", 201, "{}"));
  other = access().reserve_answer(key, "k", "another", seat.now());
  EXPECT_EQ((*other)->status, 201);
  EXPECT_EQ((*other)->request_hash, "hash");
  EXPECT_FALSE(*access().reserve_answer(ApiKeyId{2}, "k", "hash", seat.now()));
  EXPECT_FALSE(*access().reserve_answer(key, "k", "hash", seat.now() + std::chrono::hours(24)));
}

TEST_F(AccessContract, AForgottenOrAbandonedAnswerIsFreeAgain) {
  const ApiKeyId key{1};
  EXPECT_FALSE(*access().reserve_answer(key, "k", "hash", seat.now()));
  ASSERT_TRUE(access().forget_answer(key, "k"));
  EXPECT_FALSE(*access().reserve_answer(key, "k", "hash", seat.now()));
  seat.crash_and_reopen();  // nobody is working on it any more
  EXPECT_FALSE(*access().reserve_answer(key, "k", "hash", seat.now()));
}

TEST_F(AccessContract, EveryChangeIsAudited) {
  seat.campaign({.collections = {seat.collection(1)}, .accounts = {seat.account()}});
  const auto rows = access().audit({});
  ASSERT_TRUE(rows);
  std::vector<std::string> actions;
  for (const auto& r : rows->items) actions.push_back(r.action);
  EXPECT_NE(std::find(actions.begin(), actions.end(), "campaign.create"), actions.end());
  EXPECT_NE(std::find(actions.begin(), actions.end(), "account.create"), actions.end());
  EXPECT_NE(std::find(actions.begin(), actions.end(), "collection.import"), actions.end());
  EXPECT_EQ(rows->items.at(0).actor, "key:1");
}

TEST_F(AccessContract, HealthTellsTheStore) {
  const auto h = access().health();
  EXPECT_TRUE(h.writable);
  EXPECT_EQ(h.problem, "");
  EXPECT_GT(h.schema_version, 0);
  EXPECT_GT(h.file_bytes, 0);
}

}  // namespace
}  // namespace headway::test
