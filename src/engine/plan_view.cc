#include "engine/plan_view.h"

#include <utility>

#include "engine/core.h"

namespace headway::engine {

milliseconds SlotRun::open_left(const CampaignRun& campaign, const Zones& zones,
                                const DayState& day, Instant now) {
  if (window_looks_ != campaign.window.looks || day_looks_ != day.looks) {
    window_looks_ = campaign.window.looks;
    day_looks_ = day.looks;
    open_at_ = now;
    open_left_ = open_time(*campaign.plan, zones, now, day.until);
  }
  return open_left_ - (now - open_at_);
}

void PlanView::reload() {
  if (core_.phase == Phase::failed || core_.phase == Phase::stopped) return;
  if (loading_) {
    again_ = true;
    return;
  }
  loading_ = true;
  load();
}

void PlanView::load() {
  ++asked_;
  again_ = false;
  core_.ports.ledger.load_plan(core_.guard([this](Result<store::Plan> r) {
    if (!core_.heard(r)) return;
    if (!r) {
      core_.after(
          backoff_.next(core_.config.backoff_base, core_.config.backoff_max, core_.ports.entropy),
          [this] { load(); });
      return;
    }
    backoff_.reset();
    loaded_ = asked_;
    const std::vector<store::Plan::GuardPause> pauses = std::move(r->guard_pauses);
    take(std::move(*r));
    core_.control.guard_pauses(pauses);
    loading_ = false;
    if (again_) reload();
    core_.recovery.plan_loaded();
    core_.chores.plan_loaded();
    core_.dispatcher.recheck();
    core_.wake();
    core_.check_stopped();
  }));
}

void PlanView::take(store::Plan plan) {
  version_ = plan.version;
  const bool zones_changed = zones_ != plan.zones;
  zones_ = std::move(plan.zones);
  if (zones_.empty()) zones_.emplace_back();

  for (auto& [id, run] : campaigns_) run.plan.reset();
  for (auto& c : plan.campaigns) {
    CampaignRun& run = campaigns_[c->id];
    run.accounts = c->accounts;
    std::sort(run.accounts.begin(), run.accounts.end());
    run.window.from = run.window.until = Instant{};  // its hours may have changed
    run.exhausted_day.reset();                       // its limit may have changed
    ++run.touched;
    run.plan = std::move(c);
  }
  std::erase_if(campaigns_, [&](const auto& entry) {
    const CampaignRun& run = entry.second;
    return !run.plan && run.in_flight == 0 && !held(run);
  });

  for (auto& [id, run] : accounts_) run.account.reset();
  for (auto& a : plan.accounts) {
    const auto [it, fresh] = accounts_.try_emplace(a->id);
    AccountRun& run = it->second;
    if (fresh) run.pace = domain::Pace(core_.config.burst);
    const auto channel = core_.ports.channels.find(a->channel);
    run.channel = channel == core_.ports.channels.end() ? nullptr : channel->second;
    run.traits = run.channel ? run.channel->traits(*a) : channels::Traits{};
    run.day.from = run.day.until = Instant{};
    run.exhausted_day.reset();
    run.account = std::move(a);
    // The pace goes on where it was; slots of campaigns that it left are forgotten.
    std::erase_if(run.slots, [&](const auto& slot) {
      const auto c = campaigns_.find(slot.first);
      return c == campaigns_.end() || !c->second.plan || !c->second.serves(run.account->id);
    });
    if (zones_changed) run.slots.clear();
  }
  std::erase_if(accounts_, [&](const auto& entry) {
    const AccountRun& run = entry.second;
    return !run.account && run.sending == 0 && run.queue.empty() && !run.stopping;
  });
}

CampaignRun* PlanView::campaign(CampaignId id) {
  const auto it = campaigns_.find(id);
  return it == campaigns_.end() ? nullptr : &it->second;
}

AccountRun* PlanView::account(AccountId id) {
  const auto it = accounts_.find(id);
  return it == accounts_.end() ? nullptr : &it->second;
}

const AccountRun* PlanView::account(AccountId id) const {
  const auto it = accounts_.find(id);
  return it == accounts_.end() ? nullptr : &it->second;
}

}  // namespace headway::engine
