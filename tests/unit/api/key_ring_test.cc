#include "api/key_ring.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace headway::api {
namespace {

class ManualClock final : public runtime::Clock {
 public:
  Instant wall() const override {
    return from_ms(1'800'000'000'000 +
                   std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  }
  std::chrono::nanoseconds steady() const override { return now; }
  std::chrono::nanoseconds now{0};
};

// Knows one key.
class OneKey final : public store::Access {
 public:
  Result<store::ApiKeyRow> create_key(const std::string&, const std::string&, const std::string&,
                                      int, domain::Role, const std::string&, Instant) override {
    return row;
  }
  Result<std::optional<store::ApiKeyRow>> find_key(const std::string& hash) override {
    ++reads;
    if (revoked || hash != sha256_hex(kKey)) return std::optional<store::ApiKeyRow>();
    return std::optional<store::ApiKeyRow>(row);
  }
  Result<store::Page<store::ApiKeyRow>> keys(const store::Paging&) override {
    return store::Page<store::ApiKeyRow>();
  }
  Result<void> revoke_key(ApiKeyId, const std::string&, Instant) override { return {}; }
  Result<void> touch_key(ApiKeyId, Instant) override { return {}; }
  Result<store::Page<store::AuditRow>> audit(const store::Paging&) override {
    return store::Page<store::AuditRow>();
  }
  Result<std::optional<store::RememberedAnswer>> reserve_answer(ApiKeyId, const std::string&,
                                                                const std::string&,
                                                                Instant) override {
    return std::optional<store::RememberedAnswer>();
  }
  Result<void> remember_answer(ApiKeyId, const std::string&, int, const std::string&) override {
    return {};
  }
  Result<void> forget_answer(ApiKeyId, const std::string&) override { return {}; }
  Health health() override { return {}; }

  static constexpr const char* kKey = "mf_00112233445566778899aabbccddeeff";
  store::ApiKeyRow row{ApiKeyId{5}, "k", "mf_0011", 60, domain::Role::editor, {}, {}, {}};
  int reads = 0;
  bool revoked = false;
};

TEST(KeyRing, AKeyIsReadOnceAndForgottenWhenRevoked) {
  ManualClock clock;
  OneKey access;
  KeyRing ring(access, clock);
  const auto first = ring.find(OneKey::kKey);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->actor, "key:5");
  EXPECT_EQ(*ring.find(OneKey::kKey), *first);
  EXPECT_EQ(access.reads, 1);
  access.revoked = true;
  ring.revoke(ApiKeyId{5});
  EXPECT_TRUE((*first)->revoked);
  EXPECT_EQ(*ring.find(OneKey::kKey), nullptr);
}

TEST(KeyRing, WhatDoesNotLookLikeAKeyIsNotLookedUp) {
  ManualClock clock;
  OneKey access;
  KeyRing ring(access, clock);
  for (const char* text : {"", "mf_", "mf_00112233445566778899AABBCCDDEEFF", "sk_0011",
                           "mf_00112233445566778899aabbccddeeff0"}) {
    EXPECT_EQ(*ring.find(text), nullptr) << text;
  }
  EXPECT_EQ(access.reads, 0);
}

TEST(KeyRing, AMinutesWorthThenOneASecond) {
  ManualClock clock;
  OneKey access;
  KeyRing ring(access, clock);
  KeyRing::Key& key = **ring.find(OneKey::kKey);
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(ring.take(key).allowed) << i;
  const Allowance none = ring.take(key);
  EXPECT_FALSE(none.allowed);
  EXPECT_EQ(none.limit, 60);
  EXPECT_EQ(none.remaining, 0);
  EXPECT_EQ(none.retry_after, 1);
  EXPECT_EQ(none.reset, 1'800'000'060);
  clock.now += std::chrono::seconds{1};
  EXPECT_TRUE(ring.take(key).allowed);
  EXPECT_FALSE(ring.take(key).allowed);
  clock.now += std::chrono::hours{1};
  EXPECT_EQ(ring.take(key).remaining, 59);
}

TEST(KeyRing, LastUseIsWrittenOnceAMinute) {
  ManualClock clock;
  OneKey access;
  KeyRing ring(access, clock);
  KeyRing::Key& key = **ring.find(OneKey::kKey);
  EXPECT_TRUE(ring.should_touch(key));
  clock.now += std::chrono::seconds{59};
  EXPECT_FALSE(ring.should_touch(key));
  clock.now += std::chrono::seconds{1};
  EXPECT_TRUE(ring.should_touch(key));
}

}  // namespace
}  // namespace headway::api
