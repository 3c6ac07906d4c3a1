// Guessing passwords, hashing them, and the tokens of sessions.

#include <gtest/gtest.h>

#include <set>

#include "api/login_throttle.h"
#include "api/passwords.h"
#include "api/user_sessions.h"
#include "base/hash.h"
#include "tests/support/store_seat.h"

namespace headway::api {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(LoginThrottle, AfterFiveWrongGuessesTheWaitDoubles) {
  LoginThrottle throttle;
  nanoseconds now{0};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(throttle.admit("ada", "1.1.1.1", now), seconds{0}) << i;
  for (const int wait : {1, 2, 4, 8}) {
    EXPECT_EQ(throttle.admit("ada", "1.1.1.1", now), seconds{wait});
    now += seconds{wait};
    EXPECT_EQ(throttle.admit("ada", "1.1.1.1", now), seconds{0});
  }
  for (int i = 0; i < 20; ++i) now += throttle.admit("ada", "1.1.1.1", now);
  EXPECT_LE(throttle.admit("ada", "1.1.1.1", now), LoginThrottle::kWaitMost);
}

TEST(LoginThrottle, AStrangerElsewhereLocksNobodyOut) {
  LoginThrottle throttle;
  for (int i = 0; i < 50; ++i) (void)throttle.admit("ada", "6.6.6.6", nanoseconds{0});
  EXPECT_EQ(throttle.admit("ada", "1.1.1.1", nanoseconds{0}), seconds{0});
}

TEST(LoginThrottle, AnAddressMayNotTryManyAccounts) {
  LoginThrottle throttle;
  for (int i = 0; i < LoginThrottle::kFreeByAddress; ++i) {
    EXPECT_EQ(throttle.admit("user" + std::to_string(i), "6.6.6.6", nanoseconds{0}), seconds{0});
  }
  EXPECT_GT(throttle.admit("one more", "6.6.6.6", nanoseconds{0}), seconds{0});
  EXPECT_EQ(throttle.admit("one more", "1.1.1.1", nanoseconds{0}), seconds{0});
}

TEST(LoginThrottle, TheRightPasswordAndAnHourForget) {
  LoginThrottle throttle;
  for (int i = 0; i < 5; ++i) (void)throttle.admit("ada", "1.1.1.1", nanoseconds{0});
  EXPECT_GT(throttle.admit("ada", "1.1.1.1", nanoseconds{0}), seconds{0});
  throttle.succeeded("ada", "1.1.1.1");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(throttle.admit("ada", "1.1.1.1", nanoseconds{0}), seconds{0});
  }
  EXPECT_GT(throttle.admit("ada", "1.1.1.1", nanoseconds{0}), seconds{0});
  EXPECT_EQ(throttle.admit("ada", "1.1.1.1", LoginThrottle::kForgotten), seconds{0});
}

TEST(LoginThrottle, ManyAccountsNeedNoMoreThanItsMemory) {
  LoginThrottle throttle;
  for (std::size_t i = 0; i < 3 * LoginThrottle::kEntriesMax; ++i) {
    const std::string n = std::to_string(i);
    EXPECT_EQ(throttle.admit("user" + n, "address " + n, nanoseconds{0}), seconds{0});
  }
}

TEST(Passwords, AHashIsOfItsPasswordOnly) {
  const Passwords passwords(Passwords::Cost::lowest);
  const auto hash = passwords.hash("correct horse");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$"));
  EXPECT_TRUE(passwords.verify(*hash, "correct horse"));
  EXPECT_FALSE(passwords.verify(*hash, "correct horsf"));
  EXPECT_FALSE(passwords.verify(std::nullopt, "correct horse"));
  EXPECT_FALSE(passwords.verify("no hash", "correct horse"));
  EXPECT_NE(*hash, *passwords.hash("correct horse"));
}

TEST(Passwords, AnUnknownUserCostsWhatAKnownOneDoes) {
  const Passwords passwords;
  const auto hash = passwords.hash("correct horse");
  ASSERT_TRUE(hash);
  const auto time = [&](const std::optional<std::string>& of) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(passwords.verify(of, "a wrong guess"));
    return std::chrono::steady_clock::now() - begin;
  };
  // Not a measurement: only that no shortcut is taken, which would be a thousand times faster.
  EXPECT_GT(time(std::nullopt) * 20, time(*hash));
}

