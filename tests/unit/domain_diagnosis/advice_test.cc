// Each piece of advice comes with its evidence, or not at all.

#include "domain/diagnosis/advice.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace headway::domain::diagnosis {
namespace {

Counts counts(std::int64_t delivered, std::int64_t undelivered, std::int64_t responded = 0,
              std::int64_t booked = 0) {
  Counts c;
  const auto at = [&c](Counter k) -> std::int64_t& { return c.n[static_cast<std::size_t>(k)]; };
  at(Counter::delivered) = at(Counter::contacted) = delivered;
  at(Counter::undelivered) = undelivered;
  at(Counter::responded) = responded;
  at(Counter::booked) = booked;
  return c;
}

void fail_with(Counts& c, FailureClass failure, std::int64_t n) {
  c.message_failures[static_cast<std::size_t>(failure)] = n;
}

AdviceInput::Part part(const char* label, Counts c, int step = 0) {
  AdviceInput::Part p;
  p.label = label;
  p.link = std::string("/things/") + label;
  p.step = step;
  p.counts = c;
  return p;
}

// 2,000 messages, all as usual: 97 % delivered, 5 % replied, 1 % booked.
AdviceInput healthy() {
  AdviceInput in;
  in.campaign_link = "/campaigns/7";
  in.counts = counts(1'940, 60, 97, 20);
  in.accounts = {part("North", counts(970, 30)), part("South", counts(970, 30))};
  in.collections = {part("Fair", counts(970, 30, 49)), part("List", counts(970, 30, 48))};
  in.texts = {part("Variant A", counts(970, 30, 49), 1), part("Variant B", counts(970, 30, 48), 1)};
  in.delays = {std::chrono::hours{72}};
  in.time_to_reply = {97, 3'600, 86'400, 172'800};
  return in;
}

const Advice* find(const AdviceList& list, std::string_view title) {
  const auto at = std::find_if(list.items.begin(), list.items.end(),
                               [title](const Advice& a) { return a.title == title; });
  return at == list.items.end() ? nullptr : &*at;
}

testing::AssertionResult says(const Advice* a, std::string_view part) {
  if (a == nullptr) return testing::AssertionFailure() << "no such advice";
  if (a->evidence.empty() || a->action.label.empty() || a->action.link.empty()) {
    return testing::AssertionFailure() << a->title << " has no evidence or no action";
  }
  if (a->sentence.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << a->sentence;
}

TEST(Advice, AHealthyCampaignGetsNoneAndIsToldSo) {
  const auto list = advise(healthy());
  EXPECT_TRUE(list.items.empty());
  EXPECT_NE(list.nothing.find("Nothing to improve stands out: delivery 97 % (1,940 of 2,000)"),
            std::string::npos)
      << list.nothing;
}

TEST(Advice, TooLittleIsNoReasonForAdvice) {
  AdviceInput in;
  in.counts = counts(4, 6);
  const auto list = advise(in);
  EXPECT_TRUE(list.items.empty());
  EXPECT_FALSE(list.nothing.empty());
}

TEST(Advice, SendingVolumeIsReducedWhereLateMessagesOfTheHourFail) {
  AdviceInput in = healthy();
  in.counts = counts(1'700, 300, 97, 20);
  in.loads = {{0, 300, 5}, {1, 400, 8}, {4, 600, 20}, {5, 400, 267}};
  const AdviceList list = advise(in);
  const Advice* a = find(list, "Reduce sending volume");
  EXPECT_TRUE(says(a, "from the 32nd on 267 of 667 (40 %), before it 33 of 1,333 (2.5 %)"));
  EXPECT_EQ(a->figure, Figure::delivery);
}

TEST(Advice, SendingVolumeIsReducedWhenTheProviderSaysSo) {
  AdviceInput in = healthy();
  in.counts = counts(1'700, 300, 97, 20);
  fail_with(in.counts, FailureClass::rate_limited, 200);
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Reduce sending volume"), "200 of 300 failed messages (67 %)"));
  EXPECT_EQ(find(list, "Check account health"), nullptr);
}

TEST(Advice, AccountHealthIsCheckedWhenOneAccountDeliversLess) {
  AdviceInput in = healthy();
  in.counts = counts(1'700, 300, 97, 20);
  in.accounts = {part("North", counts(730, 270)), part("South", counts(970, 30))};
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Check account health"),
                   "North delivers less than the other accounts: 730 of 1,000 (73 %), the others "
                   "970 of 1,000 (97 %)"));
}

TEST(Advice, AccountHealthIsCheckedWhenAnAccountIsSuspended) {
  AdviceInput in = healthy();
  in.counts = counts(1'700, 300, 97, 20);
  in.states = {{"North", "/accounts/3", AccountStatus::suspended, "Suspended by the provider"}};
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Check account health"), "Suspended by the provider"));
}

TEST(Advice, LeadQualityIsVerifiedWhereAddressesFail) {
  AdviceInput in = healthy();
  in.counts = counts(1'700, 300, 97, 20);
  fail_with(in.counts, FailureClass::recipient_invalid, 250);
  in.collections = {part("Fair", counts(740, 260, 49)), part("List", counts(960, 40, 48))};
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Verify lead quality"),
                   "Fewer messages reach the people of Fair: 740 of 1,000 (74 %)"));
}

TEST(Advice, VariantsAreTestedWhenThereIsOnlyOneText) {
  AdviceInput in = healthy();
  in.counts = counts(1'940, 60, 15, 12);
  in.texts = {part("Variant A", counts(1'940, 60, 15), 1)};
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Test different message variants"), "Everybody gets the same text"));
  EXPECT_EQ(find(list, "Refine value proposition"), nullptr);
}

TEST(Advice, VariantsAreTestedWhenOneTextIsWorse) {
  AdviceInput in = healthy();
  in.counts = counts(1'940, 60, 30, 12);
  in.texts = {part("Variant A", counts(970, 30, 2), 1), part("Variant B", counts(970, 30, 28), 1)};
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Test different message variants"),
                   "Variant A gets fewer replies than the other texts of its step"));
}

TEST(Advice, TargetingIsImprovedWhereACollectionRepliesLess) {
  AdviceInput in = healthy();
  in.counts = counts(1'940, 60, 33, 12);
  in.collections = {part("Fair", counts(970, 30, 2)), part("List", counts(970, 30, 31))};
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Improve targeting"), "The people of Fair reply less"));
}

TEST(Advice, TheValuePropositionIsRefinedWhenNoTextDoesBetter) {
  AdviceInput in = healthy();
  in.counts = counts(1'940, 60, 20, 12);
  in.texts = {part("Variant A", counts(970, 30, 10), 1), part("Variant B", counts(970, 30, 10), 1)};
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Refine value proposition"), "2 texts were tried"));
}

TEST(Advice, RepliesAreHandledWhenNobodyReadsThem) {
  AdviceInput in = healthy();
  in.counts = counts(1'940, 60, 97, 1);
  in.unread = 14;
  const AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Optimize response handling"), "14 conversations of this campaign"));
}

TEST(Advice, FollowUpsMoveWhenTheyComeBeforePeopleReply) {
  AdviceInput in = healthy();
  in.counts = counts(1'940, 60, 97, 1);
  in.delays = {std::chrono::hours{24}};
  in.time_to_reply = {97, 86'400, 3 * 86'400, 5 * 86'400};
  AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Improve follow-up timing"),
                   "The follow-up goes out after 24 hours, but half of the replies take longer "
                   "than 3 days"));
  in.delays.clear();
  list = advise(in);
  EXPECT_TRUE(says(find(list, "Improve follow-up timing"), "1,843 of 1,940 leads did not reply"));
}

TEST(Advice, BookingIsRefinedWhenPeopleReplyAndDoNotBook) {
  AdviceInput in = healthy();
  in.counts = counts(1'940, 60, 97, 1);
  AdviceList list = advise(in);
  EXPECT_TRUE(says(find(list, "Refine booking process"), "1 of 97 (1 %), where 10 % is usual."));
  in.others = counts(2'000, 20, 100, 40);
  list = advise(in);
  EXPECT_TRUE(says(find(list, "Refine booking process"), "where 40 % is usual in your other"));
}

TEST(Advice, WhatIsUsualComesFromTheOtherCampaignsWhenTheySayEnough) {
  AdviceInput in = healthy();  // 5 % reply: fine by default, weak beside 15 %
  in.others = counts(4'000, 20, 600, 60);
  in.texts = {part("Variant A", counts(1'940, 60, 97), 1)};
  const AdviceList list = advise(in);
  EXPECT_NE(find(list, "Test different message variants"), nullptr);
}

}  // namespace
}  // namespace headway::domain::diagnosis
