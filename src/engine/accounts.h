#pragma once
// What accounts may send, when, and how providers' answers change that.
//
// Pace. A message may go out when 1 / rate has passed since the last one, where rate is the smaller
// of the account's `rate_per_second` and what is left of its daily budget spread evenly over the
// open hours left today. Missed pace is caught up for `burst` at most, so that neither a
// pause nor a night nor downtime is followed by a burst.
//
// Reactions (reference: failure classes). The account stops at once, in memory; the store is told,
// again and again until it answers; then the plan decides. A later "active" by a person wins because it is
// part of a plan that was asked for after the store's answer.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "channels/channel.h"
#include "domain/account.h"
#include "domain/failure.h"
#include "engine/backoff.h"

namespace headway::engine {

class Core;
struct AccountRun;

class Accounts {
 public:
  explicit Accounts(Core& core) : core_(core) {}

  // Status, provider backoff and channel allow it now.
  bool may_send(const AccountRun& a, Instant now) const;
  // When an account that may not send now might again; none = only by a change of the plan.
  std::optional<Instant> may_send_at(const AccountRun& a, Instant now) const;

  // How many messages, <= max, its pace allows now; sets next_at.
  // `open_left`: open time left today for its campaigns.
  std::int64_t quota(AccountRun& a, std::chrono::nanoseconds steady, milliseconds open_left,
                     std::int64_t max) const;
  // `n` of them were claimed.
  void used(AccountRun& a, std::int64_t n, std::chrono::nanoseconds steady) const;

  // An answer of the provider that concerns the whole account. Returns until when its leads had
  // better wait.
  Instant react(AccountRun& a, const channels::SendResult& answer, Instant now);
  // A delivery: the provider is content again.
  void delivered(AccountRun& a, Instant now);

  bool idle() const { return !busy_ && wanted_.empty(); }

 private:
  struct Change {
    domain::AccountStatus status{};
    std::string reason;
    std::optional<Instant> until;
  };
  void want(AccountRun& a, Change change);
  void next();

  Core& core_;
  std::map<AccountId, Change> wanted_;  // one an account: the latest wins
  bool busy_ = false;
  Backoff backoff_;
};

}  // namespace headway::engine
