#pragma once
// A way to reach people. One instance serves all accounts of its kind.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/account.h"
#include "domain/failure.h"
#include "domain/person.h"
#include "store/ledger.h"

namespace headway::channels {

struct Outgoing {
  LeadId lead;
  CampaignId campaign;
  int step = 0;
  int attempt = 0;
  std::string variant;          // its name
  std::string idempotency_key;  // <= 64 bytes, [A-Za-z0-9_-]
  std::string body;             // rendered
  domain::Person person;
};

struct SendResult {
  enum class Kind : std::uint8_t {
    delivered,
    failed,  // for good
    retry,  // certainly not delivered: try again later (transient, rate_limited, recipient_deferred,
            // or an account-level class: the lead waits for its account)
    unknown,  // may have been delivered
    held,     // messaging window closed
  };
  Kind kind{};
  domain::FailureClass failure = domain::FailureClass::none;
  std::string code, text, provider_id;
  std::optional<milliseconds> retry_after;  // the provider's hint
};

struct Traits {
  bool idempotent = false;  // a resend under the same key is the same message
  bool simulated = false;
  int in_flight_max = 64;  // sends of one account that may be open at a time, >= 1
};

class Channel {
 public:
  virtual ~Channel() = default;

  virtual std::string_view name() const = 0;
  // Field errors under "settings.<field>"; unknown settings are refused by name.
  virtual Result<void> validate(const domain::Account& account) const = 0;
  virtual Traits traits(const domain::Account& account) const = 0;
  // Names of settings never shown in an answer.
  virtual std::vector<std::string> secret_settings() const = 0;

  // Completes exactly once, always posted to the engine's executor, never inside the call, and within
  // the channel's own time-out.
  virtual void send(std::shared_ptr<const domain::Account> account, Outgoing message,
                    std::function<void(SendResult)> done) = 0;
};

// Where a channel reports what comes back (replies, receipts). Bounded: false = full, tell again later.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual bool offer(store::InboundEvent event) = 0;
};

}  // namespace headway::channels
