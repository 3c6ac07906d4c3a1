#include "domain/lead.h"

#include <string>
#include <utility>

namespace headway::domain {
namespace {

tl::unexpected<Error> refused(const LeadState& s, std::string_view what) {
  std::string message(what);
  message += ": the lead is ";
  message += to_string(s.status);
  if (s.wait != Wait::none) {
    message += ", ";
    message += to_string(s.wait);
  }
  message += ", attempt ";
  message += std::to_string(s.attempt);
  return fail(ErrorKind::conflict, std::move(message));
}

bool is_final(const LeadState& s) { return s.wait == Wait::none; }

bool on_its_way(const LeadState& s) {
  return s.wait == Wait::in_flight || s.wait == Wait::in_doubt;
}

bool may_have_reached(const LeadState& s) {
  return s.delivered > 0 || on_its_way(s) || s.failure == FailureClass::outcome_unknown;
}

// The person reacted or refused: the sequence ends with the delivery that this one is about.
bool stops(const LeadState& s) { return s.replied || s.booked || s.opted_out || s.suppressed; }

// Nothing more may be sent to this lead, not even a first message.
bool must_end_now(const LeadState& s) {
  return s.opted_out || s.suppressed || (s.delivered > 0 && stops(s));
}

EndedBy stop_cause(const LeadState& s) {
  if (s.opted_out) return EndedBy::opted_out;
  if (s.booked) return EndedBy::booked;
  if (s.replied) return EndedBy::replied;
  if (s.suppressed) return EndedBy::suppressed;
  return EndedBy::completed;
}

// What account-level failures have in common: no fault of the lead, so they use up no try.
bool about_the_account(FailureClass c) {
  return c == FailureClass::account_auth || c == FailureClass::account_permission ||
         c == FailureClass::policy_block;
}

// A message certainly did not go out. What was taken for a reaction to it, when nothing else was
// ever sent, was none. A refusal stays a refusal.
void forget_early_reaction(LeadState& s) {
  if (s.delivered > 0 || s.failure == FailureClass::outcome_unknown) return;
  s.replied = false;
  s.booked = false;
}

// Builds one transition: the next state, and beside each counted change its delta.
class Move {
 public:
  Move(const LeadState& from, LastAction action, Instant now) : t_{from, {}} {
    t_.next.last_action = action;
    t_.next.last_action_at = now;
  }
  LeadState& next() { return t_.next; }
  Transition done() { return std::move(t_); }

  void count(Counter c, AccountId account, int step, VariantId variant,
             FailureClass failure = FailureClass::none, int n = 1) {
    t_.deltas.push_back({c, account, step, variant, failure, n});
  }
  void count_lead(Counter c, FailureClass failure = FailureClass::none, int n = 1) {
    count(c, t_.next.account, t_.next.step, t_.next.variant, failure, n);
  }

  void wait_for(Wait wait, Instant due) {
    t_.next.wait = wait;
    t_.next.due = due;
  }

  // `partial` carries the account only, for its -1 comes when step and variant have moved on.
  void enter_partial() {
    if (t_.next.status == Status::partial) return;
    t_.next.status = Status::partial;
    count(Counter::partial, t_.next.account, 0, {});
  }
  void leave_partial() {
    if (t_.next.status == Status::partial) {
      count(Counter::partial, t_.next.account, 0, {}, FailureClass::none, -1);
    }
  }
  // Keeps the account of `partial` right when a lead that had none gets one.
  void set_account(AccountId account) {
    if (account == t_.next.account) return;
    const bool partial = t_.next.status == Status::partial;
    leave_partial();
    t_.next.account = account;
    if (partial) count(Counter::partial, account, 0, {});
  }

  void end_sent(EndedBy by) {
    leave_partial();
    t_.next.status = Status::sent;
    t_.next.failure = FailureClass::none;
    t_.next.ended_by = by;
    t_.next.tries = 0;
    wait_for(Wait::none, {});
    count_lead(Counter::sent);
  }
  void end_failed(FailureClass c, EndedBy by) {
    leave_partial();
    t_.next.status = Status::failed;
    t_.next.failure = c;
    t_.next.ended_by = by;
    wait_for(Wait::none, {});
    count_lead(Counter::failed, c);
  }
  // The end of a lead that replied, booked or said no, without a message being counted.
  void stop() {
    if (t_.next.delivered > 0) {
      end_sent(stop_cause(t_.next));
    } else {
      end_failed(FailureClass::suppressed, stop_cause(t_.next));
    }
  }

