#include "engine/intake.h"

#include <utility>

#include "engine/core.h"

namespace headway::engine {

bool Intake::reserve(std::int64_t n) {
  if (closed_.load()) return false;
  if (reserved_.fetch_add(n) + n <= core_.config.intake_max) return true;
  reserved_.fetch_sub(n);
  return false;
}

void Intake::add(store::InboundEvent event) {
  const auto batch_max = static_cast<std::size_t>(core_.config.intake_batch);
  if (queue_.empty() || queue_.back().done || queue_.back().events.size() >= batch_max) {
    queue_.emplace_back();
  }
  queue_.back().events.push_back(std::move(event));
  next();
}

void Intake::add(std::vector<store::InboundEvent> events, Done done) {
  queue_.push_back({std::move(events), std::move(done)});
  next();
}

void Intake::next() {
  if (busy_ || queue_.empty()) return;
  busy_ = true;
  batch_ = std::move(queue_.front());
  queue_.pop_front();
  backoff_.reset();
  send();
}

void Intake::send() {
  core_.ports.ledger.apply_events(
      batch_.events, core_.wall(),
      core_.guard([this](Result<store::EventResults> r) { answered(std::move(r)); }));
}

void Intake::answered(Result<store::EventResults> result) {
  if (!busy_) return;  // abandoned
  const bool usable = core_.heard(result);
  if (!result && usable) {
    const ErrorKind kind = result.error().kind;
    const bool may_help = kind == ErrorKind::unavailable || kind == ErrorKind::ambiguous;
    const bool go_on = !batch_.done || backoff_.tries() + 1 < core_.config.control_tries;
    if (may_help && go_on) {
      core_.after(
          backoff_.next(core_.config.backoff_base, core_.config.backoff_max, core_.ports.entropy),
          [this] {
            if (busy_) send();
          });
      return;
    }
  }
  if (result) {
    for (const store::EventAnswer& a : result->answers) {
      ++core_.totals.events_total;
      if (a.verdict == store::EventVerdict::rejected) ++core_.totals.events_refused_total;
    }
    // Replies, receipts and opt-outs end some leads and make others sendable.
    for (const CampaignId id : result->changed) {
      if (CampaignRun* run = core_.plan.campaign(id)) ++run->touched;
    }
    core_.committed(result->plan_version, result->changed, result->finished);
    core_.wake();
  } else if (!batch_.done) {
    core_.totals.events_refused_total += static_cast<std::int64_t>(batch_.events.size());
  }
  if (batch_.done) batch_.done(std::move(result));
  finish();
}

void Intake::finish() {
  reserved_.fetch_sub(static_cast<std::int64_t>(batch_.events.size()));
  batch_ = {};
  busy_ = false;
  next();
  core_.check_stopped();
}

void Intake::abandon() {
  auto queue = std::exchange(queue_, {});
  if (std::exchange(busy_, false)) queue.push_front(std::exchange(batch_, {}));
  for (Batch& b : queue) {
    if (b.done) b.done(fail(ErrorKind::unavailable, "The engine stopped; send these events again"));
  }
}

}  // namespace headway::engine
