// Facts told from outside: receipts, replies, bookings, refusals.
#include <utility>

#include "domain/lead_move.h"

namespace headway::domain {
namespace {

using detail::advance;
using detail::break_off;
using detail::is_final;
using detail::may_have_reached;
using detail::Move;
using detail::on_its_way;
using detail::refused;

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
