#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

using store::InboundEvent;

TEST_P(StoreContract, DuplicateReceiptIsCountedOnce) {
  start(2, {.steps = 2});
  const auto m = claim(1).at(0);
  InboundEvent e = event(EventType::sent, m.lead);
  e.event_id = "receipt-1";
  EXPECT_EQ(s.event(e).verdict, EventVerdict::accepted);
  EXPECT_EQ(s.event(e).verdict, EventVerdict::duplicate);
  e.source = "channel:2";  // another source numbers its events itself
  EXPECT_EQ(s.event(e).verdict, EventVerdict::accepted);
  EXPECT_EQ(figures()[Counter::delivered], 2);
}

TEST_P(StoreContract, TheSameEventTwiceInOneBatchIsCountedOnce) {
  start(1);
  s.deliver(claim());
  InboundEvent e = event(EventType::reply, lead_id(1, 1));
  e.source = "api";
  e.event_id = "r";
  const auto result = s.events({e, e, e});
  EXPECT_EQ(result.answers[0].verdict, EventVerdict::accepted);
  EXPECT_EQ(result.answers[1].verdict, EventVerdict::duplicate);
  EXPECT_EQ(figures()[Counter::replies], 1);
}

TEST_P(StoreContract, AReceiptBeatsTheAnswerAndTheAnswerIsRefused) {
  start(1);
  const auto m = claim().at(0);
  EXPECT_EQ(s.event(event(EventType::sent, m.lead)).verdict, EventVerdict::accepted);
  EXPECT_FALSE(s.record(m, OutcomeKind::delivered).applied.at(0));
  EXPECT_EQ(figures()[Counter::delivered], 1);
  EXPECT_EQ(s.figures(campaign).plan.state, CampaignState::finished);
}

TEST_P(StoreContract, EventsForUnknownThingsAreRejectedWithAReasonAndTheOthersKept) {
  start(1, {.steps = 2});
  const LeadId lead = claim().at(0).lead;
  InboundEvent no_lead = event(EventType::sent, LeadId{(77LL << 32) | 1});
  InboundEvent no_campaign = event(EventType::sent, lead);
  no_campaign.campaign = CampaignId{4711};
  InboundEvent no_account = event(EventType::sent, lead);
  no_account.account = AccountId{4711};
  InboundEvent no_step = event(EventType::sent, lead);
  no_step.step = 9;
  InboundEvent no_variant = event(EventType::sent, lead);
  no_variant.variant = "Z";
  InboundEvent nobody;
  nobody.type = EventType::reply;
  std::vector<InboundEvent> all{
      no_lead, no_campaign, no_account, no_step, no_variant, nobody, event(EventType::sent, lead)};
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].source = "api";
    all[i].event_id = std::to_string(i);
  }
  const auto answers = s.events(all).answers;
  for (std::size_t i = 0; i + 1 < answers.size(); ++i) {
    EXPECT_EQ(answers[i].verdict, EventVerdict::rejected) << i;
    EXPECT_FALSE(answers[i].error.empty()) << i;
  }
  EXPECT_EQ(answers.back().verdict, EventVerdict::accepted);
  // A rejected event is not remembered: mended, it can be told again.
  all[3].step = 2;
  EXPECT_EQ(s.events({all[3]}).answers[0].verdict, EventVerdict::accepted);
}

