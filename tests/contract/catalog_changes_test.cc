// What a person changes: campaigns keep their history, finished ones stay finished, suppression
// ends leads.

#include <gtest/gtest.h>

#include "tests/support/store_seat.h"

namespace headway::test {
namespace {

using domain::CampaignState;
using store::CampaignChange;

class CatalogContract : public ::testing::Test {
 protected:
  domain::CampaignPlan plan(CampaignId id) { return seat.figures(id).plan; }
  Result<domain::CampaignPlan> change(CampaignId id, const CampaignChange& c) {
    return seat.catalog().update_campaign(id, c, "key:1", seat.now());
  }
  StoreSeat seat{make_sqlite_box()};
};

TEST_F(CatalogContract, ANewCampaignIsPausedAndHasItsLeadsAtOnce) {
  const CampaignId id = seat.campaign({.collections = {seat.collection(25)},
                                       .accounts = {seat.account()},
                                       .steps = 2,
                                       .start = false});
  const auto s = seat.figures(id);
  EXPECT_EQ(s.plan.state, CampaignState::paused);
  EXPECT_NE(s.plan.pause_reason, "");
  EXPECT_FALSE(s.plan.enrolling);
  EXPECT_EQ(domain::status_counts(s.counts).pending, 25);
  ASSERT_EQ(s.plan.steps.size(), 2u);
  EXPECT_EQ(s.plan.steps[1].delay, std::chrono::hours(48));
  EXPECT_EQ(s.plan.steps[0].variants[0].body, "Hello {{name}}");
  EXPECT_EQ(s.collection_names.size(), 1u);
  EXPECT_EQ(s.accounts.size(), 1u);
  seat.expect_verified();
}

TEST_F(CatalogContract, MoreThanTwentyThousandLeadsAreEnrolledByAndBy) {
  const CampaignId id = seat.campaign(
      {.collections = {seat.collection(20'500)}, .accounts = {seat.account()}, .start = false});
  EXPECT_TRUE(plan(id).enrolling);
  EXPECT_EQ(seat.counts(id).total, 20'000);
  const auto more = seat.enroll(id, 1'000);
  ASSERT_TRUE(more);
  EXPECT_TRUE(more->done);
  EXPECT_FALSE(plan(id).enrolling);
  EXPECT_EQ(seat.counts(id).total, 20'500);
}

TEST_F(CatalogContract, UnknownAccountsAndCollectionsAreNamed) {
  domain::CampaignPlan draft;
  draft.name = "x";
  draft.accounts = {AccountId{77}};
  auto refused = seat.catalog().create_campaign(draft, "key:1", seat.now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields.at(0).field, "account_ids.0");
  draft.accounts.clear();
  draft.collections = {CollectionId{77}};
  refused = seat.catalog().create_campaign(draft, "key:1", seat.now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields.at(0).field, "collection_ids.0");
  EXPECT_EQ(*seat.reader().campaign_count(), 0);
}

TEST_F(CatalogContract, AChangedTextGetsANewVariantAndTheOldOneStaysForHistory) {
  const AccountId account = seat.account();
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(10)}, .accounts = {account}});
  const auto claimed = seat.claim(id, account, 4);
  seat.deliver(claimed.messages);
  CampaignChange c;
  c.steps = plan(id).steps;
  const VariantId old = c.steps->at(0).variants.at(0).id;
  c.steps->at(0).variants.at(0).body = "Changed {{name}}";
  ASSERT_TRUE(change(id, c));
  const std::vector<domain::Variant> variants = plan(id).steps.at(0).variants;
  ASSERT_EQ(variants.size(), 3u);
  for (const domain::Variant& v : variants) {
    EXPECT_EQ(v.retired, v.id == old);
    if (v.id == old) {
      EXPECT_EQ(v.body, "Hello {{name}}");
    }
  }
  for (const auto& m : claimed.messages) EXPECT_EQ(seat.lead(m.lead).state.variant, m.variant);
}

TEST_F(CatalogContract, TheSameTextKeepsItsVariant) {
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(1)}, .accounts = {seat.account()}});
  CampaignChange c;
  c.steps = plan(id).steps;
  c.steps->at(0).variants.at(0).weight = 7;
  ASSERT_TRUE(change(id, c));
  const auto variants = plan(id).steps.at(0).variants;
  ASSERT_EQ(variants.size(), 2u);
  EXPECT_EQ(variants[0].id, c.steps->at(0).variants[0].id);
  EXPECT_EQ(variants[0].weight, 7);
}

TEST_F(CatalogContract, StepsThatWereSentOrAreWaitedForStay) {
  const AccountId account = seat.account();
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(3)}, .accounts = {account}, .steps = 3});
  seat.deliver(seat.claim(id, account, 1).messages);
  CampaignChange c;
  c.steps = plan(id).steps;
  c.steps->resize(1);
  EXPECT_EQ(change(id, c).error().kind, ErrorKind::conflict);  // a lead waits for the second
  c.steps = plan(id).steps;
  c.steps->resize(2);
  ASSERT_TRUE(change(id, c));
  EXPECT_EQ(plan(id).steps.size(), 2u);
}

