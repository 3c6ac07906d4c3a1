// How what came of deliveries is cut into blocks that can be compared.

#include "domain/comparison/blocks.h"

#include <gtest/gtest.h>

namespace headway::domain::comparison {
namespace {

constexpr std::int64_t kToday = 20'000;

Cell cell(std::int64_t day, std::int64_t account, What what, std::int64_t n, int lag = 0,
          std::int64_t collection = 1) {
  Cell c;
  c.day = day;
  c.account = AccountId{account};
  c.collection = CollectionId{collection};
  c.what = what;
  c.n = n;
  c.lag = lag;
  return c;
}

DayCount count(std::int64_t day, std::int64_t account, std::int64_t n, std::int64_t good,
               std::int64_t collection = 1) {
  return {day, AccountId{account}, CollectionId{collection}, n, good};
}

Timeline timeline(std::int64_t first, int window = 7) {
  Timeline t;
  t.today = kToday;
  t.window_days = window;
  t.first_day = first;
  return t;
}

TEST(DayCounts, OnlyRepliesWithinTheWindowCount) {
  const std::vector<Cell> cells{cell(1, 1, What::delivered, 100), cell(1, 1, What::responded, 3, 0),
                                cell(1, 1, What::responded, 2, 2),
                                cell(1, 1, What::responded, 7, 3), cell(1, 1, What::booked, 1, 0)};
  const auto seven = day_counts(cells, Metric::response, 7);
  ASSERT_EQ(seven.size(), 1u);
  EXPECT_EQ(seven[0].n, 100);
  EXPECT_EQ(seven[0].good, 5);
  EXPECT_EQ(day_counts(cells, Metric::response, 14)[0].good, 12);
  EXPECT_EQ(day_counts(cells, Metric::conversion, 7)[0].good, 1);
  EXPECT_FALSE(lags_within(6));
}

TEST(DayCounts, DeliveryCountsMessagesThatFailedToo) {
  const auto days = day_counts({cell(1, 1, What::delivered, 90), cell(1, 1, What::undelivered, 10)},
                               Metric::delivery, 7);
  ASSERT_EQ(days.size(), 1u);
  EXPECT_EQ(days[0].n, 100);
  EXPECT_EQ(days[0].good, 90);
}

TEST(PairBlocks, ADayClosesWhenItsWindowHasPassed) {
  // The window of day 19,992 ends with day 19,999; that of 19,993 is still open.
  const std::vector<DayCount> days{count(kToday - 8, 1, 50, 5), count(kToday - 7, 1, 50, 5)};
  const auto pairs = pair_blocks(days, timeline(kToday - 8), days, timeline(kToday - 8));
  EXPECT_EQ(pairs.cut, Cut::day);
  EXPECT_EQ(pairs.closed, 1);
  EXPECT_EQ(pairs.open, 1);
  ASSERT_EQ(pairs.blocks.size(), 1u);
  EXPECT_EQ(pairs.blocks[0].na, 50);
  EXPECT_EQ(pairs.blocks[0].yb, 5);
}

TEST(PairBlocks, OneArmedBlocksAreLeftOutAndTheirShareIsSaid) {
  const std::vector<DayCount> a{count(100, 1, 80, 8), count(100, 2, 20, 2)};
  const std::vector<DayCount> b{count(100, 1, 100, 10)};
  const auto pairs = pair_blocks(a, timeline(100), b, timeline(100));
  EXPECT_EQ(pairs.cut, Cut::day);
  EXPECT_EQ(pairs.blocks.size(), 1u);
  EXPECT_DOUBLE_EQ(pairs.dropped, 0.1);
}

TEST(PairBlocks, WithoutACommonDayTheWeekOfAgeAndThePlaceDecide) {
  const std::vector<DayCount> a{count(100, 1, 50, 5), count(108, 1, 50, 5)};
  const std::vector<DayCount> b{count(300, 1, 40, 4), count(309, 1, 40, 4)};
  const auto pairs = pair_blocks(a, timeline(100), b, timeline(300));
  EXPECT_EQ(pairs.cut, Cut::place);
  EXPECT_EQ(pairs.blocks.size(), 2u);
}

TEST(PairBlocks, TheFinestCutThatBothShareIsTaken) {
  const std::vector<DayCount> a{count(100, 1, 50, 5, 7)};
  EXPECT_EQ(pair_blocks(a, timeline(100), {count(300, 1, 50, 5, 8)}, timeline(300)).cut,
            Cut::account);
  EXPECT_EQ(pair_blocks(a, timeline(100), {count(300, 2, 50, 5, 7)}, timeline(300)).cut,
            Cut::collection);
  EXPECT_EQ(pair_blocks(a, timeline(100), {count(300, 2, 50, 5, 8)}, timeline(300)).cut, Cut::age);
}

TEST(PairBlocks, ALateWeekStaysOpenUntilItIsFullUnlessTheCampaignIsOver) {
  // A week of age that began three days ago, and ended for the campaign that is finished.
  const std::int64_t begun = kToday - 3;
  const std::vector<DayCount> a{count(begun, 1, 50, 5)}, b{count(100, 1, 50, 5)};
  Timeline ta = timeline(begun, 0);
  EXPECT_EQ(pair_blocks(a, ta, b, timeline(100, 0)).closed, 0);
  ta.finished = true;
  EXPECT_EQ(pair_blocks(a, ta, b, timeline(100, 0)).closed, 1);
}

}  // namespace
}  // namespace headway::domain::comparison