TEST_P(StoreContract, AReplyStopsTheSequenceAndIsCreditedToTheLastMessage) {
  start(2, {.steps = 3, .delay = std::chrono::hours{1}});
  s.deliver(claim());
  s.pass(std::chrono::hours{1});
  s.deliver(claim(1));
  s.pass(std::chrono::minutes{5});
  InboundEvent e = event(EventType::reply, lead_id(1, 1));
  e.text = "Yes please";
  ASSERT_EQ(s.event(e).verdict, EventVerdict::accepted);
  const auto lead = s.lead(lead_id(1, 1));
  EXPECT_EQ(lead.state.status, domain::Status::sent);
  EXPECT_EQ(lead.state.ended_by, domain::EndedBy::replied);
  EXPECT_EQ(figures()[Counter::responded], 1);
  const auto by_step = s.reader().breakdown(campaign, store::BreakdownBy::step);
  ASSERT_TRUE(by_step);
  for (const auto& slice : *by_step) {
    EXPECT_EQ(slice.counts[Counter::responded], slice.step == 2 ? 1 : 0) << slice.step;
  }
  const auto time = s.reader().time_to_reply(campaign);
  ASSERT_TRUE(time);
  EXPECT_EQ(time->median_s, 300);
  const auto inbox = s.reader().conversations({});
  ASSERT_TRUE(inbox);
  ASSERT_EQ(inbox->items.size(), 1U);
  EXPECT_EQ(inbox->items[0].last_text, "Yes please");
  EXPECT_TRUE(inbox->items[0].unread);
}

TEST_P(StoreContract, AReplyIsCreditedByTheTimeItWasWrittenNotByTheTimeItIsTold) {
  start(1, {.steps = 2, .delay = std::chrono::hours{1}});
  s.deliver(claim());
  const Instant written = s.now() + std::chrono::minutes{10};
  s.pass(std::chrono::hours{1});
  s.deliver(claim());
  InboundEvent e = event(EventType::reply, lead_id(1, 1));
  e.at = written;
  ASSERT_EQ(s.event(e).verdict, EventVerdict::accepted);
  const auto by_step = s.reader().breakdown(campaign, store::BreakdownBy::step);
  for (const auto& slice : *by_step) {
    EXPECT_EQ(slice.counts[Counter::replies], slice.step == 1 ? 1 : 0);
  }
}

TEST_P(StoreContract, AReplyByAddressIsCreditedAcrossCampaignsToTheLastMessage) {
  start(1);
  s.deliver(claim());
  s.pass(std::chrono::hours{1});
  const CollectionId second_list = s.collection(1);  // the same person in another list
  const CampaignId second = s.campaign({.collections = {second_list}, .accounts = {account}});
  s.deliver(s.claim(second, account).messages);
  s.pass(std::chrono::hours{1});
  InboundEvent e;
  e.type = EventType::reply;
  e.email = " PERSON1@example.org ";
  e.account = account;
  ASSERT_EQ(s.event(e).verdict, EventVerdict::accepted);
  EXPECT_EQ(figures()[Counter::replies], 0);
  EXPECT_EQ(s.figures(second).counts[Counter::replies], 1);
}

TEST_P(StoreContract, AReplyAfterTheAttributionWindowIsNotCredited) {
  start(1);
  s.deliver(claim());
  s.pass(std::chrono::hours{24 * 31});
  EXPECT_EQ(s.event(event(EventType::reply, lead_id(1, 1))).verdict, EventVerdict::rejected);
  EXPECT_EQ(figures()[Counter::replies], 0);
}

TEST_P(StoreContract, AutomaticRepliesAreNoResponses) {
  start(1, {.steps = 2});
  s.deliver(claim());
  s.event(event(EventType::auto_reply, lead_id(1, 1)));
  EXPECT_EQ(figures()[Counter::auto_replies], 1);
  EXPECT_EQ(figures()[Counter::responded], 0);
  EXPECT_EQ(s.counts(campaign).partial, 1);
}

