#include "channels/sandbox/courier.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "base/hash.h"

namespace headway::channels {

namespace {

using std::chrono::nanoseconds;
constexpr nanoseconds kTickMin = std::chrono::milliseconds{1};  // no finer wake-ups than this
constexpr nanoseconds kSinkRetry = std::chrono::milliseconds{50};

constexpr auto kLater = [](const auto& a, const auto& b) {
  return a.due != b.due ? a.due > b.due : a.order > b.order;
};

std::string_view event_name(store::EventType type) {
  switch (type) {
    case store::EventType::reply: return "reply";
    case store::EventType::auto_reply: return "auto";
    case store::EventType::booked: return "booked";
    default: return "stop";
  }
}

// Fits the small buffer of std::string: no allocation per message.
std::string provider_id(LeadId lead, int step) {
  char buffer[16] = {'s', '-'};
  std::uint64_t id =
      mix64(static_cast<std::uint64_t>(lead.value), static_cast<std::uint64_t>(step));
  char* end = std::to_chars(buffer + 2, buffer + sizeof buffer - 1, id >> 12, 16).ptr;
  return {buffer, end};
}

}  // namespace

SandboxChannel::Courier::Courier(const runtime::Clock& clock, runtime::Executor& executor,
                                 std::size_t reactions_max)
    : clock_(clock), executor_(executor), reactions_max_(reactions_max) {}

void SandboxChannel::Courier::complete_now(Completion completion) {
  ready_.push_back(std::move(completion));
  if (flush_posted_) return;
  flush_posted_ = true;
  executor_.post([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->flush();
  });
}

void SandboxChannel::Courier::complete_later(Completion completion, milliseconds latency) {
  completion.due = clock_.steady() + latency;
  completion.order = order_++;
  later_.push_back(std::move(completion));
  std::push_heap(later_.begin(), later_.end(), kLater);
  arm();
}

void SandboxChannel::Courier::cancel_timer() {
  if (timer_ != 0) executor_.cancel(timer_);
  timer_ = 0;
}

// A completion may send again: that goes to ready_, for the next task.
void SandboxChannel::Courier::flush() {
  flush_posted_ = false;
  flushing_.swap(ready_);
  for (Completion& completion : flushing_) finish(std::move(completion));
  flushing_.clear();
}

void SandboxChannel::Courier::finish(Completion c) {
  SendResult result;
  result.kind = c.fate.kind;
  result.failure = c.fate.failure;
  if (result.kind == SendResult::Kind::delivered) {
    result.provider_id = provider_id(c.lead, c.step);
    if (sink_ && c.reaction.kind != Reaction::Kind::none) {
      nanoseconds now = clock_.steady();
      Pending pending{now + c.reaction.after, 0, c.lead, c.campaign, c.account, c.step, {}};
      pending.type = c.reaction.kind == Reaction::Kind::reply        ? store::EventType::reply
                     : c.reaction.kind == Reaction::Kind::auto_reply ? store::EventType::auto_reply
                                                                     : store::EventType::opted_out;
      keep(pending);
      if (c.reaction.books) {
        pending.due = now + c.reaction.books_after;
        pending.type = store::EventType::booked;
        keep(pending);
      }
    }
  } else {
    result.code = "sim_" + std::string(domain::to_string(result.failure));
    result.text = !c.problem.empty() ? std::move(c.problem)
                  : c.note           ? c.note
                                     : "Simulated by the sandbox";
    if (c.retry_after.count() > 0) result.retry_after = c.retry_after;
  }
  auto done = std::move(c.done);
  done(std::move(result));
}

void SandboxChannel::Courier::keep(Pending pending) {
  if (reactions_.size() >= reactions_max_) {
    // Rather early than never: the rates stay what was asked for.
    if (!reactions_.empty() && tell(reactions_.front())) {
      std::pop_heap(reactions_.begin(), reactions_.end(), kLater);
      reactions_.pop_back();
    } else {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
  }
  pending.order = order_++;
  reactions_.push_back(pending);
  std::push_heap(reactions_.begin(), reactions_.end(), kLater);
  pending_.store(reactions_.size(), std::memory_order_relaxed);
  arm();
}

bool SandboxChannel::Courier::tell(const Pending& pending) {
  store::InboundEvent event;
  event.source = "channel:" + to_string(pending.account);
  event.event_id = "sandbox-" + to_string(pending.lead) + "-" + std::to_string(pending.step) + "-" +
                   std::string(event_name(pending.type));
  event.type = pending.type;
  event.campaign = pending.campaign;
  event.lead = pending.lead;
  event.account = pending.account;
  event.step = pending.step;
  event.at = clock_.wall();
  event.text = reaction_text(pending.type, pending.lead, pending.step);
  return sink_ != nullptr && sink_->offer(std::move(event));
}

void SandboxChannel::Courier::tell_due() {
  nanoseconds now = clock_.steady();
  if (now < sink_full_until_) return;
  while (!reactions_.empty() && reactions_.front().due <= now) {
    if (!tell(reactions_.front())) {
      sink_full_until_ = now + kSinkRetry;
      break;
    }
    std::pop_heap(reactions_.begin(), reactions_.end(), kLater);
    reactions_.pop_back();
  }
  pending_.store(reactions_.size(), std::memory_order_relaxed);
}

// Keeps the one timer at the earliest thing to do.
void SandboxChannel::Courier::arm() {
  nanoseconds due = nanoseconds::max();
  if (!later_.empty()) due = later_.front().due;
  if (!reactions_.empty()) due = std::min(due, std::max(reactions_.front().due, sink_full_until_));
  if (due == nanoseconds::max() || (timer_ != 0 && timer_due_ <= due)) return;
  cancel_timer();
  nanoseconds delay = std::max(due - clock_.steady(), kTickMin);
  timer_due_ = due;
  timer_ = executor_.after(delay, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->wake();
  });
}

void SandboxChannel::Courier::wake() {
  timer_ = 0;
  nanoseconds now = clock_.steady();
  while (!later_.empty() && later_.front().due <= now) {
    std::pop_heap(later_.begin(), later_.end(), kLater);
    Completion completion = std::move(later_.back());
    later_.pop_back();
    finish(std::move(completion));
  }
  tell_due();
  arm();
}

}  // namespace headway::channels
