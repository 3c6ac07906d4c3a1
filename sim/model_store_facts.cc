// ModelStore, second half: outcomes, events, and the smaller calls.

#include <algorithm>

#include "base/check.h"
#include "domain/allocation/allocation.h"
#include "sim/model_store.h"

namespace headway::sim {

using domain::Counter;
using domain::Wait;
using store::OutcomeKind;

// ---- outcomes --------------------------------------------------------------------------------------

Result<domain::Transition> ModelStore::transition(const Place& p, const store::Outcome& o) {
  const domain::LeadState& s = p.lead->state;
  switch (o.kind) {
    case OutcomeKind::delivered: return domain::deliver(s, o.attempt, sequence(p.view->plan), o.at);
    case OutcomeKind::failed: return domain::fail_for_good(s, o.attempt, o.failure, o.at);
    case OutcomeKind::retry: return domain::retry_at(s, o.attempt, o.failure, o.due, o.at);
    case OutcomeKind::released: return domain::release(s, o.attempt, o.at);
    case OutcomeKind::in_doubt: return domain::doubt(s, o.attempt, o.at);
    case OutcomeKind::held: return domain::hold(s, o.attempt, o.at);
    case OutcomeKind::send_again: return domain::send_again(s, o.attempt, o.at);
  }
  return fail(ErrorKind::internal, "unknown kind");
}

void ModelStore::record(std::vector<store::Outcome> outcomes,
                        store::Done<store::RecordResult> done) {
  store::RecordResult result;
  std::set<CampaignId> changed;
  for (const store::Outcome& o : outcomes) {
    const Place p = find(o.lead);
    Result<domain::Transition> t = fail(ErrorKind::not_found, "no such lead");
    if (p.lead) t = transition(p, o);
    result.applied.push_back(t.has_value());
    if (!t) continue;
    const AccountId account = p.lead->state.account;
    apply(*p.view, *p.lead, *t);
    // What certainly did not go out gives its budget back.
    const bool not_sent =
        o.kind == OutcomeKind::released ||
        (o.kind == OutcomeKind::retry && o.failure != domain::FailureClass::outcome_unknown);
    if (not_sent && o.account_day != 0) {
      --p.side->used[o.campaign_day];
      --account_used_[{account, o.account_day}];
    }
    if (o.kind == OutcomeKind::send_again) ++p.side->generation[p.index];
    changed.insert(p.view->plan.id);
    if (finish_if_done(*p.view, *p.side, o.at)) result.finished.push_back(p.view->plan.id);
  }
  result.changed.assign(changed.begin(), changed.end());
  result.plan_version = plan_version_;
  commit();
  answer<store::RecordResult>(std::move(done), std::move(result));
}

// ---- events ----------------------------------------------------------------------------------------

store::EventAnswer ModelStore::apply_event(const store::InboundEvent& e, Instant now,
                                           std::set<CampaignId>& changed) {
  using store::EventType;
  using store::EventVerdict;
  const Place p = e.lead ? find(*e.lead) : Place{};
  if (!p.lead) return {EventVerdict::rejected, "no such lead"};
  if (events_.contains({e.source, e.event_id}) && !flaws_.double_receipts) {
    return {EventVerdict::duplicate, ""};
  }
  const domain::LeadState s = p.lead->state;
  const bool finished = p.view->plan.state == domain::CampaignState::finished;
  const int step = e.step != 0 ? e.step : domain::next_step(s);
  Result<domain::Transition> t = fail(ErrorKind::conflict, "the campaign is finished");
  switch (e.type) {
    case EventType::sent:
      if (!finished) {
        t = domain::told_sent(s, step, e.account.value_or(s.account), s.variant,
                              sequence(p.view->plan), now);
      }
      break;
    case EventType::failed:
      if (!finished) {
        t = domain::told_failed(s, step, e.account.value_or(s.account), s.variant, e.failure, now);
      }
      break;
    case EventType::reply:
    case EventType::auto_reply:
    case EventType::booked:
    case EventType::booking_cancelled:
      if (s.delivered == 0 && s.wait != Wait::window_closed) {
        t = fail(ErrorKind::conflict, "nothing was delivered to this lead");
      } else if (e.type == EventType::reply) {
        t = domain::reply(s, s.account, s.delivered, s.variant, now);
      } else if (e.type == EventType::auto_reply) {
        t = domain::auto_reply(s, s.account, s.delivered, s.variant, now);
      } else if (e.type == EventType::booked) {
        t = domain::book(s, s.account, s.delivered, s.variant, now);
      } else {
        t = domain::cancel_booking(s, s.account, s.delivered, s.variant, now);
      }
      break;
    case EventType::opted_out: t = domain::suppress(s, true, now); break;
  }
  if (!t) return {EventVerdict::rejected, t.error().message};
  events_.insert({e.source, e.event_id});
  apply(*p.view, *p.lead, *t);
  changed.insert(p.view->plan.id);
  if (e.type == EventType::opted_out) {
    const ContactId person = p.lead->contact;
    people_[static_cast<std::size_t>(person.value - 1)].suppressed = true;
    for (CampaignView& other : views_) {
      for (LeadView& lead : other.leads) {
        if (lead.contact != person || &lead == p.lead) continue;
        apply(other, lead, domain::suppress(lead.state, false, now));
        changed.insert(other.plan.id);
      }
    }
  }
  return {EventVerdict::accepted, ""};
}

void ModelStore::apply_events(std::vector<store::InboundEvent> events, Instant now,
                              store::Done<store::EventResults> done) {
  store::EventResults result;
  std::set<CampaignId> changed;
  for (const store::InboundEvent& e : events)
    result.answers.push_back(apply_event(e, now, changed));
  for (const CampaignId id : changed) {
    Side* side = nullptr;
    CampaignView* v = view(id, &side);
    if (finish_if_done(*v, *side, now)) result.finished.push_back(id);
  }
  result.changed.assign(changed.begin(), changed.end());
  result.plan_version = plan_version_;
  commit();
  answer<store::EventResults>(std::move(done), std::move(result));
}

// ---- the smaller calls -----------------------------------------------------------------------------

namespace {
store::OpenClaim open_claim(const CampaignView& v, const LeadView& lead) {
  store::OpenClaim c;
  c.lead = lead.id;
  c.campaign = v.plan.id;
  c.account = lead.state.account;
  c.step = lead.state.step;
  c.attempt = lead.state.attempt;
  c.tries = lead.state.tries;
  c.since = lead.state.due;
  return c;
}
}  // namespace

void ModelStore::open_claims(LeadId after, int limit,
                             store::Done<std::vector<store::OpenClaim>> done) {
  std::vector<store::OpenClaim> claims;
  for (const CampaignView& v : views_) {
    for (const LeadView& lead : v.leads) {
      if (lead.state.wait == Wait::in_flight && lead.id > after &&
          claims.size() < static_cast<std::size_t>(limit)) {
        claims.push_back(open_claim(v, lead));
      }
    }
  }
  answer<std::vector<store::OpenClaim>>(std::move(done), std::move(claims));
}

void ModelStore::in_doubt_before(Instant before, int limit,
                                 store::Done<std::vector<store::OpenClaim>> done) {
  std::vector<store::OpenClaim> claims;
  for (const CampaignView& v : views_) {
    for (const LeadView& lead : v.leads) {
      if (lead.state.wait == Wait::in_doubt && lead.state.due < before) {
        claims.push_back(open_claim(v, lead));
      }
    }
  }
  std::stable_sort(claims.begin(), claims.end(),
                   [](const auto& a, const auto& b) { return a.since < b.since; });
  if (claims.size() > static_cast<std::size_t>(limit))
    claims.resize(static_cast<std::size_t>(limit));
  answer<std::vector<store::OpenClaim>>(std::move(done), std::move(claims));
}

void ModelStore::set_paused(CampaignId id, bool paused, std::string actor, std::string reason,
                            Instant now, store::Done<store::PauseReceipt> done) {
  Side* side = nullptr;
  CampaignView* v = view(id, &side);
  if (!v || v->plan.state == domain::CampaignState::finished) {
    answer<store::PauseReceipt>(std::move(done),
                                fail(ErrorKind::conflict, "The campaign is finished"));
    return;
  }
  // The guard pauses once; whatever is asked for meanwhile by anybody ends its wish.
  const bool stale = actor == "guard" && !side->guard_pause;
  side->guard_pause.reset();
  const auto wanted = stale    ? v->plan.state
                      : paused ? domain::CampaignState::paused
                               : domain::CampaignState::active;
  if (v->plan.state != wanted) {
    v->plan.state = wanted;
    v->plan.pause_reason = paused ? std::move(reason) : std::string{};
    if (!paused && !v->plan.started_at) v->plan.started_at = now;
    plan_edited(*v, *side);
  }
  store::PauseReceipt receipt{id, wanted, v->plan.version, 0};
  for (const LeadView& lead : v->leads) {
    if (lead.state.wait == Wait::in_flight) ++receipt.in_flight;
  }
  commit();
  answer<store::PauseReceipt>(std::move(done), receipt);
}

void ModelStore::set_account_status(AccountId id, domain::AccountStatus status, std::string reason,
                                    std::optional<Instant> until, Instant now,
                                    store::Done<std::int64_t> done) {
  domain::Account* a = account(id);
  if (!a || deleted_.contains(id)) {
    answer<std::int64_t>(std::move(done), fail(ErrorKind::not_found, "No such account"));
    return;
  }
  domain::Account changed = *a;
  changed.status = status;
  changed.status_reason = std::move(reason);
  changed.status_since = now;
  changed.status_until = until;
  update_account(changed);
  answer<std::int64_t>(std::move(done), plan_version_);
}

void ModelStore::enroll_next(CampaignId id, int limit, Instant now,
                             store::Done<store::EnrollProgress> done) {
  Side* side = nullptr;
  CampaignView* v = view(id, &side);
  if (!v || v->plan.state == domain::CampaignState::finished) {
    answer<store::EnrollProgress>(std::move(done),
                                  fail(ErrorKind::conflict, "The campaign is finished"));
    return;
  }
  store::EnrollProgress progress;
  const auto no = static_cast<std::int64_t>(v - views_.data()) + 1;
  while (progress.enrolled + progress.skipped < limit && !side->to_enroll.empty()) {
    const Person& person = people_[side->to_enroll.front()];
    side->to_enroll.pop_front();
    if (!side->enrolled.insert(person.person.external_id).second) {
      ++progress.skipped;
      continue;
    }
    LeadView lead;
    lead.id = lead_id(no, static_cast<std::int64_t>(v->leads.size()) + 1);
    lead.contact = person.person.id;
    lead.state.last_action_at = now;
    v->leads.push_back(lead);
    side->zone.push_back(person.zone);
    side->generation.push_back(0);
    ++v->counts.n[static_cast<std::size_t>(domain::Counter::enrolled)];
    if (person.suppressed && !flaws_.claims_suppressed) {
      apply(*v, v->leads.back(), domain::suppress(v->leads.back().state, false, now));
    }
    ++progress.enrolled;
  }
  progress.done = side->to_enroll.empty();
  if (progress.done && v->plan.enrolling) {
    v->plan.enrolling = false;
    plan_edited(*v, *side);
    progress.finished = finish_if_done(*v, *side, now);
  }
  commit();
  answer<store::EnrollProgress>(std::move(done), progress);
}

bool ModelStore::guard_waits() {
  return std::any_of(sides_.begin(), sides_.end(), [](const Side& s) {
    return s.guard_pause && s.plan->state == domain::CampaignState::active;
  });
}

void ModelStore::guard(AccountId account) {
  constexpr int kTooMany = 4;
  if (++failures_[account] < kTooMany) return;
  failures_[account] = 0;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    const domain::CampaignPlan& plan = views_[i].plan;
    const bool serves =
        std::find(plan.accounts.begin(), plan.accounts.end(), account) != plan.accounts.end();
    if (!serves || !plan.auto_pause || plan.state != domain::CampaignState::active) continue;
    sides_[i].guard_pause = store::Plan::GuardPause{plan.id, account, "Guard: too many failures"};
    ++plan_version_;
  }
}

