#include "api/user_sessions.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"

namespace headway::api {
namespace {

constexpr std::size_t kTokenBytes = 32;

std::uint8_t nibble(char c) {
  return static_cast<std::uint8_t>(is_ascii_digit(c) ? c - '0' : c - 'a' + 10);
}

}  // namespace

std::string new_session_token(runtime::Entropy& entropy) {
  std::array<std::uint8_t, kTokenBytes> secret{};
  entropy.fill(secret);
  return hex(secret);
}

bool looks_like_token(std::string_view text) {
  return text.size() == 2 * kTokenBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return is_ascii_digit(c) || (c >= 'a' && c <= 'f');
         });
}

std::string csrf_token_of(std::string_view token) {
  SecretKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) {
    key[i] = static_cast<std::uint8_t>(nibble(token[2 * i]) << 4U | nibble(token[2 * i + 1]));
  }
  return hex(keyed_digest(key, "headway csrf token"));
}

std::shared_ptr<UserSessions::Session> UserSessions::known(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  const auto found = by_hash_.find(hash);
  return found == by_hash_.end() ? nullptr : found->second;
}

Result<std::shared_ptr<UserSessions::Session>> UserSessions::find(std::string_view token) {
  if (!looks_like_token(token)) return nullptr;
  const std::string hash = sha256_hex(token);
  const Instant now = clock_.wall();
  std::shared_ptr<Session> session = known(hash);
  if (session && clock_.steady() - session->read_at < kReadAgain) {
    return session->ended(now) ? nullptr : session;
  }
  std::uint64_t revocations = 0;
  {
    const std::lock_guard lock(mutex_);
    revocations = revocations_;
  }
  const auto row = users_.find_session(hash, now);
  if (!row) return tl::unexpected(row.error());
  if (!*row) {
    revoke(hash);
    return nullptr;
  }
  if (session) {
    session->read_at = clock_.steady();
    session->used_at = std::max(session->used_at, (*row)->used_at);
    return session->ended(now) ? nullptr : session;
  }
  session = std::make_shared<Session>();
  session->token_hash = hash;
  session->csrf_token = csrf_token_of(token);
  session->user = (*row)->user.id;
  session->actor = "user:" + to_string(session->user);
  session->role = (*row)->user.role;
  session->created_at = (*row)->created_at;
  session->used_at = (*row)->used_at;
  session->read_at = clock_.steady();
  session->bucket = RateBucket(limit_, clock_.steady());
  const std::lock_guard lock(mutex_);
  // Ended while it was read: do not keep it; the next request reads again.
  if (revocations != revocations_) return session;
  if (by_hash_.size() >= kSessionsMax) by_hash_.clear();
  by_hash_.emplace(hash, session);
  return session;
}

Allowance UserSessions::take(Session& session) const {
  return session.bucket.take(clock_.steady(), clock_.wall());
}

bool UserSessions::should_touch(Session& session) const {
  if (!session.touched.due(clock_.steady())) return false;
  session.used_at = std::max(session.used_at, clock_.wall());
  return true;
}

void UserSessions::revoke(const std::string& token_hash) {
  const std::lock_guard lock(mutex_);
  ++revocations_;
  const auto found = by_hash_.find(token_hash);
  if (found == by_hash_.end()) return;
  found->second->revoked = true;
  by_hash_.erase(found);
}

void UserSessions::revoke_user(UserId id) {
  const std::lock_guard lock(mutex_);
  ++revocations_;
  std::erase_if(by_hash_, [id](const auto& entry) {
    if (entry.second->user != id) return false;
    entry.second->revoked = true;
    return true;
  });
}

}  // namespace headway::api