TEST_P(StoreContract, OptOutEndsAllOpenLeadsOfThePersonInOneTransaction) {
  start(2, {.steps = 2, .delay = std::chrono::hours{1}});
  const CampaignId other = s.campaign({.collections = {s.collection(2)}, .accounts = {account}});
  s.deliver(claim(1));
  InboundEvent e;
  e.type = EventType::opted_out;
  e.email = s.person(1).email;
  ASSERT_EQ(s.event(e).verdict, EventVerdict::accepted);
  EXPECT_EQ(s.counts(campaign), (StatusCounts{1, 0, 1, 0, 2}));
  EXPECT_EQ(s.counts(other), (StatusCounts{0, 1, 1, 0, 2}));
  EXPECT_EQ(figures()[Counter::opted_out], 1);
  EXPECT_EQ(s.figures(other).counts[Counter::opted_out], 0);
  s.pass(std::chrono::hours{2});
  for (const auto& m : claim()) EXPECT_NE(lead_number(m.lead), 1);
  // Enrolled anew elsewhere, the person is left alone too: the address is on the list.
  const CampaignId later = s.campaign({.collections = {s.collection(1)}, .accounts = {account}});
  EXPECT_TRUE(s.claim(later, account).messages.empty());
  EXPECT_EQ(s.figures(later).plan.state, CampaignState::finished);
}

TEST_P(StoreContract, OptOutWordsAsTheWholeReplyAreAnOptOut) {
  start(3, {.steps = 2});
  s.deliver(claim());
  InboundEvent e = event(EventType::reply, lead_id(1, 1));
  e.text = "  Unsubscribe\n";
  s.event(e);
  e = event(EventType::reply, lead_id(1, 2));
  e.text = "Please stop by on Monday";
  s.event(e);
  EXPECT_EQ(figures()[Counter::opted_out], 1);
  EXPECT_EQ(figures()[Counter::responded], 1);
  EXPECT_EQ(figures()[Counter::replies], 1);
  EXPECT_EQ(s.lead(lead_id(1, 1)).state.ended_by, domain::EndedBy::opted_out);
}

TEST_P(StoreContract, AReactionWhileTheMessageIsOnItsWayCountsWithItsDelivery) {
  start(2, {.steps = 2});
  const auto m = claim();
  s.event(event(EventType::reply, m[0].lead));
  s.event(event(EventType::reply, m[1].lead));
  EXPECT_EQ(figures()[Counter::responded], 0);
  s.record(m[0], OutcomeKind::delivered);
  s.record(m[1], OutcomeKind::failed, FailureClass::recipient_invalid);
  EXPECT_EQ(figures()[Counter::responded], 1);
  EXPECT_EQ(s.counts(campaign), (StatusCounts{1, 1, 0, 0, 2}));
}

TEST_P(StoreContract, BookingsAreCreditedByLeadThenAddressElseWaitInTheList) {
  start(3);
  s.deliver(claim());
  EXPECT_EQ(s.event(event(EventType::booked, lead_id(1, 1))).verdict, EventVerdict::accepted);
  InboundEvent by_mail;
  by_mail.type = EventType::booked;
  by_mail.email = s.person(2).email;
  EXPECT_EQ(s.event(by_mail).verdict, EventVerdict::accepted);
  InboundEvent stranger;
  stranger.type = EventType::booked;
  stranger.email = "stranger@example.net";
  EXPECT_EQ(s.event(stranger).verdict, EventVerdict::unmatched);
  EXPECT_EQ(figures()[Counter::booked], 2);
  const auto waiting = s.reader().bookings({}, true);
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->items.size(), 1U);
  EXPECT_EQ(waiting->items[0].email_hint, "s***@example.net");
  ASSERT_TRUE(s.catalog().assign_booking(waiting->items[0].id, lead_id(1, 3), "key:1", s.now()));
  EXPECT_EQ(figures()[Counter::booked], 3);
}

TEST_P(StoreContract, ACancelledBookingIsTakenBackWhenNoOtherStands) {
  start(1);
  s.deliver(claim());
  const LeadId lead = lead_id(1, 1);
  s.event(event(EventType::booked, lead));
  s.event(event(EventType::booked, lead));
  EXPECT_EQ(s.event(event(EventType::booking_cancelled, lead)).verdict, EventVerdict::accepted);
  EXPECT_EQ(figures()[Counter::booked], 1);
  EXPECT_EQ(s.event(event(EventType::booking_cancelled, lead)).verdict, EventVerdict::accepted);
  EXPECT_EQ(figures()[Counter::booked], 0);
  EXPECT_EQ(s.event(event(EventType::booking_cancelled, lead)).verdict, EventVerdict::rejected);
}

