#include "engine/control.h"

#include <utility>

#include "engine/core.h"

namespace headway::engine {

bool Control::add(Job job) {
  if (core_.phase == Phase::failed || core_.phase == Phase::stopped ||
      core_.phase == Phase::stopping) {
    job.give_up(Error{ErrorKind::unavailable, "The engine is not running", {}});
    return false;
  }
  if (backlog() >= static_cast<std::size_t>(core_.config.control_max)) {
    job.give_up(Error{ErrorKind::unavailable, "Too many decisions are waiting", {}});
    return false;
  }
  queue_.push_back(std::move(job));
  next();
  return true;
}

void Control::next() {
  if (busy_ || queue_.empty()) return;
  job_ = std::move(queue_.front());
  queue_.pop_front();
  busy_ = true;
  backoff_.reset();
  job_.run();
}

bool Control::try_again(const Error& error) {
  const bool may_help = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::ambiguous;
  if (!may_help || backoff_.tries() + 1 >= core_.config.control_tries) return false;
  core_.after(
      backoff_.next(core_.config.backoff_base, core_.config.backoff_max, core_.ports.entropy),
      [this] {
        if (busy_) job_.run();
      });
  return true;
}

void Control::abandon() {
  auto queue = std::exchange(queue_, {});
  if (std::exchange(busy_, false)) queue.push_front(std::exchange(job_, {}));
  for (Job& job : queue) job.give_up(Error{ErrorKind::unavailable, "The engine stopped", {}});
}

void Control::finish() {
  job_ = {};
  busy_ = false;
  next();
  core_.check_stopped();
}

void Control::pause(CampaignId campaign, std::string actor, std::string reason,
                    std::function<void(Result<PauseAnswer>)> done) {
  // A campaign unknown here may be in a plan on its way: the hold waits for it.
  CampaignRun& run = core_.plan.campaigns()[campaign];
  run.hold.begin();
  core_.dispatcher.recheck();
  const std::int64_t in_flight = run.in_flight;
  const std::optional<Instant> last = run.last_handed_over_at;

  auto shared = std::make_shared<std::function<void(Result<PauseAnswer>)>>(std::move(done));
  Job job;
  job.run = [this, campaign, actor = std::move(actor), reason = std::move(reason), in_flight, last,
             shared] {
    core_.ports.ledger.set_paused(
        campaign, true, actor, reason, core_.wall(),
        core_.guard([this, campaign, in_flight, last, shared](Result<store::PauseReceipt> r) {
          if (!busy_) return;  // abandoned
          core_.heard(r);
          if (!r && try_again(r.error())) return;
          finish_pause(campaign);
          if (r) {
            core_.changed({campaign});
            (*shared)(PauseAnswer{*r, in_flight, last});
          } else {
            (*shared)(tl::unexpected<Error>(r.error()));
          }
          finish();
        }));
  };
  job.give_up = [this, campaign, shared](const Error& e) {
    finish_pause(campaign);
    (*shared)(tl::unexpected<Error>(e));
  };
  add(std::move(job));
}

void Control::guard_pauses(const std::vector<store::Plan::GuardPause>& wanted) {
  for (const store::Plan::GuardPause& w : wanted) {
    if (!guarded_.insert(w.campaign).second) continue;
    // However it ends, a plan is loaded after it, which names the campaign again when it is still wanted.
    pause(w.campaign, "guard", w.reason,
          [this, id = w.campaign](const Result<PauseAnswer>&) { guarded_.erase(id); });
  }
}

void Control::finish_pause(CampaignId campaign) {
  // Held back until the next plan, which is asked for now, says what the store has.
  core_.plan.campaigns()[campaign].hold.end(core_.plan.asked_number());
  core_.plan.reload();
}

void Control::resume(CampaignId campaign, std::string actor,
                     std::function<void(Result<store::PauseReceipt>)> done) {
  auto shared = std::make_shared<std::function<void(Result<store::PauseReceipt>)>>(std::move(done));
  Job job;
  job.run = [this, campaign, actor = std::move(actor), shared] {
    core_.ports.ledger.set_paused(
        campaign, false, actor, "", core_.wall(),
        core_.guard([this, campaign, shared](Result<store::PauseReceipt> r) {
          if (!busy_) return;  // abandoned
          core_.heard(r);
          if (!r && try_again(r.error())) return;
          core_.plan.reload();
          if (r) core_.changed({campaign});
          (*shared)(std::move(r));
          finish();
        }));
  };
  job.give_up = [shared](const Error& e) { (*shared)(tl::unexpected<Error>(e)); };
  add(std::move(job));
}

void Control::resolve(CampaignId campaign, LeadId lead, int attempt, Decision decision,
                      std::function<void(Result<void>)> done) {
  store::Outcome o;
  o.lead = lead;
  o.campaign = campaign;
  o.attempt = attempt;  // step 0: the stored one
  switch (decision) {
    case Decision::count_as_sent: o.kind = store::OutcomeKind::delivered; break;
    case Decision::send_again: o.kind = store::OutcomeKind::send_again; break;
    case Decision::give_up:
      o.kind = store::OutcomeKind::failed;
      o.failure = domain::FailureClass::outcome_unknown;
      break;
  }
  auto shared = std::make_shared<std::function<void(Result<void>)>>(std::move(done));
  // After an ambiguous try the fence refuses what was applied: that is then no conflict.
  auto perhaps = std::make_shared<bool>(false);
  Job job;
  job.run = [this, o, shared, perhaps] {
    store::Outcome now = o;
    now.at = now.handed_over_at = core_.wall();
    core_.recorder.record_apart({std::move(now)}, [this, o, shared,
                                                   perhaps](const Result<store::RecordResult>& r) {
      if (!busy_) return;  // abandoned
      if (!r) {
        *perhaps = *perhaps || r.error().kind == ErrorKind::ambiguous;
        if (try_again(r.error())) return;
        (*shared)(tl::unexpected<Error>(r.error()));
      } else if (r->applied.at(0) || *perhaps) {
        if (CampaignRun* run = core_.plan.campaign(o.campaign)) ++run->touched;
        core_.wake();
        (*shared)({});
      } else {
        (*shared)(fail(ErrorKind::conflict, "The lead is no longer in doubt under this attempt"));
      }
      finish();
    });
  };
  job.give_up = [shared](const Error& e) { (*shared)(tl::unexpected<Error>(e)); };
  add(std::move(job));
}

}  // namespace headway::engine
