#pragma once
// The status machine of a lead. Pure: the store keeps the state, the machine says what
// comes next and which counters change with it. Both stores (SQLite, model) use it, and
// `headway verify` recounts the counters from the ledger without it.
//
// Invariants (checked by tests over random histories):
//  * status is final (sent, failed) exactly when wait == none;
//  * pending <=> delivered == 0 and not final; partial <=> delivered > 0 and not final;
//  * `attempt` grows with every claim: it is the fence. An outcome with another attempt is refused;
//  * the deltas of all transitions of a campaign add up to its counters.
//
// What the deltas count, in terms of states (so that a recount agrees):
//  * `enrolled` is counted by the store; pending = enrolled - partial - sent - failed;
//  * sent, failed, contacted: +1 with the lead's account, step and variant at that time, `failed` with
//    the class that the state keeps. `partial` carries the account only (step 0, no variant), because its
//    -1 comes when step and variant have moved on;
//  * responded, booked, opted_out count the leads with that flag and delivered > 0: at once, with what
//    the caller says is credited, or together with the first delivery, with its dimensions;
//  * undelivered never has the class suppressed or opted_out: that is no message that failed;
//  * a late receipt for a failed/outcome_unknown lead takes `failed` and `undelivered` back with the
//    dimensions that they were counted with.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/failure.h"

