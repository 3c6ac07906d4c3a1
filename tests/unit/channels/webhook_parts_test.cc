// The pure parts of the webhook channel.
#include <gtest/gtest.h>
#include <boost/asio/ip/address.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "channels/webhook/address_policy.h"
#include "channels/webhook/answer.h"
#include "channels/webhook/message_json.h"
#include "channels/webhook/signature.h"
#include "channels/webhook/webhook_settings.h"

namespace headway::channels {
namespace {

using domain::FailureClass;
using Kind = SendResult::Kind;
using std::chrono::seconds;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

TEST(WebhookSignature, AgreesWithTheStandardsExample) {
  auto secret = WebhookSecret::parse(kSecret);
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, RefusesWhatIsNoSecret) {
  EXPECT_TRUE(WebhookSecret::parse("whsec_" + std::string(86, 'A')));  // 64 bytes, no padding
  EXPECT_TRUE(WebhookSecret::parse("whsec_" + std::string(86, 'A') + "=="));
  EXPECT_FALSE(WebhookSecret::parse("whsec_" + std::string(88, 'A')));  // 66 bytes
  EXPECT_FALSE(WebhookSecret::parse("whsec_" + std::string(28, 'A')));  // 21 bytes
  EXPECT_FALSE(WebhookSecret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  EXPECT_FALSE(WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!w"));
  EXPECT_FALSE(WebhookSecret::parse(""));
}

TEST(AddressPolicy, OnlyThePublicInternet) {
  const std::pair<const char*, bool> table[] = {
      {"8.8.8.8", true},
      {"1.1.1.1", true},
      {"93.184.216.34", true},
      {"0.0.0.0", false},
      {"0.1.2.3", false},
      {"10.0.0.1", false},
      {"10.255.255.255", false},
      {"11.0.0.1", true},
      {"100.63.255.255", true},
      {"100.64.0.1", false},
      {"100.127.255.255", false},
      {"100.128.0.1", true},
      {"127.0.0.1", false},
      {"127.255.255.254", false},
      {"128.0.0.1", true},
      {"169.254.169.254", false},
      {"172.15.255.255", true},
      {"172.16.0.1", false},
      {"172.31.255.255", false},
      {"172.32.0.1", true},
      {"192.0.0.1", false},
      {"192.0.2.1", false},
      {"192.88.99.1", false},
      {"192.168.1.1", false},
      {"192.169.0.1", true},
      {"198.17.255.255", true},
      {"198.18.0.1", false},
      {"198.19.255.255", false},
      {"198.51.100.7", false},
      {"203.0.113.7", false},
      {"223.255.255.255", true},
      {"224.0.0.1", false},
      {"239.255.255.255", false},
      {"240.0.0.1", false},
      {"255.255.255.255", false},
      {"::", false},
      {"::1", false},
      {"::ffff:8.8.8.8", false},
      {"::ffff:127.0.0.1", false},
      {"::8.8.8.8", false},
      {"64:ff9b::8.8.8.8", false},
      {"64:ff9b:1::1", false},
      {"100::1", false},
      {"2001::1", false},
      {"2001:10::1", false},
      {"2001:20::1", false},
      {"2001:db8::1", false},
      {"2001:4860:4860::8888", true},
      {"2002:0a00:0001::", false},
      {"2606:4700::1111", true},
      {"3fff::1", false},
      {"fc00::1", false},
      {"fd12:3456::1", false},
      {"fe80::1", false},
      {"fec0::1", false},
      {"ff02::1", false},
      {"5f00::1", false},
  };
  for (const auto& [text, expected] : table) {
    EXPECT_EQ(is_public_address(boost::asio::ip::make_address(text)), expected) << text;
  }
  EXPECT_TRUE(is_local_name("localhost"));
  EXPECT_TRUE(is_local_name("API.LocalHost."));
  EXPECT_FALSE(is_local_name("localhost.example.com"));
}

SendResult answer(int status, std::string body = "", std::string retry_after = "") {
  HttpOutcome outcome;
  outcome.status = status;
  outcome.body = std::move(body);
  outcome.retry_after = std::move(retry_after);
  return interpret(outcome, from_ms(784'111'777'000));  // Sun, 06 Nov 1994 08:49:37 GMT
}

TEST(WebhookAnswer, EachStatusHasItsMeaning) {
  struct Row {
    int status;
    Kind kind;
    FailureClass failure;
  };
  const Row rows[] = {
      {200, Kind::delivered, FailureClass::none},
      {202, Kind::delivered, FailureClass::none},
      {204, Kind::delivered, FailureClass::none},
      {422, Kind::failed, FailureClass::content_rejected},
      {429, Kind::retry, FailureClass::rate_limited},
      {503, Kind::retry, FailureClass::transient},
      {500, Kind::retry, FailureClass::transient},
      {502, Kind::retry, FailureClass::transient},
      {504, Kind::retry, FailureClass::transient},
      {408, Kind::retry, FailureClass::transient},
      {425, Kind::retry, FailureClass::transient},
      {401, Kind::retry, FailureClass::account_auth},
      {403, Kind::retry, FailureClass::account_auth},
      {407, Kind::retry, FailureClass::account_auth},
      {404, Kind::retry, FailureClass::account_permission},
      {405, Kind::retry, FailureClass::account_permission},
      {410, Kind::retry, FailureClass::account_permission},
      {301, Kind::retry, FailureClass::account_permission},
      {308, Kind::retry, FailureClass::account_permission},
      {101, Kind::retry, FailureClass::account_permission},
      {400, Kind::failed, FailureClass::content_rejected},
      {409, Kind::failed, FailureClass::content_rejected},
      {413, Kind::failed, FailureClass::content_rejected},
      {415, Kind::failed, FailureClass::content_rejected},
      {600, Kind::unknown, FailureClass::outcome_unknown},
      {0, Kind::unknown, FailureClass::outcome_unknown},
  };
  for (const Row& row : rows) {
    SendResult r = answer(row.status);
    EXPECT_EQ(r.kind, row.kind) << row.status;
    EXPECT_EQ(r.failure, row.failure) << row.status;
    if (row.kind == Kind::retry || row.kind == Kind::failed) {
      EXPECT_EQ(r.code, "http_" + std::to_string(row.status));
    }
  }
}

TEST(WebhookAnswer, EachFaultHasItsMeaning) {
  struct Row {
    HttpFault fault;
    Kind kind;
    FailureClass failure;
    const char* code;
  };
  const Row rows[] = {
      {HttpFault::refused_target, Kind::retry, FailureClass::account_permission,
       "target_not_allowed"},
      {HttpFault::tls_certificate, Kind::retry, FailureClass::account_permission,
       "tls_certificate"},
      {HttpFault::resolve, Kind::retry, FailureClass::transient, "resolve"},
      {HttpFault::connect, Kind::retry, FailureClass::transient, "connect"},
      {HttpFault::connect_timeout, Kind::retry, FailureClass::transient, "connect_timeout"},
      {HttpFault::tls_handshake, Kind::retry, FailureClass::transient, "tls_handshake"},
      {HttpFault::queue_timeout, Kind::retry, FailureClass::transient, "queue_timeout"},
      {HttpFault::not_written, Kind::retry, FailureClass::transient, "not_written"},
      {HttpFault::timeout, Kind::unknown, FailureClass::outcome_unknown, "timeout"},
      {HttpFault::cut, Kind::unknown, FailureClass::outcome_unknown, "connection_cut"},
      {HttpFault::bad_answer, Kind::unknown, FailureClass::outcome_unknown, "bad_answer"},
  };
  for (const Row& row : rows) {
    HttpOutcome outcome;
    outcome.fault = row.fault;
    outcome.detail = "why";
    SendResult r = interpret(outcome, {});
    EXPECT_EQ(r.kind, row.kind) << row.code;
    EXPECT_EQ(r.failure, row.failure) << row.code;
    EXPECT_EQ(r.code, row.code);
    EXPECT_EQ(r.text, "why");
  }
}

TEST(WebhookAnswer, TheProvidersWordsAreKeptWithinLimits) {
  EXPECT_EQ(answer(200, R"({"provider_id":"abc"})").provider_id, "abc");
  EXPECT_EQ(answer(200, R"({"provider_id":12345})").provider_id, "12345");
  EXPECT_EQ(answer(200, R"({"provider_id":{}})").provider_id, "");
  EXPECT_EQ(answer(200, "<html>").provider_id, "");
  EXPECT_EQ(answer(200, "{\"provider_id\":\"" + std::string(500, 'x') + "\"}").provider_id.size(),
            200u);

  SendResult r = answer(422, R"({"class":"recipient_invalid","code":"E1","text":"no such user"})");
  EXPECT_EQ(r.failure, FailureClass::recipient_invalid);
  EXPECT_EQ(r.code, "E1");
  EXPECT_EQ(r.text, "no such user");
  r = answer(422, R"({"class":"made_up","code":"E2"})");
  EXPECT_EQ(r.failure, FailureClass::content_rejected);
  EXPECT_EQ(r.code, "E2");
  r = answer(422, "{\"class\":7,\"code\":\"" + std::string(900, 'c') + "\",\"text\":\"" +
                      std::string(5000, 't') + "\"}");
  EXPECT_EQ(r.code.size(), 200u);
  EXPECT_EQ(r.text.size(), 1000u);
  r = answer(400, "bad \xff field");
  EXPECT_EQ(r.text, "bad \ufffd field");
  EXPECT_EQ(answer(422, std::string(60'000, '[')).code, "http_422");
}

TEST(WebhookAnswer, RetryAfterInSecondsOrAsADate) {
  EXPECT_EQ(answer(429, "", "7").retry_after, seconds{7});
  EXPECT_EQ(answer(503, "", "7").failure, FailureClass::rate_limited);
  EXPECT_EQ(answer(429, "", "Sun, 06 Nov 1994 08:50:37 GMT").retry_after, seconds{60});
  EXPECT_EQ(answer(429, "", "Sun, 06 Nov 1994 08:00:00 GMT").retry_after, seconds{0});
  EXPECT_EQ(answer(429, "", " 5 ").retry_after, seconds{5});
  EXPECT_EQ(answer(429, "", "99999999999999999999").retry_after, std::chrono::hours{24});
  EXPECT_EQ(answer(429, "", "Fri, 31 Dec 9999 23:59:59 GMT").retry_after, std::chrono::hours{24});
  for (const char* bad : {"", "-5", "5.5", "soon", "Sun, 31 Feb 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 25:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_EQ(answer(429, "", bad).retry_after, std::nullopt) << bad;
    EXPECT_EQ(answer(503, "", bad).failure, FailureClass::transient) << bad;
  }
}

TEST(WebhookMessage, HasTheDocumentedBody) {
  Outgoing m;
  m.lead = LeadId{42};
  m.campaign = CampaignId{9};
  m.step = 2;
  m.attempt = 5;
  m.variant = "B";
  m.idempotency_key = "k-1";
  m.body = "Hi \"Ada\"\n\\ \x01 \u00e4";
  m.person.external_id = "c-17";
  m.person.name = "Ada Lovelace";
  m.person.email = "ada@example.org";
  m.person.phone = "+49123";
  m.person.messenger_id = "m1";
  m.person.timezone = "Europe/London";
  m.person.consent = "fair";
  m.person.attributes = R"({"company":"Analytical","n":3})";
  auto expected =
      boost::json::parse(R"({"type":"message.send","id":"msg_42_2","idempotency_key":"k-1",
    "campaign_id":"9","lead":{"id":"42","external_id":"c-17","name":"Ada Lovelace",
    "email":"ada@example.org","phone":"+49123","messenger_id":"m1","timezone":"Europe/London",
    "attributes":{"company":"Analytical","n":3}},"account_id":"7","step":2,"variant":"B"})")
          .as_object();
  expected["body"] = m.body;
  EXPECT_EQ(boost::json::serialize(boost::json::parse(message_json(m, AccountId{7}))),
            boost::json::serialize(expected));
  m.person.attributes = "";
  EXPECT_NE(message_json(m, AccountId{7}).find("\"attributes\":{}"), std::string::npos);
}

Result<WebhookSettings> settings(const std::string& url, const std::string& more = "",
                                 bool allow_private = false) {
  return parse_webhook_settings(
      boost::json::parse("{\"url\":\"" + url + "\",\"secret\":\"" + kSecret + "\"" + more + "}")
          .as_object(),
      allow_private);
}

TEST(WebhookSettings, TheUrlDecidesTheTarget) {
  auto s = settings("https://Gate.Example.com/a%20b/send?x=1&y=2");
  ASSERT_TRUE(s);
  EXPECT_TRUE(s->target->tls);
  EXPECT_EQ(s->target->host, "gate.example.com");
  EXPECT_EQ(s->target->port, 443);
  EXPECT_TRUE(s->head.starts_with(
      "POST /a%20b/send?x=1&y=2 HTTP/1.1\r\nHost: gate.example.com\r\nUser-Agent: Headway/"));
  s = settings("http://example.com:8081");
  ASSERT_TRUE(s);
  EXPECT_FALSE(s->target->tls);
  EXPECT_TRUE(s->head.starts_with("POST / HTTP/1.1\r\nHost: example.com:8081\r\n"));
  s = settings("http://[2606:4700::1111]/x");
  ASSERT_TRUE(s);
  EXPECT_TRUE(s->head.starts_with("POST /x HTTP/1.1\r\nHost: [2606:4700::1111]\r\n"));
  s = settings("https://example.com/", R"(,"idempotent":true,"timeout_ms":500,"max_in_flight":3)");
  ASSERT_TRUE(s);
  EXPECT_TRUE(s->idempotent);
  EXPECT_EQ(s->timeout, milliseconds{500});
  EXPECT_EQ(s->max_in_flight, 3);
}

TEST(WebhookSettings, BadUrlsAreRefused) {
  for (const char* url :
       {"", "gateway", "ftp://example.com/", "https:///x", "https://user:pw@example.com/",
        "https://example.com/#f", "https://example.com:0/", "https://example.com:99999/",
        "https://exa mple.com/", "https://ex%00ample.com/", "https://example.com/\\r\\nX: y",
        "http://127.0.0.1/", "http://localhost:3000/", "http://[::1]/", "http://10.1.2.3/",
        "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/", "http://x.localhost/"}) {
    auto s = settings(url);
    ASSERT_FALSE(s) << url;
    EXPECT_EQ(s.error().fields[0].field, "settings.url") << url;
  }
  EXPECT_TRUE(settings("http://127.0.0.1:3000/", "", true));
  EXPECT_TRUE(settings("http://localhost/", "", true));
}

TEST(WebhookSettings, OtherFieldsAreCheckedAndNamed) {
  auto none = parse_webhook_settings({}, false);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fields, (std::vector<FieldError>{{"settings.url", "Required"}}));
  const std::pair<const char*, const char*> table[] = {
      {R"(,"idempotent":1)", "settings.idempotent"},
      {R"(,"timeout_ms":99)", "settings.timeout_ms"},
      {R"(,"timeout_ms":300001)", "settings.timeout_ms"},
      {R"(,"max_in_flight":0)", "settings.max_in_flight"},
      {R"(,"max_in_flight":257)", "settings.max_in_flight"},
      {R"(,"ca_file":"/etc/passwd")", "settings.ca_file"},
      {R"(,"allow_private_targets":true)", "settings.allow_private_targets"},
  };
  for (const auto& [more, field] : table) {
    auto s = settings("https://example.com/", more);
    ASSERT_FALSE(s) << more;
    EXPECT_EQ(s.error().fields[0].field, field);
  }
}

}  // namespace
}  // namespace headway::channels
