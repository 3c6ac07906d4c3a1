// The questions of store/analysis.h: each answer against what was done.

#include <algorithm>

#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

template <class Cells, class F>
std::int64_t sum(const Cells& cells, F counted) {
  std::int64_t n = 0;
  for (const auto& c : cells) n += counted(c) ? c.n : 0;
  return n;
}

TEST_P(StoreContract, FailureCellsAddUpToTheFigures) {
  start(10);
  const auto m = claim();
  s.deliver({m.begin(), m.begin() + 6});
  for (int i = 6; i < 9; ++i)
    s.record(m[static_cast<std::size_t>(i)], OutcomeKind::failed, FailureClass::recipient_invalid);
  s.record(m[9], OutcomeKind::failed, FailureClass::opted_out);  // no failure of a message
  const auto cells = s.analysis().failure_cells(campaign);
  ASSERT_TRUE(cells);
  EXPECT_EQ(sum(cells->cells, [](const auto& c) { return c.failure == FailureClass::none; }), 6);
  EXPECT_EQ(
      sum(cells->cells, [](const auto& c) { return c.failure == FailureClass::recipient_invalid; }),
      3);
  EXPECT_EQ(sum(cells->cells, [](const auto&) { return true; }), 9);
  for (const auto& c : cells->cells) {
    EXPECT_EQ(c.account, account);
    EXPECT_EQ(c.collection, list);
    EXPECT_EQ(c.step, 1);
  }
  EXPECT_EQ(s.analysis().failure_cells(CampaignId{12345}).error().kind, ErrorKind::not_found);
}

TEST_P(StoreContract, TheBaselineIsThatOfTheOtherCampaigns) {
  start(4);
  const auto m = claim();
  s.record(m[0], OutcomeKind::failed, FailureClass::content_rejected);
  const CampaignId other =
      s.campaign({.collections = {s.collection(6, 500)}, .accounts = {account}});
  const auto o = s.claim(other, account).messages;
  s.deliver({o.begin(), o.begin() + 4});
  s.record(o[4], OutcomeKind::failed, FailureClass::recipient_invalid);
  const auto baseline = s.analysis().workspace_baseline(campaign);
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline->delivered, 4);
  EXPECT_EQ(baseline->undelivered, 1);
  EXPECT_EQ(sum(baseline->failures,
                [](const auto& c) { return c.failure == FailureClass::recipient_invalid; }),
            1);
  EXPECT_EQ(sum(baseline->failures, [](const auto&) { return true; }), 1);
}

TEST_P(StoreContract, OpenWorkAddsUpToTheOpenLeads) {
  start(20, {.steps = 3});
  const auto m = claim(8);
  s.deliver({m.begin(), m.begin() + 3});
  s.record(m[3], OutcomeKind::retry, FailureClass::transient);
  s.record(m[4], OutcomeKind::failed, FailureClass::recipient_invalid);
  const auto work = s.analysis().open_work(campaign);
  ASSERT_TRUE(work);
  EXPECT_EQ(sum(work->queues, [](const auto&) { return true; }), 19);
  EXPECT_EQ(sum(work->stages, [](const auto&) { return true; }), 19);
  EXPECT_EQ(sum(work->stages, [](const auto& x) { return x.next_step == 2; }), 3);
  const auto follow_up = std::find_if(work->queues.begin(), work->queues.end(), [](const auto& q) {
    return q.wait == domain::Wait::follow_up;
  });
  ASSERT_NE(follow_up, work->queues.end());
  EXPECT_EQ(follow_up->account, account);
  const Instant due = s.now() + std::chrono::hours{48};
  EXPECT_LE(follow_up->due, due);
  EXPECT_GT(follow_up->due + std::chrono::minutes{15}, due);
}

TEST_P(StoreContract, ThroughputAndDaysCountWhatEnded) {
  start(9, {.steps = 2});
  const auto m = claim();
  s.deliver({m.begin(), m.begin() + 5});
  s.pass(std::chrono::hours{26});
  s.record(m[5], OutcomeKind::failed, FailureClass::transient);
  s.event(event(EventType::reply, m[0].lead));
  const auto cells = s.analysis().throughput(campaign, s.now(), 2);
  ASSERT_TRUE(cells);
  ASSERT_EQ(cells->size(), 2U);
  EXPECT_EQ(cells->at(0).n, 5);
  EXPECT_EQ(cells->at(0).weekday, 0);  // 2026-09-21 is a Monday
  EXPECT_EQ(cells->at(0).hour, 14);
  EXPECT_EQ(cells->at(1).weekday, 1);
  const std::int64_t today = hour_of(s.now()) / 24;
  const auto days = s.analysis().account_days(account, today - 7, today);
  ASSERT_TRUE(days);
  ASSERT_EQ(days->size(), 2U);
  EXPECT_EQ(days->at(0).delivered, 5);
  EXPECT_EQ(days->at(1).undelivered, 1);
  EXPECT_EQ(days->at(1).responded, 1);
  EXPECT_EQ(s.analysis().account_days(account, today - 7, today - 2)->size(), 0U);
}

