#pragma once
// The channel `sandbox`: messages go to simulated people (population.h), nothing leaves the process.
//
// Invariants
//  * Every send completes exactly once, from a task posted to the executor, in the order of due times;
//    sends without latency are completed in batches, one posted task for all that gathered.
//  * Whatever happens to a (lead, step, attempt) depends on the account's seed and settings alone
//    (rate_limit_after excepted: it counts messages in time).
//  * Reactions are told to the sink at least once under event ids that depend on (lead, step), so that
//    telling them again counts once. At most `reactions_max` wait: when there are more, the
//    earliest comes before its time. They live in memory: those pending when the process ends are lost.
//  * One timer of the executor is open at most.
//
// send() and connect() on the executor's strand; the rest from any thread. The executor and the clock
// outlive the channel; tasks still queued when the channel is gone do nothing.

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "channels/channel.h"
#include "channels/sandbox/population.h"
#include "runtime/clock.h"
#include "runtime/executor.h"

namespace headway::channels {

class SandboxChannel final : public Channel {
 public:
  static constexpr std::size_t kReactionsMax = 100'000;

  SandboxChannel(const runtime::Clock& clock, runtime::Executor& executor,
                 std::size_t reactions_max = kReactionsMax);
  ~SandboxChannel() override;

  // Where reactions go; nullptr (the state before) = nowhere, none are simulated.
  void connect(EventSink* sink);

  std::string_view name() const override { return "sandbox"; }
  Result<void> validate(const domain::Account& account) const override;
  Traits traits(const domain::Account& account) const override;
  std::vector<std::string> secret_settings() const override { return {}; }
  void send(std::shared_ptr<const domain::Account> account, Outgoing message,
            std::function<void(SendResult)> done) override;

  std::size_t reactions_pending() const;
  std::uint64_t reactions_dropped() const;  // sink and memory were both full

 private:
  class Courier;
  struct Profile {
    std::int64_t version = -1;
    Result<SandboxSettings> settings{SandboxSettings{}};
    std::chrono::nanoseconds window_start{};
    std::int64_t window_used = 0;
  };

  Profile& profile(const domain::Account& account) const;  // under mutex_

  const runtime::Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<AccountId, Profile> profiles_;
  // Shared with the tasks that it has posted, which hold it weakly: they may run when it is gone.
  std::shared_ptr<Courier> courier_;
};

}  // namespace headway::channels
