#include "sim/checks.h"

#include <algorithm>
#include <iostream>

namespace headway::sim {

using domain::Counter;
using domain::Status;
using domain::Wait;

namespace {
std::string name(LeadId lead) {
  return std::to_string(lead_campaign_no(lead)) + "/" + std::to_string(lead_number(lead));
}
std::string name(LeadId lead, int step) {
  return "lead " + name(lead) + " step " + std::to_string(step);
}
std::uint64_t u(std::int64_t v) { return static_cast<std::uint64_t>(v); }
}  // namespace

void Checks::print(const std::string& line) const {
  std::cout << format_rfc3339(loop_.wall()) << " +" << loop_.steady().count() / 1'000'000 << "ms  "
            << line << '\n';
}

void Checks::broken(const std::string& what) {
  if (!problem_.empty()) return;
  problem_ = what + " (at " + format_rfc3339(loop_.wall()) + ", event " +
             std::to_string(loop_.events()) + ")";
  log("BROKEN: " + problem_);
}

// ---- what passes to and from the store -------------------------------------------------------------

void Checks::note_limit(DayUse& use, const std::optional<std::int64_t>& limit) {
  if (!limit) {
    use.unlimited = true;
  } else {
    use.limit = std::max(use.limit.value_or(0), *limit);
  }
}

void Checks::claimed(const store::ClaimRequest& request, const store::ClaimResult& result,
                     std::uint64_t started) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < request.slots.size(); ++i) {
    const store::ClaimSlot& slot = request.slots[i];
    if (result.per_slot.at(i) > slot.max) broken("the store gave out more than was asked for");
    for (int k = 0; k < result.per_slot.at(i); ++k) {
      const store::ClaimedMessage& m = result.messages.at(next++);
      claims_[{m.lead, m.attempt}] = {slot.campaign, started, request.now, 0, 0};
      log("claimed " + name(m.lead, m.step) + " attempt " + std::to_string(m.attempt) +
          " account " + to_string(m.account));
      note_limit(account_days_[{m.account, calendar_.day(slot.account->timezone, request.now)}],
                 slot.account->daily_limit);
      note_limit(campaign_days_[{m.campaign, calendar_.day(Calendar::campaign_zone(*slot.campaign),
                                                           request.now)}],
                 slot.campaign->daily_limit);
    }
  }
}

const LeadView* Checks::find(LeadId id) {
  const auto number = static_cast<std::size_t>(lead_number(id));
  for (const CampaignView& v : store_.look()) {
    if (number <= v.leads.size() && v.leads[number - 1].id == id) return &v.leads[number - 1];
  }
  return nullptr;
}

void Checks::delivered_at(LeadId lead, int step, Instant at) {
  const auto [it, inserted] = delivered_at_.emplace(LeadStep{lead, step}, at);
  if (!inserted) it->second = std::min(it->second, at);
}

void Checks::recording(const std::vector<store::Outcome>& outcomes) {
  for (const store::Outcome& o : outcomes) {
    loop_.trace(20 + static_cast<std::uint64_t>(o.kind), u(o.lead.value) * 64 + u(o.attempt));
    if (logging_) {
      log("outcome " + std::to_string(static_cast<int>(o.kind)) + " " +
          std::string(domain::to_string(o.failure)) + " " + o.code + " of " + name(o.lead, o.step) +
          " attempt " + std::to_string(o.attempt));
    }
    if (o.kind != store::OutcomeKind::delivered) continue;
    // A person's decision names no step: it is the one in doubt.
    const LeadView* lead = o.step == 0 ? find(o.lead) : nullptr;
    delivered_at(o.lead, lead ? lead->state.step : o.step, o.at);
  }
}

void Checks::applying(const std::vector<store::InboundEvent>& events, Instant now) {
  for (const store::InboundEvent& e : events) {
    loop_.trace(30 + static_cast<std::uint64_t>(e.type), u(e.lead->value));
    log("event " + std::to_string(static_cast<int>(e.type)) + " " + e.event_id + " of " +
        name(*e.lead, e.step));
    if (e.type == store::EventType::sent) delivered_at(*e.lead, e.step, now);
  }
}

void Checks::status_changing(AccountId id, domain::AccountStatus status) {
  loop_.trace(40 + static_cast<std::uint64_t>(status), u(id.value));
  log("account " + to_string(id) + " -> " + std::string(domain::to_string(status)));
}

// ---- what leaves and arrives -----------------------------------------------------------------------

