#include "engine/chores.h"

#include <algorithm>
#include <utility>

#include "engine/core.h"

namespace headway::engine {

namespace {
constexpr int kDoubtPageMin = 1000;
constexpr int kDoubtPageMax = 64'000;
}  // namespace

void Chores::begin() {
  begun_ = true;
  doubt_page_ = kDoubtPageMin;
  enroll();
  look_for_doubts();
  seal();
  allocate();
}

void Chores::plan_loaded() {
  if (begun_) enroll();
}

// ---- enrolment -------------------------------------------------------------------------------------

void Chores::enroll() {
  if (enrolling_ || enroll_waits_ || !core_.sending()) return;
  // The next one after the last, around.
  CampaignId first{}, next{};
  for (const auto& [id, run] : core_.plan.campaigns()) {
    if (!run.plan || !run.plan->enrolling) continue;
    if (!first) first = id;
    if (!next && id > last_enrolled_) next = id;
  }
  const CampaignId id = next ? next : first;
  if (!id) return;
  last_enrolled_ = id;
  enrolling_ = true;
  core_.ports.ledger.enroll_next(
      id, core_.config.enroll_batch, core_.wall(),
      core_.guard([this, id](const Result<store::EnrollProgress>& r) { enrolled(id, r); }));
}

void Chores::enrolled(CampaignId id, const Result<store::EnrollProgress>& result) {
  enrolling_ = false;
  if (!core_.heard(result)) return;
  std::chrono::nanoseconds wait = core_.config.claim_gap;
  if (!result) {
    wait = enroll_backoff_.next(core_.config.backoff_base, core_.config.backoff_max,
                                core_.ports.entropy);
    core_.plan.reload();
  } else {
    enroll_backoff_.reset();
    if (CampaignRun* run = core_.plan.campaign(id); run && result->enrolled > 0) ++run->touched;
    if (result->done || result->finished) core_.plan.reload();
    core_.changed({id});
    core_.wake();
  }
  enroll_waits_ = true;
  core_.after(wait, [this] {
    enroll_waits_ = false;
    enroll();
  });
  core_.check_stopped();
}

// ---- leads too long in doubt -----------------------------------------------------------------------

void Chores::look_for_doubts() {
  if (!core_.sending() || doubting_) return;
  // The shortest time-out of all decides how far back to look; each campaign's own decides the lead.
  std::optional<milliseconds> shortest;
  for (const auto& [id, run] : core_.plan.campaigns()) {
    if (!run.plan) continue;
    const milliseconds t = run.plan->in_doubt_timeout;
    shortest = shortest ? std::min(*shortest, t) : t;
  }
  const auto later = [this](std::chrono::nanoseconds wait) {
    core_.after(wait, [this] { look_for_doubts(); });
  };
  if (!shortest) {
    later(core_.config.in_doubt_check);
    return;
  }
  doubting_ = true;
  core_.ports.ledger.in_doubt_before(
      core_.wall() - *shortest, doubt_page_,
      core_.guard([this, later](const Result<std::vector<store::OpenClaim>>& r) {
        doubting_ = false;
        if (!core_.heard(r)) return;
        core_.check_stopped();
        if (!r) {
          later(doubt_backoff_.next(core_.config.backoff_base, core_.config.backoff_max,
                                    core_.ports.entropy));
          return;
        }
        doubt_backoff_.reset();
        std::vector<store::OpenClaim> overdue;
        const Instant now = core_.wall();
        for (const store::OpenClaim& claim : *r) {
          const CampaignRun* run = core_.plan.campaign(claim.campaign);
          if (run && run->plan && claim.since + run->plan->in_doubt_timeout <= now) {
            overdue.push_back(claim);
          }
        }
        const bool full = r->size() >= static_cast<std::size_t>(doubt_page_);
        // Leads with a longer time-out stand before the others: look further next time.
        doubt_page_ =
            full && overdue.empty() ? std::min(doubt_page_ * 2, kDoubtPageMax) : kDoubtPageMin;
        if (!overdue.empty()) {
          give_up(std::move(overdue));
        } else {
          later(full ? core_.config.claim_gap : core_.config.in_doubt_check);
        }
      }));
}

void Chores::give_up(std::vector<store::OpenClaim> doubts) {
  if (!core_.sending()) return;
  std::vector<store::Outcome> outcomes;
  outcomes.reserve(doubts.size());
  for (const store::OpenClaim& claim : doubts) {
    store::Outcome o;
    o.lead = claim.lead;
    o.campaign = claim.campaign;
    o.attempt = claim.attempt;
    o.step = claim.step;
    o.kind = store::OutcomeKind::failed;
    o.failure = domain::FailureClass::outcome_unknown;
    o.code = "in_doubt_timeout";
    o.at = core_.wall();
    outcomes.push_back(std::move(o));
  }
  doubting_ = true;
  core_.recorder.record_apart(std::move(outcomes), [this](const Result<store::RecordResult>& r) {
    doubting_ = false;
    if (core_.phase == Phase::failed) return;
    // Whatever was not applied is found again by the next look; the fences refuse the rest.
    const std::chrono::nanoseconds wait =
        r ? std::chrono::nanoseconds{core_.config.claim_gap}
          : doubt_backoff_.next(core_.config.backoff_base, core_.config.backoff_max,
                                core_.ports.entropy);
    core_.after(wait, [this] { look_for_doubts(); });
    core_.check_stopped();
  });
}

// ---- sealing ---------------------------------------------------------------------------------------

void Chores::seal() {
  if (!core_.sending() || sealing_) return;
  sealing_ = true;
  core_.ports.ledger.seal_due(core_.wall(), core_.guard([this](const Result<int>& r) {
    sealing_ = false;
    if (!core_.heard(r)) return;
    std::chrono::nanoseconds wait = core_.config.seal_check;
    if (!r) {
      wait = seal_backoff_.next(core_.config.backoff_base, core_.config.backoff_max,
                                core_.ports.entropy);
    } else {
      seal_backoff_.reset();
    }
    core_.after(wait, [this] { seal(); });
    core_.check_stopped();
  }));
}

// ---- shares of variants ----------------------------------------------------------------------------

void Chores::allocate() {
  if (!core_.sending() || allocating_) return;
  allocating_ = true;
  core_.ports.ledger.allocate_due(
      core_.wall(), core_.guard([this](const Result<store::AllocationProgress>& r) {
        allocating_ = false;
        if (!core_.heard(r)) return;
        std::chrono::nanoseconds wait = core_.config.allocation_check;
        if (!r) {
          wait = allocate_backoff_.next(core_.config.backoff_base, core_.config.backoff_max,
                                        core_.ports.entropy);
        } else {
          allocate_backoff_.reset();
          if (!r->changed.empty()) core_.committed(r->plan_version, r->changed, {});
          if (r->more) wait = core_.config.claim_gap;
        }
        core_.after(wait, [this] { allocate(); });
        core_.check_stopped();
      }));
}

}  // namespace headway::engine
