#pragma once
// Who is asking, and how often they may. Keys that were seen are kept in memory, by hash: a request
// costs no read of the database. A revoked key is refused from the moment revoke() returns.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/rate_bucket.h"
#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "runtime/clock.h"
#include "store/access.h"

namespace headway::api {

class KeyRing {
 public:
  struct Key {
    ApiKeyId id;
    std::string actor;  // "key:12"
    domain::Role role{};
    std::atomic<bool> revoked{false};
    // The IO thread's alone:
    RateBucket bucket;
    TouchClock touched;
  };

  KeyRing(store::Access& access, runtime::Clock& clock) : access_(access), clock_(clock) {}

  // nullptr: no such key, or revoked. Errors: the store cannot be asked. Any thread; reads a row at
  // most.
  Result<std::shared_ptr<Key>> find(std::string_view presented);
  // One request. IO thread only.
  Allowance take(Key& key) const;
  // True about once a minute for a key: its last use is to be written down. IO thread only.
  bool should_touch(Key& key) const;
  void revoke(ApiKeyId id);  // any thread; after the store has it

 private:
  static constexpr std::size_t kKeysMax = 10'000;

  store::Access& access_;
  runtime::Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Key>> by_hash_;
  std::uint64_t revocations_ = 0;
};

// "mf_" and 32 lower-case hex digits.
bool looks_like_key(std::string_view text);

}  // namespace headway::api