TEST_F(CatalogContract, AStaleVersionIsAConflict) {
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(1)}, .accounts = {seat.account()}});
  CampaignChange c;
  c.name = "New name";
  c.expected_version = plan(id).version;
  ASSERT_TRUE(change(id, c));
  EXPECT_EQ(change(id, c).error().kind, ErrorKind::conflict);
  EXPECT_EQ(plan(id).name, "New name");
}

TEST_F(CatalogContract, EveryChangeRaisesTheVersions) {
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(1)}, .accounts = {seat.account()}});
  const std::int64_t version = plan(id).version, figures = seat.figures(id).figures_version;
  const std::int64_t plans = seat.plan().version;
  CampaignChange c;
  c.daily_limit = std::optional<std::int64_t>(5);
  ASSERT_TRUE(change(id, c));
  EXPECT_GT(plan(id).version, version);
  EXPECT_GT(seat.figures(id).figures_version, figures);
  EXPECT_GT(seat.plan().version, plans);
  EXPECT_EQ(plan(id).daily_limit, 5);
  c.daily_limit = std::optional<std::int64_t>();
  ASSERT_TRUE(change(id, c));
  EXPECT_EQ(plan(id).daily_limit, std::nullopt);
}

TEST_F(CatalogContract, ActiveHoursAreReadBackAsTheyWere) {
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(1)}, .accounts = {seat.account()}});
  domain::ActiveHours hours;
  hours.timezone = "Europe/Berlin";
  hours.lead_timezone = true;
  hours.days[0] = {{540, 720}, {780, 1020}};
  hours.days[6] = {{0, 1440}};
  CampaignChange c;
  c.active_hours = std::optional(hours);
  ASSERT_TRUE(change(id, c));
  EXPECT_EQ(plan(id).active_hours, hours);
}

TEST_F(CatalogContract, AFinishedCampaignTakesNoLeads) {
  const AccountId account = seat.account();
  const CampaignId id = seat.campaign({.collections = {seat.collection(2)}, .accounts = {account}});
  seat.deliver(seat.claim(id, account).messages);
  ASSERT_EQ(plan(id).state, CampaignState::finished);
  CampaignChange c;
  c.add_collections = {seat.collection(5, 100)};
  const auto refused = change(id, c);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_NE(refused.error().message.find("finished"), std::string::npos);
  EXPECT_EQ(seat.counts(id).total, 2);
  c = {};
  c.name = "Still can be renamed";
  EXPECT_TRUE(change(id, c));
}

TEST_F(CatalogContract, AddedCollectionsAreEnrolledOnceAPerson) {
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(10)}, .accounts = {seat.account()}});
  CampaignChange c;
  c.add_collections = {seat.collection(10, 6)};  // five of them are in it already
  ASSERT_TRUE(change(id, c));
  EXPECT_EQ(seat.counts(id).total, 15);
  EXPECT_EQ(plan(id).collections.size(), 2u);
  seat.expect_verified();
}

