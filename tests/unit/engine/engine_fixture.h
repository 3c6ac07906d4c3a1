#pragma once
// The engine over the simulator's store and clock, with a channel that answers when the test says so.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "sim/fault_ledger.h"
#include "sim/loop.h"
#include "sim/model_store.h"

namespace headway::engine {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using domain::FailureClass;
using Kind = channels::SendResult::Kind;

class ScriptedChannel final : public channels::Channel {
 public:
  struct Sent {
    AccountId account;
    channels::Outgoing message;
    std::function<void(channels::SendResult)> done;
    std::chrono::nanoseconds at{};
  };

  explicit ScriptedChannel(sim::Loop& loop) : loop_(loop) {}

  std::string_view name() const override { return "scripted"; }
  Result<void> validate(const domain::Account&) const override { return {}; }
  channels::Traits traits(const domain::Account&) const override { return traits_now; }
  std::vector<std::string> secret_settings() const override { return {}; }
  void send(std::shared_ptr<const domain::Account> account, channels::Outgoing message,
            std::function<void(channels::SendResult)> done) override {
    sent.push_back({account->id, std::move(message), std::move(done), loop_.steady()});
    if (automatic) answer(sent.size() - 1, *automatic);
  }
  // Answers the i-th send, by its own order.
  void answer(std::size_t i, channels::SendResult result) {
    auto done = std::exchange(sent.at(i).done, nullptr);
    ASSERT_TRUE(done) << "answered before";
    loop_.in(1ms, loop_.living(),
             [done = std::move(done), result = std::move(result)] { done(result); });
  }
  static channels::SendResult with(Kind kind, FailureClass failure = FailureClass::none) {
    channels::SendResult r;
    r.kind = kind;
    r.failure = failure;
    return r;
  }

  channels::Traits traits_now{false, true, 64};
  std::optional<channels::SendResult> automatic;
  std::deque<Sent> sent;

 private:
  sim::Loop& loop_;
};

class NoWatcher final : public sim::LedgerWatcher {
 public:
  void claimed(const store::ClaimRequest&, const store::ClaimResult&, std::uint64_t) override {}
  void recording(const std::vector<store::Outcome>& outcomes) override {
    for (const store::Outcome& o : outcomes) recorded.push_back(o);
  }
  void applying(const std::vector<store::InboundEvent>&, Instant) override {}
  void status_changing(AccountId, domain::AccountStatus status) override {
    statuses.push_back(status);
  }
  std::vector<store::Outcome> recorded;
  std::vector<domain::AccountStatus> statuses;
};

class EngineTest : public ::testing::Test {
 protected:
  EngineTest()
      : loop_(7, *parse_rfc3339("2026-06-15T00:00:00Z")), store_(sim::Flaws{}), channel_(loop_) {
    channel_.automatic = ScriptedChannel::with(Kind::delivered);
  }
  ~EngineTest() override {
    engine_.reset();
    loop_.kill();
  }

  void start() {
    const sim::Owner owner = loop_.begin();
    executor_ = std::make_unique<sim::SimExecutor>(loop_, owner);
    store::Ledger& ledger =
        store_.open([this](std::function<void()> task) { loop_.post(std::move(task)); });
    ledger_ = std::make_unique<sim::FaultLedger>(loop_, ledger, faults_, watcher_, 3);
    engine_ = std::make_unique<Engine>(
        Ports{*ledger_, {{"scripted", &channel_}}, loop_, *executor_, entropy_}, config_);
    engine_->start();
  }
  void crash() {
    engine_.reset();
    loop_.kill();
    ledger_.reset();
    executor_.reset();
  }
  void run_for(std::chrono::nanoseconds d) {
    bool over = false;
    loop_.in(d, sim::kWorld, [&over] { over = true; });
    while (!over) ASSERT_TRUE(loop_.step());
  }

  AccountId account(double rate = 1000, std::optional<std::int64_t> limit = std::nullopt) {
    domain::Account a;
    a.channel = "scripted";
    a.rate_per_second = rate;
    a.daily_limit = limit;
    return store_.create_account(a);
  }
  CampaignId campaign(int people, std::vector<AccountId> accounts, int steps = 1,
                      milliseconds delay = 0ms, const std::string& body = "Hi {{name|there}}") {
    std::vector<domain::Person> all;
    for (int i = 0; i < people; ++i) {
      domain::Person p;
      p.external_id = "p" + std::to_string(++people_);
      p.attributes = "{}";
      all.push_back(std::move(p));
    }
    domain::CampaignPlan plan;
    plan.collections = {store_.create_collection(all)};
    plan.accounts = std::move(accounts);
    for (int s = 1; s <= steps; ++s) {
      domain::Step step;
      step.delay = s == 1 ? 0ms : delay;
      step.variants.push_back({VariantId{}, "A", body, 1, false});
      plan.steps.push_back(std::move(step));
    }
    return store_.create_campaign(plan);
  }
  void resume(CampaignId id) {
    engine_->resume(id, "test", [](const Result<store::PauseReceipt>&) {});
  }
  const sim::CampaignView& view(CampaignId id) {
    for (const sim::CampaignView& v : store_.look()) {
      if (v.plan.id == id) return v;
    }
    ADD_FAILURE() << "no such campaign";
    return store_.look().front();
  }
  const domain::LeadState& lead(CampaignId id, int number = 1) {
    return view(id).leads.at(static_cast<std::size_t>(number - 1)).state;
  }
  domain::CampaignState state(CampaignId id) { return view(id).plan.state; }
  EngineStatus status() {
    EngineStatus out;
    bool got = false;
    engine_->status([&](EngineStatus s) {
      out = std::move(s);
      got = true;
    });
    while (!got && loop_.step()) {
    }
    return out;
  }

  sim::Loop loop_;
  sim::ModelStore store_;
  sim::StoreFaults faults_;
  NoWatcher watcher_;
  ScriptedChannel channel_;
  sim::SimEntropy entropy_{5};
  EngineConfig config_;
  int people_ = 0;
  std::unique_ptr<sim::SimExecutor> executor_;
  std::unique_ptr<sim::FaultLedger> ledger_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace headway::engine
