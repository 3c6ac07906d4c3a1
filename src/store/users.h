#pragma once
// People who sign in, and their sessions. Blocking and thread-safe, as catalog.h; errors as in
// store/ledger.h. Passwords and tokens never reach the store: it keeps an argon2id string and a
// SHA-256.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/user.h"
#include "store/reader.h"

namespace headway::store {

// A session ends when it was not used for kSessionIdle, and kSessionMost after it began at the latest.
inline constexpr std::chrono::days kSessionIdle{14};
inline constexpr std::chrono::days kSessionMost{90};
inline constexpr int kSessionsPerUser = 50;  // the one that was not used for longest goes
inline constexpr std::int64_t kUsersMax = 10'000;

struct UserRow {
  UserId id;
  std::string name;
  std::string email;  // normalised; unique
  domain::Role role{};
  Instant created_at{};
  std::optional<Instant> last_login_at;
};
struct NewUser {
  std::string name, email;
  domain::Role role{};
  std::string password_hash;
};
struct UserChange {  // absent = unchanged
  std::optional<std::string> name = {}, email = {}, password_hash = {};
  std::optional<domain::Role> role = {};
};
struct LoginRow {
  UserRow user;
  std::string password_hash;
};
struct SessionRow {
  UserRow user;
  Instant created_at{}, used_at{};
};

class Users {
 public:
  virtual ~Users() = default;

  virtual Result<std::int64_t> user_count() = 0;  // [cheap]
  // conflict: somebody has this address, or there are kUsersMax.
  virtual Result<UserRow> create_user(const NewUser& user, const std::string& actor,
                                      Instant now) = 0;
  // The first user of all, an owner; conflict when there is one already, whoever is faster.
  virtual Result<UserRow> create_first_user(const NewUser& user, Instant now) = 0;
  virtual Result<Page<UserRow>> users(const Paging& p) = 0;  // search: beginning of name or address
  virtual Result<UserRow> user(UserId id) = 0;
  virtual Result<std::optional<LoginRow>> find_login(const std::string& email) = 0;
  virtual Result<std::optional<LoginRow>> find_login(UserId id) = 0;
  // Another role or password ends all sessions of the user. conflict: the last owner would be none, or
  // the address is somebody else's.
  virtual Result<UserRow> update_user(UserId id, const UserChange& change, const std::string& actor,
                                      Instant now) = 0;
  virtual Result<void> remove_user(UserId id, const std::string& actor, Instant now) = 0;

  // conflict when the password is no longer the one that was checked: `password_hash` is what
  // find_login gave.
  virtual Result<void> open_session(const std::string& token_hash, UserId id,
                                    const std::string& password_hash, Instant now) = 0;
  // [cheap]; not one that ended.
  virtual Result<std::optional<SessionRow>> find_session(const std::string& token_hash,
                                                         Instant now) = 0;
  virtual Result<void> touch_session(const std::string& token_hash, Instant now) = 0;
  virtual Result<void> close_session(const std::string& token_hash, Instant now) = 0;
};

}  // namespace headway::store