bool ModelStore::allocate(CampaignView& v, Side& side, std::int64_t today) {
  bool moved = false;
  for (std::size_t s = 0; s < v.plan.steps.size(); ++s) {
    domain::Step& step = v.plan.steps[s];
    domain::allocation::Question q;
    q.mode = v.plan.variant_mode;
    q.metric = v.plan.variant_metric;
    q.today = today;
    for (const domain::Variant& x : step.variants) {
      if (!x.retired && x.weight > 0) q.variants.push_back(x.id);
    }
    if (q.variants.size() < 2) continue;
    for (const LeadView& lead : v.leads) {
      if (lead.state.step != static_cast<int>(s) + 1) continue;
      const bool delivered = lead.state.delivered == lead.state.step;
      q.cells.push_back({lead.state.variant, 0, today,
                         delivered ? Counter::contacted : Counter::undelivered, 0,
                         delivered || lead.state.status == domain::Status::failed});
      if (lead.state.replied)
        q.cells.push_back({lead.state.variant, 0, today, Counter::responded, 0, 1});
    }
    const domain::allocation::Answer answer = domain::allocation::allocate(q);
    bool differs = false;
    for (const domain::allocation::Arm& arm : answer.arms) {
      for (domain::Variant& x : step.variants) {
        const std::int64_t parts = answer.even ? 1 : arm.parts;
        if (x.id != arm.variant || x.parts == parts) continue;
        x.parts = parts;
        differs = true;
      }
    }
    if (differs) ++step.epoch;
    moved = moved || differs;
  }
  if (moved) plan_edited(v, side);
  return moved;
}

void ModelStore::allocate_due(Instant now, store::Done<store::AllocationProgress> done) {
  store::AllocationProgress progress;
  const std::int64_t today = hour_of(now) / 24;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    const domain::CampaignPlan& plan = views_[i].plan;
    if (plan.state != domain::CampaignState::active ||
        plan.variant_mode == domain::VariantMode::fixed || sides_[i].allocated == today) {
      continue;
    }
    sides_[i].allocated = today;
    if (allocate(views_[i], sides_[i], today)) progress.changed.push_back(plan.id);
  }
  progress.plan_version = plan_version_;
  commit();
  answer<store::AllocationProgress>(std::move(done), progress);
}

void ModelStore::seal_due(Instant, store::Done<int> done) { answer<int>(std::move(done), 0); }

}  // namespace headway::sim
