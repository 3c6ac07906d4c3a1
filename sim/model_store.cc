#include "sim/model_store.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"

namespace headway::sim {

using domain::Counter;
using domain::Wait;

// ---- the API's side --------------------------------------------------------------------------------

store::Ledger& ModelStore::open(Post post) {
  post_ = std::move(post);
  late_deltas_.clear();  // what was not written is gone
  return *this;
}

AccountId ModelStore::create_account(const domain::Account& a) {
  accounts_.push_back(a);
  accounts_.back().id = AccountId{++last_id_};
  accounts_.back().version = 1;
  account_copies_.push_back(std::make_shared<const domain::Account>(accounts_.back()));
  ++plan_version_;
  commit();
  return accounts_.back().id;
}

void ModelStore::update_account(const domain::Account& changed) {
  domain::Account* a = account(changed.id);
  HW_CHECK(a != nullptr);
  const std::int64_t version = a->version + 1;
  *a = changed;
  a->version = version;
  account_copies_[static_cast<std::size_t>(a - accounts_.data())] =
      std::make_shared<const domain::Account>(*a);
  ++plan_version_;
  commit();
}

void ModelStore::delete_account(AccountId id) {
  deleted_.insert(id);
  for (std::size_t i = 0; i < views_.size(); ++i) {
    if (std::erase(views_[i].plan.accounts, id) > 0) plan_edited(views_[i], sides_[i]);
  }
  ++plan_version_;
  commit();
}

CollectionId ModelStore::create_collection(const std::vector<domain::Person>& people) {
  const CollectionId id{++last_id_};
  for (const domain::Person& p : people) {
    Person stored;
    stored.person = p;
    stored.person.id = ContactId{static_cast<std::int64_t>(people_.size()) + 1};
    stored.person.collection = id;
    if (!p.timezone.empty()) {
      const auto it = std::find(zones_.begin() + 1, zones_.end(), p.timezone);
      stored.zone = static_cast<int>(it - zones_.begin());
      if (it == zones_.end()) {
        zones_.push_back(p.timezone);
        ++plan_version_;
      }
    }
    collections_[id].push_back(people_.size());
    people_.push_back(std::move(stored));
  }
  commit();
  return id;
}

CampaignId ModelStore::create_campaign(const domain::CampaignPlan& draft) {
  CampaignView view;
  view.plan = draft;
  view.plan.id = CampaignId{++last_id_};
  view.plan.state = domain::CampaignState::paused;
  view.plan.enrolling = true;
  view.plan.version = 0;
  for (auto& step : view.plan.steps) {
    for (auto& v : step.variants) v.id = VariantId{++last_variant_};
  }
  Side side;
  for (const CollectionId c : draft.collections) {
    for (const std::size_t p : collections_.at(c)) side.to_enroll.push_back(p);
  }
  views_.push_back(std::move(view));
  sides_.push_back(std::move(side));
  plan_edited(views_.back(), sides_.back());
  commit();
  return views_.back().plan.id;
}

bool ModelStore::update_campaign(const domain::CampaignPlan& changed) {
  Side* side = nullptr;
  CampaignView* v = view(changed.id, &side);
  HW_CHECK(v != nullptr);
  if (v->plan.state == domain::CampaignState::finished) return false;
  v->plan.active_hours = changed.active_hours;
  v->plan.daily_limit = changed.daily_limit;
  v->plan.auto_pause = changed.auto_pause;
  v->plan.accounts = changed.accounts;
  for (std::size_t s = 0; s < v->plan.steps.size(); ++s) {
    auto& have = v->plan.steps[s].variants;
    for (const domain::Variant& want : changed.steps[s].variants) {
      const auto it = std::find_if(have.begin(), have.end(),
                                   [&](const domain::Variant& x) { return x.id == want.id; });
      if (it == have.end() || it->body == want.body || it->retired) continue;
      domain::Variant fresh = want;
      fresh.id = VariantId{++last_variant_};
      it->retired = true;
      have.push_back(std::move(fresh));
    }
  }
  for (const CollectionId c : changed.collections) {
    auto& all = v->plan.collections;
    if (std::find(all.begin(), all.end(), c) != all.end()) continue;
    all.push_back(c);
    for (const std::size_t p : collections_.at(c)) side->to_enroll.push_back(p);
    v->plan.enrolling = true;
  }
  plan_edited(*v, *side);
  commit();
  return true;
}

void ModelStore::suppress(ContactId person) {
  people_.at(static_cast<std::size_t>(person.value - 1)).suppressed = true;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    bool any = false;
    for (LeadView& lead : views_[i].leads) {
      if (lead.contact != person || flaws_.claims_suppressed) continue;
      apply(views_[i], lead, domain::suppress(lead.state, false, lead.state.last_action_at));
      any = true;
    }
    if (any) finish_if_done(views_[i], sides_[i], Instant{});
  }
  commit();
}

