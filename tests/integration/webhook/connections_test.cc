// Keep-alive, limits, TLS and where connections may go.
#include <cstdlib>

#include "tests/integration/webhook/fixture.h"

namespace headway::testing {
namespace {

using Action = ScriptedReply::Action;

TEST(WebhookConnections, AreKeptAlive) {
  Receiver receiver;
  Gateway gateway(receiver.url());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(gateway.send().kind, Kind::delivered);
  EXPECT_EQ(receiver.request_count(), 50);
  EXPECT_EQ(receiver.connection_count(), 1);
}

TEST(WebhookConnections, SharedByAccountsOfOneTarget) {
  Receiver receiver;
  Gateway gateway(receiver.url("/one"));
  gateway.send();
  gateway.account = Gateway::make_account(receiver.url("/two"), "");
  gateway.account->id = AccountId{8};
  gateway.send();
  EXPECT_EQ(receiver.connection_count(), 1);
  EXPECT_EQ(receiver.requests()[1].target, "/two");
}

TEST(WebhookConnections, AServerThatClosesWithoutSayingSoLosesNothing) {
  Receiver receiver(always([] {
    ScriptedReply r;
    r.action = Action::answer_and_close;
    return r;
  }()));
  Gateway gateway(receiver.url());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(gateway.send().kind, Kind::delivered);
    std::this_thread::sleep_for(milliseconds{5});  // the end arrives while the connection is idle
  }
  EXPECT_EQ(receiver.connection_count(), 20);
}

TEST(WebhookConnections, AnIdleConnectionThatTheServerClosedIsNotUsed) {
  ReceiverOptions options;
  options.idle_close = milliseconds{30};
  Receiver receiver(options);
  Gateway gateway(receiver.url());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(gateway.send().kind, Kind::delivered);
    std::this_thread::sleep_for(milliseconds{60});
  }
  EXPECT_EQ(receiver.connection_count(), 5);
}

TEST(WebhookConnections, OurIdleTimeOutClosesThem) {
  Receiver receiver;
  auto options = Gateway::allowed();
  options.idle_timeout = milliseconds{20};
  Gateway gateway(receiver.url(), "", options);
  gateway.send();
  std::this_thread::sleep_for(milliseconds{120});
  gateway.send();
  EXPECT_EQ(receiver.connection_count(), 2);
}

TEST(WebhookConnections, AnAnswerThatSaysCloseIsHonoured) {
  ScriptedReply r;
  r.headers = {{"Connection", "close"}};
  Receiver receiver(always(r));
  Gateway gateway(receiver.url());
  gateway.send();
  gateway.send();
  EXPECT_EQ(receiver.connection_count(), 2);
}

TEST(WebhookConnections, BytesAfterAnAnswerEndTheConnection) {
  ScriptedReply r;
  r.headers = {{"Content-Length", "2"}};  // twice and contradictory: refused
  Receiver receiver(always(r));
  Gateway gateway(receiver.url());
  EXPECT_EQ(gateway.send().kind, Kind::unknown);
}

TEST(WebhookConnections, AreBoundedPerTargetAndTheRestWaits) {
  ScriptedReply slow;
  slow.delay = milliseconds{2};
  Receiver receiver(always(slow));
  auto options = Gateway::allowed();
  options.connections_per_target_max = 4;
  Gateway gateway(receiver.url(), "", options);
  for (int i = 0; i < 400; ++i) gateway.post("k" + std::to_string(i));
  for (const auto& [key, result] : gateway.wait()) EXPECT_EQ(result.kind, Kind::delivered) << key;
  EXPECT_EQ(receiver.connection_count(), 4);
  EXPECT_EQ(receiver.by_key().size(), 400u);
}

TEST(WebhookConnections, AreBoundedOverAllTargets) {
  Receiver one, two, three;
  auto options = Gateway::allowed();
  options.connections_max = 2;
  Gateway gateway(one.url(), "", options);
  int n = 0;
  for (Receiver* receiver : {&one, &two, &three}) {
    gateway.account = Gateway::make_account(receiver->url(), "");
    gateway.account->id = AccountId{10 + n};
    for (int i = 0; i < 20; ++i) gateway.post("k" + std::to_string(n++));
  }
  for (const auto& [key, result] : gateway.wait()) EXPECT_EQ(result.kind, Kind::delivered) << key;
  EXPECT_EQ(one.request_count() + two.request_count() + three.request_count(), 60);
}

