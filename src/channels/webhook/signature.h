#pragma once
// Standard Webhooks 1.0, symmetric signatures:
//   webhook-signature: v1,<base64 of HMAC-SHA256(secret, "{id}.{timestamp}.{raw body}")>
// The secret is written "whsec_<base64 of 24 to 64 bytes>". Thread-safe.
//
// OpenSSL, not libsodium: it uses the processor's SHA instructions (1.1 us for 2.9 us at 550 bytes).

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/evp.h>

#include "base/time.h"

namespace headway::channels {

class WebhookSecret {
 public:
  // nullopt when the text is not such a secret.
  static std::optional<WebhookSecret> parse(std::string_view text);

  // The value of the header, without its name.
  std::string sign(std::string_view id, std::int64_t unix_seconds, std::string_view body) const;

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* c) const { EVP_MAC_CTX_free(c); }
  };
  using Mac = std::unique_ptr<EVP_MAC_CTX, Free>;

  explicit WebhookSecret(Mac keyed) : keyed_(std::move(keyed)) {}
  // `length` > 0.
  static Mac keyed(const unsigned char* key, std::size_t length);

  Mac keyed_;  // has read the key and nothing else; each signature goes on from a copy
};

}  // namespace headway::channels