namespace headway::domain {

// The numbers of all enums here are stored: append only.
enum class Status : std::uint8_t { pending = 0, partial = 1, sent = 2, failed = 3 };

// Where an open lead waits. `none` only for final leads.
enum class Wait : std::uint8_t {
  none = 0,
  fresh = 1,          // never claimed; no account yet
  retry = 2,          // a try failed and another one is due at `due`; keeps its account
  follow_up = 3,      // the next step is due at `due`; keeps its account
  in_flight = 4,      // claimed; `due` = time of the claim
  in_doubt = 5,       // handed over, answer unknown; `due` = since when
  window_closed = 6,  // held until the person writes
};

enum class EndedBy : std::uint8_t {
  none = 0,
  completed = 1,
  replied = 2,
  booked = 3,
  opted_out = 4,
  suppressed = 5,
  failed = 6
};

enum class LastAction : std::uint8_t {
  enrolled = 0,
  claimed = 1,
  delivered = 2,
  failed = 3,
  retry_scheduled = 4,
  released = 5,
  in_doubt = 6,
  replied = 7,
  booked = 8,
  opted_out = 9,
  suppressed = 10,
  held = 11,
  booking_cancelled = 12,
};

// Why an open lead is not sent yet (docs/METRICS.md). Derived at read time from Wait, `due`, the
// campaign's state and hours, limits and account status; never stored.
enum class Reason : std::uint8_t {
  none = 0,
  due,
  in_flight,
  active_hours,
  campaign_daily_limit,
  account_daily_limit,
  rate,
  follow_up_delay,
  window_closed,
  account_unhealthy,
  no_account,
  campaign_paused,
  retry_backoff,
  in_doubt,
};
inline constexpr int kReasons = 14;

std::string_view to_string(Status s);
std::string_view to_string(Wait w);
std::string_view to_string(EndedBy e);
std::string_view to_string(LastAction a);
std::string_view to_string(Reason r);
std::optional<Status> parse_status(std::string_view text);
std::optional<Reason> parse_reason(std::string_view text);
std::optional<EndedBy> parse_ended_by(std::string_view text);  // never returns none

struct LeadState {
  Status status = Status::pending;
  Wait wait = Wait::fresh;
  Instant due{};      // see Wait
  AccountId account;  // set by the first claim, kept for good (released fresh leads lose it)
  VariantId variant;  // of `step`
  int step = 0;       // last step claimed or told by events; 0 = none yet
  int delivered = 0;  // number of steps delivered; steps are delivered in order, without gaps
  int attempt = 0;    // claims so far: the fence
  int tries = 0;      // tries at the current step that failed for retry; 0 after a delivery
  FailureClass failure = FailureClass::none;
  EndedBy ended_by = EndedBy::none;
  bool replied = false;
  bool booked = false;
  bool opted_out = false;
  bool suppressed = false;  // on the suppression list: nothing more is claimed for this lead
  LastAction last_action = LastAction::enrolled;
  Instant last_action_at{};
  bool operator==(const LeadState&) const = default;
};

// What is counted, per campaign (and rolled up by hour, account, ...). Numbers are stored.
enum class Counter : std::uint8_t {
  enrolled = 0,       // leads enrolled
  sent = 1,           // leads that ended `sent`
  failed = 2,         // leads that ended `failed`, by class
  partial = 3,        // leads now `partial` (goes up and down)
  delivered = 4,      // messages delivered, by step, variant, account
  undelivered = 5,    // messages failed for good, by step, variant, account, class
  contacted = 6,      // leads with at least one delivery
  responded = 7,      // leads with at least one credited human reply
  booked = 8,         // leads with a booking that stands (cancellations take back)
  opted_out = 9,      // leads opted out after a contact
  replies = 10,       // human replies, all
  auto_replies = 11,  // automatic replies: never responses
};
inline constexpr int kCounters = 12;

struct Delta {
  Counter counter{};
  AccountId account;  // 0 where it has none
  int step = 0;
  VariantId variant;
  FailureClass failure = FailureClass::none;
  int n = 0;  // +1 or -1
};

struct Transition {
  LeadState next;
  std::vector<Delta> deltas;  // <= 8
};

// The plan's part that the machine needs.
struct Sequence {
  int steps = 1;                     // number of steps of the campaign, >= 1
  std::vector<milliseconds> delays;  // [i] = delay of step i+1
};

// Every function: `now` is the time of the fact; the error is always ErrorKind::conflict and
// names the state, and nothing is changed then.

// fresh, retry or follow_up -> in_flight. Raises the fence. A follow-up raises `step`.
Result<Transition> claim(const LeadState& s, AccountId account, VariantId variant, Instant now);
// The step to be claimed next: `delivered + 1`.
inline int next_step(const LeadState& s) { return s.delivered + 1; }

// in_flight (or in_doubt) under this fence -> partial/follow_up or sent. A lead that replied, booked
// or opted out meanwhile ends `sent`.
Result<Transition> deliver(const LeadState& s, int attempt, const Sequence& q, Instant now);
// in_flight or in_doubt -> failed for good; if the lead replied, booked or opted out meanwhile after a
// delivery it ends `sent` and only the message counts as undelivered.
Result<Transition> fail_for_good(const LeadState& s, int attempt, FailureClass c, Instant now);
// in_flight -> retry at `due`. A lead that replied, booked or opted out meanwhile ends instead
// (sent after a delivery; failed/suppressed if it refused before any), with no message counted. Account-level
// classes leave `tries` alone. The same end holds for release, hold and send_again.
Result<Transition> retry_at(const LeadState& s, int attempt, FailureClass c, Instant due,
                            Instant now);
// in_flight, certainly not handed over -> back where it came from, due at once (fresh without account
// when it was never handed over before and nothing was delivered; else retry). `tries` unchanged.
Result<Transition> release(const LeadState& s, int attempt, Instant now);
// in_flight, answer unknown, channel without idempotency -> in_doubt.
Result<Transition> doubt(const LeadState& s, int attempt, Instant now);
// in_flight -> window_closed (held).
Result<Transition> hold(const LeadState& s, int attempt, Instant now);
// in_doubt, a person decided "send again" -> retry, due now (new fence at the next claim).
Result<Transition> send_again(const LeadState& s, int attempt, Instant now);

// Facts told from outside (receipts, POST /events, channels' inbound).
// A send of `step` by somebody else, or a receipt: any open state or a failed/outcome_unknown lead;
// step <= delivered is a conflict ("already counted"), and so is a step whose predecessor is not
// delivered, or one that the sequence does not have. `account` and `variant` may be none: not said. A store
// whose campaign is finished passes a sequence that ends with `step`, so that nothing opens again.
Result<Transition> told_sent(const LeadState& s, int step, AccountId account, VariantId variant,
                             const Sequence& q, Instant now);
Result<Transition> told_failed(const LeadState& s, int step, AccountId account, VariantId variant,
                               FailureClass c, Instant now);
// Reactions (reply, booking, opt-out) that come while the first message is on its way are counted with its
// delivery; if it certainly did not go out, replies and bookings were none to us and are forgotten. A booking of
// a lead that nothing was ever sent to changes nothing.
// A human reply credited to (account, step, variant). Never a conflict; repeated replies change only `replies`.
// `replied` becomes true when the lead was, or may have been, contacted: delivered > 0, in_flight, in_doubt, or its
// last try has an unknown outcome. A reply before any contact counts in `replies` only.
// Ends an open contacted lead (unless in_flight or in_doubt: it ends with the outcome). A window_closed lead that was
// never contacted becomes `retry`, due now.
Transition reply(const LeadState& s, AccountId account, int step, VariantId variant, Instant now);
Transition auto_reply(const LeadState& s, AccountId account, int step, VariantId variant,
                      Instant now);
Transition book(const LeadState& s, AccountId account, int step, VariantId variant, Instant now);
// Call it when no booking of this lead stands any more.
Transition cancel_booking(const LeadState& s, AccountId account, int step, VariantId variant,
                          Instant now);
// The person said no (opted_out = true) or was put on the suppression list (false). Open leads end:
// `sent` after a delivery, else `failed` with class suppressed; in_flight and in_doubt ones end with the outcome.
Transition suppress(const LeadState& s, bool opted_out, Instant now);

}  // namespace headway::domain
