// Figures: the present, the past to the millisecond, tables that add up, accounts, inbox,
// dashboard.

#include <gtest/gtest.h>

#include "tests/support/store_seat.h"

namespace headway::test {
namespace {

using domain::Counter;
using store::BreakdownBy;

class FiguresContract : public ::testing::Test {
 protected:
  void SetUp() override {
    desks = {seat.account(), seat.account()};
    StoreSeat::CampaignWish wish;
    wish.collections = {seat.collection(60), seat.collection(60, 61)};
    wish.accounts = desks;
    wish.steps = 2;
    campaign = seat.campaign(wish);
    seat.pass(std::chrono::minutes(10));
    for (int i = 0; i < 6; ++i) {
      seat.pass(std::chrono::minutes(17) + milliseconds(123));
      const auto claimed =
          seat.claim(campaign, desks[static_cast<std::size_t>(i % 2)], 12).messages;
      for (std::size_t m = 0; m < claimed.size(); ++m) {
        if (m % 4 == 0)
          seat.record(claimed[m], store::OutcomeKind::failed,
                      domain::FailureClass::recipient_invalid);
        else
          seat.record(claimed[m], store::OutcomeKind::delivered);
        delivered.push_back(claimed[m].lead);
        seat.pass(milliseconds(7));
      }
      marks.push_back(seat.now());
      seen.push_back(seat.figures(campaign).counts);
    }
  }
  store::EventVerdict reply(LeadId lead, const std::string& text) {
    store::InboundEvent e;
    e.type = store::EventType::reply;
    e.lead = lead;
    e.at = seat.now();
    e.text = text;
    return seat.event(e).verdict;
  }

  StoreSeat seat{make_sqlite_box()};
  std::vector<AccountId> desks;
  CampaignId campaign;
  std::vector<LeadId> delivered;
  std::vector<Instant> marks;        // instants, and
  std::vector<domain::Counts> seen;  // the figures as they were then
};

TEST_F(FiguresContract, ThePastIsAsItWasSeenThen) {
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const auto then = seat.reader().counts_between(campaign, {}, marks[i]);
    ASSERT_TRUE(then);
    EXPECT_EQ(then->n[0], seen[i].n[0]);
    EXPECT_EQ(*then, seen[i]) << i;
  }
}

TEST_F(FiguresContract, PartsOfTimeAddUpToTheWhole) {
  domain::Counts sum;
  std::vector<std::optional<Instant>> at = {std::nullopt};
  at.insert(at.end(), marks.begin(), marks.end());
  at.push_back(std::nullopt);
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    const auto part = seat.reader().counts_between(campaign, at[i], at[i + 1]);
    ASSERT_TRUE(part);
    for (std::size_t c = 0; c < sum.n.size(); ++c) sum.n[c] += part->n[c];
  }
  EXPECT_EQ(sum.n, seat.figures(campaign).counts.n);
  EXPECT_EQ(seat.reader().counts_between(campaign, marks[2], marks[2])->n, domain::Counts{}.n);
}

TEST_F(FiguresContract, SeriesByHourAndDayAddUp) {
  for (const bool by_day : {false, true}) {
    const auto series = seat.reader().series(campaign, seat.now() - std::chrono::hours(24),
                                             seat.now(), by_day, "Asia/Kolkata");
    ASSERT_TRUE(series) << series.error().message;
    std::int64_t sum = 0;
    for (const auto& p : *series) sum += p.counts[Counter::delivered];
    EXPECT_EQ(sum, seat.figures(campaign).counts[Counter::delivered]);
    EXPECT_LE(series->front().from, seat.now() - std::chrono::hours(24));
  }
  EXPECT_EQ(seat.reader().series(campaign, from_ms(0), seat.now(), false, "UTC").error().kind,
            ErrorKind::invalid);
}

TEST_F(FiguresContract, EveryBreakdownAddsUp) {
  const auto total = seat.figures(campaign).counts;
  for (const auto by : {BreakdownBy::account, BreakdownBy::variant, BreakdownBy::step,
                        BreakdownBy::collection, BreakdownBy::weekday_hour}) {
    const auto slices = seat.reader().breakdown(campaign, by);
    ASSERT_TRUE(slices);
    std::int64_t sum = 0;
    for (const auto& s : *slices) sum += s.counts[Counter::delivered];
    EXPECT_EQ(sum, total[Counter::delivered]);
  }
  const auto failures = seat.reader().breakdown(campaign, BreakdownBy::failure);
  ASSERT_EQ(failures->size(), 1u);
  EXPECT_EQ(failures->at(0).failure, domain::FailureClass::recipient_invalid);
  EXPECT_EQ(failures->at(0).counts[Counter::failed], total[Counter::failed]);
}

TEST_F(FiguresContract, TheReasonsOfOpenLeadsAddUp) {
  const auto s = seat.figures(campaign);
  std::int64_t waiting = 0;
  for (const auto& w : s.waits) waiting += w.n;
  const auto c = domain::status_counts(s.counts);
  EXPECT_EQ(waiting, c.pending + c.partial);
  ASSERT_TRUE(s.next_due);
  const auto later = seat.reader().campaign(campaign, *s.next_due);
  std::int64_t past = 0;
  for (const auto& w : later->waits)
    past += w.wait == domain::Wait::follow_up && w.past_due ? w.n : 0;
  EXPECT_EQ(past, 1);  // each was delivered at an instant of its own
  EXPECT_GT(*later->next_due, *s.next_due);
}

