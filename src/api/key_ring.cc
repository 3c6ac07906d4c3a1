#include "api/key_ring.h"

#include <algorithm>

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
  key->role = (*row)->role;
  key->bucket = RateBucket(std::max(1, (*row)->rate_limit_per_minute), clock_.steady());
  std::lock_guard lock(mutex_);
  // Revoked while it was read: do not keep it; the next request reads again.
  if (revocations != revocations_) return key;
  if (by_hash_.size() >= kKeysMax) by_hash_.clear();
  return by_hash_.emplace(hash, std::move(key)).first->second;
}

Allowance KeyRing::take(Key& key) const { return key.bucket.take(clock_.steady(), clock_.wall()); }

bool KeyRing::should_touch(Key& key) const { return key.touched.due(clock_.steady()); }

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
