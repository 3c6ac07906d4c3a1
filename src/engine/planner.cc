#include "engine/planner.h"

#include <algorithm>
#include <utility>

#include "engine/core.h"

namespace headway::engine {

using std::chrono::nanoseconds;

// A claim waits for company: for a quarter of a full one, or `claim_gap` long.
nanoseconds Planner::earliest() const {
  return freed_ * 4 >= core_.config.claim_max ? not_before_ : std::max(not_before_, gap_until_);
}

void Planner::wake() {
  if (scheduled_ || claiming_ || !core_.sending()) return;
  const nanoseconds at = earliest();
  if (core_.steady() < at) {
    next_look_ = at;
    arm();
    return;
  }
  scheduled_ = true;
  core_.ports.executor.post(core_.guard([this] {
    scheduled_ = false;
    pass();
  }));
}

void Planner::cancel() {
  if (timer_ != 0) core_.ports.executor.cancel(std::exchange(timer_, 0));
}

void Planner::look_at(std::optional<nanoseconds> at) {
  if (at && (!next_look_ || *at < *next_look_)) next_look_ = at;
}

void Planner::look_at_wall(Instant at) {
  const nanoseconds wait =
      std::clamp<nanoseconds>(at - now_, nanoseconds{0}, core_.config.idle_poll);
  look_at(steady_ + wait);
}

// One timer, for the earliest time asked for.
void Planner::arm() {
  if (!next_look_) return;
  if (timer_ != 0) {
    if (timer_at_ <= *next_look_) return;
    core_.ports.executor.cancel(timer_);
  }
  timer_at_ = *next_look_;
  const nanoseconds wait = std::max(timer_at_ - core_.steady(), nanoseconds{0});
  timer_ = core_.after(wait, [this] {
    timer_ = 0;
    pass();
  });
}

void Planner::pass() {
  if (claiming_ || !core_.sending()) return;
  steady_ = core_.steady();
  next_look_.reset();
  if (const nanoseconds at = earliest(); steady_ < at) {
    next_look_ = at;
    arm();
    return;
  }
  now_ = core_.wall();
  request_ = {};
  asked_.clear();
  const auto in_memory = static_cast<std::int64_t>(core_.recorder.flights().size());
  std::int64_t room =
      std::min<std::int64_t>(core_.config.claim_max, core_.config.in_flight_total - in_memory);
  auto& accounts = core_.plan.accounts();
  if (room > 0 && !accounts.empty()) {
    // Each pass begins with another account, so that a full claim starves nobody.
    auto it = std::next(accounts.begin(), static_cast<std::ptrdiff_t>(turn_++ % accounts.size()));
    for (std::size_t i = 0; i < accounts.size() && room > 0; ++i) {
      room -= look(it->second, room);
      if (++it == accounts.end()) it = accounts.begin();
    }
  }
  if (!request_.slots.empty()) {
    claim();
    return;
  }
  arm();
}

std::int64_t Planner::look(AccountRun& a, std::int64_t room) {
  if (!a.account) return 0;
  if (!core_.accounts.may_send(a, now_)) {
    if (const auto at = core_.accounts.may_send_at(a, now_)) look_at_wall(*at);
    return 0;
  }
  if (!a.day.valid(now_)) a.day.look(a.account->timezone, now_);
  if (a.exhausted_day == a.day.day) {
    look_at_wall(a.day.until);
    return 0;
  }
  // On a channel with idempotency a few more are claimed ahead, so that an answer is followed by the next
  // message at once. Without, each of these would be in doubt after a crash.
  const std::int64_t ahead = a.traits.idempotent ? a.traits.in_flight_max : 0;
  room = std::min(
      room, a.traits.in_flight_max + ahead - a.sending - static_cast<std::int64_t>(a.queue.size()));
  if (room <= 0) return 0;  // an answer wakes

  struct Candidate {
    CampaignRun* campaign;
    SlotRun* slot;
  };
  std::vector<Candidate> candidates;
  milliseconds open_left{0};
  for (const auto& [id, c] : core_.plan.campaigns()) {
    if (!c.plan || c.plan->state != domain::CampaignState::active || !c.serves(a.account->id) ||
        core_.plan.held(c)) {
      continue;
    }
    CampaignRun& run = *core_.plan.campaign(id);
    if (!run.window.valid(now_)) run.window.look(*run.plan, core_.plan.zones(), now_);
    // Also when something is open: a further zone may open.
    look_at_wall(run.window.until);
    if (run.window.open_zones.empty() || run.exhausted_day == run.window.day) continue;
    SlotRun& slot = a.slots[id];
    if (a.account->daily_limit) {
      open_left = std::max(open_left, slot.open_left(run, core_.plan.zones(), a.day, now_));
    }
    const bool drained = slot.touched == run.touched && slot.opening == run.window.serial &&
                         steady_ < slot.idle_until;
    if (drained) {
      look_at(slot.idle_until);
      continue;
    }
    candidates.push_back({&run, &slot});
  }
  if (candidates.empty()) return 0;

  const std::int64_t n =
      core_.accounts.quota(a, steady_, std::max(open_left, milliseconds{1}), room);
  if (n <= 0) {
    look_at(a.next_at);
    return 0;
  }
  // Equal shares; what cannot be divided goes to each in turn.
  const auto count = static_cast<std::int64_t>(candidates.size());
  const std::size_t first = a.turn++;
  std::int64_t given = 0;
  for (std::int64_t i = 0; i < count && given < n; ++i) {
    const Candidate& c = candidates[(first + static_cast<std::size_t>(i)) % candidates.size()];
    const std::int64_t share = n / count + (i < n % count ? 1 : 0);
    if (share == 0) break;
    given += share;
    store::ClaimSlot slot;
    slot.campaign = c.campaign->plan;
    slot.account = a.account;
    slot.open_zones = c.campaign->window.open_zones;
    slot.max = static_cast<int>(share);
    slot.account_day = a.day.day;
    slot.campaign_day = c.campaign->window.day;
    request_.slots.push_back(std::move(slot));
    asked_.push_back({a.account->id, c.campaign->plan->id, c.campaign->plan, c.campaign->touched,
                      c.campaign->window.serial, static_cast<int>(share), a.day.day,
                      c.campaign->window.day, std::min(a.day.until, c.campaign->window.until)});
  }
  return given;
}

void Planner::claim() {
  request_.now = now_;
  request_.plan_version = core_.plan.version();
  claiming_ = true;
  freed_ = 0;
  ++core_.totals.claims_total;
  core_.totals.last_claim_at = now_;
  core_.recorder.flush_if_quiet();  // what waits there shares the transaction
  core_.ports.ledger.claim(std::move(request_), core_.guard([this](Result<store::ClaimResult> r) {
    claimed(std::move(r));
  }));
}

void Planner::again_later(Backoff& backoff) {
  not_before_ = core_.steady() + backoff.next(core_.config.backoff_base, core_.config.backoff_max,
                                              core_.ports.entropy);
}

void Planner::claimed(Result<store::ClaimResult> result) {
  if (!core_.heard(result)) return;
  if (result) {
    backoff_.reset();
    claiming_ = false;
    take(std::move(*result));
    core_.wake();
    core_.check_stopped();
    return;
  }
  if (result.error().kind == ErrorKind::ambiguous) {
    read_back(LeadId{});  // still claiming
    return;
  }
  claiming_ = false;
  again_later(backoff_);
  core_.plan.reload();  // a conflict says that the plan is old; otherwise it does no harm
  core_.wake();
  core_.check_stopped();
}

void Planner::take(store::ClaimResult result) {
  HW_CHECK(result.per_slot.size() == asked_.size());
  core_.totals.claimed_total += static_cast<std::int64_t>(result.messages.size());
  nanoseconds idle_until = steady_ + core_.config.idle_poll;
  if (result.next_due) {
    const nanoseconds wait = std::max<nanoseconds>(*result.next_due - now_, nanoseconds{0});
    idle_until = std::min(idle_until, steady_ + wait);
  }
  std::size_t next = 0;
  std::map<AccountId, std::int64_t> taken;
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const Asked& asked = asked_[i];
    const int got = result.per_slot[i];
    taken[asked.account] += got;
    AccountRun* a = core_.plan.account(asked.account);
    CampaignRun* c = core_.plan.campaign(asked.campaign);
    const bool account_full = i < result.account_exhausted.size() && result.account_exhausted[i];
    const bool campaign_full = i < result.campaign_exhausted.size() && result.campaign_exhausted[i];
    if (a) {
      if (account_full) a->exhausted_day = asked.account_day;
      if (i < result.account_used.size()) {
        a->used_day = asked.account_day;
        a->used = result.account_used[i];
      }
    }
    if (c && campaign_full) c->exhausted_day = asked.campaign_day;
    if (a && c && !account_full && !campaign_full && got < asked.wanted &&
        result.plan_version == core_.plan.version()) {
      // Drained. If its leads changed while the claim was in the store, `touched` differs and it is
      // asked again.
      SlotRun& slot = a->slots[asked.campaign];
      slot.idle_until = idle_until;
      slot.touched = asked.touched;
      slot.opening = asked.opening;
    }
    for (int k = 0; k < got; ++k) {
      HW_CHECK(next < result.messages.size());
      store::ClaimedMessage& m = result.messages[next++];
      HW_CHECK(m.account == asked.account && m.campaign == asked.campaign);
      core_.dispatcher.take(std::move(m), *asked.plan, now_, asked.until);
    }
  }
  HW_CHECK(next == result.messages.size());
  for (const auto& [id, n] : taken) {
    AccountRun* a = core_.plan.account(id);
    if (!a) continue;
    if (a->account) core_.accounts.used(*a, n, steady_);
    core_.dispatcher.pump(*a);
  }
  // A full claim may be followed at once: there was more to be had.
  const bool full = static_cast<std::int64_t>(next) >= core_.config.claim_max;
  gap_until_ = full ? nanoseconds{0} : core_.steady() + core_.config.claim_gap;
  core_.plan.reload_if_not(result.plan_version);
  if (core_.phase == Phase::stopping) core_.dispatcher.release_all();
  if (core_.dispatcher.sending() == 0 && core_.dispatcher.queued() == 0) {
    core_.recorder.flush_if_quiet();
  }
}

