#include "domain/lead.h"

#include <array>
#include <string>

#include "base/check.h"

namespace headway::domain {
namespace {

constexpr std::array<std::string_view, 4> kStatus{"pending", "partial", "sent", "failed"};
constexpr std::array<std::string_view, 7> kWait{
    "none", "fresh", "retry", "follow_up", "in_flight", "in_doubt", "window_closed"};
constexpr std::array<std::string_view, 7> kEndedBy{"none",      "completed",  "replied", "booked",
                                                   "opted_out", "suppressed", "failed"};
constexpr std::array<std::string_view, 13> kLastAction{
    "enrolled",   "claimed",  "delivered",        "failed", "retry_scheduled",
    "released",   "in_doubt", "replied",          "booked", "opted_out",
    "suppressed", "held",     "booking_cancelled"};
constexpr std::array<std::string_view, kReasons> kReason{"none",
                                                         "due",
                                                         "in_flight",
                                                         "active_hours",
                                                         "campaign_daily_limit",
                                                         "account_daily_limit",
                                                         "rate",
                                                         "follow_up_delay",
                                                         "window_closed",
                                                         "account_unhealthy",
                                                         "no_account",
                                                         "campaign_paused",
                                                         "retry_backoff",
                                                         "in_doubt"};

template <class Enum, std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  HW_CHECK(index < N);
  return names[index];
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

bool is_final(const LeadState& s) { return s.wait == Wait::none; }

// Something ended the sequence while a message was on its way (or before it could be sent).
bool must_end(const LeadState& s) { return s.replied || s.booked || s.opted_out || s.suppressed; }

EndedBy end_cause(const LeadState& s) {
  if (s.opted_out) return EndedBy::opted_out;
  if (s.suppressed) return EndedBy::suppressed;
  if (s.booked) return EndedBy::booked;
  return EndedBy::replied;
}

tl::unexpected<Error> refused(const LeadState& s, std::string_view wanted) {
  return fail(ErrorKind::conflict, std::string("the lead is ") + std::string(to_string(s.status)) +
                                       " (" + std::string(to_string(s.wait)) + ", attempt " +
                                       std::to_string(s.attempt) + "): " + std::string(wanted));
}

// Collects the next state and the deltas that lead to it. Lead-level deltas carry the account, step and
// variant of the message that made them; `partial`, which goes up with one message and down with another,
// carries the account only (which never changes once set).
class Move {
 public:
  Move(const LeadState& from, LastAction action, Instant now) {
    t_.next = from;
    t_.next.last_action = action;
    t_.next.last_action_at = now;
    t_.deltas.reserve(4);
  }
  LeadState& next() { return t_.next; }
  Transition done() && { return std::move(t_); }

  void add(Counter counter, AccountId account, int step, VariantId variant, int n,
           FailureClass failure = FailureClass::none) {
    t_.deltas.push_back(Delta{counter, account, step, variant, failure, n});
  }
  void lead(Counter counter, int n, FailureClass failure = FailureClass::none) {
    add(counter, t_.next.account, t_.next.step, t_.next.variant, n, failure);
  }

  void wait(Wait where, Instant due) {
    t_.next.wait = where;
    t_.next.due = due;
  }
  // The account of a partial lead changes only when somebody else sent to it (told_sent): the count
  // moves with it.
  void leave_partial(AccountId account) {
    if (t_.next.status == Status::partial) add(Counter::partial, account, 0, VariantId{}, -1);
  }
  void enter_partial() {
    t_.next.status = Status::partial;
    add(Counter::partial, t_.next.account, 0, VariantId{}, +1);
  }
  void end_sent(AccountId partial_account, EndedBy cause) {
    leave_partial(partial_account);
    t_.next.status = Status::sent;
    t_.next.ended_by = cause;
    t_.next.failure = FailureClass::none;
    wait(Wait::none, Instant{});
    lead(Counter::sent, +1);
  }
  void end_failed(AccountId partial_account, FailureClass failure, EndedBy cause) {
    leave_partial(partial_account);
    t_.next.status = Status::failed;
    t_.next.failure = failure;
    t_.next.ended_by = cause;
    wait(Wait::none, Instant{});
    lead(Counter::failed, +1, failure);
  }
  // Ends an open lead because of replied, booked, opted_out or suppressed.
  void end_early() {
    if (t_.next.delivered > 0) {
      end_sent(t_.next.account, end_cause(t_.next));
    } else {
      end_failed(t_.next.account, FailureClass::suppressed, EndedBy::suppressed);
    }
  }

