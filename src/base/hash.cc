#include "base/hash.h"

#include <sodium.h>

#include "base/check.h"

namespace headway {
namespace {

// libsodium wants to be initialised before its first use; it does so once and is thread-safe.
void ensure_sodium() {
  static const bool ready = sodium_init() >= 0;
  HW_CHECK(ready);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string hex(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t b : bytes) {
    out += kDigits[b >> 4U];
    out += kDigits[b & 0xfU];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  ensure_sodium();
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  HW_CHECK(crypto_hash_sha256(digest.data(), bytes_of(bytes), bytes.size()) == 0);
  return hex(digest);
}

KeyedDigest keyed_digest(const SecretKey& key, std::string_view bytes) {
  ensure_sodium();
  KeyedDigest digest{};
  HW_CHECK(crypto_generichash_blake2b(digest.data(), digest.size(), bytes_of(bytes), bytes.size(),
                                      key.data(), key.size()) == 0);
  return digest;
}

std::int64_t short_digest(const KeyedDigest& digest) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = (value << 8U) | digest[i];
  return static_cast<std::int64_t>(value & 0x7fffffffffffffffULL);
}

}  // namespace headway