void Checks::handed_over(const domain::Account& account, const channels::Outgoing& m, bool) {
  ++handovers_;
  if (on_handover) on_handover(m.campaign);
  loop_.trace(50, u(m.lead.value) * 64 + u(m.attempt));
  const std::string who = name(m.lead, m.step);
  log("handed over " + who + " attempt " + std::to_string(m.attempt) + " by account " +
      to_string(account.id));
  const Instant now = loop_.wall();
  const auto it = claims_.find({m.lead, m.attempt});
  if (it == claims_.end()) return broken(who + " was handed over without a claim");
  Claim& claim = it->second;

  const LeadView* lead = find(m.lead);
  if (lead == nullptr) return broken(who + " is of no campaign");
  if (states_[m.campaign] == domain::CampaignState::finished) {
    broken(who + " was handed over, but its campaign is finished");
  }
  if (paused_.contains(m.campaign))
    broken(who + " was handed over after the pause was acknowledged");
  if (stopped_.contains(account.id))
    broken(who + " was handed over by an account that the provider stopped");
  if (const auto s = suppressed_.find(lead->contact);
      s != suppressed_.end() && s->second < claim.started) {
    broken(who + " was claimed after the person was suppressed");
  }
  const auto [first, fresh] = account_of_.emplace(m.lead, account.id);
  if (!fresh && first->second != account.id) broken(who + " changed its account");

  if (!calendar_.open(*claim.plan, m.person.timezone, now))
    broken(who + " was handed over outside active hours");
  claim.account_day = calendar_.day(account.timezone, now);
  claim.campaign_day = calendar_.day(Calendar::campaign_zone(*claim.plan), now);
  // Against the latest time that was ever shown: on a wall clock that was set back, a lead that was due, claimed
  // and released stays due, and a second try may stand before the first.
  if (handed_.insert({m.lead, m.step}).second && m.step > 1) {
    const auto before = delivered_at_.find({m.lead, m.step - 1});
    const milliseconds delay = claim.plan->steps.at(static_cast<std::size_t>(m.step - 1)).delay;
    if (before == delivered_at_.end() && !counted_.contains({m.lead, m.step - 1})) {
      broken(who + " came before the step before it");
    } else if (before != delivered_at_.end() && latest_ < before->second + delay) {
      broken(who + " came before its delay was over");
    }
  }
}

// What arrives counts on the day of its handover, whenever it arrives.
void Checks::count_against_limits(const Claim& claim, AccountId account,
                                  const channels::Outgoing& m) {
  const std::string who = name(m.lead, m.step);
  DayUse& by_account = account_days_[{account, claim.account_day}];
  if (++by_account.n > by_account.limit.value_or(0) && !by_account.unlimited) {
    broken(who + ": account " + to_string(account) + " is over its daily limit");
  }
  DayUse& by_campaign = campaign_days_[{m.campaign, claim.campaign_day}];
  if (++by_campaign.n > by_campaign.limit.value_or(0) && !by_campaign.unlimited) {
    broken(who + ": campaign " + to_string(m.campaign) + " is over its daily limit");
  }
}

void Checks::arrived(AccountId account, const channels::Outgoing& m, bool idempotent) {
  ++arrivals_;
  loop_.trace(51, u(m.lead.value) * 64 + u(m.step));
  log("ARRIVED " + name(m.lead, m.step));
  const LeadStep what{m.lead, m.step};
  const int times = ++arrived_[what];
  keys_[what].insert(m.idempotency_key);
  if (const auto& text = texts_.emplace(m.idempotency_key, m.body).first->second; text != m.body) {
    broken(name(m.lead, m.step) + " came under one key with two texts");
  }
  const auto again = allowed_.find(what);
  const int allowed = 1 + (again == allowed_.end() ? 0 : again->second);
  if (!idempotent && times > allowed) broken(name(m.lead, m.step) + " arrived twice");
  if (static_cast<int>(keys_[what].size()) > allowed)
    broken(name(m.lead, m.step) + " was sent under two keys");
  if (const auto claim = claims_.find({m.lead, m.attempt}); claim != claims_.end()) {
    count_against_limits(claim->second, account, m);
  }
  if (on_arrival) on_arrival(account, m);
}

void Checks::answering(AccountId account, const channels::Outgoing& m,
                       const channels::SendResult& r) {
  loop_.trace(60 + static_cast<std::uint64_t>(r.kind), u(m.lead.value) * 64 + u(m.attempt));
  using domain::FailureClass;
  if (r.failure == FailureClass::account_auth || r.failure == FailureClass::account_permission ||
      r.failure == FailureClass::policy_block) {
    stopped_.insert(account);
  }
}

// ---- the ledger after every commit -----------------------------------------------------------------

