#pragma once
// A provider and its recipients. What reaches a recipient goes into the registry of the checks; answers
// may come late, never, or say less than what happened. A delivery on its way survives a crash of the process.

#include <map>
#include <string>

#include "channels/channel.h"
#include "sim/loop.h"

namespace headway::sim {

// The checks' and the world's view of what leaves the engine and what arrives.
class ChannelWatcher {
 public:
  virtual ~ChannelWatcher() = default;
  virtual void handed_over(const domain::Account& account, const channels::Outgoing& message,
                           bool idempotent) = 0;
  virtual void arrived(AccountId account, const channels::Outgoing& message, bool idempotent) = 0;
  // The engine is told this now.
  virtual void answering(AccountId account, const channels::Outgoing& message,
                         const channels::SendResult& result) = 0;
};

struct ProviderFaults {
  double lost_after = 0;   // delivered, no answer
  double lost_before = 0;  // not delivered, no answer
  double late = 0;         // no answer, delivered only later
  double transient = 0, deferred = 0, rate_limited = 0;
  double account = 0;  // account_auth, account_permission or policy_block
  double held = 0;
  double permanent = 0;  // fails for good, by class
  nanoseconds slow_max{0};
};

class SimChannel final : public channels::Channel {
 public:
  SimChannel(Loop& loop, std::string name, bool idempotent, int in_flight_max,
             const ProviderFaults& faults, ChannelWatcher& watcher, std::uint64_t seed)
      : loop_(loop),
        name_(std::move(name)),
        idempotent_(idempotent),
        in_flight_max_(in_flight_max),
        faults_(faults),
        watcher_(watcher),
        rng_(seed) {}

  std::string_view name() const override { return name_; }
  Result<void> validate(const domain::Account&) const override { return {}; }
  channels::Traits traits(const domain::Account&) const override {
    return {idempotent_, true, in_flight_max_};
  }
  std::vector<std::string> secret_settings() const override { return {}; }
  void send(std::shared_ptr<const domain::Account> account, channels::Outgoing message,
            std::function<void(channels::SendResult)> done) override;

 private:
  using Kind = channels::SendResult::Kind;
  void deliver(nanoseconds after, AccountId account, const channels::Outgoing& message);
  channels::SendResult permanent();
  channels::SendResult refusal();

  Loop& loop_;
  std::string name_;
  bool idempotent_;
  int in_flight_max_;
  const ProviderFaults& faults_;
  ChannelWatcher& watcher_;
  Rng rng_;
  std::map<std::string, int> accepted_;                // keys that were or will be delivered: sends
  std::map<std::string, channels::SendResult> final_;  // keys refused for good stay refused
};

}  // namespace headway::sim
