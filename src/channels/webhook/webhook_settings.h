#pragma once
// An account's settings, read once per version of the account.

#include <memory>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "channels/webhook/http_types.h"
#include "channels/webhook/signature.h"

namespace headway::channels {

struct WebhookSettings {
  std::shared_ptr<const HttpTarget> target;
  std::string head;  // request line and headers that are the same for every message
  std::optional<WebhookSecret> secret;  // none: messages go out unsigned
  bool idempotent = false;
  milliseconds timeout{30'000};
  int max_in_flight = 64;
};

// `allow_private`: literal addresses and names of this machine or its networks pass. Names are
// judged again by the addresses they resolve to, at each connection.
Result<WebhookSettings> parse_webhook_settings(const boost::json::object& settings,
                                               bool allow_private);

}  // namespace headway::channels