void Checks::after_event() {
  latest_ = std::max(latest_, loop_.wall());
  if (store_.commits() == commits_seen_) return;
  commits_seen_ = store_.commits();
  for (const CampaignView& v : store_.look()) look_at(v, seen_[v.plan.id]);
}

void Checks::look_at(const CampaignView& v, std::vector<Seen>& seen) {
  domain::Counts c;
  const auto add = [&c](Counter counter, bool is) {
    if (is) ++c.n[static_cast<std::size_t>(counter)];
  };
  const bool finished = v.plan.state == domain::CampaignState::finished;
  if (v.leads.size() < seen.size()) broken("a lead disappeared");
  seen.resize(v.leads.size());
  for (std::size_t i = 0; i < v.leads.size(); ++i) {
    const domain::LeadState& s = v.leads[i].state;
    const bool ended = s.status == Status::sent || s.status == Status::failed;
    Seen& before = seen[i];
    if (s.attempt < before.attempt) broken("lead " + name(v.leads[i].id) + ": the fence went back");
    if (s.delivered < before.delivered)
      broken("lead " + name(v.leads[i].id) + ": a delivery was taken back");
    if (before.final_state && !ended && before.failure != domain::FailureClass::outcome_unknown) {
      broken("lead " + name(v.leads[i].id) + ": an ended lead was opened again");
    }
    if (ended != (s.wait == Wait::none))
      broken("lead " + name(v.leads[i].id) + ": status and place differ");
    if (s.status == Status::pending && s.delivered > 0)
      broken("lead " + name(v.leads[i].id) + " is pending after a delivery");
    if (s.status == Status::partial && s.delivered == 0)
      broken("lead " + name(v.leads[i].id) + " is partial without a delivery");
    if (finished && !ended)
      broken("campaign " + to_string(v.plan.id) + " is finished with open leads");
    before = {s.attempt, s.delivered, ended, s.failure};
    add(Counter::sent, s.status == Status::sent);
    add(Counter::failed, s.status == Status::failed);
    add(Counter::partial, s.status == Status::partial);
    add(Counter::contacted, s.delivered > 0);
    add(Counter::responded, s.replied && s.delivered > 0);
    add(Counter::booked, s.booked && s.delivered > 0);
    add(Counter::opted_out, s.opted_out && s.delivered > 0);
    c.n[static_cast<std::size_t>(Counter::delivered)] += s.delivered;
    if (s.status == Status::failed) ++c.lead_failures[static_cast<std::size_t>(s.failure)];
  }
  c.n[static_cast<std::size_t>(Counter::enrolled)] = static_cast<std::int64_t>(v.leads.size());
  for (const Counter counter :
       {Counter::enrolled, Counter::sent, Counter::failed, Counter::partial, Counter::contacted,
        Counter::responded, Counter::booked, Counter::opted_out, Counter::delivered}) {
    if (v.counts[counter] != c[counter]) {
      broken("campaign " + to_string(v.plan.id) + ": counter " +
             std::to_string(static_cast<int>(counter)) + " is " +
             std::to_string(v.counts[counter]) + ", recounted " + std::to_string(c[counter]));
    }
  }
  if (v.counts.lead_failures != c.lead_failures)
    broken("failures by class differ from their recount");
  const domain::StatusCounts status = domain::status_counts(v.counts);
  if (status.total != status.sent + status.failed + status.pending + status.partial)
    broken("counts do not add up");
  if (v.counts[Counter::replies] > replies_made_[v.plan.id]) broken("a reply was counted twice");
  auto& state = states_[v.plan.id];
  if (state == domain::CampaignState::finished && !finished)
    broken("a finished campaign was opened again");
  state = v.plan.state;
}

void Checks::at_end(const std::map<CampaignId, std::int64_t>& replies_counted) {
  for (const CampaignView& v : store_.look()) {
    for (const LeadView& lead : v.leads) {
      for (int step = 1; step <= lead.state.delivered; ++step) {
        if (arrived_.contains({lead.id, step}) || counted_.contains({lead.id, step})) continue;
        broken(name(lead.id, step) + " counts as delivered and never arrived");
      }
      if (lead.state.status == Status::sent && lead.state.ended_by == domain::EndedBy::completed &&
          lead.state.delivered != static_cast<int>(v.plan.steps.size())) {
        broken("lead " + name(lead.id) + " is complete with steps missing");
      }
    }
    const auto it = replies_counted.find(v.plan.id);
    const std::int64_t expected = it == replies_counted.end() ? 0 : it->second;
    if (v.counts[Counter::replies] != expected) {
      broken("campaign " + to_string(v.plan.id) + " counts " +
             std::to_string(v.counts[Counter::replies]) + " replies of " +
             std::to_string(expected));
    }
  }
}

}  // namespace headway::sim
