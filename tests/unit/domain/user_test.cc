#include "domain/user.h"

#include <gtest/gtest.h>

namespace headway::domain {
namespace {

std::string password_problem(const std::string& password) {
  std::vector<FieldError> errors;
  check_password(errors, "password", password, "ada@example.org", "Ada Lovelace");
  return errors.empty() ? "" : errors.front().message;
}

std::string email_problem(const std::string& email) {
  std::vector<FieldError> errors;
  check_email(errors, "email", email);
  return errors.empty() ? "" : errors.front().message;
}

TEST(Password, LengthCountsAndNothingElseIsPrescribed) {
  EXPECT_EQ(password_problem("correct horse"), "");
  EXPECT_EQ(password_problem("abcdefghij"), "");
  EXPECT_NE(password_problem("abcdefghi"), "");
  EXPECT_NE(password_problem(""), "");
  std::string long_one;
  while (long_one.size() < kPasswordBytesMax) long_one += "abcdefgh";
  EXPECT_EQ(password_problem(long_one), "");
  EXPECT_NE(password_problem(long_one + "x"), "");
}

TEST(Password, WhatIsGuessedFirstIsRefused) {
  EXPECT_NE(password_problem("ada@example.org"), "");
  EXPECT_NE(password_problem("ADA@Example.org"), "");
  EXPECT_NE(password_problem("ada lovelace"), "");
  EXPECT_NE(password_problem("aaaaaaaaaaaa"), "");
  EXPECT_NE(password_problem("abcabcabcabc"), "");
  EXPECT_EQ(password_problem("abcdabcdabcd"), "");
}

TEST(Email, HasOneAtAndNoBlanks) {
  for (const char* good : {"a@b", "ada@example.org", "ada+x@example.org"}) {
    EXPECT_EQ(email_problem(good), "") << good;
  }
  for (const char* bad :
       {"", "ada", "@example.org", "ada@", "a@b@c", "a b@c", "a@b\n", "a@b\x7f", "a@\xff"}) {
    EXPECT_NE(email_problem(bad), "") << bad;
  }
  EXPECT_NE(email_problem(std::string(250, 'a') + "@b.cd"), "");
}

TEST(Role, NamesAreReadBack) {
  for (const Role role : {Role::viewer, Role::editor, Role::owner}) {
    EXPECT_EQ(parse_role(to_string(role)), role);
  }
  EXPECT_FALSE(parse_role("Owner"));
  EXPECT_LT(Role::viewer, Role::editor);
  EXPECT_LT(Role::editor, Role::owner);
}

}  // namespace
}  // namespace headway::domain