TEST_F(CatalogContract, OnlyIdleCampaignsAreDestroyedAndTheyAreHidden) {
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(1)}, .accounts = {seat.account()}});
  EXPECT_EQ(seat.catalog().destroy_campaign(id, "key:1", seat.now()).error().kind,
            ErrorKind::conflict);
  ASSERT_TRUE(seat.pause(id));
  ASSERT_TRUE(seat.catalog().destroy_campaign(id, "key:1", seat.now()));
  EXPECT_EQ(seat.reader().campaign(id, seat.now()).error().kind, ErrorKind::not_found);
  EXPECT_EQ(*seat.reader().campaign_count(), 0);
  EXPECT_TRUE(seat.plan().campaigns.empty());
  EXPECT_EQ(seat.catalog().destroy_campaign(id, "key:1", seat.now()).error().kind,
            ErrorKind::not_found);
}

TEST_F(CatalogContract, AccountsOfACampaignComeAndGo) {
  const AccountId a = seat.account(), b = seat.account();
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(4)}, .accounts = {a}, .steps = 2});
  ASSERT_TRUE(seat.catalog().add_campaign_account(id, b, "key:1", seat.now()));
  EXPECT_EQ(plan(id).accounts.size(), 2u);
  seat.deliver(seat.claim(id, b, 2).messages);
  ASSERT_TRUE(seat.catalog().remove_campaign_account(id, b, "key:1", seat.now()));
  EXPECT_EQ(plan(id).accounts, std::vector<AccountId>{a});
  EXPECT_EQ(seat.figures(id).accounts.size(), 2u);  // open leads still belong to b
  EXPECT_EQ(seat.catalog().remove_campaign_account(id, b, "key:1", seat.now()).error().kind,
            ErrorKind::not_found);
}

TEST_F(CatalogContract, ADeletedAccountLeavesItsCampaignsAndKeepsItsHistory) {
  const AccountId a = seat.account();
  const CampaignId id = seat.campaign({.collections = {seat.collection(4)}, .accounts = {a}});
  const auto claimed = seat.claim(id, a, 1);
  seat.deliver(claimed.messages);
  ASSERT_TRUE(seat.catalog().delete_account(a, "key:1", seat.now()));
  EXPECT_TRUE(plan(id).accounts.empty());
  EXPECT_EQ(seat.reader().account(a).error().kind, ErrorKind::not_found);
  EXPECT_EQ(seat.reader().accounts({})->total, 0);
  EXPECT_EQ(seat.lead(claimed.messages.at(0).lead).account_name, "Desk 1");
}

TEST_F(CatalogContract, AnAccountIsChangedFieldByField) {
  const AccountId id = seat.account(10);
  store::AccountChange c;
  c.name = "North desk";
  c.daily_limit = std::optional<std::int64_t>();
  c.settings = boost::json::object{{"url", "https://example.org"}};
  const auto changed = seat.catalog().update_account(id, c, "key:1", seat.now());
  ASSERT_TRUE(changed);
  const auto stored = seat.reader().account(id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->name, "North desk");
  EXPECT_EQ(stored->daily_limit, std::nullopt);
  EXPECT_EQ(stored->settings.at("url").as_string(), "https://example.org");
  EXPECT_EQ(stored->rate_per_second, 1000);
  EXPECT_EQ(stored->version, changed->version);
  EXPECT_EQ(seat.reader().account_log(id, {})->total, 2);
}

