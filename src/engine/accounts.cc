#include "engine/accounts.h"

#include <algorithm>

#include "domain/pacing.h"
#include "domain/retry.h"
#include "engine/core.h"

namespace headway::engine {

namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kDay = std::chrono::hours{24};

std::string why(domain::AccountStatus status) {
  switch (status) {
    case domain::AccountStatus::invalid_credentials: return "The provider refused the credentials";
    case domain::AccountStatus::disabled: return "The provider does not allow this account to send";
    case domain::AccountStatus::suspended: return "The provider restricted this account";
    case domain::AccountStatus::rate_limited: return "The provider asked to slow down";
    case domain::AccountStatus::active:
    case domain::AccountStatus::paused: return "";
  }
  return "";
}

}  // namespace

bool Accounts::may_send(const AccountRun& a, Instant now) const {
  if (!a.account || a.channel == nullptr || core_.plan.held(a)) return false;
  if (domain::needs_a_person(a.account->status)) return false;
  if (a.blocked_until && now < *a.blocked_until) return false;
  return !(a.account->status == domain::AccountStatus::rate_limited && a.account->status_until &&
           now < *a.account->status_until);
}

std::optional<Instant> Accounts::may_send_at(const AccountRun& a, Instant now) const {
  if (!a.account || a.channel == nullptr || core_.plan.held(a)) return std::nullopt;
  if (domain::needs_a_person(a.account->status)) return std::nullopt;
  Instant at = now;
  if (a.blocked_until) at = std::max(at, *a.blocked_until);
  if (a.account->status == domain::AccountStatus::rate_limited && a.account->status_until) {
    at = std::max(at, *a.account->status_until);
  }
  return at;
}

std::int64_t Accounts::quota(AccountRun& a, nanoseconds steady, milliseconds open_left,
                             std::int64_t max) const {
  std::optional<std::int64_t> left;
  const bool known = a.used_day == a.day.day;
  if (a.account->daily_limit && known) left = *a.account->daily_limit - *a.used;
  a.interval = domain::interval_for(a.account->rate_per_second, left, open_left);
  // The day's use is not known before the first claim of the day: one message asks for it.
  if (a.account->daily_limit && !known) max = std::min<std::int64_t>(max, 1);
  const domain::Pace::Quota quota = a.pace.quota(steady, a.interval, max);
  a.next_at = quota.next;
  return quota.n;
}

void Accounts::used(AccountRun& a, std::int64_t n, nanoseconds steady) const {
  a.pace.used(steady, a.interval, n);
  a.next_at = a.pace.quota(steady, a.interval, 1).next;
}

Instant Accounts::react(AccountRun& a, const channels::SendResult& answer, Instant now) {
  const domain::AccountReaction reaction = domain::account_reaction(answer.failure);
  if (!reaction.status) return now;
  const std::string detail = answer.code.empty() ? std::string{} : " (" + answer.code + ")";
  if (!reaction.backs_off) {
    // 64 sends in flight report the same thing 64 times.
    const auto wanted = wanted_.find(a.account->id);
    if (a.account->status != *reaction.status &&
        (wanted == wanted_.end() || wanted->second.status != *reaction.status)) {
      want(a, {*reaction.status, why(*reaction.status) + detail, {}});
    }
    return now;
  }
  const bool fresh = !a.blocked_until || *a.blocked_until <= now;
  nanoseconds wait = core_.config.account_backoff_base;
  for (int i = 0; i < a.strikes && wait < core_.config.account_backoff_max; ++i) wait *= 2;
  wait = std::min<nanoseconds>(wait, core_.config.account_backoff_max);
  if (answer.retry_after) {
    wait = std::clamp<nanoseconds>(*answer.retry_after, core_.config.account_backoff_base, kDay);
  }
  const Instant until = now + std::chrono::ceil<milliseconds>(wait);
  if (!fresh && *a.blocked_until >= until) return *a.blocked_until;
  if (fresh) {
    ++a.strikes;
    want(a, {*reaction.status, why(*reaction.status) + detail, until});
  }
  a.blocked_until = until;
  return until;
}

void Accounts::delivered(AccountRun& a, Instant now) {
  // Answers to sends from before the limit say nothing about it.
  if (a.blocked_until && now < *a.blocked_until) return;
  a.strikes = 0;
  a.blocked_until.reset();
  if (a.account && a.account->status == domain::AccountStatus::rate_limited &&
      !core_.plan.held(a) && !wanted_.contains(a.account->id) &&
      (!a.account->status_until || *a.account->status_until <= now)) {
    want(a, {domain::AccountStatus::active, "The provider accepts messages again", {}});
  }
}

void Accounts::want(AccountRun& a, Change change) {
  const bool stop = domain::needs_a_person(change.status);
  const auto it = wanted_.find(a.account->id);
  // A stop is not replaced by anything milder: neither one on its way to the store nor one that is stored
  // and not in the plan yet, nor one of the plan. Answers to sends from before still come in.
  const bool stopped = (it != wanted_.end() && domain::needs_a_person(it->second.status)) ||
                       core_.plan.held(a) || domain::needs_a_person(a.account->status);
  if (stopped && !stop) return;
  wanted_.insert_or_assign(a.account->id, std::move(change));
  if (stop && !a.stopping) {
    a.stopping = true;
    a.hold.begin();
  }
  next();
}

void Accounts::next() {
  if (busy_ || wanted_.empty() || core_.phase == Phase::failed || core_.phase == Phase::stopped)
    return;
  const auto [id, change] = *wanted_.begin();
  busy_ = true;
  core_.ports.ledger.set_account_status(
      id, change.status, change.reason, change.until, core_.wall(),
      core_.guard([this, account = id, status = change.status](const Result<std::int64_t>& r) {
        busy_ = false;
        if (!core_.heard(r)) return;
        if (!r && r.error().kind != ErrorKind::conflict && r.error().kind != ErrorKind::not_found) {
          busy_ = true;
          core_.after(backoff_.next(core_.config.backoff_base, core_.config.backoff_max,
                                    core_.ports.entropy),
                      [this] {
                        busy_ = false;
                        next();
                      });
          return;
        }
        backoff_.reset();
        const auto it = wanted_.find(account);
        if (it != wanted_.end() && it->second.status == status) {
          wanted_.erase(it);
          AccountRun* run = core_.plan.account(account);
          if (run && run->stopping && domain::needs_a_person(status)) {
            run->stopping = false;
            run->hold.end(core_.plan.asked_number());
          }
        }
        core_.plan.reload();
        next();
        core_.check_stopped();
      }));
}

}  // namespace headway::engine
