#include "engine/accounts.h"

#include <algorithm>
#include <cmath>

#include "engine/core.h"

namespace headway::engine {

namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kDay = std::chrono::hours{24};

// Time between two messages by rate and remaining budget.
nanoseconds interval_of(const AccountRun& a, milliseconds open_left) {
  const double by_rate = 1e9 / a.account->rate_per_second;
  double ns = by_rate;
  if (a.account->daily_limit && a.used && a.used_day == a.day.day) {
    const std::int64_t left = *a.account->daily_limit - *a.used;
    if (left > 0) {
      const double open_ns = std::max(1.0, static_cast<double>(nanoseconds{open_left}.count()));
      ns = std::max(by_rate, open_ns / static_cast<double>(left));
    }
  }
  return nanoseconds{static_cast<std::int64_t>(std::clamp(ns, 1.0, 1e18))};
}

bool about_the_account(domain::FailureClass c) {
  using domain::FailureClass;
  return c == FailureClass::account_auth || c == FailureClass::account_permission ||
         c == FailureClass::policy_block;
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

std::int64_t Accounts::quota(AccountRun& a, nanoseconds steady, milliseconds open_left) const {
  const nanoseconds interval = interval_of(a, open_left);
  a.interval = interval;
  // The day's use is not known before the first claim of the day: ask for one message only.
  const bool blind = a.account->daily_limit && a.used_day != a.day.day;
  if (!a.last_at) {
    a.next_at = steady;
    return 1;
  }
  const nanoseconds since = steady - *a.last_at;
  if (since < interval) {
    a.next_at = *a.last_at + interval;
    return 0;
  }
  a.next_at = steady;
  const std::int64_t most = std::max<std::int64_t>(1, nanoseconds{core_.config.burst} / interval);
  return blind ? 1 : std::min(most, static_cast<std::int64_t>(since / interval));
}

void Accounts::used(AccountRun& a, std::int64_t n, nanoseconds steady) const {
  if (n <= 0) return;
  // What was missed longer ago than `burst` is missed for good. A slow account counts from its last
  // message only, so that its next one comes a whole interval later.
  const nanoseconds keep = std::max<nanoseconds>(core_.config.burst, a.interval);
  const nanoseconds start = std::max(a.last_at.value_or(steady - a.interval), steady - keep);
  a.last_at = std::min(start + n * a.interval, steady);
}

Instant Accounts::react(AccountRun& a, const channels::SendResult& answer, Instant now) {
  using domain::AccountStatus;
  const std::string detail = answer.code.empty() ? std::string{} : " (" + answer.code + ")";
  if (about_the_account(answer.failure)) {
    Change change;
    switch (answer.failure) {
      case domain::FailureClass::account_auth:
        change = {AccountStatus::invalid_credentials, "The provider refused the credentials" + detail, {}};
        break;
      case domain::FailureClass::account_permission:
        change = {AccountStatus::disabled, "The provider does not allow this account to send" + detail, {}};
        break;
      default:
        change = {AccountStatus::suspended, "The provider restricted this account" + detail, {}};
        break;
    }
    // 64 sends in flight report the same thing 64 times.
    const auto wanted = wanted_.find(a.account->id);
    if (a.account->status != change.status &&
        (wanted == wanted_.end() || wanted->second.status != change.status)) {
      want(a, std::move(change));
    }
    return now;
  }
  if (answer.failure != domain::FailureClass::rate_limited) return now;
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
    want(a, {AccountStatus::rate_limited, "The provider asked to slow down" + detail, until});
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
  // A stop that is not stored yet is not replaced by anything milder.
  if (it != wanted_.end() && domain::needs_a_person(it->second.status) && !stop) return;
  wanted_.insert_or_assign(a.account->id, std::move(change));
  if (stop && !a.stopping) {
    a.stopping = true;
    a.hold.begin();
  }
  next();
}

void Accounts::next() {
  if (busy_ || wanted_.empty() || core_.phase == Phase::failed || core_.phase == Phase::stopped) return;
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
