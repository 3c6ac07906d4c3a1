#include "engine/recovery.h"

#include <utility>

#include "engine/core.h"

namespace headway::engine {

void Recovery::plan_loaded() {
  if (core_.phase != Phase::loading) return;
  core_.phase = Phase::recovering;
  found_ = false;
  page(LeadId{});
}

void Recovery::retry_later(std::function<void()> task) {
  core_.after(
      backoff_.next(core_.config.backoff_base, core_.config.backoff_max, core_.ports.entropy),
      std::move(task));
}

void Recovery::page(LeadId after) {
  if (core_.phase != Phase::recovering) return;
  core_.ports.ledger.open_claims(
      after, core_.config.recovery_page,
      core_.guard([this, after](Result<std::vector<store::OpenClaim>> claims) {
        if (!core_.heard(claims) || core_.phase != Phase::recovering) return;
        if (!claims) {
          retry_later([this, after] { page(after); });
          return;
        }
        backoff_.reset();
        std::vector<store::Outcome> outcomes;
        const Instant now = core_.wall();
        LeadId last = after;
        for (const store::OpenClaim& claim : *claims) {
          last = claim.lead;
          store::Outcome o;
          o.lead = claim.lead;
          o.campaign = claim.campaign;
          o.attempt = claim.attempt;
          o.step = claim.step;
          o.at = now;
          o.code = "restart";
          const AccountRun* account = core_.plan.account(claim.account);
          if (account && account->channel && account->traits.idempotent) {
            o.kind = store::OutcomeKind::retry;
            o.failure = domain::FailureClass::transient;
            o.due = now;
          } else {
            o.kind = store::OutcomeKind::in_doubt;
            o.failure = domain::FailureClass::outcome_unknown;
            ++core_.totals.in_doubt_total;
          }
          outcomes.push_back(std::move(o));
        }
        found_ = found_ || !claims->empty();
        const bool full = claims->size() >= static_cast<std::size_t>(core_.config.recovery_page);
        settle(std::move(outcomes), last, !full);
      }));
}

void Recovery::settle(std::vector<store::Outcome> outcomes, LeadId next, bool last) {
  if (core_.phase != Phase::recovering) return;
  if (outcomes.empty()) {
    if (!last || std::exchange(found_, false)) {
      page(last ? LeadId{} : next);
      return;
    }
    finished();
    return;
  }
  auto copy = outcomes;
  core_.recorder.record_apart(std::move(copy), [this, outcomes = std::move(outcomes), next, last](
                                                   const Result<store::RecordResult>& r) mutable {
    if (core_.phase != Phase::recovering) return;
    if (!r) {  // not applied, or perhaps: the fences refuse what was
      retry_later(
          [this, outcomes = std::move(outcomes), next, last] { settle(outcomes, next, last); });
      return;
    }
    core_.totals.recovered_total += static_cast<std::int64_t>(outcomes.size());
    settle({}, next, last);
  });
}

void Recovery::finished() {
  core_.phase = Phase::running;
  core_.chores.begin();
  core_.wake();
}

}  // namespace headway::engine