TEST(WebhookConnections, WhatWaitsTooLongForAConnectionWasNotSent) {
  ScriptedReply hang;
  hang.action = Action::hang;
  Receiver receiver(always(hang));
  auto options = Gateway::allowed();
  options.connections_per_target_max = 1;
  Gateway gateway(receiver.url(), R"({"timeout_ms":200})", options);
  gateway.post("first");
  gateway.post("second");
  auto results = gateway.wait();
  EXPECT_EQ(results["first"].kind, Kind::unknown);
  EXPECT_EQ(results["second"].kind, Kind::retry);
  EXPECT_EQ(results["second"].code, "queue_timeout");
  EXPECT_EQ(receiver.request_count(), 1);
}

TEST(WebhookConnections, ManyAtOnceOnManyConnections) {
  Receiver receiver;
  Gateway gateway(receiver.url());
  for (int i = 0; i < 5000; ++i) gateway.post("k" + std::to_string(i));
  for (const auto& [key, result] : gateway.wait()) EXPECT_EQ(result.kind, Kind::delivered) << key;
  EXPECT_EQ(receiver.by_key().size(), 5000u);
  EXPECT_EQ(receiver.request_count(), 5000);
}

TEST(WebhookConnections, DestructionWithOpenSendsIsSafe) {
  ScriptedReply hang;
  hang.action = Action::hang;
  Receiver receiver(always(hang));
  runtime::SystemClock clock;
  runtime::IoThread thread("strand");
  runtime::AsioExecutor executor(thread.io());
  auto channel = std::make_unique<channels::WebhookChannel>(clock, executor, Gateway::allowed());
  auto account = Gateway::make_account(receiver.url(), "");
  for (int i = 0; i < 10; ++i) {
    channel->send(account, Gateway::message("k"), [](SendResult) { ADD_FAILURE(); });
  }
  while (receiver.request_count() < 10) std::this_thread::yield();
  channel.reset();
}

// ---- where ------------------------------------------------------------------------------------

TEST(WebhookTargets, PrivateOnesAreRefusedUnlessAllowed) {
  Receiver receiver;
  std::string port = std::to_string(receiver.port());
  for (const char* host : {"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
                           "0x7f.1", "2130706433", "127.1", "10.0.0.1", "169.254.169.254"}) {
    Gateway gateway("http://" + std::string(host) + ":" + port + "/", "", {});
    SendResult r = gateway.send();
    EXPECT_EQ(r.kind, Kind::retry) << host;
    EXPECT_EQ(r.failure, FailureClass::account_permission) << host;
    EXPECT_TRUE(r.code == "target_not_allowed" || r.code == "settings") << host << ' ' << r.code;
  }
  EXPECT_EQ(receiver.connection_count(), 0);
  Gateway allowed("http://localhost:" + port + "/");
  EXPECT_EQ(allowed.send().kind, Kind::delivered);
}

TEST(WebhookTargets, NamesAreJudgedByTheAddressTheyResolveTo) {
  Receiver receiver;
  // The numeric forms pass as names when the account is saved, and are refused at the connection.
  Gateway gateway("http://127.1:" + std::to_string(receiver.port()) + "/", "", {});
  EXPECT_TRUE(gateway.channel.validate(*gateway.account));
  SendResult r = gateway.send();
  EXPECT_EQ(r.code, "target_not_allowed");
  EXPECT_EQ(receiver.connection_count(), 0);
}

// ---- TLS --------------------------------------------------------------------------------------

struct TlsReceiver {
  explicit TlsReceiver(const std::string& host = "127.0.0.1", bool expired = false,
                       ReceiverOptions options = {})
      : files(make_self_signed(folder.path, host, expired)), receiver([&] {
          options.certificate_file = files.certificate_file;
          options.key_file = files.key_file;
          return options;
        }()) {}
  channels::WebhookOptions trusted() const {
    auto options = Gateway::allowed();
    options.ca_file = files.certificate_file;
    return options;
  }
  Folder folder;
  SelfSigned files;
  Receiver receiver;
};

