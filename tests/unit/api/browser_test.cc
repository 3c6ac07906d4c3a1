#include "api/browser.h"

#include <gtest/gtest.h>

namespace headway::api {
namespace {

TEST(Cookies, TheFirstOfItsNameIsTaken) {
  EXPECT_EQ(cookie_value("headway_session=abc", "headway_session"), "abc");
  EXPECT_EQ(cookie_value("a=1; headway_session=abc; b=2", "headway_session"), "abc");
  EXPECT_EQ(cookie_value("headway_session=abc;headway_session=def", "headway_session"), "abc");
  EXPECT_EQ(cookie_value("xheadway_session=abc", "headway_session"), "");
  EXPECT_EQ(cookie_value("headway_session", "headway_session"), "");
  EXPECT_EQ(cookie_value(";;; =; headway_session=;", "headway_session"), "");
  EXPECT_EQ(cookie_value("", "headway_session"), "");
}

TEST(Cookies, ASessionsCookieIsForUsOnly) {
  EXPECT_EQ(session_cookie("abc", false),
            "headway_session=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=7776000");
  EXPECT_TRUE(session_cookie("abc", true).ends_with("; Secure"));
  EXPECT_NE(session_cookie("", false).find("Max-Age=0"), std::string::npos);
}

TEST(Hosts, OnLoopbackOnlyNamesOfThisMachineAndThoseToldAreOurs) {
  BrowserRules rules;
  for (const char* host :
       {"localhost", "LocalHost:8080", "127.0.0.1:9", "[::1]:8080", "[::1]", ""}) {
    EXPECT_TRUE(host_allowed(rules, host)) << host;
  }
  for (const char* host : {"evil.example", "evil.example:8080", "localhost.evil.example",
                           "127.0.0.1.evil.example", "[::2]", "10.0.0.1"}) {
    EXPECT_FALSE(host_allowed(rules, host)) << host;
  }
  rules.public_hosts = {"campaigns.example.org"};
  EXPECT_TRUE(host_allowed(rules, "Campaigns.Example.org:443"));
  EXPECT_FALSE(host_allowed(rules, "example.org"));
  rules.loopback = false;
  EXPECT_TRUE(host_allowed(rules, "anything"));
}

bool from(const char* origin, const char* site, const char* host = "localhost:8080") {
  BrowserRules rules;
  rules.public_hosts = {"campaigns.example.org"};
  Sender sender;
  sender.origin = origin;
  sender.fetch_site = site;
  sender.host = host;
  return same_origin(rules, sender);
}

TEST(Origins, OnlyOurOwnPageMayChangeAnything) {
  EXPECT_TRUE(from("http://localhost:8080", "same-origin"));
  EXPECT_TRUE(from("http://LOCALHOST:8080", ""));
  EXPECT_TRUE(from("", "none"));
  EXPECT_TRUE(from("", ""));  // no browser: the token decides
  EXPECT_TRUE(from("https://campaigns.example.org", "same-origin", "127.0.0.1:8080"));
  EXPECT_FALSE(from("http://localhost:3000", ""));
  EXPECT_FALSE(from("http://localhost", ""));
  EXPECT_FALSE(from("https://evil.example", ""));
  EXPECT_FALSE(from("null", ""));
  EXPECT_FALSE(from("localhost:8080", ""));
  EXPECT_FALSE(from("http://localhost:8080", "same-site"));
  EXPECT_FALSE(from("", "cross-site"));
}

TEST(Proxies, AreBelievedOnlyWhenTheyAreOurs) {
  BrowserRules rules;
  Sender sender;
  sender.peer = "127.0.0.1";
  EXPECT_TRUE(at_this_machine(rules, sender));
  sender.forwarded_for = "6.6.6.6, 192.0.2.7";
  sender.forwarded_proto = "https";
  EXPECT_EQ(client_address(rules, sender), "127.0.0.1");
  EXPECT_FALSE(came_by_tls(rules, sender));
  EXPECT_FALSE(at_this_machine(rules, sender)) << "somebody came through a proxy";
  rules.trust_proxy = true;
  EXPECT_EQ(client_address(rules, sender), "192.0.2.7") << "what the client itself said is not it";
  EXPECT_TRUE(came_by_tls(rules, sender));
  sender.forwarded_proto = "https, http";
  EXPECT_FALSE(came_by_tls(rules, sender));
  rules.secure_cookies = true;
  EXPECT_TRUE(came_by_tls(rules, sender));
}

TEST(Secrets, AreComparedWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "ab"));
  EXPECT_FALSE(same_secret("", "abc"));
}

}  // namespace
}  // namespace headway::api
