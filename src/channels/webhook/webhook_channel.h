#pragma once
// The channel `webhook`: the user's own gateway sends. Each message is one POST, signed when
// the account has a secret.
//
// Invariants
//  * Every send completes exactly once, posted to the executor; completions that come together share
//    one posted task. Within timeout_ms of the account, plus the sweep of the client (25 ms).
//  * Network work happens on one thread of the channel's own; send() takes a lock and returns.
//  * Settings are read once per version of an account. Secrets never reach a log or an answer.
//  * Only addresses of the public internet are connected to, unless allow_private_targets.
//
// Destruction joins the thread; sends still open then never complete: recovery settles them.
// send() from any thread. The clock and the executor outlive the channel.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "channels/channel.h"
#include "runtime/clock.h"
#include "runtime/executor.h"

namespace headway::channels {

struct WebhookOptions {
  bool allow_private_targets = false;
  std::string ca_file;  // trusted beside the system's roots; "" = none
  milliseconds connect_timeout{10'000};
  milliseconds idle_timeout{1'500};
  std::size_t connections_per_target_max = 256;
  std::size_t connections_max = 1024;
};

struct WebhookSettings;

class WebhookChannel final : public Channel {
 public:
  // Throws std::exception when ca_file cannot be read.
  WebhookChannel(const runtime::Clock& clock, runtime::Executor& executor, WebhookOptions options);
  ~WebhookChannel() override;

  std::string_view name() const override { return "webhook"; }
  Result<void> validate(const domain::Account& account) const override;
  Traits traits(const domain::Account& account) const override;
  std::vector<std::string> secret_settings() const override { return {"secret"}; }
  void send(std::shared_ptr<const domain::Account> account, Outgoing message,
            std::function<void(SendResult)> done) override;

 private:
  class Worker;
  using Settings = std::shared_ptr<const WebhookSettings>;  // shared with the io thread
  struct Profile {
    std::int64_t version = -1;
    Settings settings;    // null when they are wrong:
    std::string problem;  // then this says why
  };

  const Profile& profile(const domain::Account& account) const;  // under mutex_

  const bool allow_private_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<AccountId, Profile> profiles_;
  std::shared_ptr<Worker> worker_;  // tasks posted to the executor hold it weakly
};

}  // namespace headway::channels