// ---- helpers ---------------------------------------------------------------------------------------

CampaignView* ModelStore::view(CampaignId id, Side** side) {
  for (std::size_t i = 0; i < views_.size(); ++i) {
    if (views_[i].plan.id != id) continue;
    if (side) *side = &sides_[i];
    return &views_[i];
  }
  return nullptr;
}

domain::Account* ModelStore::account(AccountId id) {
  for (domain::Account& a : accounts_) {
    if (a.id == id) return &a;
  }
  return nullptr;
}

ModelStore::Place ModelStore::find(LeadId id) {
  const auto no = static_cast<std::size_t>(lead_campaign_no(id) - 1);
  const auto index = static_cast<std::size_t>(lead_number(id) - 1);
  if (no >= views_.size() || index >= views_[no].leads.size()) return {};
  return {&views_[no], &sides_[no], &views_[no].leads[index], index};
}

void ModelStore::plan_edited(CampaignView& v, Side& side) {
  // A text that has no share of its own yet: everyone the same again.
  for (domain::Step& step : v.plan.steps) {
    bool fresh = false;
    for (const domain::Variant& x : step.variants)
      fresh |= !x.retired && x.weight > 0 && x.parts == 0;
    if (!fresh || v.plan.variant_mode == domain::VariantMode::fixed) continue;
    ++step.epoch;
    for (domain::Variant& x : step.variants) x.parts = !x.retired && x.weight > 0 ? 1 : 0;
  }
  ++v.plan.version;
  ++plan_version_;
  side.plan = std::make_shared<const domain::CampaignPlan>(v.plan);
}

void ModelStore::apply(CampaignView& v, LeadView& lead, const domain::Transition& t) {
  const auto write = [this](const CampaignId id, const domain::Delta& d) {
    domain::Counts& counts = view(id)->counts;
    counts.n[static_cast<std::size_t>(d.counter)] += d.n;
    const auto failure = static_cast<std::size_t>(d.failure);
    if (d.counter == Counter::failed) counts.lead_failures[failure] += d.n;
    if (d.counter == Counter::undelivered) counts.message_failures[failure] += d.n;
  };
  for (const auto& [id, d] : std::exchange(late_deltas_, {})) write(id, d);
  lead.state = t.next;
  for (const domain::Delta& d : t.deltas) {
    if (d.counter == Counter::undelivered && d.n > 0 && d.account) guard(d.account);
    if (flaws_.counter_outside_fact) {
      late_deltas_.emplace_back(v.plan.id, d);
    } else {
      write(v.plan.id, d);
    }
  }
}

bool ModelStore::finish_if_done(CampaignView& v, Side& side, Instant now) {
  if (v.plan.state == domain::CampaignState::finished || v.plan.enrolling || v.leads.empty())
    return false;
  for (const LeadView& lead : v.leads) {
    if (lead.state.wait != Wait::none &&
        !(flaws_.finish_early && lead.state.status == domain::Status::partial)) {
      return false;
    }
  }
  v.plan.state = domain::CampaignState::finished;
  v.plan.finished_at = now;
  plan_edited(v, side);
  return true;
}

domain::Sequence ModelStore::sequence(const domain::CampaignPlan& plan) const {
  domain::Sequence q;
  q.steps = static_cast<int>(plan.steps.size());
  for (const domain::Step& s : plan.steps) {
    q.delays.push_back(flaws_.no_follow_up_delay ? milliseconds{0} : s.delay);
  }
  return q;
}

VariantId ModelStore::draw(const domain::CampaignPlan& plan, LeadId lead, int step) const {
  const auto& variants = plan.steps.at(static_cast<std::size_t>(step - 1)).variants;
  const auto share = [&](const domain::Variant& v) {
    return v.retired ? 0 : plan.variant_mode == domain::VariantMode::fixed ? v.weight : v.parts;
  };
  std::int64_t sum = 0;
  for (const domain::Variant& v : variants) sum += share(v);
  HW_CHECK(sum > 0);
  auto at = static_cast<std::int64_t>(
      mix64(static_cast<std::uint64_t>(lead.value), static_cast<std::uint64_t>(step)) %
      static_cast<std::uint64_t>(sum));
  for (const domain::Variant& v : variants) {
    if (v.retired) continue;
    if (at < share(v)) return v.id;
    at -= share(v);
  }
  return variants.back().id;
}

// ---- claims ----------------------------------------------------------------------------------------

void ModelStore::load_plan(store::Done<store::Plan> done) {
  store::Plan plan;
  plan.version = plan_version_;
  plan.zones = zones_;
  for (const Side& s : sides_) {
    if (s.plan->state != domain::CampaignState::finished) plan.campaigns.push_back(s.plan);
    if (s.guard_pause && s.plan->state == domain::CampaignState::active) {
      plan.guard_pauses.push_back(*s.guard_pause);
    }
  }
  for (const auto& a : account_copies_) {
    if (!deleted_.contains(a->id)) plan.accounts.push_back(a);
  }
  answer<store::Plan>(std::move(done), std::move(plan));
}