TEST_P(StoreContract, MessagesComeInOrderOfTimeUpToTheLimit) {
  start(6);
  const auto m = claim();
  for (const std::size_t i : {5U, 0U, 3U}) {
    s.pass(std::chrono::minutes{1});
    s.record(m[i], OutcomeKind::delivered);
  }
  s.pass(std::chrono::minutes{1});
  s.record(m[1], OutcomeKind::failed, FailureClass::rate_limited);
  std::vector<LeadId> seen;
  const auto visit = [&](const store::MessageFact& f) {
    seen.push_back(f.lead);
    EXPECT_EQ(f.campaign, campaign);
    EXPECT_EQ(f.account, account);
    EXPECT_EQ(f.collection, list);
    return true;
  };
  const Instant end = s.now() + std::chrono::hours{1};
  const auto all = s.analysis().each_message({campaign, {}}, {}, end, 100, visit);
  ASSERT_TRUE(all);
  EXPECT_FALSE(all->truncated);
  EXPECT_EQ(seen, (std::vector{m[5].lead, m[0].lead, m[3].lead, m[1].lead}));
  seen.clear();
  const auto some = s.analysis().each_message({{}, account}, {}, end, 3, visit);
  ASSERT_TRUE(some);
  EXPECT_TRUE(some->truncated);
  EXPECT_EQ(seen, (std::vector{m[5].lead, m[0].lead, m[3].lead}));
  seen.clear();
  const auto late = s.analysis().each_message({campaign, {}}, s.now(), end, 100, visit);
  EXPECT_EQ(late->visited, 1);
}

TEST_P(StoreContract, OverlapsFindTheSamePersonUnderAnotherEntry) {
  start(40);
  const CollectionId half = s.collection(40, 21);  // persons 21 .. 60: twenty of them again
  const CampaignId other = s.campaign({.collections = {half}, .accounts = {account}});
  const CampaignId same = s.campaign({.collections = {list}, .accounts = {account}});
  const auto pairs = s.analysis().overlaps({campaign, other, same}, 1000);
  ASSERT_TRUE(pairs);
  ASSERT_EQ(pairs->size(), 6U);
  EXPECT_EQ(pairs->at(0).b, other);
  EXPECT_TRUE(pairs->at(0).exact);
  EXPECT_EQ(pairs->at(0).looked_at, 40);
  EXPECT_EQ(pairs->at(0).shared, 20);
  EXPECT_EQ(pairs->at(0).at_least, 0);
  EXPECT_EQ(pairs->at(1).b, same);
  EXPECT_EQ(pairs->at(1).shared, 40);
  EXPECT_EQ(pairs->at(1).at_least, 40);
  const auto sampled = s.analysis().overlaps({campaign, same}, 10);
  EXPECT_EQ(sampled->at(0).looked_at, 10);
  EXPECT_EQ(sampled->at(0).shared, 10);
  EXPECT_FALSE(sampled->at(0).exact);
}

TEST_P(StoreContract, LoadIsTheOrderWithinTheAccountsHour) {
  start(40);
  s.clock.now = from_ms(to_ms(s.now()) / 3'600'000 * 3'600'000);
  const auto m = claim();
  for (std::size_t i = 0; i < 20; ++i) s.record(m[i], OutcomeKind::delivered);
  s.pass(std::chrono::hours{1});
  s.record(m[20], OutcomeKind::failed, FailureClass::rate_limited);
  const auto cells = s.analysis().failure_cells(campaign);
  ASSERT_TRUE(cells);
  std::vector<std::int64_t> by_load(6);
  for (const auto& c : cells->cells) {
    if (c.failure == FailureClass::none) by_load.at(static_cast<std::size_t>(c.load)) += c.n;
    const bool limited = c.failure == FailureClass::rate_limited;
    EXPECT_TRUE(!limited || c.load == 0) << "the hour is new";
  }
  EXPECT_EQ(by_load, (std::vector<std::int64_t>{1, 2, 4, 8, 5, 0}));
}

