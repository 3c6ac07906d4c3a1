#include "domain/allocation/allocation.h"

#include <gtest/gtest.h>

#include <numeric>

namespace headway::domain::allocation {
namespace {

constexpr std::int64_t kDay = 20'000;
constexpr VariantId kA{1}, kB{2}, kC{3};

Question question(VariantMode mode, std::vector<VariantId> variants) {
  Question q;
  q.mode = mode;
  q.variants = std::move(variants);
  q.today = kDay + 60;
  q.lag_ends = {1, 3, 7, 14, 30};
  return q;
}
void add(Question& q, VariantId v, int epoch, std::int64_t day, std::int64_t n,
         std::int64_t replies, int lag = 0) {
  q.cells.push_back({v, epoch, day, Counter::contacted, 0, n});
  if (replies > 0) q.cells.push_back({v, epoch, day, Counter::responded, lag, replies});
}
std::int64_t total(const Answer& a) {
  return std::accumulate(a.arms.begin(), a.arms.end(), std::int64_t{0},
                         [](std::int64_t sum, const Arm& arm) { return sum + arm.parts; });
}

TEST(Allocation, NothingKnownIsEven) {
  for (const auto mode : {VariantMode::learn, VariantMode::earn}) {
    const Answer a = allocate(question(mode, {kA, kB, kC}));
    EXPECT_EQ(total(a), kPartsInAll);
    for (const Arm& arm : a.arms) {
      EXPECT_NEAR(arm.p_best, 1.0 / 3, 1e-9);
      EXPECT_NEAR(static_cast<double>(arm.parts), kPartsInAll / 3.0, 1);
    }
  }
}

TEST(Allocation, EarnGivesTheBestMostAndEveryoneTheFloor) {
  Question q = question(VariantMode::earn, {kA, kB});
  add(q, kA, 0, kDay, 1000, 20);
  add(q, kB, 0, kDay, 1000, 80);
  const Answer a = allocate(q);
  EXPECT_EQ(total(a), kPartsInAll);
  EXPECT_GT(a.arms[1].p_best, 0.9999);
  EXPECT_NEAR(static_cast<double>(a.arms[0].parts), 0.05 * kPartsInAll, 100);
  EXPECT_EQ(a.arms[1].successes, 80);
  EXPECT_EQ(a.arms[1].tries, 1000);
}

TEST(Allocation, LearnIsEvenUntilEveryoneHasTriesAndThereAreReactions) {
  Question q = question(VariantMode::learn, {kA, kB, kC});
  add(q, kA, 0, kDay, 1000, 30);
  add(q, kB, 0, kDay, 1000, 80);
  add(q, kC, 0, kDay, 99, 3);
  EXPECT_TRUE(allocate(q).even);
  add(q, kC, 0, kDay, 1, 0);
  const Answer a = allocate(q);
  EXPECT_FALSE(a.even);
  EXPECT_EQ(total(a), kPartsInAll);
  EXPECT_GT(a.arms[1].parts, a.arms[2].parts);
  EXPECT_GT(a.arms[2].parts, a.arms[0].parts);  // it may still be the best; A hardly
}

// B was drawn more in the last days: its replies are still to come, and that must not count against it.
TEST(Allocation, YoungDeliveriesCountWithThePartOfTheirReactionsThatCanHaveCome) {
  Question q = question(VariantMode::earn, {kA, kB});
  q.today = kDay + 40;
  for (std::int64_t day = kDay; day < kDay + 5; ++day) {  // old enough for everything
    add(q, kA, 0, day, 100, 5, 0);
    add(q, kB, 0, day, 100, 5, 0);
    q.cells.push_back({kA, 0, day, Counter::responded, 2, 5});
    q.cells.push_back({kB, 0, day, Counter::responded, 2, 5});
  }
  add(q, kB, 1, kDay + 37, 2000, 100, 0);  // two whole days old: bucket 0 only
  const Answer a = allocate(q);
  EXPECT_NEAR(a.arms[0].successes / a.arms[0].tries, 0.10, 1e-9);
  EXPECT_NEAR(a.arms[1].successes / a.arms[1].tries, 0.10, 1e-3);
  EXPECT_NEAR(a.arms[1].tries, 500 + 1000, 20);
  // Deliveries of today say nothing yet.
  add(q, kB, 1, kDay + 40, 5000, 1, 0);
  EXPECT_NEAR(allocate(q).arms[1].tries, a.arms[1].tries, 1e-9);
}

TEST(Allocation, DeliveryCountsFailuresAtOnce) {
  Question q = question(VariantMode::earn, {kA, kB});
  q.metric = VariantMetric::delivery;
  q.usual = 0.95;
  q.cells.push_back({kA, 0, kDay, Counter::contacted, 0, 500});
  q.cells.push_back({kB, 0, kDay, Counter::contacted, 0, 400});
  q.cells.push_back({kB, 0, kDay, Counter::undelivered, 0, 100});
  const Answer a = allocate(q);
  EXPECT_EQ(a.arms[1].tries, 500);
  EXPECT_GT(a.arms[0].p_best, 0.999);
}

TEST(Allocation, WhatNobodyDrewDoesNotCount) {
  Question q = question(VariantMode::earn, {kA, kB});
  add(q, kA, -1, kDay, 1000, 500);
  add(q, kC, 0, kDay, 1000, 500);  // retired
  const Answer a = allocate(q);
  EXPECT_EQ(a.arms[0].tries, 0);
  EXPECT_NEAR(a.arms[0].p_best, 0.5, 1e-9);
}

TEST(Allocation, TheSameCountsGiveTheSameShares) {
  Question q = question(VariantMode::earn, {kA, kB, kC});
  add(q, kA, 0, kDay, 333, 10);
  add(q, kB, 0, kDay, 334, 13);
  add(q, kC, 0, kDay, 335, 11);
  const Answer first = allocate(q), again = allocate(q);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(first.arms[i].parts, again.arms[i].parts);
  EXPECT_EQ(total(first), kPartsInAll);
}

}  // namespace
}  // namespace headway::domain::allocation
