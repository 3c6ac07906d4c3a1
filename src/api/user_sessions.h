#pragma once
// Who is signed in. Sessions that were seen are kept in memory for half a minute, by the hash of their
// token: a request costs no read of the database, and what another process ended is refused soon. One that
// was ended here is refused from the moment that revoke() returns.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/rate_bucket.h"
#include "base/result.h"
#include "domain/user.h"
#include "runtime/clock.h"
#include "runtime/entropy.h"
#include "store/users.h"

namespace headway::api {

class UserSessions {
 public:
  struct Session {
    std::string token_hash;
    std::string csrf_token;
    UserId user;
    std::string actor;  // "user:12"
    domain::Role role{};
    Instant created_at{};
    std::atomic<bool> revoked{false};
    // The IO thread's alone:
    Instant used_at{};
    std::chrono::nanoseconds read_at{};
    RateBucket bucket;
    TouchClock touched;

    bool ended(Instant now) const {
      return revoked || now - used_at >= store::kSessionIdle ||
             now - created_at >= store::kSessionMost;
    }
  };

  // `limit`: requests a minute of each session.
  UserSessions(store::Users& users, runtime::Clock& clock, int limit)
      : users_(users), clock_(clock), limit_(limit) {}

  // nullptr: no such session, or it ended. Errors: the store cannot be asked. IO thread; reads a row at
  // most.
  Result<std::shared_ptr<Session>> find(std::string_view token);
  Allowance take(Session& session) const;     // IO thread only
  bool should_touch(Session& session) const;  // IO thread only; its last use is to be written down
  // Any thread; after the store has it.
  void revoke(const std::string& token_hash);
  void revoke_user(UserId id);

 private:
  static constexpr std::size_t kSessionsMax = 10'000;
  static constexpr std::chrono::seconds kReadAgain{30};

  std::shared_ptr<Session> known(const std::string& hash);

  store::Users& users_;
  runtime::Clock& clock_;
  const int limit_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Session>> by_hash_;
  std::uint64_t revocations_ = 0;
};

// 256 bits of chance as 64 hex digits: what the cookie holds.
std::string new_session_token(runtime::Entropy& entropy);
bool looks_like_token(std::string_view text);
// What X-CSRF-Token must say for a session: a MAC under its token, so that whoever can read it has been
// given it by us, and it needs no place in the store. `token` looks like one.
std::string csrf_token_of(std::string_view token);

}  // namespace headway::api