void Planner::budget_given_back(CampaignRun& campaign, AccountId account) {
  campaign.exhausted_day.reset();
  if (AccountRun* a = core_.plan.account(account)) a->exhausted_day.reset();
}

void Planner::ended(const store::Outcome& o, AccountId account) {
  CampaignRun* c = core_.plan.campaign(o.campaign);
  if (!c || !c->plan) return;
  Instant due{};
  switch (o.kind) {
    case store::OutcomeKind::released:
      budget_given_back(*c, account);
      ++c->touched;
      return;
    case store::OutcomeKind::delivered: {
      const auto next = static_cast<std::size_t>(o.step);
      if (next >= c->plan->steps.size()) return;
      due = o.at + c->plan->steps[next].delay;
      break;
    }
    case store::OutcomeKind::retry:
      budget_given_back(*c, account);  // unless it may have gone out; the next claim tells
      due = o.due;
      break;
    default: return;
  }
  AccountRun* a = core_.plan.account(account);
  if (!a) return;
  const Instant now = core_.wall();
  const auto slot = a->slots.find(o.campaign);
  if (slot == a->slots.end() || claiming_ || due <= now) {
    ++c->touched;  // the claim in the store may have looked before this was written
    return;
  }
  slot->second.idle_until = std::min(slot->second.idle_until, core_.steady() + (due - now));
}

