// What people do to a running system, and accidents.

#include <algorithm>
#include <utility>

#include "sim/world.h"

namespace headway::sim {

using namespace std::chrono_literals;

void World::act() {
  if (calm_) return;
  switch (rng_.below(14)) {
    case 0:
    case 1:
    case 2: crash(); break;
    case 3:
    case 4: pause(rng_.pick(campaigns_)); break;
    case 5:
    case 6: {
      const CampaignId id = rng_.pick(campaigns_);
      pause(id);
      loop_->in(rng_.wait(1ms, 2h), kWorld, [this, id] { resume(id); });
      break;
    }
    case 7: edit_campaign(); break;
    case 8: edit_account(); break;
    case 9: rng_.chance(0.2) ? remove_account() : heal(false); break;
    case 10: add_people(); break;
    case 11: suppress_somebody(); break;
    case 12: rng_.chance(0.5) ? jump() : stop_gracefully(); break;
    default: decide_doubts(0.5); break;
  }
}

// Accidents like to happen while something is going on.
void World::busy(CampaignId id) {
  if (calm_ || !load_.accidents) return;
  if (rng_.chance(0.01)) {
    loop_->in(rng_.wait(0ms, 10ms), kWorld, [this, id] { pause(id); });
    loop_->in(rng_.wait(5ms, 600s), kWorld, [this, id] { resume(id); });
  } else if (rng_.chance(0.005)) {
    loop_->in(rng_.wait(0ms, 300ms), kWorld, [this] { crash(); });
  } else if (rng_.chance(0.003)) {
    loop_->in(rng_.wait(0ms, 300ms), kWorld, [this] { suppress_somebody(); });
  } else if (rng_.chance(0.002)) {
    loop_->in(rng_.wait(0ms, 50ms), kWorld, [this] { edit_campaign(); });
  }
}

void World::pause(CampaignId id) {
  if (!engine_) return;
  note("pausing " + to_string(id));
  const int resumes = checks_->resumes(id);
  if (options_.bug == Bug::pause_ignores_claimed) {
    fault_ledger_->set_paused(id, true, "simulator", "", loop_->wall(),
                              [this, id, resumes](const Result<store::PauseReceipt>& r) {
                                if (r) checks_->pause_acknowledged(id, resumes);
                                plan_changed();
                              });
    return;
  }
  engine_->pause(id, "simulator", "", [this, id, resumes](const Result<engine::PauseAnswer>& r) {
    note("pause of " + to_string(id) + (r ? " acknowledged" : " refused"));
    if (r) checks_->pause_acknowledged(id, resumes);
  });
}

void World::resume(CampaignId id) {
  if (!engine_) return;
  note("resuming " + to_string(id));
  checks_->resuming(id);
  engine_->resume(id, "simulator", [](const Result<store::PauseReceipt>&) {});
}

void World::edit_campaign() {
  const CampaignId id = rng_.pick(campaigns_);
  for (const CampaignView& v : store_->look()) {
    if (v.plan.id != id) continue;
    domain::CampaignPlan plan = v.plan;
    if (rng_.chance(0.5)) plan.active_hours = draw_hours(rng_);
    if (rng_.chance(0.5)) plan.daily_limit = draw_limit(rng_);
    if (rng_.chance(0.5)) {
      auto& variant = plan.steps[rng_.below(plan.steps.size())].variants[0];
      if (!variant.retired) variant.body += " again";
    }
    if (rng_.chance(0.3)) {
      plan.accounts.clear();
      for (const AccountId a : accounts_) {
        if (!removed_.contains(a) && rng_.chance(0.7)) plan.accounts.push_back(a);
      }
    }
    note("editing " + to_string(id));
    store_->update_campaign(plan);
    plan_changed();
    return;
  }
}

void World::edit_account() {
  const AccountId id = rng_.pick(accounts_);
  if (removed_.contains(id)) return;
  for (domain::Account a : store_->accounts()) {
    if (a.id != id) continue;
    if (rng_.chance(0.5)) a.daily_limit = draw_limit(rng_);
    if (rng_.chance(0.3)) a.rate_per_second = 1.0 + static_cast<double>(rng_.below(50));
    if (rng_.chance(0.3)) a.status = domain::AccountStatus::paused;
    note("editing account " + to_string(id));
    store_->update_account(a);
    plan_changed();
    return;
  }
}

void World::remove_account() {
  const AccountId id = rng_.pick(accounts_);
  if (!removed_.insert(id).second) return;
  note("removing account " + to_string(id));
  store_->delete_account(id);
  plan_changed();
}

// A person looks at the accounts that need one.
void World::heal(bool all) {
  bool any = false;
  const std::vector<domain::Account> accounts = store_->accounts();
  for (domain::Account a : accounts) {
    if (removed_.contains(a.id) || !domain::needs_a_person(a.status)) continue;
    if (!all && rng_.chance(0.3)) continue;
    a.status = domain::AccountStatus::active;
    a.status_reason.clear();
    note("healing account " + to_string(a.id));
    checks_->healing(a.id);
    store_->update_account(a);
    any = true;
  }
  if (any) plan_changed();
}

void World::add_people() {
  const CampaignId id = rng_.pick(campaigns_);
  std::vector<domain::Person> people;
  const auto n = rng_.between(1, 15);
  for (std::int64_t i = 0; i < n; ++i) {
    domain::Person p;
    p.external_id = "added" + std::to_string(++people_added_);
    p.attributes = "{}";
    people.push_back(std::move(p));
  }
  const CollectionId collection = store_->create_collection(people);
  for (const CampaignView& v : store_->look()) {
    if (v.plan.id != id) continue;
    domain::CampaignPlan plan = v.plan;
    plan.collections.push_back(collection);
    note("adding people to " + to_string(id));
    store_->update_campaign(plan);
    break;
  }
  plan_changed();
}

void World::suppress_somebody() {
  const auto& views = store_->look();
  const CampaignView& v = views[rng_.below(views.size())];
  if (v.leads.empty()) return;
  const ContactId person = v.leads[rng_.below(v.leads.size())].contact;
  note("suppressing " + to_string(person));
  store_->suppress(person);
  checks_->suppressed(person);
}

void World::decide_doubts(double chance) {
  if (!engine_) return;
  struct Doubt {
    CampaignId campaign;
    LeadId lead;
    int step, attempt;
  };
  std::vector<Doubt> doubts;
  for (const CampaignView& v : store_->look()) {
    for (const LeadView& lead : v.leads) {
      if (lead.state.wait == domain::Wait::in_doubt && rng_.chance(chance)) {
        doubts.push_back({v.plan.id, lead.id, lead.state.step, lead.state.attempt});
      }
    }
  }
  for (const Doubt& d : doubts) {
    const auto decision = static_cast<engine::Decision>(rng_.below(3));
    // Allowed from the moment it is asked for: an answer that is lost may have been applied.
    if (decision == engine::Decision::send_again) checks_->sending_again(d.lead, d.step);
    if (decision == engine::Decision::count_as_sent) checks_->counting_as_sent(d.lead, d.step);
    engine_->resolve(d.campaign, d.lead, d.attempt, decision, [](const Result<void>&) {});
  }
}

void World::jump() {
  milliseconds d{rng_.between(-7'200'000, 7'200'000)};
  if (rng_.chance(0.3)) d *= 12;
  note("the wall clock jumps by " + std::to_string(d.count()) + " ms");
  loop_->jump(d);
}

}  // namespace headway::sim