TEST_F(FiguresContract, ASnapshotBackInTimeSplitsAnew) {
  const auto s = seat.figures(campaign);
  const auto late = seat.reader().campaign(campaign, seat.now() + std::chrono::hours(100));
  std::int64_t past = 0;
  for (const auto& w : late->waits) past += w.past_due ? w.n : 0;
  EXPECT_EQ(past,
            domain::status_counts(s.counts).pending + domain::status_counts(s.counts).partial);
  const auto again = seat.figures(campaign);
  EXPECT_EQ(again.next_due, s.next_due);
  EXPECT_EQ(again.waits.size(), s.waits.size());
}

TEST_F(FiguresContract, AccountsTellWhatTheySentAndWhyTheyFailed) {
  const auto stats = seat.reader().account_stats(desks[0], seat.now());
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->lifetime.sent, 27);
  EXPECT_EQ(stats->lifetime.failed, 9);
  EXPECT_EQ(stats->last_30_days.sent, 27);
  EXPECT_EQ(stats->used_today, 36);
  ASSERT_EQ(stats->by_class.size(), 1u);
  EXPECT_EQ(stats->by_class[0].n, 9);
  EXPECT_EQ(stats->by_class[0].code, "code");
  const auto later =
      seat.reader().account_stats(desks[0], seat.now() + std::chrono::hours(24 * 31));
  EXPECT_EQ(later->last_30_days.sent, 0);
  EXPECT_EQ(later->lifetime.sent, 27);
}

TEST_F(FiguresContract, AConversationShowsBothSides) {
  ASSERT_EQ(reply(delivered[1], "Yes please"), store::EventVerdict::accepted);
  EXPECT_EQ(*seat.reader().unread_count(), 1);
  const auto list = seat.reader().conversations({});
  ASSERT_EQ(list->items.size(), 1u);
  EXPECT_EQ(list->items[0].campaign, campaign);
  EXPECT_TRUE(list->items[0].replied);
  const auto messages = seat.reader().conversation_messages(list->items[0].id, {});
  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->items.size(), 2u);
  EXPECT_FALSE(messages->items[0].inbound);
  EXPECT_NE(messages->items[0].text.find("Person"), std::string::npos);
  EXPECT_TRUE(messages->items[1].inbound);
  EXPECT_EQ(messages->items[1].text, "Yes please");
  ASSERT_TRUE(seat.catalog().update_conversation(
      list->items[0].id, {.unread = false, .archived = true}, "key:1", seat.now()));
  EXPECT_EQ(*seat.reader().unread_count(), 0);
  ASSERT_TRUE(seat.catalog().delete_conversation(list->items[0].id, "key:1", seat.now()));
  EXPECT_EQ(seat.reader().conversations({})->total, 0);
  EXPECT_EQ(seat.reader().time_to_reply(campaign)->n, 1);
}

TEST_F(FiguresContract, TimeToReplyIsByNearestRankAndFollowsEveryReply) {
  EXPECT_EQ(seat.reader().time_to_reply(campaign)->n, 0);
  const Instant start = seat.now();
  for (const std::size_t lead : {61u, 62u, 63u, 65u}) {
    seat.pass(std::chrono::seconds(100));
    ASSERT_EQ(reply(delivered[lead], "Hm"), store::EventVerdict::accepted);
    EXPECT_GE(seat.reader().time_to_reply(campaign)->n, 1);
  }
  const auto t = seat.reader().time_to_reply(campaign);
  ASSERT_TRUE(t);
  EXPECT_EQ(t->n, 4);
  EXPECT_EQ(*t->median_s / 100, 2);
  EXPECT_EQ(*t->p25_s / 100, 1);
  EXPECT_EQ(*t->p75_s / 100, 3);
  EXPECT_LT(start, seat.now());
}

TEST_F(FiguresContract, TheDashboardCountsTheWorkspace) {
  const auto d = seat.reader().dashboard(seat.now(), 7);
  ASSERT_TRUE(d);
  EXPECT_EQ(d->campaigns_active, 1);
  EXPECT_EQ(d->accounts, 2);
  EXPECT_EQ(d->collections, 2);
  EXPECT_EQ(d->people, 120);
  EXPECT_EQ(d->counts[Counter::delivered], 54);
  EXPECT_EQ(d->previous_counts[Counter::delivered], 0);
  const auto days = seat.reader().workspace_series(seat.now() - std::chrono::hours(72), seat.now());
  ASSERT_TRUE(days);
  std::int64_t sum = 0;
  for (const auto& p : *days) sum += p.counts[Counter::delivered];
  EXPECT_EQ(sum, 54);
}

TEST_F(FiguresContract, ListsPageByOffsetCursorAndPrefix) {
  for (int i = 0; i < 5; ++i) seat.account();
  store::Paging p;
  p.limit = 3;
  const auto first = seat.reader().accounts(p);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->total, 7);
  ASSERT_EQ(first->items.size(), 3u);
  p.cursor = first->next_cursor;
  const auto second = seat.reader().accounts(p);
  p.cursor.clear();
  p.offset = 3;
  EXPECT_EQ(seat.reader().accounts(p)->items.at(0).id, second->items.at(0).id);
  p = {};
  p.search = "desk 3";
  EXPECT_EQ(seat.reader().accounts(p)->total, 1);
  p.search = "%";
  EXPECT_EQ(seat.reader().accounts(p)->total, 0);
}

TEST_F(FiguresContract, ActivityIsNewestFirst) {
  const auto entries = seat.reader().activity(campaign, {});
  ASSERT_TRUE(entries);
  ASSERT_GE(entries->items.size(), 2u);
  EXPECT_EQ(entries->items.back().kind, "campaign.created");
  EXPECT_GE(seat.reader().recent_activity({})->total, entries->total);
}

}  // namespace
}  // namespace headway::test
