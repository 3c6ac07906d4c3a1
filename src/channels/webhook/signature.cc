#include "channels/webhook/signature.h"

#include <array>
#include <charconv>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <sodium.h>

#include "base/check.h"

namespace headway::channels {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kKeyBytesMin = 24, kKeyBytesMax = 64;
constexpr std::size_t kMacBytes = 32;

void update(EVP_MAC_CTX* mac, std::string_view bytes) {
  HW_CHECK(
      EVP_MAC_update(mac, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1);
}

}  // namespace

WebhookSecret::Mac WebhookSecret::keyed(const unsigned char* key, std::size_t length) {
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  HW_CHECK(hmac != nullptr);
  Mac mac(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);  // the context keeps it
  std::string digest = OSSL_DIGEST_NAME_SHA2_256;
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  HW_CHECK(mac && EVP_MAC_init(mac.get(), key, length, parameters.data()) == 1);
  return mac;
}

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
    secret = WebhookSecret(keyed(key.data(), length));
  }
  sodium_memzero(key.data(), key.size());
  return secret;
}

std::string WebhookSecret::sign(std::string_view id, std::int64_t unix_seconds,
                                std::string_view body) const {
  std::array<char, 24> digits{};
  char* digits_end = std::to_chars(digits.data(), digits.data() + digits.size(), unix_seconds).ptr;
  const Mac mac(EVP_MAC_CTX_dup(keyed_.get()));
  HW_CHECK(mac != nullptr);
  update(mac.get(), id);
  update(mac.get(), ".");
  update(mac.get(), {digits.data(), digits_end});
  update(mac.get(), ".");
  update(mac.get(), body);
  std::array<unsigned char, kMacBytes> signature{};
  std::size_t size = 0;
  HW_CHECK(EVP_MAC_final(mac.get(), signature.data(), &size, signature.size()) == 1 &&
           size == signature.size());
  std::array<char, sodium_base64_ENCODED_LEN(kMacBytes, sodium_base64_VARIANT_ORIGINAL)> text{};
  sodium_bin2base64(text.data(), text.size(), signature.data(), signature.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return "v1," + std::string(text.data());
}

}  // namespace headway::channels
