// The sample workspace: what it makes is marked, and it can be taken away again.

#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

using store::InboundEvent;

class SampleContract : public StoreContract {
 protected:
  static inline const std::string kSample{store::kSampleActor};

  store::Workspace& workspace() { return s.box().workspace(); }

  void make_sample(int people = 40) {
    domain::Account desk;
    desk.name = "Sample desk";
    desk.channel = "sandbox";
    desk.rate_per_second = 100;
    desk.simulated = true;
    sample_account = s.catalog().create_account(desk, kSample, s.now())->id;
    const auto job = s.imports().begin("Sample people", {}, 0, kSample, s.now());
    std::vector<domain::Person> all;
    for (int i = 1; i <= people; ++i) all.push_back(s.person(5000 + i));
    ASSERT_TRUE(s.imports().append(job->id, all, {{7, "E-mail", "Bad"}}, 0, s.now()));
    ASSERT_TRUE(s.imports().end(job->id, store::ImportState::done, "", s.now()));
    sample_list = job->collection;
    sample_campaign = make_campaign(kSample, {sample_list}, {sample_account});
    ASSERT_TRUE(s.pause(sample_campaign, false));
  }

  CampaignId make_campaign(const std::string& actor, std::vector<CollectionId> lists,
                           std::vector<AccountId> accounts) {
    domain::CampaignPlan plan;
    plan.name = "Made by " + actor;
    plan.collections = std::move(lists);
    plan.accounts = std::move(accounts);
    domain::Step first, second;
    first.variants.resize(1);
    first.variants[0].name = "A";
    first.variants[0].body = "Hello {{name}}";
    second = first;
    second.delay = std::chrono::hours{1};
    plan.steps = {first, second};
    return s.catalog().create_campaign(plan, actor, s.now())->id;
  }

  // Some are delivered, some fail, some answer, one books, one never wants to hear again.
  void send_some(CampaignId of, AccountId by) {
    const std::string source = "channel:" + to_string(by);
    const auto messages = s.claim(of, by, 20).messages;
    ASSERT_GE(messages.size(), 10U);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (i % 4 == 3) {
        s.record(messages[i], OutcomeKind::failed, FailureClass::recipient_unavailable);
      } else {
        s.record(messages[i], OutcomeKind::delivered);
      }
    }
    s.pass(std::chrono::minutes{1});
    for (const auto& [type, at] : {std::pair{EventType::reply, 0},
                                   {EventType::booked, 0},
                                   {EventType::reply, 1},
                                   {EventType::opted_out, 2}}) {
      InboundEvent e = event(type, messages[static_cast<std::size_t>(at)].lead);
      e.source = source;
      e.event_id =
          to_string(by) + "/" + std::to_string(static_cast<int>(type)) + std::to_string(at);
      e.text = "Yes";
      EXPECT_EQ(s.event(e).verdict, EventVerdict::accepted);
    }
  }

  store::SampleRemoval remove() {
    const auto active = *workspace().active_sample_campaigns();
    for (const CampaignId id : active) EXPECT_TRUE(s.pause(id));
    auto removal = workspace().remove_sample("user:1", s.now());
    EXPECT_TRUE(removal) << removal.error().message;
    return removal ? *removal : store::SampleRemoval{};
  }

  std::string everything() {
    const auto d = *s.reader().dashboard(s.now(), 7);
    std::string text = std::to_string(d.campaigns_active + d.campaigns_paused) + " campaigns, " +
                       std::to_string(d.accounts) + " accounts, " + std::to_string(d.collections) +
                       " collections, " + std::to_string(d.people) + " people, " +
                       std::to_string(d.unread_conversations) + " unread;";
    for (std::size_t i = 0; i < domain::kCounters; ++i) {
      text += " " + std::to_string(d.counts[static_cast<Counter>(i)]);
    }
    text += "; " + std::to_string(s.reader().conversations({})->total) + " conversations, " +
            std::to_string(s.reader().bookings({}, false)->total) + " bookings, " +
            std::to_string(s.reader().suppressions({})->total) + " suppressions";
    return text;
  }

  AccountId sample_account;
  CollectionId sample_list;
  CampaignId sample_campaign;
};