TEST_P(StoreContract, CodesOfACampaignAreKeptApartUpToTheirNumber) {
  start(store::kCodesMax + 10);
  const auto m = claim();
  std::vector<store::Outcome> outcomes;
  for (std::size_t i = 0; i < m.size(); ++i) {
    auto o = StoreSeat::outcome(m[i], OutcomeKind::failed, s.now());
    o.failure = FailureClass::transient;
    o.code = "E" + std::to_string(i);
    outcomes.push_back(o);
  }
  s.record(outcomes);
  const auto cells = s.analysis().failure_cells(campaign);
  ASSERT_TRUE(cells);
  EXPECT_EQ(sum(cells->cells, [](const auto& c) { return c.code == store::kOtherCodes; }), 10);
  EXPECT_EQ(sum(cells->cells, [](const auto& c) { return c.code == "E7"; }), 1);
  EXPECT_EQ(sum(cells->cells, [](const auto&) { return true; }), store::kCodesMax + 10);
}

TEST_P(StoreContract, ALateReceiptMovesAMessageToItsNewCell) {
  start(2, {.steps = 2});
  const auto m = claim();
  s.record(m[0], OutcomeKind::failed, FailureClass::outcome_unknown);
  s.pass(std::chrono::hours{30});
  ASSERT_EQ(s.event(event(EventType::sent, m[0].lead)).verdict, EventVerdict::accepted);
  const auto cells = s.analysis().failure_cells(campaign);
  ASSERT_EQ(cells->cells.size(), 1U);
  EXPECT_EQ(cells->cells[0].failure, FailureClass::none);
  const auto cohorts = s.analysis().cohorts(campaign, true);
  ASSERT_EQ(cohorts->size(), 1U);
  EXPECT_EQ(cohorts->at(0).counter, Counter::contacted);
  EXPECT_EQ(cohorts->at(0).day, hour_of(s.now()) / 24);
}

TEST_P(StoreContract, CohortsCountReactionsOnTheDayOfTheirDelivery) {
  start(3, {.steps = 2, .delay = std::chrono::hours{48}});
  const std::int64_t first_day = hour_of(s.now()) / 24;
  s.deliver(claim());
  s.pass(std::chrono::hours{48});
  const auto second = claim();
  s.deliver({second[0]});
  s.pass(std::chrono::hours{26});
  // Credited to the second message (26 h before), counted on the first contact (74 h before) as well.
  s.event(event(EventType::reply, second[0].lead));
  s.event(event(EventType::reply, second[0].lead));  // the same lead again
  auto booked = event(EventType::booked, second[0].lead);
  s.event(booked);
  const auto of = [&](bool by_message, Counter counter) {
    std::vector<store::CohortCell> found;
    const auto cohorts = s.analysis().cohorts(campaign, by_message);
    for (const auto& c : *cohorts) {
      if (c.counter == counter) found.push_back(c);
    }
    return found;
  };
  ASSERT_EQ(of(false, Counter::contacted).size(), 1U);
  EXPECT_EQ(of(false, Counter::contacted)[0].n, 3);
  EXPECT_EQ(of(false, Counter::contacted)[0].day, first_day);
  const auto deliveries = of(true, Counter::contacted);
  EXPECT_EQ(sum(deliveries, [](const auto&) { return true; }), 4);
  EXPECT_EQ(sum(deliveries, [](const auto& c) { return c.step == 2; }), 1);
  ASSERT_EQ(of(false, Counter::responded).size(), 1U);
  EXPECT_EQ(of(false, Counter::responded)[0].n, 1);
  EXPECT_EQ(of(false, Counter::responded)[0].day, first_day);
  EXPECT_EQ(of(false, Counter::responded)[0].lag, 2);
  ASSERT_EQ(of(true, Counter::responded).size(), 1U);
  EXPECT_EQ(of(true, Counter::responded)[0].day, first_day + 2);
  EXPECT_EQ(of(true, Counter::responded)[0].step, 2);
  EXPECT_EQ(of(true, Counter::responded)[0].lag, 1);
  EXPECT_EQ(of(true, Counter::booked).size(), 1U);
  s.event(event(EventType::booking_cancelled, second[0].lead));
  EXPECT_TRUE(of(true, Counter::booked).empty());
  EXPECT_TRUE(of(false, Counter::booked).empty());
}

TEST_P(StoreContract, AReplyThatOvertakesItsDeliveryIsCountedWithIt) {
  start(1, {.steps = 2});
  const auto m = claim().at(0);
  s.event(event(EventType::reply, m.lead));
  EXPECT_TRUE(s.analysis().cohorts(campaign, false)->empty());
  s.record(m, OutcomeKind::delivered);
  const auto cohorts = s.analysis().cohorts(campaign, false);
  ASSERT_EQ(cohorts->size(), 2U);
  for (const auto& c : *cohorts) EXPECT_EQ(c.lag, 0);
}

}  // namespace
}  // namespace headway::test