TEST_F(CatalogContract, SuppressingEndsThePersonsOpenLeadsEverywhere) {
  const AccountId account = seat.account();
  const CampaignId one =
      seat.campaign({.collections = {seat.collection(3)}, .accounts = {account}});
  const CampaignId two =
      seat.campaign({.collections = {seat.collection(3)}, .accounts = {account}});
  const auto s =
      seat.catalog().suppress("email", " Person2@EXAMPLE.org", "asked", "key:1", seat.now());
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(s->hash.size(), 32u);
  for (const CampaignId id : {one, two}) {
    EXPECT_EQ(seat.counts(id).failed, 1);
    EXPECT_EQ(seat.claim(id, account).messages.size(), 2u);
  }
  const auto again =
      seat.catalog().suppress("email", "person2@example.org", "other", "key:2", seat.now());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->reason, "asked");
  EXPECT_EQ(seat.reader().suppressions({})->total, 1);
  ASSERT_TRUE(seat.catalog().unsuppress(s->hash, "key:1", seat.now()));
  EXPECT_EQ(seat.reader().suppressions({})->total, 0);
  EXPECT_EQ(seat.catalog().unsuppress(s->hash, "key:1", seat.now()).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(seat.counts(one).failed, 1);  // history stays
  seat.expect_verified();
}

TEST_F(CatalogContract, ARecordIsFreeOnlyWhenNoneOfItsAddressesIsSuppressed) {
  const auto mail =
      seat.catalog().suppress("email", "person1@example.org", "", "key:1", seat.now());
  const auto phone =
      seat.catalog().suppress("phone", seat.person(1).phone, "", "key:1", seat.now());
  const CollectionId people = seat.collection(1);
  ASSERT_TRUE(seat.catalog().unsuppress(mail->hash, "key:1", seat.now()));
  EXPECT_EQ(
      seat.counts(seat.campaign({.collections = {people}, .accounts = {seat.account()}})).failed,
      1);
  ASSERT_TRUE(seat.catalog().unsuppress(phone->hash, "key:1", seat.now()));
  EXPECT_EQ(
      seat.counts(seat.campaign({.collections = {people}, .accounts = {seat.account()}})).failed,
      0);
}

TEST_F(CatalogContract, ABookingThatWaitsIsGivenToALead) {
  const AccountId account = seat.account();
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(2)}, .accounts = {account}, .steps = 2});
  const auto claimed = seat.claim(id, account, 1);
  seat.deliver(claimed.messages);
  store::InboundEvent e;
  e.type = store::EventType::booked;
  e.email = "somebody@else.example";
  e.at = seat.now();
  ASSERT_EQ(seat.event(e).verdict, store::EventVerdict::unmatched);
  const auto waiting = seat.reader().bookings({}, true);
  ASSERT_EQ(waiting->items.size(), 1u);
  const LeadId lead = claimed.messages.at(0).lead;
  ASSERT_TRUE(seat.catalog().assign_booking(waiting->items[0].id, lead, "key:1", seat.now()));
  EXPECT_EQ(seat.figures(id).counts[domain::Counter::booked], 1);
  EXPECT_TRUE(seat.lead(lead).state.booked);
  EXPECT_EQ(seat.reader().bookings({}, true)->total, 0);
  EXPECT_EQ(seat.reader().bookings({}, false)->items.at(0).campaign, id);
  EXPECT_EQ(
      seat.catalog().assign_booking(waiting->items[0].id, lead, "key:1", seat.now()).error().kind,
      ErrorKind::conflict);
  seat.expect_verified();
}

TEST_F(CatalogContract, CollectionsAreRenamedAndHidden) {
  const CollectionId id = seat.collection(2);
  const CampaignId campaign = seat.campaign({.collections = {id}, .accounts = {seat.account()}});
  EXPECT_EQ(seat.figures(campaign).collection_names.at(0), "List 1");
  ASSERT_TRUE(seat.catalog().rename_collection(id, "Fair 2026", "key:1", seat.now()));
  EXPECT_EQ(seat.figures(campaign).collection_names.at(0), "Fair 2026");
  ASSERT_TRUE(seat.catalog().delete_collection(id, "key:1", seat.now()));
  EXPECT_EQ(seat.reader().collections({})->total, 0);
  EXPECT_EQ(seat.counts(campaign).total, 2);
}

}  // namespace
}  // namespace headway::test