TEST_P(SampleContract, IsMarkedByWhoMakesItAndGoesWithoutATrace) {
  start(30, {.steps = 2});
  send_some(campaign, account);
  s.pass(std::chrono::minutes{10});
  const std::string before = everything();
  EXPECT_FALSE(workspace().sample()->any());
  make_sample();
  const auto there = *workspace().sample();
  EXPECT_EQ(there.campaigns, 1);
  EXPECT_EQ(there.accounts, 1);
  EXPECT_EQ(there.collections, 1);
  send_some(sample_campaign, sample_account);
  EXPECT_NE(everything(), before);
  s.expect_verified();

  const auto removal = remove();
  EXPECT_EQ(removal.removed.campaigns, 1);
  EXPECT_EQ(removal.removed.accounts, 1);
  EXPECT_EQ(removal.removed.collections, 1);
  EXPECT_EQ(removal.people, 40);
  EXPECT_EQ(removal.leads, 40);
  EXPECT_FALSE(removal.kept.any());
  EXPECT_EQ(everything(), before);
  EXPECT_FALSE(workspace().sample()->any());
  EXPECT_EQ(s.reader().campaign(sample_campaign, s.now()).error().kind, ErrorKind::not_found);
  EXPECT_EQ(s.reader().account(sample_account).error().kind, ErrorKind::not_found);
  EXPECT_EQ(s.reader().collection(sample_list).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(remove().removed.any()) << "there is nothing left to remove";
  s.crash_and_reopen();
  EXPECT_EQ(everything(), before);
}

TEST_P(SampleContract, IsLoadedAgainAndItsNumbersAreNotGivenTwice) {
  make_sample();
  const LeadId old = s.claim(sample_campaign, sample_account, 1).messages.at(0).lead;
  remove();
  make_sample();
  EXPECT_EQ(workspace().sample()->campaigns, 1);
  EXPECT_NE(lead_campaign_no(s.claim(sample_campaign, sample_account, 1).messages.at(0).lead),
            lead_campaign_no(old));
}

TEST_P(SampleContract, AnActiveOneIsNotTakenAway) {
  make_sample();
  EXPECT_EQ(*workspace().active_sample_campaigns(), std::vector{sample_campaign});
  EXPECT_EQ(workspace().remove_sample("user:1", s.now()).error().kind, ErrorKind::conflict);
  EXPECT_EQ(workspace().sample()->campaigns, 1);
}

TEST_P(SampleContract, WhatIsInFlightMayEndAfterwards) {
  make_sample();
  const auto messages = s.claim(sample_campaign, sample_account, 5).messages;
  remove();
  const auto late = s.deliver(messages);
  EXPECT_EQ(std::count(late.applied.begin(), late.applied.end(), true), 0);
  EXPECT_EQ(s.event(event(EventType::reply, messages[0].lead)).verdict, EventVerdict::rejected);
}

TEST_P(SampleContract, ACampaignOfAPersonKeepsItsHistory) {
  make_sample();
  send_some(sample_campaign, sample_account);
  const CampaignId mine = make_campaign("user:1", {sample_list}, {sample_account});
  ASSERT_TRUE(s.pause(mine, false));
  s.pass(std::chrono::minutes{5});
  s.deliver(s.claim(mine, sample_account, 10).messages);
  const auto failed = s.claim(mine, sample_account, 1).messages.at(0);
  s.record(failed, OutcomeKind::failed, FailureClass::recipient_unavailable);
  const auto before = s.counts(mine);
  const auto removal = remove();
  EXPECT_EQ(removal.removed.campaigns, 1);
  EXPECT_EQ(removal.people, 0) << "they are in the person's campaign";
  const auto after = s.figures(mine);
  EXPECT_EQ(s.counts(mine), before);
  EXPECT_TRUE(after.plan.accounts.empty());
  EXPECT_EQ(s.lead(failed.lead).person.name.substr(0, 7), "Person ");
  EXPECT_EQ(s.lead(failed.lead).account_name, "Sample desk");
  EXPECT_EQ(s.reader().accounts({})->total, 0);
  EXPECT_EQ(s.reader().collections({})->total, 0);
}

TEST_P(SampleContract, WhatAPersonPutSomethingIntoIsTheirs) {
  make_sample();
  const auto job = s.imports().begin("", sample_list, 0, "user:1", s.now());
  ASSERT_TRUE(s.imports().append(job->id, {s.person(1)}, {}, 0, s.now()));
  ASSERT_TRUE(s.imports().end(job->id, store::ImportState::done, "", s.now()));
  const auto removal = remove();
  EXPECT_EQ(removal.kept.collections, 1);
  EXPECT_EQ(removal.kept.campaigns, 1);
  EXPECT_EQ(removal.removed.accounts, 1);
  EXPECT_EQ(s.reader().collection(sample_list)->leads, 41);
  EXPECT_TRUE(s.reader().campaign(sample_campaign, s.now()));
  EXPECT_FALSE(workspace().sample()->any());
}

TEST_P(SampleContract, ACampaignThatGotAnAccountOfAPersonIsTheirs) {
  make_sample();
  account = s.account();
  ASSERT_TRUE(s.catalog().add_campaign_account(sample_campaign, account, "user:1", s.now()));
  EXPECT_TRUE(workspace().active_sample_campaigns()->empty());
  const auto removal = remove();
  EXPECT_EQ(removal.kept.campaigns, 1);
  EXPECT_EQ(s.figures(sample_campaign).plan.accounts, std::vector{account});
}

TEST_P(SampleContract, TheWorkspaceHasANameThatCanBeChanged) {
  EXPECT_EQ(*workspace().name(), "My workspace");
  ASSERT_TRUE(workspace().rename("Harbour", "user:1", s.now()));
  EXPECT_EQ(*workspace().name(), "Harbour");
}

INSTANTIATE_TEST_SUITE_P(Stores, SampleContract, store_kinds(), kind_name);

}  // namespace
}  // namespace headway::test
