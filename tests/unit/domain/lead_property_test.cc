// Random histories of a whole campaign: whatever happens to its leads in whatever order, states and
// counters tell the same story.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "domain/lead.h"

namespace headway::domain {
namespace {

using Key = std::tuple<Counter, std::int64_t, int, std::int64_t, FailureClass>;

Instant at(int second) { return from_ms(1'800'000'000'000 + second * 1000LL); }

// A campaign of a few leads, its counters by all dimensions, and the log of its messages.
struct World {
  Sequence sequence;
  std::vector<LeadState> leads;
  std::map<Key, int> counters;
  std::map<std::pair<std::size_t, int>, int> delivered;  // (lead, step) -> times
  std::map<std::pair<std::size_t, int>, int> undelivered;
  int now = 0;

  int total(Counter c) const {
    int n = 0;
    for (const auto& [key, value] : counters) {
      if (std::get<0>(key) == c) n += value;
    }
    return n;
  }
};

bool is_open(const LeadState& s) {
  return s.status == Status::pending || s.status == Status::partial;
}

void check_state(const LeadState& s) {
  RC_ASSERT(is_open(s) == (s.wait != Wait::none));
  if (is_open(s)) RC_ASSERT((s.status == Status::partial) == (s.delivered > 0));
  if (s.status == Status::sent) RC_ASSERT(s.delivered > 0);
  if (s.status == Status::sent) RC_ASSERT(s.failure == FailureClass::none);
  if (s.status == Status::failed) RC_ASSERT(s.failure != FailureClass::none);
  RC_ASSERT((s.ended_by != EndedBy::none) == !is_open(s));
  if (s.wait == Wait::fresh) {
    RC_ASSERT(s.delivered == 0 && s.tries == 0 && s.variant == VariantId{} && s.step == 0);
  }
  if (s.wait == Wait::in_flight || s.wait == Wait::in_doubt) {
    RC_ASSERT(s.step == s.delivered + 1 && s.attempt > 0 && s.account);
  }
  // Nobody who reacted or refused waits for another message.
  const bool waits = is_open(s) && s.wait != Wait::in_flight && s.wait != Wait::in_doubt;
  if (waits) RC_ASSERT(!s.opted_out && !s.suppressed);
  if (waits && s.delivered > 0) RC_ASSERT(!s.replied && !s.booked);
}

// What the states say must be what the deltas added up to.
void check_counters(const World& w) {
  int sent = 0, failed = 0, partial = 0, contacted = 0, responded = 0, booked = 0, opted_out = 0;
  int delivered = 0;
  std::map<Key, int> ends;
  for (const LeadState& s : w.leads) {
    sent += s.status == Status::sent;
    failed += s.status == Status::failed;
    partial += s.status == Status::partial;
    contacted += s.delivered > 0;
    responded += s.replied && s.delivered > 0;
    booked += s.booked && s.delivered > 0;
    opted_out += s.opted_out && s.delivered > 0;
    delivered += s.delivered;
    if (s.status == Status::failed) {
      ++ends[{Counter::failed, s.account.value, s.step, s.variant.value, s.failure}];
    }
    if (s.status == Status::sent) {
      ++ends[{Counter::sent, s.account.value, s.step, s.variant.value, FailureClass::none}];
    }
    if (s.status == Status::partial) {
      ++ends[{Counter::partial, s.account.value, 0, 0, FailureClass::none}];
    }
  }
  RC_ASSERT(w.total(Counter::sent) == sent);
  RC_ASSERT(w.total(Counter::failed) == failed);
  RC_ASSERT(w.total(Counter::partial) == partial);
  RC_ASSERT(w.total(Counter::contacted) == contacted);
  RC_ASSERT(w.total(Counter::responded) == responded);
  RC_ASSERT(w.total(Counter::booked) == booked);
  RC_ASSERT(w.total(Counter::opted_out) == opted_out);
  RC_ASSERT(w.total(Counter::delivered) == delivered);
  int bad = 0;
  for (const auto& [what, n] : w.undelivered) {
    RC_ASSERT(n >= 0 && n <= 1);
    RC_ASSERT(n == 0 || !w.delivered.contains(what));
    bad += n;
  }
  RC_ASSERT(w.total(Counter::undelivered) == bad);
  for (const auto& [what, n] : w.delivered) RC_ASSERT(n == 1);
  // Dimension by dimension, for what goes down as well as up.
  for (const auto& [key, n] : w.counters) {
    const Counter c = std::get<0>(key);
    if (c == Counter::sent || c == Counter::failed || c == Counter::partial) {
      const auto found = ends.find(key);
      RC_ASSERT(n == (found == ends.end() ? 0 : found->second));
    } else if (c != Counter::booked) {
      RC_ASSERT(n >= 0);
    }
  }
}

void apply(World& w, std::size_t i, const Transition& t) {
  const LeadState before = w.leads[i];
  const LeadState& next = t.next;
  RC_ASSERT(t.deltas.size() <= 8U);
  RC_ASSERT(next.attempt >= before.attempt);
  RC_ASSERT(next.delivered == before.delivered || next.delivered == before.delivered + 1);
  if (before.account && next.wait != Wait::fresh) RC_ASSERT(next.account == before.account);
  const bool taken_back =
      before.status == Status::failed && before.failure == FailureClass::outcome_unknown;
  if (!is_open(before) && !(taken_back && next.delivered > before.delivered)) {
    RC_ASSERT(next.status == before.status && next.failure == before.failure &&
              next.ended_by == before.ended_by && next.delivered == before.delivered);
  }
  for (const Delta& d : t.deltas) {
    RC_ASSERT(d.n == 1 || d.n == -1);
    w.counters[{d.counter, d.account.value, d.step, d.variant.value, d.failure}] += d.n;
    if (d.counter == Counter::delivered) w.delivered[{i, d.step}] += d.n;
    if (d.counter == Counter::undelivered) {
      RC_ASSERT(counts_as_delivery_failure(d.failure));
      w.undelivered[{i, d.step}] += d.n;
    }
  }
  w.leads[i] = next;
  check_state(next);
}

// RapidCheck begins with small cases; these are to be long from the start.
template <class T>
T drawn(rc::Gen<T> gen) {
  return *rc::gen::resize(rc::kNominalSize, std::move(gen));
}

// Often the one that can be taken back.
FailureClass some_class() {
  if (*rc::gen::weightedElement<bool>({{1, true}, {2, false}}))
    return FailureClass::outcome_unknown;
  return static_cast<FailureClass>(drawn(rc::gen::inRange(1, kFailureClasses)));
}

// The fence of the lead, now and then an old or invented one.
int some_fence(const LeadState& s) {
  return s.attempt - *rc::gen::weightedElement<int>({{9, 0}, {1, 1}});
}

void outcome(World& w, std::size_t i, Instant now) {
  const LeadState& s = w.leads[i];
  const int fence = some_fence(s);
  Result<Transition> t = fail(ErrorKind::internal, "");
  switch (drawn(rc::gen::inRange(0, 7))) {
    case 0: t = deliver(s, fence, w.sequence, now); break;
    case 1: t = fail_for_good(s, fence, some_class(), now); break;
    case 2: t = retry_at(s, fence, some_class(), now + std::chrono::hours{1}, now); break;
    case 3: t = release(s, fence, now); break;
    case 4: t = doubt(s, fence, now); break;
    case 5: t = hold(s, fence, now); break;
    default: t = send_again(s, fence, now); break;
  }
  if (fence != s.attempt) RC_ASSERT(!t);
  if (t) {
    apply(w, i, *t);
  } else {
    RC_ASSERT(t.error().kind == ErrorKind::conflict);
  }
}

void told(World& w, std::size_t i, Instant now) {
  const LeadState s = w.leads[i];
  const int step = s.delivered + *rc::gen::weightedElement<int>({{6, 1}, {1, 0}, {1, 2}});
  const AccountId account{drawn(rc::gen::inRange<std::int64_t>(0, 3))};
  const VariantId variant{drawn(rc::gen::inRange<std::int64_t>(0, 3))};
  const bool sent = *rc::gen::arbitrary<bool>();
  auto t = sent ? told_sent(s, step, account, variant, w.sequence, now)
                : told_failed(s, step, account, variant, some_class(), now);
  if (step != s.delivered + 1) RC_ASSERT(!t);
  if (!t) return;
  apply(w, i, *t);
  // Told once more, it is refused.
  RC_ASSERT(!told_sent(w.leads[i], step, account, variant, w.sequence, now) ||
            (!sent && w.leads[i].failure == FailureClass::outcome_unknown));
  RC_ASSERT(!told_failed(w.leads[i], step, account, variant, FailureClass::transient, now));
}

void reaction(World& w, std::size_t i, Instant now) {
  const LeadState& s = w.leads[i];
  switch (drawn(rc::gen::inRange(0, 6))) {
    case 0: apply(w, i, reply(s, s.account, s.delivered, s.variant, now)); break;
    case 1: apply(w, i, auto_reply(s, s.account, s.delivered, s.variant, now)); break;
    case 2: apply(w, i, book(s, s.account, s.delivered, s.variant, now)); break;
    case 3: apply(w, i, cancel_booking(s, s.account, s.delivered, s.variant, now)); break;
    case 4: apply(w, i, suppress(s, true, now)); break;
    default: apply(w, i, suppress(s, false, now)); break;
  }
}

RC_GTEST_PROP(LeadHistories, StatesAndCountersAgree, ()) {
  World w;
  w.sequence.steps = drawn(rc::gen::inRange(1, 4));
  w.sequence.delays.assign(static_cast<std::size_t>(w.sequence.steps), milliseconds{1000});
  w.leads.resize(drawn(rc::gen::inRange<std::size_t>(1, 5)));
  const int length = drawn(rc::gen::inRange(1, 250));
  for (int k = 0; k < length; ++k) {
    const auto i =
        w.leads.size() - 1 -
        drawn(rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(4, w.leads.size())));
    const Instant now = at(++w.now);
    switch (*rc::gen::weightedElement<int>({{8, 0}, {8, 1}, {2, 2}, {3, 3}})) {
      case 0: {
        const AccountId account{drawn(rc::gen::inRange<std::int64_t>(1, 3))};
        const VariantId variant{drawn(rc::gen::inRange<std::int64_t>(1, 3))};
        const LeadState before = w.leads[i];
        const auto t = claim(before, account, variant, now);
        if (!t) break;
        RC_ASSERT(t->next.attempt == before.attempt + 1);
        RC_ASSERT(t->next.step == next_step(before) && t->next.wait == Wait::in_flight);
        apply(w, i, *t);
        break;
      }
      case 1: outcome(w, i, now); break;
      case 2: told(w, i, now); break;
      default: reaction(w, i, now); break;
    }
    check_counters(w);
    // Ended leads make room for fresh ones now and then, so that long histories stay lively.
    if (!is_open(w.leads[i]) && k % 8 == 0) w.leads.emplace_back();
  }
}

// From any point, deliveries alone bring every lead to its end: no place is a trap, but for what
// waits for a person.
RC_GTEST_PROP(LeadHistories, EveryLeadCanEnd, ()) {
  World w;
  w.sequence.steps = drawn(rc::gen::inRange(1, 4));
  w.leads.resize(1);
  const int length = drawn(rc::gen::inRange(0, 60));
  for (int k = 0; k < length; ++k) {
    const Instant now = at(++w.now);
    switch (drawn(rc::gen::inRange(0, 4))) {
      case 0:
        if (const auto t = claim(w.leads[0], AccountId{1}, VariantId{1}, now)) apply(w, 0, *t);
        break;
      case 1: outcome(w, 0, now); break;
      case 2: told(w, 0, now); break;
      default: reaction(w, 0, now); break;
    }
  }
  for (int k = 0; k < 10 && is_open(w.leads[0]); ++k) {
    const LeadState& s = w.leads[0];
    const Instant now = at(++w.now);
    if (s.wait == Wait::in_flight || s.wait == Wait::in_doubt) {
      apply(w, 0, *deliver(s, s.attempt, w.sequence, now));
    } else if (s.wait == Wait::window_closed) {
      apply(w, 0, reply(s, s.account, 0, {}, now));
    } else {
      apply(w, 0, *claim(s, s.account ? s.account : AccountId{1}, VariantId{1}, now));
    }
  }
  RC_ASSERT(!is_open(w.leads[0]));
}

}  // namespace
}  // namespace headway::domain