  // One more step delivered: message counters, then partial or sent.
  void deliver_step(AccountId partial_account, const Sequence& q, Instant now) {
    LeadState& n = t_.next;
    add(Counter::delivered, n.account, n.step, n.variant, +1);
    if (n.delivered == 0) {
      lead(Counter::contacted, +1);
      // What the person did before the answer of the first message was known counts from here on.
      if (n.replied) lead(Counter::responded, +1);
      if (n.booked) lead(Counter::booked, +1);
      if (n.opted_out) lead(Counter::opted_out, +1);
    }
    n.delivered = n.step;
    n.tries = 0;
    n.failure = FailureClass::none;
    if (must_end(n)) {
      end_sent(partial_account, end_cause(n));
    } else if (n.delivered >= q.steps) {
      end_sent(partial_account, EndedBy::completed);
    } else {
      if (n.status != Status::partial) {
        enter_partial();
      } else if (!(partial_account == n.account)) {
        leave_partial(partial_account);
        enter_partial();
      }
      const auto index = static_cast<std::size_t>(n.delivered);
      const milliseconds delay = index < q.delays.size() ? q.delays[index] : milliseconds{0};
      wait(Wait::follow_up, now + delay);
    }
  }

 private:
  Transition t_;
};

bool fenced(const LeadState& s, int attempt, bool doubt_too) {
  return s.attempt == attempt &&
         (s.wait == Wait::in_flight || (doubt_too && s.wait == Wait::in_doubt));
}

bool on_its_way(const LeadState& s) {
  return s.wait == Wait::in_flight || s.wait == Wait::in_doubt;
}

// A message certainly did not go out. What was taken for a reaction to it, when nothing else was
// delivered, was none: the lead goes on. A refusal stays a refusal.
void forget_early_reaction(LeadState& s) {
  if (s.delivered == 0) s.replied = s.booked = false;
}

// The person's reaction (reply, booking): what it does to an open lead.
void react(Move& move, const LeadState& s, Instant now) {
  if (is_final(s) || on_its_way(s)) return;
  if (s.delivered > 0) {
    move.end_early();
  } else if (s.wait == Wait::window_closed) {
    move.wait(Wait::retry, now);  // it opens the window; a response it is not, nothing was sent
  }
}

}  // namespace

std::string_view to_string(Status s) { return name_of(kStatus, s); }
std::string_view to_string(Wait w) { return name_of(kWait, w); }
std::string_view to_string(EndedBy e) { return name_of(kEndedBy, e); }
std::string_view to_string(LastAction a) { return name_of(kLastAction, a); }
std::string_view to_string(Reason r) { return name_of(kReason, r); }
std::optional<Status> parse_status(std::string_view text) {
  return value_of<Status>(kStatus, text);
}
std::optional<Reason> parse_reason(std::string_view text) {
  const auto reason = value_of<Reason>(kReason, text);
  return reason == Reason::none ? std::nullopt : reason;
}

Result<Transition> claim(const LeadState& s, AccountId account, VariantId variant, Instant now) {
  const bool waiting = s.wait == Wait::fresh || s.wait == Wait::retry || s.wait == Wait::follow_up;
  if (!waiting) return refused(s, "only a waiting lead can be claimed");
  if (must_end(s)) return refused(s, "its sequence has ended");
  if (s.account && s.account != account) return refused(s, "it belongs to another account");
  Move move(s, LastAction::claimed, now);
  LeadState& n = move.next();
  n.account = account;
  n.variant = variant;
  if (next_step(s) != s.step) n.tries = 0;
  n.step = next_step(s);
  n.attempt = s.attempt + 1;
  move.wait(Wait::in_flight, now);
  return std::move(move).done();
}

Result<Transition> deliver(const LeadState& s, int attempt, const Sequence& q, Instant now) {
  if (!fenced(s, attempt, true)) return refused(s, "no open claim has this fence");
  Move move(s, LastAction::delivered, now);
  move.deliver_step(s.account, q, now);
  return std::move(move).done();
}

Result<Transition> fail_for_good(const LeadState& s, int attempt, FailureClass c, Instant now) {
  if (!fenced(s, attempt, true)) return refused(s, "no open claim has this fence");
  Move move(s, LastAction::failed, now);
  if (counts_as_delivery_failure(c)) {
    move.add(Counter::undelivered, s.account, s.step, s.variant, +1, c);
  }
  if (must_end(s) && s.delivered > 0) {
    move.end_sent(s.account, end_cause(s));
  } else {
    move.end_failed(s.account, c, EndedBy::failed);
  }
  return std::move(move).done();
}

Result<Transition> retry_at(const LeadState& s, int attempt, FailureClass c, Instant due,
                            Instant now) {
  if (!fenced(s, attempt, false)) return refused(s, "no claim in flight has this fence");
  Move move(s, LastAction::retry_scheduled, now);
  forget_early_reaction(move.next());
  if (must_end(move.next())) {
    move.end_early();
  } else {
    move.next().failure = c;
    move.next().tries = s.tries + 1;
    move.wait(Wait::retry, due);
  }
  return std::move(move).done();
}

Result<Transition> release(const LeadState& s, int attempt, Instant now) {
  if (!fenced(s, attempt, false)) return refused(s, "no claim in flight has this fence");
  Move move(s, LastAction::released, now);
  LeadState& n = move.next();
  forget_early_reaction(n);
  if (must_end(n)) {
    move.end_early();
  } else if (s.delivered == 0 && s.tries == 0) {
    n.account = AccountId{};
    n.variant = VariantId{};
    n.step = 0;
    move.wait(Wait::fresh, Instant{});
  } else {
    move.wait(Wait::retry, now);
  }
  return std::move(move).done();
}

Result<Transition> doubt(const LeadState& s, int attempt, Instant now) {
  if (!fenced(s, attempt, false)) return refused(s, "no claim in flight has this fence");
  Move move(s, LastAction::in_doubt, now);
  move.wait(Wait::in_doubt, now);
  return std::move(move).done();
}

Result<Transition> hold(const LeadState& s, int attempt, Instant now) {
  if (!fenced(s, attempt, false)) return refused(s, "no claim in flight has this fence");
  Move move(s, LastAction::held, now);
  forget_early_reaction(move.next());
  if (must_end(move.next())) {
    move.end_early();
  } else {
    move.next().failure = FailureClass::window_closed;
    move.wait(Wait::window_closed, now);
  }
  return std::move(move).done();
}

Result<Transition> send_again(const LeadState& s, int attempt, Instant now) {
  if (s.wait != Wait::in_doubt || s.attempt != attempt)
    return refused(s, "it is not in doubt under this fence");
  Move move(s, LastAction::retry_scheduled, now);
  forget_early_reaction(move.next());
  if (must_end(move.next())) {
    move.end_early();
  } else {
    move.next().tries = s.tries + 1;
    move.wait(Wait::retry, now);
  }
  return std::move(move).done();
}

Result<Transition> told_sent(const LeadState& s, int step, AccountId account, VariantId variant,
                             const Sequence& q, Instant now) {
  if (step <= s.delivered) return refused(s, "this step is already counted as sent");
  const bool unknown_failure =
      s.status == Status::failed && s.failure == FailureClass::outcome_unknown;
  if (is_final(s) && !unknown_failure) return refused(s, "it has ended");
  if (unknown_failure && step != s.step) return refused(s, "its unknown message was another step");
  Move move(s, LastAction::delivered, now);
  LeadState& n = move.next();
  const AccountId before = s.account;
  if (unknown_failure) {
    // The failure is taken back: what was counted as undelivered was delivered after all.
    move.add(Counter::undelivered, s.account, s.step, s.variant, -1, s.failure);
    move.add(Counter::failed, s.account, s.step, s.variant, -1, s.failure);
    n.status = s.delivered > 0 ? Status::partial : Status::pending;
    if (s.delivered > 0) move.enter_partial();
    n.failure = FailureClass::none;
    n.ended_by = EndedBy::none;
  } else {
    if (account) n.account = account;
    if (variant) n.variant = variant;
  }
  n.step = step;
  move.deliver_step(before, q, now);
  return std::move(move).done();
}

Result<Transition> told_failed(const LeadState& s, int step, AccountId account, VariantId variant,
                               FailureClass c, Instant now) {
  if (is_final(s)) return refused(s, "it has ended");
  if (step <= s.delivered) return refused(s, "this step is already counted as sent");
  Move move(s, LastAction::failed, now);
  LeadState& n = move.next();
  const AccountId before = s.account;
  if (account) n.account = account;
  if (variant) n.variant = variant;
  n.step = step;
  if (counts_as_delivery_failure(c))
    move.add(Counter::undelivered, n.account, step, n.variant, +1, c);
  if (must_end(s) && s.delivered > 0) {
    move.end_sent(before, end_cause(s));
  } else {
    move.end_failed(before, c, EndedBy::failed);
  }
  return std::move(move).done();
}

Transition reply(const LeadState& s, AccountId account, int step, VariantId variant, Instant now) {
  Move move(s, LastAction::replied, now);
  move.add(Counter::replies, account, step, variant, +1);
  if (!s.replied && s.delivered > 0) move.add(Counter::responded, account, step, variant, +1);
  move.next().replied = s.replied || s.delivered > 0 || on_its_way(s);
  react(move, s, now);
  return std::move(move).done();
}

Transition auto_reply(const LeadState& s, AccountId account, int step, VariantId variant,
                      Instant now) {
  Move move(s, s.last_action, s.last_action_at);
  static_cast<void>(now);  // an automatic answer is no action of the lead
  move.add(Counter::auto_replies, account, step, variant, +1);
  return std::move(move).done();
}

Transition book(const LeadState& s, AccountId account, int step, VariantId variant, Instant now) {
  Move move(s, LastAction::booked, now);
  if (s.delivered == 0 && !on_its_way(s)) return Transition{s, {}};  // never contacted: not ours
  if (!s.booked && s.delivered > 0) move.add(Counter::booked, account, step, variant, +1);
  move.next().booked = true;
  react(move, s, now);
  return std::move(move).done();
}

Transition cancel_booking(const LeadState& s, AccountId account, int step, VariantId variant,
                          Instant now) {
  Move move(s, LastAction::booking_cancelled, now);
  if (s.booked && s.delivered > 0) move.add(Counter::booked, account, step, variant, -1);
  move.next().booked = false;
  return std::move(move).done();
}

Transition suppress(const LeadState& s, bool opted_out, Instant now) {
  Move move(s, opted_out ? LastAction::opted_out : LastAction::suppressed, now);
  LeadState& n = move.next();
  if (opted_out && !s.opted_out && s.delivered > 0) {
    move.add(Counter::opted_out, s.account, s.step, s.variant, +1);
  }
  n.opted_out = s.opted_out || opted_out;
  n.suppressed = true;
  if (!is_final(s) && s.wait != Wait::in_flight && s.wait != Wait::in_doubt) move.end_early();
  return std::move(move).done();
}

}  // namespace headway::domain
