#include "engine/core.h"

#include <utility>

namespace headway::engine {

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::created: return "created";
    case Phase::loading: return "loading";
    case Phase::recovering: return "recovering";
    case Phase::running: return "running";
    case Phase::stopping: return "stopping";
    case Phase::stopped: return "stopped";
    case Phase::failed: return "failed";
  }
  return "unknown";
}

Core::Core(Ports p, EngineConfig c)
    : ports(std::move(p)),
      config(c),
      plan(*this),
      accounts(*this),
      recorder(*this),
      dispatcher(*this),
      planner(*this),
      recovery(*this),
      control(*this),
      intake(*this),
      chores(*this) {
  HW_CHECK(config.claim_max >= 1 && config.claim_max <= 5000);
  HW_CHECK(config.in_flight_total >= 1 && config.record_max >= 1);
  HW_CHECK(config.intake_max >= 1 && config.intake_batch >= 1 && config.control_max >= 1);
  HW_CHECK(config.control_tries >= 1 && config.recovery_page >= 1 && config.enroll_batch >= 1);
}

void Core::start() {
  HW_CHECK(phase == Phase::created);
  phase = Phase::loading;
  plan.reload();
}

bool Core::heard(const Error* error) {
  if (error == nullptr || error->kind == ErrorKind::conflict ||
      error->kind == ErrorKind::not_found) {
    store_ok = true;
    if (phase != Phase::failed) problem.clear();
  } else if (error->kind == ErrorKind::corrupt) {
    store_ok = false;
    if (phase != Phase::failed) {
      phase = Phase::failed;
      problem = "The database is damaged; nothing is sent any more: " + error->message;
      planner.cancel();
      intake.close();
      // In a task of its own: the caller still has its answer to give.
      ports.executor.post(guard([this] { finish_stop(false); }));
    }
  } else {
    store_ok = false;
    ++totals.store_errors_total;
    if (phase != Phase::failed) problem = "The database does not answer: " + error->message;
  }
  return phase != Phase::failed && phase != Phase::stopped;
}

void Core::committed(std::int64_t plan_version, const std::vector<CampaignId>& campaigns,
                     const std::vector<CampaignId>& finished) {
  plan.reload_if_not(plan_version);
  changed(campaigns);
  if (!finished.empty()) changed(finished);
}

void Core::stop(std::function<void(StopReport)> done) {
  if (phase == Phase::stopping || phase == Phase::stopped || phase == Phase::failed || stop_done_) {
    done(StopReport{});
    return;
  }
  stop_done_ = std::move(done);
  recovered_ = phase == Phase::running;
  phase = Phase::stopping;
  intake.close();
  planner.cancel();
  dispatcher.release_all();
  recorder.flush_if_quiet();
  stop_timer_ = after(config.stop_limit, [this] {
    stop_timer_ = 0;
    finish_stop(false);
  });
  check_stopped();
}

void Core::check_stopped() {
  if (phase != Phase::stopping) return;
  if (dispatcher.sending() > 0 || planner.claiming()) return;
  recorder.flush_if_quiet();
  if (recorder.idle() && control.idle() && intake.idle() && accounts.idle() && chores.idle()) {
    finish_stop(recovered_);
  }
}

void Core::finish_stop(bool complete) {
  if (stop_timer_ != 0) ports.executor.cancel(std::exchange(stop_timer_, 0));
  StopReport report;
  report.complete = complete;
  report.unanswered = dispatcher.sending();
  report.unrecorded = static_cast<std::int64_t>(recorder.backlog());
  if (phase != Phase::failed) phase = Phase::stopped;
  control.abandon();
  intake.abandon();
  if (auto done = std::exchange(stop_done_, nullptr)) done(report);
}

EngineStatus Core::status() const {
  EngineStatus s = totals;
  s.phase = phase;
  s.problem = problem;
  s.store_ok = store_ok;
  s.plan_version = plan.version();
  s.claimed = dispatcher.queued();
  s.in_flight = dispatcher.sending();
  s.recording = static_cast<std::int64_t>(recorder.backlog());
  s.events_waiting = intake.backlog();
  s.decisions_waiting = static_cast<std::int64_t>(control.backlog());
  const Instant now = wall();
  const std::chrono::nanoseconds now_steady = steady();
  for (const auto& [id, run] : plan.accounts()) {
    AccountPace pace;
    pace.account = id;
    pace.in_flight = run.sending;
    if (run.blocked_until && *run.blocked_until > now) pace.blocked_until = run.blocked_until;
    if (run.next_at) {
      const auto wait = std::max(*run.next_at - now_steady, std::chrono::nanoseconds{0});
      pace.next_at = now + std::chrono::ceil<milliseconds>(wait);
    }
    s.accounts.push_back(pace);
  }
  return s;
}

}  // namespace headway::engine
