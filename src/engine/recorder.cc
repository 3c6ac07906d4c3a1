#include "engine/recorder.h"

#include <algorithm>
#include <utility>

#include "engine/core.h"

namespace headway::engine {

Flight* Recorder::find(const FlightKey& key) {
  const auto it = flights_.find(key);
  return it == flights_.end() ? nullptr : &it->second;
}

void Recorder::settle(Flight& flight, store::Outcome outcome) {
  HW_CHECK(!flight.settled);
  flight.settled = true;
  outcome.lead = flight.message.lead;
  outcome.campaign = flight.message.campaign;
  outcome.attempt = flight.message.attempt;
  outcome.step = flight.message.step;
  outcome.account_day = flight.message.account_day;
  outcome.campaign_day = flight.message.campaign_day;
  outcome.handed_over_at = flight.handed_over_at;
  waiting_.push_back(std::move(outcome));
  if (waiting_.size() >= static_cast<std::size_t>(core_.config.record_max)) {
    flush();
  } else {
    arm();
  }
}

void Recorder::arm() {
  if (timer_ != 0 || busy_ || waiting_.empty()) return;
  timer_ = core_.after(core_.config.record_delay, [this] {
    timer_ = 0;
    flush();
  });
}

void Recorder::flush_if_quiet() {
  if (!busy_ && !waiting_.empty()) flush();
}

void Recorder::flush() {
  if (busy_ || waiting_.empty() || core_.phase == Phase::failed || core_.phase == Phase::stopped) {
    return;
  }
  if (timer_ != 0) core_.ports.executor.cancel(std::exchange(timer_, 0));
  const std::size_t n =
      std::min(waiting_.size(), static_cast<std::size_t>(core_.config.record_max));
  if (n == waiting_.size()) {
    batch_ = std::exchange(waiting_, {});
  } else {
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(n);
    batch_.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
  }
  busy_ = true;
  send();
}

void Recorder::send() {
  core_.ports.ledger.record(
      batch_, core_.guard([this](Result<store::RecordResult> r) { answered(std::move(r)); }));
}

void Recorder::answered(Result<store::RecordResult> result) {
  if (!core_.heard(result)) return;
  if (!result) {
    // Not applied, or perhaps applied: the same batch again settles both.
    core_.after(
        backoff_.next(core_.config.backoff_base, core_.config.backoff_max, core_.ports.entropy),
        [this] { send(); });
    return;
  }
  backoff_.reset();
  HW_CHECK(result->applied.size() == batch_.size());
  for (std::size_t i = 0; i < batch_.size(); ++i) done_with(batch_[i], result->applied[i]);
  batch_.clear();
  busy_ = false;
  core_.committed(result->plan_version, result->changed, result->finished);
  if (waiting_.size() >= static_cast<std::size_t>(core_.config.record_max)) {
    flush();
  } else {
    arm();
  }
  core_.wake();
  core_.check_stopped();
}

void Recorder::done_with(const store::Outcome& o, bool applied) {
  ++core_.totals.recorded_total;
  if (!applied) ++core_.totals.refused_total;
  const auto it = flights_.find({o.lead, o.attempt});
  HW_CHECK(it != flights_.end());
  const AccountId account = it->second.message.account;
  flights_.erase(it);
  core_.planner.ended(o, account);
}

void Recorder::record_apart(std::vector<store::Outcome> outcomes,
                            store::Done<store::RecordResult> done) {
  core_.ports.ledger.record(
      std::move(outcomes),
      core_.guard([this, done = std::move(done)](Result<store::RecordResult> r) mutable {
        if (!core_.heard(r)) {
          done(fail(ErrorKind::corrupt, core_.problem));
          return;
        }
        if (r) core_.committed(r->plan_version, r->changed, r->finished);
        done(std::move(r));
      }));
}

}  // namespace headway::engine
