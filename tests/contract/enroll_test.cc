#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

TEST_P(StoreContract, APersonInTwoCollectionsIsEnrolledOnce) {
  const AccountId a = s.account();
  auto same_phone = s.person(50);
  same_phone.phone = s.person(2).phone;  // another record of person 2
  const CollectionId first = s.collection(3),
                     second = s.collection({s.person(3), same_phone, s.person(60)});
  const CampaignId c = s.campaign({.collections = {first, second}, .accounts = {a}});
  EXPECT_EQ(s.counts(c).total, 4);
}

TEST_P(StoreContract, PeopleOfAddedCollectionsAreEnrolled) {
  start(3);
  s.deliver(claim(2));
  store::CampaignChange change;
  change.add_collections = {{s.collection(5, 2)}};  // 2 and 3 are in it already
  ASSERT_TRUE(s.catalog().update_campaign(campaign, change, "key:1", s.now()));
  EXPECT_EQ(s.counts(campaign).total, 6);
  EXPECT_EQ(claim().size(), 4U);
}

TEST_P(StoreContract, ALargeCampaignIsEnrolledInPartsAndNotFinishedBetween) {
  const AccountId a = s.account();
  const CampaignId c = s.campaign({.collections = {s.collection(21'000)}, .accounts = {a}});
  EXPECT_EQ(s.counts(c).total, 20'000);
  EXPECT_TRUE(s.plan().campaigns.at(0)->enrolling);
  const auto some = s.enroll(c, 400);
  ASSERT_TRUE(some);
  EXPECT_EQ(some->enrolled, 400);
  EXPECT_FALSE(some->done);
  s.crash_and_reopen();
  const auto rest = s.enroll(c, 1000);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->enrolled, 600);
  const auto none = s.enroll(c, 1000);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->enrolled, 0);
  EXPECT_TRUE(none->done);
  EXPECT_EQ(s.counts(c).total, 21'000);
  EXPECT_FALSE(s.plan().campaigns.at(0)->enrolling);
}

TEST_P(StoreContract, SuppressedPeopleAreEnrolledAndEndedAtOnce) {
  ASSERT_TRUE(s.catalog().suppress("phone", s.person(2).phone, "asked", "key:1", s.now()));
  start(3);
  EXPECT_EQ(s.counts(campaign), (StatusCounts{0, 1, 2, 0, 3}));
  EXPECT_EQ(s.lead(lead_id(1, 2)).state.failure, FailureClass::suppressed);
}

TEST_P(StoreContract, ACampaignOfSuppressedPeopleIsFinishedAtOnce) {
  ASSERT_TRUE(s.catalog().suppress("email", s.person(1).email, "asked", "key:1", s.now()));
  account = s.account();
  campaign = s.campaign({.collections = {s.collection(1)}, .accounts = {account}, .start = false});
  EXPECT_EQ(s.figures(campaign).plan.state, CampaignState::finished);
}

TEST_P(StoreContract, SuppressionEndsEveryRecordOfAPersonAndFinishesTheirCampaigns) {
  start(1);
  const CampaignId other = s.campaign({.collections = {s.collection(2)}, .accounts = {account}});
  ASSERT_TRUE(s.catalog().suppress("email", s.person(1).email, "asked", "key:1", s.now()));
  EXPECT_EQ(s.figures(campaign).plan.state, CampaignState::finished);
  EXPECT_EQ(s.counts(other), (StatusCounts{0, 1, 1, 0, 2}));
}

}  // namespace
}  // namespace headway::test
