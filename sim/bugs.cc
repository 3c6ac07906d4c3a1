#include "sim/bugs.h"

#include <array>
#include <utility>

namespace headway::sim {

namespace {
constexpr std::array<std::pair<Bug, std::string_view>, 14> kNames{{
    {Bug::none, "none"},
    {Bug::checkpoint_at_fetch, "checkpoint_at_fetch"},
    {Bug::resend_unknown, "resend_unknown"},
    {Bug::forget_fence, "forget_fence"},
    {Bug::lost_release, "lost_release"},
    {Bug::utc_day, "utc_day_instead_of_local"},
    {Bug::pause_ignores_claimed, "pause_ignores_claimed"},
    {Bug::limit_off_by_one, "limit_off_by_one"},
    {Bug::counter_outside_fact, "counter_outside_fact"},
    {Bug::finish_early, "finish_early"},
    {Bug::follow_up_without_delay, "follow_up_without_delay"},
    {Bug::double_receipt_counted, "double_receipt_counted"},
    {Bug::rotate_accounts, "rotate_accounts"},
    {Bug::suppression_at_enrolment, "suppression_at_enrolment"},
}};
}  // namespace

std::optional<Bug> parse_bug(std::string_view name) {
  for (const auto& [bug, text] : kNames) {
    if (text == name) return bug;
  }
  return std::nullopt;
}

std::string_view to_string(Bug bug) {
  for (const auto& [b, text] : kNames) {
    if (b == bug) return text;
  }
  return "none";
}

const std::vector<Bug>& all_bugs() {
  static const std::vector<Bug> bugs = [] {
    std::vector<Bug> all;
    for (const auto& [bug, text] : kNames) {
      if (bug != Bug::none) all.push_back(bug);
    }
    return all;
  }();
  return bugs;
}

Flaws flaws_of(Bug bug) {
  Flaws f;
  f.limit_off_by_one = bug == Bug::limit_off_by_one;
  f.counter_outside_fact = bug == Bug::counter_outside_fact;
  f.finish_early = bug == Bug::finish_early;
  f.no_follow_up_delay = bug == Bug::follow_up_without_delay;
  f.double_receipts = bug == Bug::double_receipt_counted;
  f.rotate_accounts = bug == Bug::rotate_accounts;
  f.claims_suppressed = bug == Bug::suppression_at_enrolment;
  return f;
}

void BugLedger::claim(store::ClaimRequest request, store::Done<store::ClaimResult> done) {
  if (bug_ == Bug::utc_day) {
    const auto day = std::chrono::floor<std::chrono::days>(request.now).time_since_epoch().count();
    for (store::ClaimSlot& slot : request.slots) slot.account_day = slot.campaign_day = day;
  }
  if (bug_ != Bug::checkpoint_at_fetch) {
    inner_.claim(std::move(request), std::move(done));
    return;
  }
  const Instant now = request.now;
  inner_.claim(
      std::move(request), [this, now, done = std::move(done)](Result<store::ClaimResult> r) {
        std::vector<store::Outcome> sent;
        for (const store::ClaimedMessage& m : r->messages) {
          store::Outcome o;
          o.lead = m.lead;
          o.campaign = m.campaign;
          o.attempt = m.attempt;
          o.step = m.step;
          o.kind = store::OutcomeKind::delivered;
          o.at = now;
          sent.push_back(std::move(o));
        }
        inner_.record(std::move(sent),
                      [r = std::move(r), done](const Result<store::RecordResult>&) mutable {
                        done(std::move(r));
                      });
      });
}

int BugLedger::stored_attempt(LeadId lead) const {
  for (const CampaignView& v : store_.look()) {
    const auto i = static_cast<std::size_t>(lead_number(lead) - 1);
    if (i < v.leads.size() && v.leads[i].id == lead) return v.leads[i].state.attempt;
  }
  return 0;
}

void BugLedger::record(std::vector<store::Outcome> outcomes,
                       store::Done<store::RecordResult> done) {
  std::vector<bool> dropped(outcomes.size(), false);
  std::vector<store::Outcome> kept;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    store::Outcome& o = outcomes[i];
    if (bug_ == Bug::lost_release && o.kind == store::OutcomeKind::released) {
      dropped[i] = true;
      continue;
    }
    if (bug_ == Bug::resend_unknown && o.kind == store::OutcomeKind::in_doubt) {
      o.kind = store::OutcomeKind::retry;
      o.due = o.at;
    }
    if (bug_ == Bug::forget_fence) o.attempt = stored_attempt(o.lead);
    kept.push_back(std::move(o));
  }
  inner_.record(std::move(kept), [dropped, done = std::move(done)](Result<store::RecordResult> r) {
    if (r) {
      std::vector<bool> all;
      std::size_t next = 0;
      for (const bool drop : dropped) all.push_back(drop || r->applied[next++]);
      r->applied = std::move(all);
    }
    done(std::move(r));
  });
}

}  // namespace headway::sim