// ---- after a claim whose answer was lost -----------------------------------------------------------

void Planner::read_back(LeadId after) {
  core_.ports.ledger.open_claims(
      after, core_.config.recovery_page,
      core_.guard([this, after](Result<std::vector<store::OpenClaim>> page) {
        if (!core_.heard(page)) return;
        if (!page) {
          core_.after(read_back_backoff_.next(core_.config.backoff_base, core_.config.backoff_max,
                                              core_.ports.entropy),
                      [this, after] { read_back(after); });
          return;
        }
        read_back_backoff_.reset();
        read_back_page(std::move(page));
      }));
}

void Planner::read_back_page(Result<std::vector<store::OpenClaim>> page) {
  std::vector<store::Outcome> outcomes;
  LeadId last{};
  for (const store::OpenClaim& claim : *page) {
    last = claim.lead;
    if (core_.recorder.find({claim.lead, claim.attempt})) continue;
    store::Outcome o;
    o.lead = claim.lead;
    o.campaign = claim.campaign;
    o.attempt = claim.attempt;
    o.step = claim.step;
    o.kind = store::OutcomeKind::released;
    o.at = core_.wall();
    // All of it belongs to the one claim that is being read back: its days are known.
    for (const Asked& asked : asked_) {
      if (asked.account != claim.account || asked.campaign != claim.campaign) continue;
      o.account_day = asked.account_day;
      o.campaign_day = asked.campaign_day;
    }
    outcomes.push_back(std::move(o));
  }
  const bool full = page->size() >= static_cast<std::size_t>(core_.config.recovery_page);
  release_unknown(std::move(outcomes), last, !full);
}

void Planner::release_unknown(std::vector<store::Outcome> outcomes, LeadId next, bool last) {
  if (outcomes.empty()) {
    if (!last) {
      read_back(next);
      return;
    }
    claiming_ = false;
    again_later(backoff_);
    core_.plan.reload();
    core_.wake();
    core_.check_stopped();
    return;
  }
  auto copy = outcomes;
  core_.recorder.record_apart(std::move(copy), [this, outcomes = std::move(outcomes), next, last](
                                                   const Result<store::RecordResult>& r) mutable {
    if (core_.phase == Phase::failed) return;
    if (!r) {
      core_.after(read_back_backoff_.next(core_.config.backoff_base, core_.config.backoff_max,
                                          core_.ports.entropy),
                  [this, outcomes = std::move(outcomes), next, last] {
                    release_unknown(outcomes, next, last);
                  });
      return;
    }
    core_.totals.released_total += static_cast<std::int64_t>(outcomes.size());
    for (const store::Outcome& o : outcomes) ended(o, AccountId{});
    release_unknown({}, next, last);
  });
}

}  // namespace headway::engine