TEST(SessionTokens, AreChanceAndTheirCsrfTokenTellsNothingOfThem) {
  test::CountedEntropy entropy;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string token = new_session_token(entropy);
    EXPECT_TRUE(looks_like_token(token));
    EXPECT_TRUE(seen.insert(token).second);
    EXPECT_TRUE(seen.insert(csrf_token_of(token)).second);
    EXPECT_EQ(csrf_token_of(token), csrf_token_of(token));
  }
  EXPECT_FALSE(looks_like_token(""));
  EXPECT_FALSE(looks_like_token(std::string(63, 'a')));
  EXPECT_FALSE(looks_like_token(std::string(64, 'A')));
}

class UserSessionsTest : public ::testing::Test {
 protected:
  UserSessionsTest() {
    user = *users().create_user({"Ada", "ada@example.org", domain::Role::editor, "hash"}, "cli",
                                seat.now());
    token = new_session_token(seat.entropy);
    EXPECT_TRUE(users().open_session(sha256_hex(token), user.id, "hash", seat.now()));
  }
  store::Users& users() { return seat.box().users(); }

  test::StoreSeat seat{test::make_sqlite_box()};
  store::UserRow user;
  std::string token;
  UserSessions sessions{users(), seat.clock, 60};
};

TEST_F(UserSessionsTest, ASessionIsFoundUntilItIsEnded) {
  const auto session = *sessions.find(token);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->actor, "user:" + to_string(user.id));
  EXPECT_EQ(session->role, domain::Role::editor);
  EXPECT_EQ(session->csrf_token, csrf_token_of(token));
  EXPECT_EQ(*sessions.find(token), session);
  EXPECT_FALSE(*sessions.find(new_session_token(seat.entropy)));
  EXPECT_FALSE(*sessions.find("nonsense"));
  ASSERT_TRUE(users().close_session(session->token_hash, seat.now()));
  sessions.revoke(session->token_hash);
  EXPECT_TRUE(session->ended(seat.now()));
  EXPECT_FALSE(*sessions.find(token));
}

TEST_F(UserSessionsTest, WhatAnotherProcessEndedIsRefusedWithinHalfAMinute) {
  const auto session = *sessions.find(token);
  ASSERT_TRUE(users().update_user(user.id, {.role = domain::Role::viewer}, "cli", seat.now()));
  seat.pass(seconds{29});
  EXPECT_TRUE(*sessions.find(token));
  seat.pass(seconds{1});
  EXPECT_FALSE(*sessions.find(token));
  EXPECT_TRUE(session->revoked);
}

TEST_F(UserSessionsTest, ItExpiresByTheClockAlthoughItIsKeptInMemory) {
  ASSERT_TRUE(*sessions.find(token));
  seat.pass(store::kSessionIdle);
  EXPECT_FALSE(*sessions.find(token));
}

TEST_F(UserSessionsTest, UseIsWrittenOnceAMinuteAndKeepsItAlive) {
  const auto session = *sessions.find(token);
  EXPECT_TRUE(sessions.should_touch(*session));
  EXPECT_FALSE(sessions.should_touch(*session));
  seat.pass(std::chrono::hours{24 * 13});
  ASSERT_TRUE(*sessions.find(token));
  EXPECT_TRUE(sessions.should_touch(*session));
  ASSERT_TRUE(users().touch_session(session->token_hash, seat.now()));
  seat.pass(std::chrono::hours{24 * 13});
  EXPECT_TRUE(*sessions.find(token));
}

TEST_F(UserSessionsTest, ASessionHasAMinutesWorthOfRequests) {
  const auto session = *sessions.find(token);
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(sessions.take(*session).allowed);
  EXPECT_FALSE(sessions.take(*session).allowed);
  seat.pass(seconds{31});  // looked up anew: the count stays
  EXPECT_EQ(*sessions.find(token), session);
  for (int i = 0; i < 31; ++i) EXPECT_TRUE(sessions.take(*session).allowed);
  EXPECT_FALSE(sessions.take(*session).allowed);
}

TEST_F(UserSessionsTest, AllOfAUserEndTogether) {
  const std::string second = new_session_token(seat.entropy);
  ASSERT_TRUE(users().open_session(sha256_hex(second), user.id, "hash", seat.now()));
  const auto one = *sessions.find(token), two = *sessions.find(second);
  sessions.revoke_user(UserId{77});
  EXPECT_FALSE(one->revoked);
  sessions.revoke_user(user.id);
  EXPECT_TRUE(one->revoked && two->revoked);
}

}  // namespace
}  // namespace headway::api
