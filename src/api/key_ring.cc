#include "api/key_ring.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/text.h"

namespace headway::api {

bool looks_like_key(std::string_view text) {
  if (text.size() != 35 || text.substr(0, 3) != "mf_") return false;
  return std::all_of(text.begin() + 3, text.end(),
                     [](char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'f'); });
}

Result<std::shared_ptr<KeyRing::Key>> KeyRing::find(std::string_view presented) {
  if (!looks_like_key(presented)) return nullptr;
  const std::string hash = sha256_hex(presented);
  std::uint64_t revocations = 0;
  {
    std::lock_guard lock(mutex_);
    if (const auto it = by_hash_.find(hash); it != by_hash_.end()) return it->second;
    revocations = revocations_;
  }
  const auto row = access_.find_key(hash);
  if (!row) return tl::unexpected(row.error());
  if (!*row) return nullptr;
  auto key = std::make_shared<Key>();
  key->id = (*row)->id;
  key->actor = "key:" + to_string(key->id);
  key->limit = std::max(1, (*row)->rate_limit_per_minute);
  key->tokens = key->limit;
  key->filled_at = clock_.steady();
  std::lock_guard lock(mutex_);
  // Revoked while it was read: do not keep it; the next request reads again.
  if (revocations != revocations_) return key;
  if (by_hash_.size() >= kKeysMax) by_hash_.clear();
  return by_hash_.emplace(hash, std::move(key)).first->second;
}

KeyRing::Allowance KeyRing::take(Key& key) const {
  const std::chrono::nanoseconds now = clock_.steady();
  const double per_second = key.limit / 60.0;
  const double seconds = std::chrono::duration<double>(now - key.filled_at).count();
  if (seconds > 0) {
    key.tokens = std::min<double>(key.limit, key.tokens + seconds * per_second);
    key.filled_at = now;
  }
  Allowance a;
  a.limit = key.limit;
  a.allowed = key.tokens >= 1;
  if (a.allowed) key.tokens -= 1;
  a.remaining = static_cast<std::int64_t>(key.tokens);
  const double missing = key.limit - key.tokens;
  const std::int64_t unix_now = to_ms(clock_.wall()) / 1000;
  a.reset = unix_now + static_cast<std::int64_t>(std::ceil(missing / per_second));
  if (!a.allowed) {
    a.retry_after = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::ceil((1 - key.tokens) / per_second)));
  }
  return a;
}

bool KeyRing::should_touch(Key& key) const {
  const std::chrono::nanoseconds now = clock_.steady();
  if (key.touched_at != std::chrono::nanoseconds::min() &&
      now - key.touched_at < std::chrono::seconds{60}) {
    return false;
  }
  key.touched_at = now;
  return true;
}

void KeyRing::revoke(ApiKeyId id) {
  std::lock_guard lock(mutex_);
  ++revocations_;
  for (auto it = by_hash_.begin(); it != by_hash_.end(); ++it) {
    if (it->second->id != id) continue;
    it->second->revoked = true;
    by_hash_.erase(it);
    return;
  }
}

}  // namespace headway::api
