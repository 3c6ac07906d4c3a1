#include "engine/dispatcher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/retry.h"
#include "engine/core.h"

namespace headway::engine {

namespace {

constexpr std::size_t kCodeBytesMax = 200;
constexpr std::size_t kTextBytesMax = 1000;

// Cut at a character's border (UTF-8).
void cut(std::string& text, std::size_t max) {
  if (text.size() <= max) return;
  std::size_t end = max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
}

}  // namespace

void Dispatcher::take(store::ClaimedMessage message, const domain::CampaignPlan& plan, Instant from,
                      Instant until) {
  const FlightKey key{message.lead, message.attempt};
  Flight flight;
  flight.text = texts_.get(plan, message.step, message.variant);
  flight.from = from;
  flight.until = until;
  flight.message = std::move(message);
  AccountRun* account = core_.plan.account(flight.message.account);
  const auto [it, inserted] = core_.recorder.flights().emplace(key, std::move(flight));
  HW_CHECK(inserted);  // the fence grows with every claim
  Flight& stored = it->second;
  if (account == nullptr) {
    store::Outcome o;
    o.kind = store::OutcomeKind::released;
    o.at = core_.wall();
    ++core_.totals.released_total;
    core_.recorder.settle(stored, std::move(o));
    return;
  }
  account->queue.push_back(key);
  ++queued_;
}

bool Dispatcher::may_hand_over(const Flight& flight, const AccountRun* account, Instant now) const {
  if (!core_.sending() || account == nullptr || !core_.accounts.may_send(*account, now))
    return false;
  if (now < flight.from || now >= flight.until) return false;
  const CampaignRun* campaign = core_.plan.campaign(flight.message.campaign);
  return campaign != nullptr && campaign->plan &&
         campaign->plan->state == domain::CampaignState::active && !core_.plan.held(*campaign) &&
         campaign->serves(flight.message.account);
}

void Dispatcher::pump(AccountRun& account) {
  const Instant now = core_.wall();
  while (!account.queue.empty() && account.sending < account.traits.in_flight_max) {
    const auto it = core_.recorder.flights().find(account.queue.front());
    account.queue.pop_front();
    --queued_;
    HW_CHECK(it != core_.recorder.flights().end());
    Flight& flight = it->second;
    if (may_hand_over(flight, &account, now)) {
      hand_over(flight, account, now);
    } else {
      release(flight, now);
    }
  }
}

void Dispatcher::recheck() {
  const Instant now = core_.wall();
  for (auto& [id, account] : core_.plan.accounts()) {
    std::deque<FlightKey> keep;
    for (const FlightKey& key : account.queue) {
      Flight& flight = core_.recorder.flights().at(key);
      if (may_hand_over(flight, &account, now)) {
        keep.push_back(key);
      } else {
        --queued_;
        release(flight, now);
      }
    }
    account.queue = std::move(keep);
    pump(account);
  }
}

void Dispatcher::release_all() {
  const Instant now = core_.wall();
  for (auto& [id, account] : core_.plan.accounts()) {
    for (const FlightKey& key : account.queue) release(core_.recorder.flights().at(key), now);
    queued_ -= static_cast<std::int64_t>(account.queue.size());
    account.queue.clear();
  }
}

void Dispatcher::release(Flight& flight, Instant now) {
  store::Outcome o;
  o.kind = store::OutcomeKind::released;
  o.at = now;
  ++core_.totals.released_total;
  core_.recorder.settle(flight, std::move(o));
}

void Dispatcher::hand_over(Flight& flight, AccountRun& account, Instant now) {
  const store::ClaimedMessage& m = flight.message;
  Result<std::string> body = fail(ErrorKind::internal, "The text of this step is gone");
  if (flight.text) {
    body = flight.text->text ? domain::render(*flight.text->text, m.person)
                             : fail(ErrorKind::invalid, flight.text->text.error().message);
  }
  if (!body) {
    store::Outcome o;
    o.kind = store::OutcomeKind::failed;
    o.failure = domain::FailureClass::content_rejected;
    const Error& e = body.error();
    o.code = e.kind == ErrorKind::too_large ? "too_large" : "missing_value";
    o.text = e.fields.empty() ? e.message : e.fields.front().message;
    cut(o.text, kTextBytesMax);
    o.at = now;
    core_.recorder.settle(flight, std::move(o));
    return;
  }
  channels::Outgoing out;
  out.lead = m.lead;
  out.campaign = m.campaign;
  out.step = m.step;
  out.attempt = m.attempt;
  out.variant = flight.text->name;
  out.body = std::move(*body);
  out.idempotency_key = std::move(flight.message.idempotency_key);
  out.person = std::move(flight.message.person);

  flight.handed_over = true;
  flight.handed_over_at = now;
  ++account.sending;
  ++sending_;
  ++core_.totals.handed_over_total;
  core_.totals.last_handed_over_at = now;
  CampaignRun& campaign = *core_.plan.campaign(m.campaign);
  ++campaign.in_flight;
  campaign.last_handed_over_at = now;
  account.channel->send(
      account.account, std::move(out),
      core_.guard([this, key = FlightKey{m.lead, m.attempt}](channels::SendResult answer) {
        answered(key, std::move(answer));
      }));
}

void Dispatcher::answered(const FlightKey& key, channels::SendResult answer) {
  if (core_.phase == Phase::failed || core_.phase == Phase::stopped) return;
  Flight* flight = core_.recorder.find(key);
  HW_CHECK(flight != nullptr && flight->handed_over && !flight->settled);
  --sending_;
  AccountRun* account = core_.plan.account(flight->message.account);
  HW_CHECK(account != nullptr);  // kept while something is handed over
  --account->sending;
  core_.planner.freed();
  CampaignRun* campaign = core_.plan.campaign(flight->message.campaign);
  if (campaign) --campaign->in_flight;

  store::Outcome outcome = outcome_of(*flight, account, std::move(answer), core_.wall());
  core_.recorder.settle(*flight, std::move(outcome));
  pump(*account);
  if (sending_ == 0 && queued_ == 0 && !core_.planner.claiming()) core_.recorder.flush_if_quiet();
  core_.wake();
  core_.check_stopped();
}

store::Outcome Dispatcher::outcome_of(const Flight& flight, AccountRun* account,
                                      channels::SendResult answer, Instant now) {
  using Kind = channels::SendResult::Kind;
  store::Outcome o;
  o.at = now;
  o.failure = answer.failure;
  o.due = now;
  const bool known = account->account != nullptr;  // still in the plan
  switch (answer.kind) {
    case Kind::delivered:
      o.kind = store::OutcomeKind::delivered;
      o.failure = domain::FailureClass::none;
      if (known) core_.accounts.delivered(*account, now);
      break;
    case Kind::failed:
      o.kind = store::OutcomeKind::failed;
      if (o.failure == domain::FailureClass::none) o.failure = domain::FailureClass::transient;
      if (known) core_.accounts.react(*account, answer, now);
      break;
    case Kind::retry: {
      if (o.failure == domain::FailureClass::none) o.failure = domain::FailureClass::transient;
      const Instant free_at = known ? core_.accounts.react(*account, answer, now) : now;
      const domain::RetryPlan plan =
          domain::plan_retry(o.failure, flight.message.tries, answer.retry_after,
                             flight.message.lead, flight.message.step);
      if (plan.give_up) {
        o.kind = store::OutcomeKind::failed;
      } else {
        o.kind = store::OutcomeKind::retry;
        o.due = std::max(now + plan.wait, free_at);
      }
      break;
    }
    case Kind::unknown: {
      // Sent again only where the channel makes the second one the same message.
      o.failure = domain::FailureClass::outcome_unknown;
      o.kind = store::OutcomeKind::in_doubt;
      if (account->traits.idempotent) {
        const domain::RetryPlan plan =
            domain::plan_retry(domain::FailureClass::transient, flight.message.tries,
                               answer.retry_after, flight.message.lead, flight.message.step);
        if (!plan.give_up) {
          o.kind = store::OutcomeKind::retry;
          o.due = now + plan.wait;
        }
      }
      break;
    }
    case Kind::held:
      o.kind = store::OutcomeKind::held;
      o.failure = domain::FailureClass::window_closed;
      break;
  }
  if (o.kind == store::OutcomeKind::in_doubt) ++core_.totals.in_doubt_total;
  o.code = std::move(answer.code);
  o.text = std::move(answer.text);
  o.provider_id = std::move(answer.provider_id);
  cut(o.code, kCodeBytesMax);
  cut(o.text, kTextBytesMax);
  cut(o.provider_id, kCodeBytesMax);
  return o;
}

}  // namespace headway::engine