bool ModelStore::claim_lead(const Place& p, const store::ClaimSlot& slot, Instant now,
                            store::ClaimResult& result) {
  Person& person = people_[static_cast<std::size_t>(p.lead->contact.value - 1)];
  domain::LeadState s = p.lead->state;
  if (flaws_.rotate_accounts) s.account = AccountId{};
  if (person.suppressed && !flaws_.claims_suppressed) {
    apply(*p.view, *p.lead, domain::suppress(s, false, now));
    finish_if_done(*p.view, *p.side, now);
    return false;
  }
  const int step = domain::next_step(s);
  // A retry keeps its text: under the same key it must be the same message.
  const bool again = s.wait == Wait::retry && s.step == step && s.variant;
  const VariantId variant = again ? s.variant : draw(*p.side->plan, p.lead->id, step);
  const int tries = s.step == step ? s.tries : 0;
  const auto t = domain::claim(s, slot.account->id, variant, now);
  HW_CHECK(t.has_value());
  apply(*p.view, *p.lead, *t);
  ++p.side->used[slot.campaign_day];
  ++account_used_[{slot.account->id, slot.account_day}];
  store::ClaimedMessage m;
  m.lead = p.lead->id;
  m.campaign = p.view->plan.id;
  m.account = slot.account->id;
  m.step = step;
  m.attempt = t->next.attempt;
  m.tries = tries;
  m.variant = variant;
  m.idempotency_key = std::to_string(p.lead->id.value) + "-" + std::to_string(step) + "-" +
                      std::to_string(p.side->generation[p.index]);
  m.account_day = slot.account_day;
  m.campaign_day = slot.campaign_day;
  m.person = person.person;
  m.claimed_at = now;
  result.messages.push_back(std::move(m));
  return true;
}

int ModelStore::claim_slot(const store::ClaimSlot& slot, Instant now, store::ClaimResult& result,
                           bool& account_full, bool& campaign_full) {
  Side* side = nullptr;
  CampaignView* v = view(slot.campaign->id, &side);
  const domain::Account* a = account(slot.account->id);
  const bool current =
      v && a && v->plan.version == slot.campaign->version && a->version == slot.account->version &&
      !deleted_.contains(a->id) && v->plan.state == domain::CampaignState::active &&
      std::find(v->plan.accounts.begin(), v->plan.accounts.end(), a->id) != v->plan.accounts.end();
  if (!current) return 0;
  const std::int64_t more = flaws_.limit_off_by_one ? 1 : 0;
  int got = 0;
  for (const Wait wait : {Wait::retry, Wait::follow_up, Wait::fresh}) {
    for (std::size_t i = 0; i < v->leads.size(); ++i) {
      LeadView& lead = v->leads[i];
      if (lead.state.wait != wait || lead.state.suppressed) continue;
      const bool any_account =
          wait == Wait::fresh || (flaws_.rotate_accounts && wait == Wait::retry);
      if (wait == Wait::fresh && slot.follow_ups_only) continue;
      if (!any_account && lead.state.account != a->id) continue;
      if (std::find(slot.open_zones.begin(), slot.open_zones.end(), side->zone[i]) ==
          slot.open_zones.end()) {
        continue;
      }
      if (wait != Wait::fresh && lead.state.due > now) {
        if (!result.next_due || lead.state.due < *result.next_due) result.next_due = lead.state.due;
        continue;
      }
      if (got >= slot.max || account_full || campaign_full) continue;
      account_full =
          a->daily_limit && account_used_[{a->id, slot.account_day}] >= *a->daily_limit + more;
      campaign_full =
          v->plan.daily_limit && side->used[slot.campaign_day] >= *v->plan.daily_limit + more;
      if (account_full || campaign_full) continue;
      if (claim_lead({v, side, &lead, i}, slot, now, result)) ++got;
    }
  }
  return got;
}

void ModelStore::claim(store::ClaimRequest request, store::Done<store::ClaimResult> done) {
  store::ClaimResult result;
  for (const store::ClaimSlot& slot : request.slots) {
    HW_CHECK(slot.max >= 1 && slot.max <= 5000);
    bool account_full = false, campaign_full = false;
    result.per_slot.push_back(claim_slot(slot, request.now, result, account_full, campaign_full));
    result.account_exhausted.push_back(account_full);
    result.campaign_exhausted.push_back(campaign_full);
    result.account_used.push_back(account_used_[{slot.account->id, slot.account_day}]);
  }
  result.plan_version = plan_version_;
  commit();
  answer<store::ClaimResult>(std::move(done), std::move(result));
}

}  // namespace headway::sim
