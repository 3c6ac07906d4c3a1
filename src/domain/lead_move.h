#pragma once
// How transitions are built: shared by lead.cc (outcomes of our own claims) and lead_facts.cc (what is
// told from outside). Not for anybody else.

#include <string>
#include <string_view>
#include <utility>

#include "domain/lead.h"

namespace headway::domain::detail {

inline tl::unexpected<Error> refused(const LeadState& s, std::string_view what) {
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

inline bool is_final(const LeadState& s) { return s.wait == Wait::none; }

inline bool on_its_way(const LeadState& s) {
  return s.wait == Wait::in_flight || s.wait == Wait::in_doubt;
}

inline bool may_have_reached(const LeadState& s) {
  return s.delivered > 0 || on_its_way(s) || s.failure == FailureClass::outcome_unknown;
}

// The person reacted or refused: the sequence ends with the delivery that this one is about.
inline bool stops(const LeadState& s) {
  return s.replied || s.booked || s.opted_out || s.suppressed;
}

// Nothing more may be sent to this lead, not even a first message.
inline bool must_end_now(const LeadState& s) {
  return s.opted_out || s.suppressed || (s.delivered > 0 && stops(s));
}

inline EndedBy stop_cause(const LeadState& s) {
  if (s.opted_out) return EndedBy::opted_out;
  if (s.booked) return EndedBy::booked;
  if (s.replied) return EndedBy::replied;
  if (s.suppressed) return EndedBy::suppressed;
  return EndedBy::completed;
}

// What account-level failures have in common: no fault of the lead, so they use up no try.
inline bool about_the_account(FailureClass c) {
  return c == FailureClass::account_auth || c == FailureClass::account_permission ||
         c == FailureClass::policy_block;
}

// A message certainly did not go out. What was taken for a reaction to it, when nothing else was
// ever sent, was none. A refusal stays a refusal.
inline void forget_early_reaction(LeadState& s) {
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

// The message of the lead's `step` was delivered: counts it and moves on. The caller has set account,
// step and variant of the lead and taken back what was counted before. `account`, `variant`: of the message.
void advance(Move& t, AccountId account, VariantId variant, const Sequence& q, Instant now);

// The message failed for good.
void break_off(Move& t, FailureClass c, AccountId account, VariantId variant);

}  // namespace headway::domain::detail
