#include "api/browser.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <sodium.h>

#include "base/text.h"
#include "store/users.h"

namespace headway::api {
namespace {

bool names_this_machine(std::string_view name) {
  constexpr std::array kNames{"localhost", "127.0.0.1", "::1"};
  return std::any_of(kNames.begin(), kNames.end(), [&](const char* n) { return name == n; });
}

bool is_public(const BrowserRules& rules, const std::string& name) {
  return std::find(rules.public_hosts.begin(), rules.public_hosts.end(), name) !=
         rules.public_hosts.end();
}

std::string_view last_of_list(std::string_view list) {
  const std::size_t comma = list.rfind(',');
  return trim(comma == list.npos ? list : list.substr(comma + 1));
}

}  // namespace

std::string_view cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = header.find(';');
    const std::string_view pair = trim(header.substr(0, end));
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    if (end == header.npos) break;
    header.remove_prefix(end + 1);
  }
  return {};
}

std::string host_name(std::string_view authority) {
  authority = trim(authority);
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return ascii_lower(end == authority.npos ? authority : authority.substr(1, end - 1));
  }
  return ascii_lower(authority.substr(0, authority.find(':')));
}

bool host_allowed(const BrowserRules& rules, std::string_view host) {
  if (!rules.loopback || host.empty()) return true;
  const std::string name = host_name(host);
  return names_this_machine(name) || is_public(rules, name);
}

bool same_origin(const BrowserRules& rules, const Sender& sender) {
  if (!sender.fetch_site.empty() && sender.fetch_site != "same-origin" &&
      sender.fetch_site != "none") {
    return false;
  }
  if (sender.origin.empty()) return true;
  const std::size_t scheme = sender.origin.find("://");
  if (scheme == sender.origin.npos) return false;  // "null"
  const std::string_view authority = sender.origin.substr(scheme + 3);
  if (ascii_lower(authority) == ascii_lower(trim(sender.host))) return true;
  return is_public(rules, host_name(authority));
}

std::string_view client_address(const BrowserRules& rules, const Sender& sender) {
  if (!rules.trust_proxy || sender.forwarded_for.empty()) return sender.peer;
  const std::string_view last = last_of_list(sender.forwarded_for);
  return last.substr(0, 64);
}

bool came_by_tls(const BrowserRules& rules, const Sender& sender) {
  if (rules.secure_cookies) return true;
  return rules.trust_proxy && ascii_lower(last_of_list(sender.forwarded_proto)) == "https";
}

bool at_this_machine(const BrowserRules& rules, const Sender& sender) {
  return rules.loopback && rules.public_hosts.empty() && !rules.trust_proxy &&
         sender.forwarded_for.empty() && sender.forwarded_proto.empty();
}

std::string session_cookie(std::string_view token, bool secure) {
  const auto kept = token.empty() ? std::chrono::seconds{0} : store::kSessionMost;
  std::string cookie(kSessionCookie);
  cookie.append("=").append(token).append("; Path=/; HttpOnly; SameSite=Strict; Max-Age=");
  cookie += std::to_string(std::chrono::seconds(kept).count());
  if (secure) cookie += "; Secure";
  return cookie;
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace headway::api
