#pragma once
// Standard Webhooks 1.0, symmetric signatures:
//   webhook-signature: v1,<base64 of HMAC-SHA256(secret, "{id}.{timestamp}.{raw body}")>
// The secret is written "whsec_<base64 of 24 to 64 bytes>". Thread-safe, no state.

#include <optional>
#include <string>
#include <string_view>

#include <sodium.h>

#include "base/time.h"

namespace headway::channels {

class WebhookSecret {
 public:
  // nullopt when the text is not such a secret.
  static std::optional<WebhookSecret> parse(std::string_view text);

  // The value of the header, without its name.
  std::string sign(std::string_view id, std::int64_t unix_seconds, std::string_view body) const;

 private:
  WebhookSecret() = default;
  crypto_auth_hmacsha256_state keyed_{};  // the key's blocks are hashed once, not for each message
};

}  // namespace headway::channels