 private:
  Transition t_;
};

// The message of `step` was delivered: counts it and moves on. The caller has set account, step
// and variant of the lead and taken back what was counted before.
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

// The message failed for good. `account`, `variant`: of the message.
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

Result<void> check_fence(const LeadState& s, int attempt, bool doubt_too, std::string_view what) {
  const bool open = s.wait == Wait::in_flight || (doubt_too && s.wait == Wait::in_doubt);
  if (!open || s.attempt != attempt) return refused(s, what);
  return {};
}

// A fact told about a message: the lead takes over what was said and what it did not know.
VariantId take_over(Move& t, int step, AccountId account, VariantId variant) {
  LeadState& n = t.next();
  if (!n.account && account) t.set_account(account);
  if (!variant && n.step == step) variant = n.variant;
  n.step = step;
  n.variant = variant;
  return variant;
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
  advance(t, s.account, s.variant, q, now);
  return t.done();
}

Result<Transition> fail_for_good(const LeadState& s, int attempt, FailureClass c, Instant now) {
  if (auto ok = check_fence(s, attempt, true, "Late outcome"); !ok) {
    return tl::unexpected(std::move(ok.error()));
  }
  Move t(s, LastAction::failed, now);
  break_off(t, c, s.account, s.variant);
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
  if (c != FailureClass::outcome_unknown) forget_early_reaction(n);
  n.failure = c;
  if (!about_the_account(c)) ++n.tries;
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
  forget_early_reaction(n);
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
  forget_early_reaction(t.next());
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

Result<Transition> told_sent(const LeadState& s, int step, AccountId account, VariantId variant,
                             const Sequence& q, Instant now) {
  const bool late = s.status == Status::failed && s.failure == FailureClass::outcome_unknown;
  if (step <= s.delivered) return refused(s, "This step is already counted");
  if (is_final(s) && !late) return refused(s, "The lead has ended");
  if (step != next_step(s)) return refused(s, "The step before is not delivered");
  if (step > q.steps) return refused(s, "The campaign has no such step");
  Move t(s, LastAction::delivered, now);
  if (late) {
    t.count_lead(Counter::failed, s.failure, -1);
    t.count_lead(Counter::undelivered, s.failure, -1);
    t.next().status = Status::pending;  // until advance() says what it is
  }
  variant = take_over(t, step, account, variant);
  advance(t, account ? account : t.next().account, variant, q, now);
  return t.done();
}

Result<Transition> told_failed(const LeadState& s, int step, AccountId account, VariantId variant,
                               FailureClass c, Instant now) {
  if (step <= s.delivered) return refused(s, "This step is already counted");
  if (is_final(s)) return refused(s, "The lead has ended");
  if (step != next_step(s)) return refused(s, "The step before is not delivered");
  Move t(s, LastAction::failed, now);
  variant = take_over(t, step, account, variant);
  // An unknown outcome may be taken back later, by the account that the state remembers.
  const bool may_return = c == FailureClass::outcome_unknown;
  break_off(t, c, account && !may_return ? account : t.next().account, variant);
  return t.done();
}

Transition reply(const LeadState& s, AccountId account, int step, VariantId variant, Instant now) {
  Move t(s, LastAction::replied, now);
  t.count(Counter::replies, account, step, variant);
  if (!s.replied && may_have_reached(s)) {
    t.next().replied = true;
    if (s.delivered > 0) t.count(Counter::responded, account, step, variant);
  }
  if (is_final(s) || on_its_way(s)) return t.done();
  if (s.delivered > 0) {
    t.end_sent(EndedBy::replied);
  } else if (s.wait == Wait::window_closed) {
    t.wait_for(Wait::retry, now);
  }
  return t.done();
}

Transition auto_reply(const LeadState& s, AccountId account, int step, VariantId variant,
                      Instant /*now*/) {
  Transition t{s, {}};
  t.deltas.push_back({Counter::auto_replies, account, step, variant, FailureClass::none, 1});
  return t;
}

Transition book(const LeadState& s, AccountId account, int step, VariantId variant, Instant now) {
  if (!may_have_reached(s)) return {s, {}};  // nothing was ever sent: not ours
  Move t(s, LastAction::booked, now);
  if (!s.booked) {
    t.next().booked = true;
    if (s.delivered > 0) t.count(Counter::booked, account, step, variant);
  }
  if (!is_final(s) && !on_its_way(s) && s.delivered > 0) t.end_sent(EndedBy::booked);
  return t.done();
}

Transition cancel_booking(const LeadState& s, AccountId account, int step, VariantId variant,
                          Instant now) {
  if (!s.booked) return {s, {}};
  Move t(s, LastAction::booking_cancelled, now);
  t.next().booked = false;
  if (s.delivered > 0) t.count(Counter::booked, account, step, variant, FailureClass::none, -1);
  return t.done();
}

Transition suppress(const LeadState& s, bool opted_out, Instant now) {
  if (s.suppressed && (s.opted_out || !opted_out)) return {s, {}};
  Move t(s, opted_out ? LastAction::opted_out : LastAction::suppressed, now);
  LeadState& n = t.next();
  n.suppressed = true;
  if (opted_out && !s.opted_out) {
    n.opted_out = true;
    if (s.delivered > 0) t.count_lead(Counter::opted_out);
  }
  if (is_final(s) || on_its_way(s)) return t.done();
  // What ends the lead is this no, whatever else the person did before.
  if (s.delivered > 0) {
    t.end_sent(opted_out ? EndedBy::opted_out : EndedBy::suppressed);
  } else {
    t.end_failed(FailureClass::suppressed, opted_out ? EndedBy::opted_out : EndedBy::suppressed);
  }
  return t.done();
}

}  // namespace headway::domain
