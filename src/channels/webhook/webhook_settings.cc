#include "channels/webhook/webhook_settings.h"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <utility>

#include "channels/settings.h"
#include "channels/webhook/address_policy.h"

namespace headway::channels {

namespace {

constexpr std::size_t kUrlBytesMax = 2048;
constexpr const char* kNotAllowed =
    "Private and loopback addresses are not allowed on this server (--allow-private-targets)";

std::string head_of(const std::string& path, const HttpTarget& target) {
  std::string host =
      target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
  if (target.port != (target.tls ? 443 : 80)) host += ":" + std::to_string(target.port);
  return "POST " + path + " HTTP/1.1\r\nHost: " + host +
         "\r\nUser-Agent: Headway/" HEADWAY_VERSION
         "\r\nContent-Type: application/json\r\nAccept: application/json\r\n";
}

// "" or what is wrong.
std::string parse_url(std::string_view text, bool allow_private, WebhookSettings& settings) {
  if (text.size() > kUrlBytesMax) return "Must be at most 2048 characters long";
  auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return "Must be a URL such as https://gateway.example.com/send";
  boost::urls::url url(*parsed);
  url.normalize();
  auto target = std::make_shared<HttpTarget>();
  if (url.scheme() == "https") {
    target->tls = true;
  } else if (url.scheme() != "http") {
    return "Must begin with https:// or http://";
  }
  if (url.has_userinfo()) return "Must not contain a user name or password; use the secret";
  if (url.has_fragment()) return "Must not contain a fragment (#)";
  target->host = url.host_address();  // without brackets, percent-decoded
  if (target->host.empty()) return "Must name a host";
  for (char c : target->host) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                 c == '_' || c == ':';
    if (!plain) return "Must name a host in ASCII (international names as xn--...)";
  }
  target->port = target->tls ? 443 : 80;
  if (url.has_port() && !url.port().empty()) {
    // Not port_number(), which wraps around.
    std::string digits(url.port());
    auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), target->port);
    if (bad != std::errc{} || target->port == 0) return "Must have a port from 1 to 65535";
  }
  boost::system::error_code not_an_address;
  auto address = boost::asio::ip::make_address(target->host, not_an_address);
  bool refused = not_an_address ? is_local_name(target->host) : !is_public_address(address);
  if (refused && !allow_private) return kNotAllowed;
  std::string path(url.encoded_target());
  if (!path.starts_with('/')) path.insert(0, "/");
  target->key =
      (target->tls ? "https " : "http ") + target->host + " " + std::to_string(target->port);
  settings.head = head_of(path, *target);
  settings.target = std::move(target);
  return "";
}

}  // namespace

Result<WebhookSettings> parse_webhook_settings(const boost::json::object& object,
                                               bool allow_private) {
  WebhookSettings settings;
  SettingsReader reader(object);
  if (const auto* url = reader.text("url", true)) {
    std::string problem = parse_url(*url, allow_private, settings);
    if (!problem.empty()) reader.error("url", std::move(problem));
  }
  if (const auto* secret = reader.text("secret", false)) {
    settings.secret = WebhookSecret::parse(*secret);
    if (!settings.secret) {
      reader.error("secret", "Must be \"whsec_\" and the base64 form of 24 to 64 random bytes");
    }
  }
  settings.idempotent = reader.boolean("idempotent", settings.idempotent);
  settings.timeout = milliseconds{reader.integer("timeout_ms", 30'000, 100, 300'000)};
  settings.max_in_flight = static_cast<int>(reader.integer("max_in_flight", 64, 1, 256));
  if (Result<void> done = reader.finish(); !done) return tl::unexpected(done.error());
  return settings;
}

}  // namespace headway::channels