TEST_P(StoreContract, ALateReceiptTakesAnUnknownFailureBack) {
  start(2);
  const auto m = claim(1).at(0);
  s.record(m, OutcomeKind::in_doubt);
  s.record(m, OutcomeKind::failed, FailureClass::outcome_unknown);
  EXPECT_EQ(figures()[Counter::undelivered], 1);
  EXPECT_EQ(s.event(event(EventType::sent, m.lead)).verdict, EventVerdict::accepted);
  EXPECT_EQ(figures()[Counter::undelivered], 0);
  EXPECT_EQ(s.counts(campaign), (StatusCounts{1, 0, 1, 0, 2}));
}

TEST_P(StoreContract, ACampaignThatOnlyMeasuresIsToldAllOfIt) {
  start(3, {.steps = 2, .start = false});
  const Instant then = s.now() - std::chrono::hours{5};
  std::vector<InboundEvent> told;
  for (int i = 1; i <= 3; ++i) {
    InboundEvent e;
    e.source = "api";
    e.event_id = "s" + std::to_string(i);
    e.type = i == 3 ? EventType::failed : EventType::sent;
    e.failure = i == 3 ? FailureClass::recipient_invalid : FailureClass::none;
    e.campaign = campaign;
    e.external_id = s.person(i).external_id;
    e.variant = "B";
    e.account = account;
    e.at = then;
    told.push_back(e);
  }
  for (const auto& a : s.events(told).answers)
    EXPECT_EQ(a.verdict, EventVerdict::accepted) << a.error;
  EXPECT_EQ(s.counts(campaign), (StatusCounts{0, 1, 0, 2, 3}));
  const auto before = s.reader().counts_between(campaign, {}, then);
  ASSERT_TRUE(before);
  EXPECT_EQ((*before)[Counter::delivered], 0);
  const auto after = s.reader().counts_between(campaign, then, then + milliseconds{1});
  EXPECT_EQ((*after)[Counter::delivered], 2);
}

TEST_P(StoreContract, AFinishedCampaignIsToldNoMoreSendsButStillReplies) {
  start(1);
  s.deliver(claim());
  EXPECT_EQ(s.event(event(EventType::sent, lead_id(1, 1))).verdict, EventVerdict::rejected);
  EXPECT_EQ(s.event(event(EventType::reply, lead_id(1, 1))).verdict, EventVerdict::accepted);
  EXPECT_EQ(figures()[Counter::responded], 1);
}

TEST_P(StoreContract, ResponsesAreSealedWhenTheAttributionWindowCloses) {
  start(2);
  s.deliver(claim());
  s.event(event(EventType::reply, lead_id(1, 1)));
  s.pass(std::chrono::hours{24 * 30} - milliseconds{1});
  EXPECT_EQ(s.seal(), 0);
  s.pass(milliseconds{1});
  EXPECT_EQ(s.seal(), 1);
  EXPECT_EQ(s.seal(), 0);
  ASSERT_TRUE(s.figures(campaign).outcome_seal);
  InboundEvent late = event(EventType::reply, lead_id(1, 2));
  late.at = s.now() - std::chrono::hours{24 * 29};
  EXPECT_EQ(s.event(late).verdict, EventVerdict::rejected);
  // A refusal is heard all the same.
  s.event(event(EventType::opted_out, lead_id(1, 2)));
  EXPECT_EQ(figures()[Counter::opted_out], 0);
  EXPECT_EQ(s.reader().suppressions({})->total, 3);
}

}  // namespace
}  // namespace headway::test
