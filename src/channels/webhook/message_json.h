#pragma once
// What a gateway is told. Pure.

#include <string>
#include <string_view>

#include "channels/channel.h"
#include "channels/webhook/webhook_settings.h"

namespace headway::channels {

// The body of docs/api, "Webhook connector". "id" names the message (lead and step) and stays the
// same over all tries; "idempotency_key" changes when a person decides to send again.
std::string message_json(const Outgoing& message, AccountId account);

// The whole request, signed. `unix_seconds`: when it is sent.
std::string message_request(const WebhookSettings& settings, const Outgoing& message,
                            AccountId account, std::int64_t unix_seconds);

}  // namespace headway::channels
