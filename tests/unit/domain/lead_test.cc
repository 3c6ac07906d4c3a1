// The machine by example: one test for each rule of lead.h that a person would ask about.
#include "domain/lead.h"

#include <gtest/gtest.h>

#include <map>

namespace headway::domain {
namespace {

constexpr AccountId kNorth{1}, kSouth{2};
constexpr VariantId kA{10}, kB{11};
const Instant t0 = from_ms(1'795'424'400'000);
const Sequence kTwo{2, {milliseconds{0}, std::chrono::hours{48}}};
const Sequence kOne{1, {milliseconds{0}}};

class Lead : public ::testing::Test {
 protected:
  LeadState s;
  std::vector<Delta> last;

  void go(const Transition& t) {
    s = t.next;
    last = t.deltas;
  }
  void go(const Result<Transition>& t) {
    ASSERT_TRUE(t) << t.error().message;
    go(*t);
  }
  void claimed(AccountId a = kNorth, VariantId v = kA) { go(claim(s, a, v, t0)); }
  void delivered(const Sequence& q = kTwo) { go(deliver(s, s.attempt, q, t0)); }
  int counted(Counter c) const {
    int n = 0;
    for (const Delta& d : last) n += d.counter == c ? d.n : 0;
    return n;
  }
  const Delta* delta(Counter c) const {
    for (const Delta& d : last) {
      if (d.counter == c) return &d;
    }
    return nullptr;
  }
};

TEST_F(Lead, GoesThroughItsStepsAndEndsSent) {
  claimed();
  EXPECT_EQ(s.wait, Wait::in_flight);
  EXPECT_TRUE(last.empty());
  delivered();
  EXPECT_EQ(s.status, Status::partial);
  EXPECT_EQ(s.wait, Wait::follow_up);
  EXPECT_EQ(s.due, t0 + std::chrono::hours{48});
  EXPECT_EQ(counted(Counter::contacted), 1);
  EXPECT_EQ(delta(Counter::partial)->variant, VariantId{});
  claimed(kNorth, kB);
  EXPECT_EQ(s.step, 2);
  delivered();
  EXPECT_EQ(s.status, Status::sent);
  EXPECT_EQ(s.ended_by, EndedBy::completed);
  EXPECT_EQ(counted(Counter::contacted), 0);
  EXPECT_EQ(counted(Counter::partial), -1);
  EXPECT_EQ(delta(Counter::sent)->variant, kB);
}

TEST_F(Lead, ALateOutcomeIsRefusedByItsFence) {
  claimed();
  const int old = s.attempt;
  go(retry_at(s, old, FailureClass::transient, t0, t0));
  claimed();
  for (const auto& t :
       {deliver(s, old, kTwo, t0), fail_for_good(s, old, FailureClass::transient, t0),
        release(s, old, t0), doubt(s, old, t0)}) {
    ASSERT_FALSE(t);
    EXPECT_EQ(t.error().kind, ErrorKind::conflict);
  }
}

TEST_F(Lead, KeepsItsAccount) {
  claimed(kNorth);
  go(retry_at(s, s.attempt, FailureClass::account_auth, t0, t0));
  EXPECT_FALSE(claim(s, kSouth, kA, t0));
  EXPECT_TRUE(claim(s, kNorth, kA, t0));
}

TEST_F(Lead, AccountFailuresUseUpNoTry) {
  claimed();
  go(retry_at(s, s.attempt, FailureClass::policy_block, t0, t0));
  EXPECT_EQ(s.tries, 0);
  claimed();
  go(retry_at(s, s.attempt, FailureClass::transient, t0, t0));
  EXPECT_EQ(s.tries, 1);
}

TEST_F(Lead, ReleasedFreshIsAsIfNeverClaimedButForTheFence) {
  claimed();
  go(release(s, s.attempt, t0));
  EXPECT_EQ(s.wait, Wait::fresh);
  EXPECT_EQ(s.account, AccountId{});
  EXPECT_EQ(s.attempt, 1);
  EXPECT_TRUE(claim(s, kSouth, kA, t0));
}

TEST_F(Lead, ReleasedAfterATryStaysWithItsAccount) {
  claimed();
  go(retry_at(s, s.attempt, FailureClass::account_auth, t0, t0));
  claimed();
  go(release(s, s.attempt, t0));
  EXPECT_EQ(s.wait, Wait::retry);
  EXPECT_EQ(s.account, kNorth);
}

TEST_F(Lead, FailureAfterADeliveryIsFailed) {
  claimed();
  delivered();
  claimed();
  go(fail_for_good(s, s.attempt, FailureClass::recipient_unavailable, t0));
  EXPECT_EQ(s.status, Status::failed);
  EXPECT_EQ(s.step, 2);
  EXPECT_EQ(counted(Counter::partial), -1);
  EXPECT_EQ(counted(Counter::undelivered), 1);
  EXPECT_EQ(delta(Counter::failed)->failure, FailureClass::recipient_unavailable);
}

TEST_F(Lead, SuppressedFailureIsNoUndeliveredMessage) {
  claimed();
  go(fail_for_good(s, s.attempt, FailureClass::suppressed, t0));
  EXPECT_EQ(s.status, Status::failed);
  EXPECT_EQ(counted(Counter::failed), 1);
  EXPECT_EQ(counted(Counter::undelivered), 0);
}

TEST_F(Lead, ReplyEndsAContactedLead) {
  claimed();
  delivered();
  go(reply(s, kNorth, 1, kA, t0));
  EXPECT_EQ(s.status, Status::sent);
  EXPECT_EQ(s.ended_by, EndedBy::replied);
  EXPECT_EQ(counted(Counter::responded), 1);
  go(reply(s, kNorth, 1, kA, t0));
  EXPECT_EQ(last.size(), 1U);
  EXPECT_EQ(counted(Counter::replies), 1);
}

TEST_F(Lead, ReplyInFlightEndsWithTheOutcome) {
  claimed();
  go(reply(s, kNorth, 0, {}, t0));
  EXPECT_EQ(counted(Counter::responded), 0);
  EXPECT_EQ(s.wait, Wait::in_flight);
  delivered();
  EXPECT_EQ(s.status, Status::sent);
  EXPECT_EQ(s.ended_by, EndedBy::replied);
  EXPECT_EQ(counted(Counter::responded), 1);
}

TEST_F(Lead, ReplyBeforeAnyContactIsNoResponse) {
  go(reply(s, kNorth, 0, {}, t0));
  EXPECT_FALSE(s.replied);
  EXPECT_EQ(counted(Counter::replies), 1);
  claimed();
  delivered();
  EXPECT_EQ(s.wait, Wait::follow_up);
}

TEST_F(Lead, ReplyThatCameBeforeACertainFailureWasNone) {
  claimed();
  go(reply(s, kNorth, 0, {}, t0));
  go(retry_at(s, s.attempt, FailureClass::transient, t0, t0));
  EXPECT_EQ(s.wait, Wait::retry);
  EXPECT_FALSE(s.replied);
}

TEST_F(Lead, ReplyToAnUnknownOutcomeIsKept) {
  claimed();
  go(reply(s, kNorth, 0, {}, t0));
  go(retry_at(s, s.attempt, FailureClass::outcome_unknown, t0, t0));
  EXPECT_TRUE(s.replied);
}

TEST_F(Lead, FailureAfterAReplyEndsSent) {
  claimed();
  delivered();
  claimed();
  go(reply(s, kNorth, 1, kA, t0));
  go(fail_for_good(s, s.attempt, FailureClass::transient, t0));
  EXPECT_EQ(s.status, Status::sent);
  EXPECT_EQ(s.ended_by, EndedBy::replied);
  EXPECT_EQ(counted(Counter::undelivered), 1);
  EXPECT_EQ(counted(Counter::failed), 0);
}

TEST_F(Lead, AutomaticRepliesChangeNothing) {
  claimed();
  delivered();
  const LeadState before = s;
  go(auto_reply(s, kNorth, 1, kA, t0));
  EXPECT_EQ(s, before);
  EXPECT_EQ(counted(Counter::auto_replies), 1);
}

TEST_F(Lead, ClosedWindowWaitsForThePerson) {
  claimed();
  go(hold(s, s.attempt, t0));
  EXPECT_EQ(s.wait, Wait::window_closed);
  EXPECT_FALSE(claim(s, kNorth, kA, t0));
  go(reply(s, kNorth, 0, {}, t0));
  EXPECT_EQ(s.wait, Wait::retry);
  EXPECT_EQ(s.due, t0);
}

TEST_F(Lead, WindowThatOpenedWhileInFlightIsTriedAgain) {
  claimed();
  go(reply(s, kNorth, 0, {}, t0));
  go(hold(s, s.attempt, t0));
  EXPECT_EQ(s.wait, Wait::retry);
}

TEST_F(Lead, BookingIsTakenBack) {
  claimed();
  delivered();
  go(book(s, kNorth, 1, kA, t0));
  EXPECT_EQ(s.ended_by, EndedBy::booked);
  EXPECT_EQ(counted(Counter::booked), 1);
  go(book(s, kNorth, 1, kA, t0));
  EXPECT_EQ(counted(Counter::booked), 0);
  go(cancel_booking(s, kNorth, 1, kA, t0));
  EXPECT_EQ(counted(Counter::booked), -1);
  EXPECT_EQ(s.status, Status::sent);
  go(cancel_booking(s, kNorth, 1, kA, t0));
  EXPECT_TRUE(last.empty());
}

TEST_F(Lead, BookingWithoutContactIsNotOurs) {
  go(book(s, kNorth, 0, {}, t0));
  EXPECT_EQ(s, LeadState{});
  EXPECT_TRUE(last.empty());
}

TEST_F(Lead, SuppressionBeforeTheFirstMessageFailsTheLead) {
  go(suppress(s, false, t0));
  EXPECT_EQ(s.status, Status::failed);
  EXPECT_EQ(s.failure, FailureClass::suppressed);
  EXPECT_EQ(s.ended_by, EndedBy::suppressed);
  EXPECT_EQ(counted(Counter::opted_out), 0);
}

TEST_F(Lead, OptOutAfterADeliveryEndsSent) {
  claimed();
  delivered();
  go(suppress(s, true, t0));
  EXPECT_EQ(s.status, Status::sent);
  EXPECT_EQ(s.ended_by, EndedBy::opted_out);
  EXPECT_EQ(counted(Counter::opted_out), 1);
}

TEST_F(Lead, OptOutInFlightIsNeverSentAgain) {
  claimed();
  go(suppress(s, true, t0));
  EXPECT_EQ(s.wait, Wait::in_flight);
  const auto again = retry_at(s, s.attempt, FailureClass::transient, t0, t0);
  EXPECT_EQ(again->next.failure, FailureClass::suppressed);
  EXPECT_EQ(release(s, s.attempt, t0)->next.status, Status::failed);
  delivered();
  EXPECT_EQ(s.status, Status::sent);
  EXPECT_EQ(counted(Counter::opted_out), 1);
}

TEST_F(Lead, ProviderSaysThatThePersonOptedOut) {
  claimed();
  delivered();
  claimed();
  go(fail_for_good(s, s.attempt, FailureClass::opted_out, t0));
  EXPECT_EQ(s.status, Status::sent);
  EXPECT_EQ(s.ended_by, EndedBy::opted_out);
  EXPECT_EQ(counted(Counter::opted_out), 1);
  EXPECT_EQ(counted(Counter::undelivered), 0);
}

TEST_F(Lead, InDoubtIsSettledByAReceipt) {
  claimed();
  go(doubt(s, s.attempt, t0));
  EXPECT_FALSE(claim(s, kNorth, kA, t0));
  go(told_sent(s, 1, {}, {}, kTwo, t0));
  EXPECT_EQ(s.wait, Wait::follow_up);
  EXPECT_EQ(delta(Counter::delivered)->account, kNorth);
  EXPECT_EQ(delta(Counter::delivered)->variant, kA);
}

TEST_F(Lead, InDoubtCanBeSentAgainByAPerson) {
  claimed();
  go(doubt(s, s.attempt, t0));
  go(send_again(s, s.attempt, t0));
  EXPECT_EQ(s.wait, Wait::retry);
  EXPECT_EQ(s.tries, 0);
  EXPECT_FALSE(send_again(s, s.attempt, t0));
}

TEST_F(Lead, ALateReceiptTakesAnUnknownFailureBack) {
  claimed();
  go(doubt(s, s.attempt, t0));
  go(fail_for_good(s, s.attempt, FailureClass::outcome_unknown, t0));
  EXPECT_EQ(s.status, Status::failed);
  go(told_sent(s, 1, {}, {}, kOne, t0));
  EXPECT_EQ(s.status, Status::sent);
  EXPECT_EQ(counted(Counter::failed), -1);
  EXPECT_EQ(counted(Counter::undelivered), -1);
  EXPECT_EQ(counted(Counter::delivered), 1);
  EXPECT_EQ(counted(Counter::contacted), 1);
  EXPECT_EQ(counted(Counter::sent), 1);
  EXPECT_FALSE(told_sent(s, 1, {}, {}, kOne, t0));
}

TEST_F(Lead, AnyOtherFailureIsFinal) {
  claimed();
  go(fail_for_good(s, s.attempt, FailureClass::recipient_invalid, t0));
  EXPECT_FALSE(told_sent(s, 1, {}, {}, kOne, t0));
  EXPECT_FALSE(told_failed(s, 1, {}, {}, FailureClass::transient, t0));
}

TEST_F(Lead, ReceiptBeforeTheAnswerMakesTheAnswerLate) {
  claimed();
  go(told_sent(s, 1, {}, {}, kTwo, t0));
  EXPECT_EQ(s.wait, Wait::follow_up);
  EXPECT_FALSE(deliver(s, 1, kTwo, t0));
}

TEST_F(Lead, SomebodyElseMaySendFromTheStart) {
  go(told_sent(s, 1, kSouth, kB, kTwo, t0));
  EXPECT_EQ(s.account, kSouth);
  EXPECT_EQ(s.status, Status::partial);
  EXPECT_EQ(s.attempt, 0);
  EXPECT_FALSE(told_sent(s, 1, kSouth, kB, kTwo, t0));
  EXPECT_FALSE(told_sent(s, 3, kSouth, kB, kTwo, t0));
  go(told_failed(s, 2, kSouth, kB, FailureClass::none, t0));
  EXPECT_EQ(s.failure, FailureClass::transient);
}

TEST_F(Lead, PartialMovesWithTheAccountOfALeadThatHadNone) {
  go(told_sent(s, 1, {}, {}, kTwo, t0));
  EXPECT_EQ(delta(Counter::partial)->account, AccountId{});
  claimed(kNorth);
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(last[0].n, -1);
  EXPECT_EQ(last[0].account, AccountId{});
  EXPECT_EQ(last[1].n, 1);
  EXPECT_EQ(last[1].account, kNorth);
}

TEST(LeadNames, AreThoseOfTheDocumentation) {
  EXPECT_EQ(to_string(Status::partial), "partial");
  EXPECT_EQ(to_string(Wait::window_closed), "window_closed");
  EXPECT_EQ(to_string(EndedBy::opted_out), "opted_out");
  EXPECT_EQ(to_string(LastAction::booking_cancelled), "booking_cancelled");
  for (int i = 0; i < kReasons; ++i) {
    const auto r = static_cast<Reason>(i);
    EXPECT_EQ(parse_reason(to_string(r)), r);
  }
  EXPECT_EQ(parse_status("sent"), Status::sent);
  EXPECT_EQ(parse_status("Sent"), std::nullopt);
}

}  // namespace
}  // namespace headway::domain
