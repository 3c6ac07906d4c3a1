#include "domain/lead.h"

#include <utility>

#include "domain/lead_move.h"

namespace headway::domain {
namespace detail {

void advance(Move& t, AccountId account, VariantId variant, const Sequence& q, Instant now) {
  LeadState& n = t.next();
  const bool first = n.delivered == 0;
  n.delivered = n.step;
  n.tries = 0;
  n.failure = FailureClass::none;
  t.count(Counter::delivered, account, n.step, variant);
  if (first) {
    t.count_lead(Counter::contacted);
    // What the person did before the answer to the first message was known counts from here on.
    if (n.replied) t.count_lead(Counter::responded);
    if (n.booked) t.count_lead(Counter::booked);
    if (n.opted_out) t.count_lead(Counter::opted_out);
  }
  if (n.delivered >= q.steps) {
    t.end_sent(EndedBy::completed);
  } else if (stops(n)) {
    t.end_sent(stop_cause(n));
  } else {
    t.enter_partial();
    const auto i = static_cast<std::size_t>(n.delivered);
    const milliseconds delay = i < q.delays.size() ? q.delays[i] : milliseconds{0};
    t.wait_for(Wait::follow_up, now + delay);
    n.ended_by = EndedBy::none;
  }
}

void break_off(Move& t, FailureClass c, AccountId account, VariantId variant) {
  LeadState& n = t.next();
  if (c == FailureClass::none)
    c = FailureClass::transient;  // not said: nobody's fault but the provider's
  if (c == FailureClass::suppressed) n.suppressed = true;
  if (c == FailureClass::opted_out) {
    n.suppressed = true;
    if (!n.opted_out) {
      n.opted_out = true;
      if (n.delivered > 0) t.count(Counter::opted_out, account, n.step, variant);
    }
  }
  const bool message_failed = counts_as_delivery_failure(c);
  if (message_failed) t.count(Counter::undelivered, account, n.step, variant, c);
  if (n.delivered > 0 && stops(n)) {
    t.end_sent(stop_cause(n));
  } else {
    t.end_failed(c, message_failed ? EndedBy::failed : stop_cause(n));
  }
}

}  // namespace detail

using detail::Move;
using detail::must_end_now;
using detail::refused;

namespace {

Result<void> check_fence(const LeadState& s, int attempt, bool doubt_too, std::string_view what) {
  const bool open = s.wait == Wait::in_flight || (doubt_too && s.wait == Wait::in_doubt);
  if (!open || s.attempt != attempt) return refused(s, what);
  return {};
}

}  // namespace

Result<Transition> claim(const LeadState& s, AccountId account, VariantId variant, Instant now) {
  const bool waits = s.wait == Wait::fresh || s.wait == Wait::retry || s.wait == Wait::follow_up;
  if (!waits || must_end_now(s)) return refused(s, "Cannot be claimed");
  if (s.account && s.account != account) return refused(s, "Belongs to another account");
  Move t(s, LastAction::claimed, now);
  t.set_account(account);
  LeadState& n = t.next();
  n.variant = variant;
  n.step = next_step(s);
  ++n.attempt;
  t.wait_for(Wait::in_flight, now);
  return t.done();
}

Result<Transition> deliver(const LeadState& s, int attempt, const Sequence& q, Instant now) {
  if (auto ok = check_fence(s, attempt, true, "Late outcome"); !ok) {
    return tl::unexpected(std::move(ok.error()));
  }
  Move t(s, LastAction::delivered, now);
  detail::advance(t, s.account, s.variant, q, now);
  return t.done();
}

Result<Transition> fail_for_good(const LeadState& s, int attempt, FailureClass c, Instant now) {
  if (auto ok = check_fence(s, attempt, true, "Late outcome"); !ok) {
    return tl::unexpected(std::move(ok.error()));
  }
  Move t(s, LastAction::failed, now);
  detail::break_off(t, c, s.account, s.variant);
  return t.done();
}

Result<Transition> retry_at(const LeadState& s, int attempt, FailureClass c, Instant due,
                            Instant now) {
  if (auto ok = check_fence(s, attempt, false, "Late outcome"); !ok) {
    return tl::unexpected(std::move(ok.error()));
  }
  Move t(s, LastAction::retry_scheduled, now);
  if (must_end_now(s)) {
    t.stop();
    return t.done();
  }
  LeadState& n = t.next();
  if (c != FailureClass::outcome_unknown) detail::forget_early_reaction(n);
  n.failure = c;
  if (!detail::about_the_account(c)) ++n.tries;
  t.wait_for(Wait::retry, due);
  return t.done();
}

Result<Transition> release(const LeadState& s, int attempt, Instant now) {
  if (auto ok = check_fence(s, attempt, false, "Late release"); !ok) {
    return tl::unexpected(std::move(ok.error()));
  }
  Move t(s, LastAction::released, now);
  if (must_end_now(s)) {
    t.stop();
    return t.done();
  }
  // Whoever was handed over before has a failure of that try, or a delivery.
  LeadState& n = t.next();
  detail::forget_early_reaction(n);
  if (s.delivered == 0 && s.tries == 0 && s.failure == FailureClass::none) {
    n.account = {};
    n.variant = {};
    n.step = 0;
    t.wait_for(Wait::fresh, {});
  } else {
    t.wait_for(Wait::retry, now);
  }
  return t.done();
}

Result<Transition> doubt(const LeadState& s, int attempt, Instant now) {
  if (auto ok = check_fence(s, attempt, false, "Late outcome"); !ok) {
    return tl::unexpected(std::move(ok.error()));
  }
  Move t(s, LastAction::in_doubt, now);
  t.next().failure = FailureClass::outcome_unknown;
  t.wait_for(Wait::in_doubt, now);
  return t.done();
}

Result<Transition> hold(const LeadState& s, int attempt, Instant now) {
  if (auto ok = check_fence(s, attempt, false, "Late outcome"); !ok) {
    return tl::unexpected(std::move(ok.error()));
  }
  Move t(s, LastAction::held, now);
  if (must_end_now(s)) {
    t.stop();
    return t.done();
  }
  // Who wrote while it was in flight has opened the window.
  const Wait wait = s.replied ? Wait::retry : Wait::window_closed;
  detail::forget_early_reaction(t.next());
  t.next().failure = FailureClass::window_closed;
  t.wait_for(wait, now);
  return t.done();
}

Result<Transition> send_again(const LeadState& s, int attempt, Instant now) {
  if (s.wait != Wait::in_doubt || s.attempt != attempt) return refused(s, "Not in doubt any more");
  Move t(s, LastAction::retry_scheduled, now);
  if (must_end_now(s)) {
    t.stop();
    return t.done();
  }
  t.next().tries = 0;  // a person gave it a fresh start
  t.wait_for(Wait::retry, now);
  return t.done();
}

}  // namespace headway::domain
