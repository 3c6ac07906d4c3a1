#include "channels/webhook/message_json.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace headway::channels {

namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, value);
}

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

}  // namespace

std::string message_json(const Outgoing& message, AccountId account) {
  const domain::Person& person = message.person;
  std::string out;
  out.reserve(512 + message.body.size() + person.attributes.size());
  std::string lead = to_string(message.lead);
  std::string step = std::to_string(message.step);
  out += R"({"type":"message.send","id":"msg_)";
  out += lead;
  out += '_';
  out += step;
  out += '"';
  append_field(out, "idempotency_key", message.idempotency_key);
  append_field(out, "campaign_id", to_string(message.campaign));
  out += R"(,"lead":{"id":")";
  out += lead;
  out += '"';
  append_field(out, "external_id", person.external_id);
  append_field(out, "name", person.name);
  append_field(out, "email", person.email);
  append_field(out, "phone", person.phone);
  append_field(out, "messenger_id", person.messenger_id);
  append_field(out, "timezone", person.timezone);
  out += ",\"attributes\":";
  out += person.attributes.starts_with('{') ? std::string_view(person.attributes) : "{}";
  out += '}';
  append_field(out, "account_id", to_string(account));
  out += ",\"step\":";
  out += step;
  append_field(out, "variant", message.variant);
  append_field(out, "body", message.body);
  out += '}';
  return out;
}

std::string message_request(const WebhookSettings& settings, const Outgoing& message,
                            AccountId account, std::int64_t unix_seconds) {
  const std::string& key = message.idempotency_key;
  // It goes into a header as it is.
  HW_CHECK(!key.empty() && std::all_of(key.begin(), key.end(), is_key_character));
  std::string body = message_json(message, account);
  std::string wire;
  wire.reserve(settings.head.size() + 256 + body.size());
  wire += settings.head;
  wire += "webhook-id: ";
  wire += key;
  wire += "\r\nwebhook-timestamp: ";
  wire += std::to_string(unix_seconds);
  if (settings.secret) {
    wire += "\r\nwebhook-signature: ";
    wire += settings.secret->sign(key, unix_seconds, body);
  }
  wire += "\r\nContent-Length: ";
  wire += std::to_string(body.size());
  wire += "\r\n\r\n";
  wire += body;
  return wire;
}

}  // namespace headway::channels
