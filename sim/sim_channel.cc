#include "sim/sim_channel.h"

#include <memory>

namespace headway::sim {

using namespace std::chrono_literals;
using domain::FailureClass;

channels::SendResult SimChannel::permanent() {
  static constexpr FailureClass kClasses[] = {
      FailureClass::recipient_invalid, FailureClass::recipient_unavailable,
      FailureClass::content_rejected, FailureClass::opted_out};
  channels::SendResult r;
  r.kind = Kind::failed;
  r.failure = kClasses[rng_.below(4)];
  r.code = "550";
  return r;
}

// Certainly not delivered; try again later. kind = unknown stands for "no refusal".
channels::SendResult SimChannel::refusal() {
  channels::SendResult r;
  r.kind = Kind::retry;
  r.code = "421";
  if (rng_.chance(faults_.transient)) {
    r.failure = FailureClass::transient;
  } else if (rng_.chance(faults_.deferred)) {
    r.failure = FailureClass::recipient_deferred;
  } else if (rng_.chance(faults_.rate_limited)) {
    r.failure = FailureClass::rate_limited;
    if (rng_.chance(0.5)) r.retry_after = milliseconds{rng_.between(0, 600'000)};
  } else if (rng_.chance(faults_.account)) {
    static constexpr FailureClass kClasses[] = {
        FailureClass::account_auth, FailureClass::account_permission, FailureClass::policy_block};
    r.failure = kClasses[rng_.below(3)];
  } else if (rng_.chance(faults_.held)) {
    r.kind = Kind::held;
    r.failure = FailureClass::window_closed;
  } else {
    r.kind = Kind::unknown;
  }
  return r;
}

void SimChannel::deliver(nanoseconds after, AccountId account, const channels::Outgoing& message) {
  if (++accepted_[message.idempotency_key] > 1 && idempotent_) return;  // the same message
  // After a crash, what had left arrives; what had not, does not.
  const Owner sender = loop_.living();
  const bool left = rng_.chance(0.5);
  auto copy = std::make_shared<channels::Outgoing>(message);
  loop_.in(after, kWorld, [this, account, copy, sender, left] {
    if (loop_.living() != sender && !left) {
      // Unless it was sent again meanwhile, under the same key.
      const auto it = accepted_.find(copy->idempotency_key);
      if (!idempotent_ || it->second == 1) {
        accepted_.erase(it);
        return;
      }
    }
    watcher_.arrived(account, *copy, idempotent_);
  });
}

void SimChannel::send(std::shared_ptr<const domain::Account> account, channels::Outgoing message,
                      std::function<void(channels::SendResult)> done) {
  watcher_.handed_over(*account, message, idempotent_);
  const AccountId id = account->id;
  const nanoseconds reach = rng_.wait(1ms, 100ms);
  nanoseconds answer = reach + rng_.wait(1us, 100ms);
  if (faults_.slow_max > 0ns && rng_.chance(0.05)) answer += rng_.wait(0ns, faults_.slow_max);
  channels::SendResult result;
  result.kind = Kind::delivered;
  result.provider_id = "p" + std::to_string(rng_.next() % 1'000'000);
  if (accepted_.contains(message.idempotency_key) && idempotent_) {
    ++accepted_[message.idempotency_key];
  }
  const bool known = idempotent_ && accepted_.contains(message.idempotency_key);

  if (const auto it = final_.find(message.idempotency_key); idempotent_ && it != final_.end()) {
    result = it->second;
  } else if (!known && rng_.chance(faults_.permanent)) {
    result = permanent();
    final_.emplace(message.idempotency_key, result);
  } else if (auto refused = refusal(); !known && refused.kind != Kind::unknown) {
    result = std::move(refused);
  } else if (rng_.chance(faults_.lost_after)) {
    deliver(reach, id, message);
    result = {};
    result.kind = Kind::unknown;
    answer += 30s;
  } else if (rng_.chance(faults_.lost_before)) {
    result = {};
    result.kind = Kind::unknown;
    answer += 30s;
  } else if (rng_.chance(faults_.late)) {
    deliver(40s + rng_.wait(0s, 600s), id, message);
    result = {};
    result.kind = Kind::unknown;
    answer += 30s;
  } else {
    deliver(reach, id, message);
  }
  auto kept = std::make_shared<channels::Outgoing>(std::move(message));
  loop_.in(answer, loop_.living(), [this, id, kept, result, done = std::move(done)] {
    watcher_.answering(id, *kept, result);
    done(result);
  });
}

}  // namespace headway::sim
