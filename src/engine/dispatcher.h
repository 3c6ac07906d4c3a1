#pragma once
// Hands claimed messages to their channels and turns answers into outcomes.
//
// Invariants:
//  * may_hand_over() is asked in the same task as the handover, for every message;
//  * a message that may not be handed over now is released at once: nothing waits in memory for a
//    window, a limit, a person or a provider;
//  * per account at most Traits::in_flight_max messages are handed over and unanswered.

#include <cstdint>

#include "base/strong_id.h"
#include "channels/channel.h"
#include "engine/recorder.h"
#include "engine/text_cache.h"

namespace headway::engine {

class Core;
struct AccountRun;
struct CampaignRun;

class Dispatcher {
 public:
  explicit Dispatcher(Core& core) : core_(core) {}

  // A message just claimed joins its account's queue; `from`, `until` as in Flight.
  void take(store::ClaimedMessage message, const domain::CampaignPlan& plan, Instant from,
            Instant until);
  // Hands over what the account's queue and its channel allow.
  void pump(AccountRun& account);
  // The plan or a hold changed: what may no longer be handed over is released, the rest goes on.
  void recheck();
  // Releases everything that was not handed over (stop).
  void release_all();

  std::int64_t queued() const { return queued_; }
  std::int64_t sending() const { return sending_; }

 private:
  bool may_hand_over(const Flight& flight, const AccountRun* account, Instant now) const;
  void hand_over(Flight& flight, AccountRun& account, Instant now);
  void release(Flight& flight, Instant now);
  void answered(const FlightKey& key, channels::SendResult answer);
  store::Outcome outcome_of(const Flight& flight, AccountRun* account, channels::SendResult answer,
                            Instant now);

  Core& core_;
  TextCache texts_;
  std::int64_t queued_ = 0;
  std::int64_t sending_ = 0;
};

}  // namespace headway::engine
