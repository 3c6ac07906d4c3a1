#pragma once
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "channels/sandbox/sandbox_channel.h"
#include "tests/unit/channels/manual_executor.h"

namespace headway::testing {

class Sink final : public channels::EventSink {
 public:
  bool offer(store::InboundEvent event) override {
    if (events.size() >= room) return false;
    events.push_back(std::move(event));
    return true;
  }
  int count(store::EventType type) const {
    int n = 0;
    for (const auto& e : events) n += e.type == type;
    return n;
  }
  std::size_t room = SIZE_MAX;
  std::vector<store::InboundEvent> events;
};

inline std::shared_ptr<const domain::Account> sandbox_account(const std::string& settings,
                                                              std::int64_t id = 7,
                                                              std::int64_t version = 1) {
  auto account = std::make_shared<domain::Account>();
  account->id = AccountId{id};
  account->version = version;
  account->channel = "sandbox";
  account->settings = boost::json::parse(settings).as_object();
  return account;
}

struct Sandbox {
  explicit Sandbox(std::size_t reactions_max = channels::SandboxChannel::kReactionsMax)
      : channel(executor, executor, reactions_max) {
    channel.connect(&sink);
  }

  void send(const std::shared_ptr<const domain::Account>& account, std::int64_t lead, int step = 1,
            int attempt = 1) {
    channels::Outgoing message;
    message.lead = lead_id(1, lead);
    message.campaign = CampaignId{11};
    message.step = step;
    message.attempt = attempt;
    channel.send(account, std::move(message), [this, lead](channels::SendResult result) {
      order.push_back(lead);
      results.push_back(std::move(result));
    });
  }
  // The results of one attempt at each of n leads, in their order.
  std::vector<channels::SendResult> send_all(const std::string& settings, int n, int step = 1,
                                             int attempt = 1) {
    results.clear();
    auto account = sandbox_account(settings, 7, ++version);
    for (int lead = 1; lead <= n; ++lead) send(account, lead, step, attempt);
    executor.run();
    return results;
  }
  int count(channels::SendResult::Kind kind, domain::FailureClass failure) const {
    int n = 0;
    for (const auto& r : results) n += r.kind == kind && r.failure == failure;
    return n;
  }

  ManualExecutor executor;
  Sink sink;
  channels::SandboxChannel channel;
  std::vector<channels::SendResult> results;
  std::vector<std::int64_t> order;
  std::int64_t version = 0;
};

}  // namespace headway::testing
