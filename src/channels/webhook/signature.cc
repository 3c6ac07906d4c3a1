#include "channels/webhook/signature.h"

#include <array>
#include <charconv>

namespace headway::channels {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kKeyBytesMin = 24, kKeyBytesMax = 64;

void update(crypto_auth_hmacsha256_state& state, std::string_view bytes) {
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()),
                                bytes.size());
}

}  // namespace

std::optional<WebhookSecret> WebhookSecret::parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  std::array<unsigned char, kKeyBytesMax> key{};
  std::size_t length = 0;
  const char* end = nullptr;
  int bad = sodium_base642bin(key.data(), key.size(), text.data(), text.size(), nullptr, &length,
                              &end, sodium_base64_VARIANT_ORIGINAL);
  if (bad != 0) {  // padding may be left out
    bad = sodium_base642bin(key.data(), key.size(), text.data(), text.size(), nullptr, &length,
                            &end, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  }
  std::optional<WebhookSecret> secret;
  if (bad == 0 && end == text.data() + text.size() && length >= kKeyBytesMin) {
    secret = WebhookSecret();
    crypto_auth_hmacsha256_init(&secret->keyed_, key.data(), length);
  }
  sodium_memzero(key.data(), key.size());
  return secret;
}

std::string WebhookSecret::sign(std::string_view id, std::int64_t unix_seconds,
                                std::string_view body) const {
  std::array<char, 24> digits{};
  char* digits_end = std::to_chars(digits.data(), digits.data() + digits.size(), unix_seconds).ptr;
  crypto_auth_hmacsha256_state state = keyed_;
  update(state, id);
  update(state, ".");
  update(state, {digits.data(), digits_end});
  update(state, ".");
  update(state, body);
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  std::array<char, sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES,
                                             sodium_base64_VARIANT_ORIGINAL)>
      text{};
  sodium_bin2base64(text.data(), text.size(), mac.data(), mac.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return "v1," + std::string(text.data());
}

}  // namespace headway::channels
