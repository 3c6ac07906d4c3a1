// People who sign in, and their sessions.

#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

using domain::Role;

class UsersContract : public StoreContract {
 protected:
  store::Users& users() { return s.box().users(); }
  store::NewUser person(const std::string& name, Role role) {
    return {name, name + "@example.org", role, "hash of " + name};
  }
  store::UserRow add(const std::string& name, Role role) {
    return *users().create_user(person(name, role), "cli", s.now());
  }
  void open(const std::string& token, const store::UserRow& user) {
    ASSERT_TRUE(users().open_session(token, user.id, "hash of " + user.name, s.now()));
  }
  bool lives(const std::string& token) { return users().find_session(token, s.now())->has_value(); }
};

TEST_P(UsersContract, TheFirstUserIsAnOwnerAndThereIsOneFirst) {
  EXPECT_EQ(*users().user_count(), 0);
  const auto first = users().create_first_user(person("ada", Role::viewer), s.now());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->role, Role::owner);
  EXPECT_EQ(users().create_first_user(person("ben", Role::owner), s.now()).error().kind,
            ErrorKind::conflict);
  EXPECT_EQ(*users().user_count(), 1);
  EXPECT_EQ(s.box().access().audit({})->items.at(0).actor, "user:" + to_string(first->id));
}

TEST_P(UsersContract, AnAddressBelongsToOneUser) {
  const auto ada = add("ada", Role::owner);
  EXPECT_EQ(users().create_user(person("ada", Role::viewer), "cli", s.now()).error().kind,
            ErrorKind::conflict);
  const auto ben = add("ben", Role::viewer);
  EXPECT_EQ(users().update_user(ben.id, {.email = ada.email}, "cli", s.now()).error().kind,
            ErrorKind::conflict);
  ASSERT_TRUE(users().update_user(ben.id, {.name = "B", .email = ben.email}, "cli", s.now()));
  const auto found = users().find_login("ben@example.org");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->user.name, "B");
  EXPECT_EQ((*found)->password_hash, "hash of ben");
  EXPECT_FALSE(*users().find_login("nobody@example.org"));
}

TEST_P(UsersContract, TheLastOwnerStays) {
  const auto ada = add("ada", Role::owner);
  EXPECT_EQ(users().update_user(ada.id, {.role = Role::editor}, "cli", s.now()).error().kind,
            ErrorKind::conflict);
  EXPECT_EQ(users().remove_user(ada.id, "cli", s.now()).error().kind, ErrorKind::conflict);
  const auto ben = add("ben", Role::owner);
  ASSERT_TRUE(users().remove_user(ada.id, "cli", s.now()));
  EXPECT_EQ(users().remove_user(ben.id, "cli", s.now()).error().kind, ErrorKind::conflict);
  EXPECT_EQ(users().user(ada.id).error().kind, ErrorKind::not_found);
}

TEST_P(UsersContract, ASessionSlidesFourteenDaysAndEndsAfterNinety) {
  open("t", add("ada", Role::owner));
  EXPECT_EQ(users().find_session("t", s.now())->value().user.role, Role::owner);
  s.pass(store::kSessionIdle - milliseconds{1});
  EXPECT_TRUE(lives("t"));
  ASSERT_TRUE(users().touch_session("t", s.now()));
  s.pass(store::kSessionIdle - milliseconds{1});
  EXPECT_TRUE(lives("t"));
  s.pass(milliseconds{1});
  EXPECT_FALSE(lives("t"));

  open("u", *users().user(users().find_login("ada@example.org")->value().user.id));
  for (int day = 0; day < 89; ++day) {
    s.pass(std::chrono::hours{24});
    ASSERT_TRUE(users().touch_session("u", s.now()));
  }
  EXPECT_TRUE(lives("u"));
  s.pass(std::chrono::hours{24});
  EXPECT_FALSE(lives("u"));
}

TEST_P(UsersContract, AnotherPasswordOrRoleEndsTheSessionsOfThatUserOnly) {
  const auto ada = add("ada", Role::owner), ben = add("ben", Role::editor);
  open("a", ada);
  open("b", ben);
  ASSERT_TRUE(users().update_user(ben.id, {.name = "Benjamin"}, "cli", s.now()));
  ASSERT_TRUE(users().update_user(ben.id, {.role = Role::editor}, "cli", s.now()));
  EXPECT_TRUE(lives("b"));
  ASSERT_TRUE(users().update_user(ben.id, {.role = Role::viewer}, "cli", s.now()));
  EXPECT_FALSE(lives("b"));
  ASSERT_TRUE(users().open_session("b2", ben.id, "hash of ben", s.now()));
  ASSERT_TRUE(users().update_user(ben.id, {.password_hash = "other"}, "cli", s.now()));
  EXPECT_FALSE(lives("b2"));
  // The old password was checked before the change: too late.
  EXPECT_EQ(users().open_session("b3", ben.id, "hash of ben", s.now()).error().kind,
            ErrorKind::conflict);
  EXPECT_TRUE(lives("a"));
  ASSERT_TRUE(users().close_session("a", s.now()));
  EXPECT_FALSE(lives("a"));
}

TEST_P(UsersContract, AUserHasFiftySessionsAtMostAndTheLeastUsedGoes) {
  const auto ada = add("ada", Role::owner);
  for (int i = 0; i < store::kSessionsPerUser; ++i) {
    open("t" + std::to_string(i), ada);
    s.pass(std::chrono::minutes{1});
  }
  ASSERT_TRUE(users().touch_session("t0", s.now()));
  open("new", ada);
  EXPECT_TRUE(lives("t0"));
  EXPECT_FALSE(lives("t1"));
  EXPECT_TRUE(lives("t2"));
  EXPECT_TRUE(lives("new"));
}

TEST_P(UsersContract, UsersAndSessionsSurviveACrash) {
  const auto ada = add("ada", Role::owner);
  open("t", ada);
  s.crash_and_reopen();
  EXPECT_TRUE(lives("t"));
  EXPECT_EQ(users().users({})->total, 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, UsersContract, store_kinds(), kind_name);

}  // namespace
}  // namespace headway::test