void expect_certificate_refused(const SendResult& r) {
  EXPECT_EQ(r.kind, Kind::retry);
  EXPECT_EQ(r.failure, FailureClass::account_permission);
  EXPECT_EQ(r.code, "tls_certificate");
}

TEST(WebhookTls, ASelfSignedCertificateIsRefusedUnlessTrusted) {
  TlsReceiver tls;
  Gateway stranger(tls.receiver.url());
  expect_certificate_refused(stranger.send());
  EXPECT_EQ(tls.receiver.request_count(), 0);
  Gateway friend_of_it(tls.receiver.url(), "", tls.trusted());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(friend_of_it.send().kind, Kind::delivered);
  EXPECT_EQ(tls.receiver.connection_count(), 2) << "kept alive";
}

TEST(WebhookTls, SslCertFileIsHonoured) {
  TlsReceiver tls;
  setenv("SSL_CERT_FILE", tls.files.certificate_file.c_str(), 1);
  {
    Gateway gateway(tls.receiver.url());
    EXPECT_EQ(gateway.send().kind, Kind::delivered);
  }
  unsetenv("SSL_CERT_FILE");
}

TEST(WebhookTls, TheNameMustMatch) {
  TlsReceiver tls("gateway.example.com");
  Gateway by_address(tls.receiver.url(), "", tls.trusted());
  expect_certificate_refused(by_address.send());
  TlsReceiver address("127.0.0.1");
  Gateway by_name("https://localhost:" + std::to_string(address.receiver.port()) + "/", "",
                  address.trusted());
  expect_certificate_refused(by_name.send());
  TlsReceiver name("localhost");
  Gateway right("https://localhost:" + std::to_string(name.receiver.port()) + "/", "",
                name.trusted());
  EXPECT_EQ(right.send().kind, Kind::delivered);
}

TEST(WebhookTls, AnExpiredCertificateIsRefused) {
  TlsReceiver tls("127.0.0.1", true);
  Gateway gateway(tls.receiver.url(), "", tls.trusted());
  SendResult r = gateway.send();
  expect_certificate_refused(r);
  EXPECT_EQ(r.text, "certificate has expired");
}

TEST(WebhookTls, APlainServerIsAHandshakeFault) {
  Receiver receiver;
  Gateway gateway("https://127.0.0.1:" + std::to_string(receiver.port()) + "/");
  SendResult r = gateway.send();
  EXPECT_EQ(r.kind, Kind::retry);
  EXPECT_EQ(r.failure, FailureClass::transient);
  EXPECT_EQ(r.code, "tls_handshake");
}

TEST(WebhookTls, AServerThatNeverShakesHandsIsAConnectTimeOut) {
  ReceiverOptions options;
  options.never_handshake = true;
  TlsReceiver tls("127.0.0.1", false, options);
  auto trusted = tls.trusted();
  trusted.connect_timeout = milliseconds{150};
  Gateway gateway(tls.receiver.url(), "", trusted);
  SendResult r = gateway.send();
  EXPECT_EQ(r.kind, Kind::retry);
  EXPECT_EQ(r.failure, FailureClass::transient);
  EXPECT_EQ(r.code, "connect_timeout");
}

TEST(WebhookTls, ACutAfterTheRequestIsUnknown) {
  ScriptedReply cut;
  cut.action = Action::cut;
  TlsReceiver tls("127.0.0.1", false, always(cut));
  Gateway gateway(tls.receiver.url(), "", tls.trusted());
  EXPECT_EQ(gateway.send().kind, Kind::unknown);
}

TEST(WebhookTls, ABodyThatEndsWithoutCloseNotifyKeepsItsStatus) {
  ScriptedReply raw;
  raw.action = Action::raw;
  raw.body = "HTTP/1.0 200 OK\r\n\r\n{\"provider_id\":\"x\"}";
  TlsReceiver tls("127.0.0.1", false, always(raw));
  Gateway gateway(tls.receiver.url(), "", tls.trusted());
  EXPECT_EQ(gateway.send().kind, Kind::delivered);
}

TEST(WebhookOptions, ACertificateFileThatIsNotThereIsSaidAtTheStart) {
  auto options = Gateway::allowed();
  options.ca_file = "/nonexistent/ca.pem";
  EXPECT_THROW(Gateway("http://127.0.0.1/", "", options), std::exception);
}

}  // namespace
}  // namespace headway::testing
