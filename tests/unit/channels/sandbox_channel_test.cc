#include <set>

#include "tests/unit/channels/sandbox_fixture.h"

namespace headway::testing {
namespace {

using channels::SendResult;
using domain::FailureClass;
using Kind = SendResult::Kind;
using std::chrono::seconds;

TEST(Sandbox, DeliversEverythingByDefaultInOneBatch) {
  Sandbox box;
  auto account = sandbox_account("{}");
  for (int lead = 1; lead <= 1000; ++lead) box.send(account, lead);
  EXPECT_TRUE(box.results.empty()) << "never inside send";
  EXPECT_EQ(box.executor.posts, 1) << "one task for all that gathered";
  box.executor.run();
  EXPECT_EQ(box.count(Kind::delivered, FailureClass::none), 1000);
  std::set<std::string> ids;
  for (const auto& r : box.results) ids.insert(r.provider_id);
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(box.executor.timers(), 0u);
}

TEST(Sandbox, ACompletionMaySendAgain) {
  Sandbox box;
  auto account = sandbox_account("{}");
  int left = 100;
  std::function<void(SendResult)> again = [&](SendResult) {
    if (--left > 0) box.channel.send(account, {}, again);
  };
  box.channel.send(account, {}, again);
  box.executor.run();
  EXPECT_EQ(left, 0);
}

TEST(Sandbox, TasksLeftOverAfterTheChannelDoNothing) {
  auto box = std::make_unique<Sandbox>();
  ManualExecutor executor;
  auto channel = std::make_unique<channels::SandboxChannel>(executor, executor);
  bool done = false;
  channel->send(sandbox_account("{}"), {}, [&](SendResult) { done = true; });
  channel->send(sandbox_account(R"({"latency_ms":5})", 8), {}, [&](SendResult) { done = true; });
  channel.reset();
  executor.advance(seconds{1});
  EXPECT_FALSE(done);
}

TEST(SandboxSetting, SeedDecidesWhoFails) {
  Sandbox box;
  auto kinds = [&](const std::string& settings) {
    std::vector<Kind> out;
    for (const auto& r : box.send_all(settings, 500)) out.push_back(r.kind);
    return out;
  };
  auto one = kinds(R"({"seed":1,"failures":{"transient":0.5}})");
  EXPECT_EQ(one, kinds(R"({"seed":1,"failures":{"transient":0.5}})"));
  EXPECT_NE(one, kinds(R"({"seed":2,"failures":{"transient":0.5}})"));
  EXPECT_NE(one, kinds(R"({"seed":-1,"failures":{"transient":0.5}})"));
}

TEST(SandboxSetting, EachFailureClassComesAtItsRateAndInItsKind) {
  const std::map<std::string, std::pair<Kind, FailureClass>> expected{
      {"account_auth", {Kind::retry, FailureClass::account_auth}},
      {"account_permission", {Kind::retry, FailureClass::account_permission}},
      {"policy_block", {Kind::retry, FailureClass::policy_block}},
      {"rate_limited", {Kind::retry, FailureClass::rate_limited}},
      {"recipient_deferred", {Kind::retry, FailureClass::recipient_deferred}},
      {"recipient_invalid", {Kind::failed, FailureClass::recipient_invalid}},
      {"recipient_unavailable", {Kind::failed, FailureClass::recipient_unavailable}},
      {"opted_out", {Kind::failed, FailureClass::opted_out}},
      {"window_closed", {Kind::held, FailureClass::window_closed}},
      {"content_rejected", {Kind::failed, FailureClass::content_rejected}},
      {"transient", {Kind::retry, FailureClass::transient}},
  };
  Sandbox box;
  for (const auto& [name, what] : expected) {
    box.send_all(R"({"failures":{")" + name + R"(":0.25}})", 20'000);
    int n = box.count(what.first, what.second);
    EXPECT_NEAR(n, 5'000, 300) << name;
    EXPECT_EQ(box.count(Kind::delivered, FailureClass::none), 20'000 - n) << name;
    for (const auto& r : box.results) {
      if (r.kind == Kind::delivered) continue;
      EXPECT_EQ(r.code, "sim_" + name);
      EXPECT_TRUE(r.text.starts_with("Simulated")) << r.text;
      break;
    }
  }
}

TEST(SandboxSetting, RatesOfAllGroupsTogetherAreExact) {
  Sandbox box;
  box.send_all(R"({"failures":{"recipient_invalid":0.3,"recipient_unavailable":0.1,
                "content_rejected":0.2,"transient":0.2},"unknown_rate":0.1})",
               50'000);
  EXPECT_NEAR(box.count(Kind::failed, FailureClass::recipient_invalid), 15'000, 500);
  EXPECT_NEAR(box.count(Kind::failed, FailureClass::recipient_unavailable), 5'000, 400);
  EXPECT_NEAR(box.count(Kind::failed, FailureClass::content_rejected), 10'000, 500);
  EXPECT_NEAR(box.count(Kind::retry, FailureClass::transient), 10'000, 500);
  EXPECT_NEAR(box.count(Kind::unknown, FailureClass::outcome_unknown), 5'000, 400);
}

TEST(Sandbox, ABadAddressStaysBadAndATransientFaultPasses) {
  Sandbox box;
  const std::string settings = R"({"failures":{"recipient_invalid":0.3,"transient":0.3,
                                 "content_rejected":0.1}})";
  auto first = box.send_all(settings, 5'000, 1, 1);
  auto second = box.send_all(settings, 5'000, 1, 2);
  auto other_step = box.send_all(settings, 5'000, 2, 3);
  int passed = 0, other_content = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    bool bad = first[i].failure == FailureClass::recipient_invalid;
    EXPECT_EQ(bad, second[i].failure == FailureClass::recipient_invalid);
    EXPECT_EQ(bad, other_step[i].failure == FailureClass::recipient_invalid);
    bool rejected = first[i].failure == FailureClass::content_rejected;
    EXPECT_EQ(rejected, second[i].failure == FailureClass::content_rejected);
    other_content += rejected && other_step[i].failure != FailureClass::content_rejected;
    passed += first[i].kind == Kind::retry && second[i].kind == Kind::delivered;
  }
  EXPECT_GT(passed, 300);
  EXPECT_GT(other_content, 100);
}

TEST(SandboxSetting, UnknownRateLosesAnswers) {
  Sandbox box;
  box.send_all(R"({"unknown_rate":0.2})", 10'000);
  EXPECT_NEAR(box.count(Kind::unknown, FailureClass::outcome_unknown), 2'000, 200);
}

TEST(SandboxSetting, LatencyDelaysWithinItsRangeWithOneTimer) {
  Sandbox box;
  auto account = sandbox_account(R"({"latency_ms":{"min":100,"max":200}})");
  for (int lead = 1; lead <= 300; ++lead) box.send(account, lead);
  EXPECT_EQ(box.executor.timers(), 1u);
  box.executor.advance(milliseconds{99});
  EXPECT_EQ(box.results.size(), 0u);
  box.executor.advance(milliseconds{51});
  EXPECT_GT(box.results.size(), 75u);
  EXPECT_LT(box.results.size(), 225u);
  box.executor.advance(milliseconds{52});
  EXPECT_EQ(box.results.size(), 300u);
  EXPECT_EQ(box.executor.timers(), 0u);

  box.send(sandbox_account(R"({"latency_ms":40})", 8), 1);
  box.executor.advance(milliseconds{39});
  EXPECT_EQ(box.results.size(), 300u);
  box.executor.advance(milliseconds{2});
  EXPECT_EQ(box.results.size(), 301u);
}

TEST(SandboxSetting, RepliesComeAtTheirRateAndDelay) {
  Sandbox box;
  box.send_all(R"({"reply_rate":0.2,"reply_delay_s":{"min":10,"max":20}})", 5'000);
  EXPECT_EQ(box.executor.timers(), 1u);
  box.executor.advance(milliseconds{9'990});
  EXPECT_EQ(box.sink.events.size(), 0u);
  box.executor.advance(seconds{11});
  EXPECT_NEAR(box.sink.count(store::EventType::reply), 1'000, 120);
  const auto& event = box.sink.events[0];
  EXPECT_EQ(event.source, "channel:7");
  EXPECT_EQ(event.campaign, CampaignId{11});
  EXPECT_EQ(event.account, AccountId{7});
  EXPECT_EQ(event.step, 1);
  EXPECT_FALSE(event.text.empty());
  std::set<std::string> ids;
  for (const auto& e : box.sink.events) ids.insert(e.event_id);
  EXPECT_EQ(ids.size(), box.sink.events.size());
}

TEST(Sandbox, ARedoneMessageTellsTheSameEventIds) {
  const std::string settings = R"({"reply_rate":0.3,"booking_rate":0.5,"reply_delay_s":1})";
  std::array<std::set<std::string>, 2> ids;
  for (int attempt = 1; attempt <= 2; ++attempt) {
    Sandbox box;
    box.send_all(settings, 500, 1, attempt);
    box.executor.advance(seconds{10});
    for (const auto& e : box.sink.events)
      ids[static_cast<std::size_t>(attempt - 1)].insert(e.event_id);
  }
  EXPECT_GT(ids[0].size(), 100u);
  EXPECT_EQ(ids[0], ids[1]);
}

TEST(SandboxSetting, AutoRepliesOptOutsAndBookingsComeAtTheirRates) {
  Sandbox box;
  box.send_all(R"({"reply_rate":0.4,"auto_reply_rate":0.2,"opt_out_rate":0.1,"booking_rate":0.5,
                "reply_delay_s":{"min":1,"max":2}})",
               10'000);
  box.executor.advance(seconds{5});
  int replies = box.sink.count(store::EventType::reply);
  EXPECT_NEAR(replies, 4'000, 250);
  EXPECT_NEAR(box.sink.count(store::EventType::auto_reply), 2'000, 200);
  EXPECT_NEAR(box.sink.count(store::EventType::opted_out), 1'000, 150);
  EXPECT_NEAR(box.sink.count(store::EventType::booked), replies / 2, 200);
  std::map<std::int64_t, Instant> replied;
  for (const auto& e : box.sink.events) {
    if (e.type == store::EventType::reply) replied[e.lead->value] = e.at;
    if (e.type != store::EventType::booked) continue;
    EXPECT_GE(e.at, replied.at(e.lead->value));
  }
}

TEST(Sandbox, NobodyReactsToWhatWasNotDelivered) {
  Sandbox box;
  box.send_all(R"({"reply_rate":1,"failures":{"transient":1},"reply_delay_s":0})", 100);
  box.executor.advance(seconds{5});
  EXPECT_TRUE(box.sink.events.empty());
}

TEST(Sandbox, AFullSinkIsToldAgainLater) {
  Sandbox box;
  box.sink.room = 3;
  box.send_all(R"({"reply_rate":1,"reply_delay_s":1})", 10);
  box.executor.advance(seconds{2});
  EXPECT_EQ(box.sink.events.size(), 3u);
  EXPECT_EQ(box.executor.timers(), 1u);
  box.sink.room = 100;
  box.executor.advance(seconds{1});
  EXPECT_EQ(box.sink.events.size(), 10u);
  EXPECT_EQ(box.channel.reactions_dropped(), 0u);
}

TEST(Sandbox, TooManyPendingReactionsComeEarlyAndAreOnlyDroppedWhenTheSinkIsFullToo) {
  Sandbox box(10);
  box.send_all(R"({"reply_rate":1,"reply_delay_s":1000})", 30);
  EXPECT_EQ(box.channel.reactions_pending(), 10u);
  EXPECT_EQ(box.sink.events.size(), 20u);
  box.sink.room = 0;
  box.send_all(R"({"reply_rate":1,"reply_delay_s":1000})", 5, 2);
  EXPECT_EQ(box.channel.reactions_pending(), 10u);
  EXPECT_EQ(box.channel.reactions_dropped(), 5u);
}

TEST(SandboxSetting, RateLimitAfterRefusesTheRestOfTheWindow) {
  Sandbox box;
  const std::string settings = R"({"rate_limit_after":3,"rate_limit_window_s":10})";
  auto account = sandbox_account(settings);
  for (int lead = 1; lead <= 5; ++lead) box.send(account, lead);
  box.executor.advance(seconds{4});
  EXPECT_EQ(box.count(Kind::delivered, FailureClass::none), 3);
  EXPECT_EQ(box.count(Kind::retry, FailureClass::rate_limited), 2);
  EXPECT_EQ(box.results[4].retry_after, seconds{10});
  box.send(account, 6);
  box.send(sandbox_account(settings, 8), 6);  // another account has a window of its own
  box.executor.advance(seconds{6});
  EXPECT_EQ(box.results[5].retry_after, seconds{6});
  EXPECT_EQ(box.results[6].kind, Kind::delivered);
  box.send(account, 7);
  box.executor.run();
  EXPECT_EQ(box.results[7].kind, Kind::delivered);
}

TEST(SandboxSetting, IdempotentAndInFlightMaxShowInTheTraits) {
  Sandbox box;
  auto standard = box.channel.traits(*sandbox_account("{}"));
  EXPECT_TRUE(standard.idempotent);
  EXPECT_TRUE(standard.simulated);
  EXPECT_EQ(standard.in_flight_max, 4096);
  auto set =
      box.channel.traits(*sandbox_account(R"({"idempotent":false,"in_flight_max":5})", 7, 2));
  EXPECT_FALSE(set.idempotent);
  EXPECT_EQ(set.in_flight_max, 5);
}

TEST(Sandbox, ANewVersionOfTheAccountIsReadAgain) {
  Sandbox box;
  box.send(sandbox_account("{}", 7, 1), 1);
  box.send(sandbox_account(R"({"failures":{"transient":1}})", 7, 2), 2);
  box.executor.run();
  EXPECT_EQ(box.results[0].kind, Kind::delivered);
  EXPECT_EQ(box.results[1].kind, Kind::retry);
}

TEST(Sandbox, StoredSettingsThatCannotBeReadStopTheAccount) {
  Sandbox box;
  box.send_all(R"({"nonsense":1})", 1);
  EXPECT_EQ(box.results[0].kind, Kind::retry);
  EXPECT_EQ(box.results[0].failure, FailureClass::account_permission);
  EXPECT_EQ(box.results[0].text, "settings.nonsense: Unknown setting");
}

}  // namespace
}  // namespace headway::testing
