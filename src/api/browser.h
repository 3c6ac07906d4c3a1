#pragma once
// What protects requests of browsers, where the page that sends one may not be ours: names of the server
// (DNS rebinding), origins, cookies. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace headway::api {

struct BrowserRules {
  // The server listens on loopback only: then it is reached by a name of this machine, or by one of
  // public_hosts through a proxy. A page of a stranger whose name was made to point here is refused.
  bool loopback = true;
  std::vector<std::string> public_hosts;  // lower case, without a port
  bool secure_cookies = false;            // browsers come by TLS, whatever a request says
  bool trust_proxy = false;               // X-Forwarded-For and -Proto are our proxy's
};

// What the head of a request says of its sender; views into it.
struct Sender {
  std::string_view api_key, cookie, csrf_token, origin, fetch_site, host, forwarded_for,
      forwarded_proto;
  std::string_view peer;  // address of the connection
};

inline constexpr std::string_view kSessionCookie = "headway_session";

// The first value of a cookie of this name; empty when there is none.
std::string_view cookie_value(std::string_view header, std::string_view name);
// "Example.org:8080" -> "example.org", "[::1]:8080" -> "::1".
std::string host_name(std::string_view authority);
// Whether a browser may reach us by this Host. One that sends none is no browser.
bool host_allowed(const BrowserRules& rules, std::string_view host);
// Whether an unsafe request comes from a page of ours, as far as the browser says: Sec-Fetch-Site and
// Origin, each when it is there.
bool same_origin(const BrowserRules& rules, const Sender& sender);
// Of the person's machine: the connection's, or the last that our proxy names.
std::string_view client_address(const BrowserRules& rules, const Sender& sender);
bool came_by_tls(const BrowserRules& rules, const Sender& sender);
// Whether the first user may be made without a key: by somebody at this very machine.
bool at_this_machine(const BrowserRules& rules, const Sender& sender);

// A Set-Cookie for a session; an empty token ends it.
std::string session_cookie(std::string_view token, bool secure);

// In a time that does not depend on where they differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace headway::api
