// Verdicts of comparisons and their sentences.

#include "domain/comparison/compare.h"

#include <gtest/gtest.h>

#include <cmath>

namespace headway::domain::comparison {
namespace {

constexpr std::int64_t kToday = 20'000;

void add(std::vector<Cell>& cells, std::int64_t day, std::int64_t account, std::int64_t n,
         std::int64_t replied, std::int64_t collection = 1) {
  Cell c;
  c.day = day;
  c.account = AccountId{account};
  c.collection = CollectionId{collection};
  c.what = What::delivered;
  c.n = n;
  cells.push_back(c);
  c.what = What::responded;
  c.n = replied;
  if (replied > 0) cells.push_back(c);
}

CampaignArm campaign(const char* name, std::int64_t first_day = kToday - 60) {
  CampaignArm arm;
  arm.name = name;
  arm.timeline.today = kToday;
  arm.timeline.first_day = first_day;
  return arm;
}

// `days` days in which two accounts contact `n` leads each.
CampaignArm steady(const char* name, int days, std::int64_t n, double rate, int first = 60) {
  CampaignArm arm = campaign(name, kToday - first);
  std::int64_t leads = 0, replies = 0;
  for (int day = 0; day < days; ++day) {
    for (const int account : {1, 2}) {
      leads += n;
      const std::int64_t due = std::llround(rate * static_cast<double>(leads));
      add(arm.by_lead, kToday - first + day, account, n, due - replies);
      replies = due;
    }
  }
  return arm;
}

bool says(const std::string& sentence, std::string_view part) {
  return sentence.find(part) != std::string::npos;
}

TEST(Comparison, NamesAWinnerOnlyByEvidenceThatSurvivesLooking) {
  const auto r = compare_campaigns({steady("Spring", 40, 60, 0.08), steady("Autumn", 40, 60, 0.04)},
                                   Metric::response, 7);
  EXPECT_EQ(r.verdict, Verdict::winner) << r.sentence;
  ASSERT_TRUE(r.winner);
  EXPECT_EQ(*r.winner, 0u);
  EXPECT_GE(r.differences[0].log_e, std::log(2 / 0.05));
  EXPECT_TRUE(r.differences[0].decided);
  EXPECT_EQ(r.differences[0].cut, Cut::day);
  EXPECT_TRUE(says(r.sentence, "Spring is better: 8 % replied (384 of 4,800)")) << r.sentence;
  EXPECT_TRUE(says(r.sentence, "not drawn by lot")) << r.sentence;
  EXPECT_GT(*r.arms[0].p_best, 0.99);
  EXPECT_LT(r.arms[0].cs->lo, *r.arms[0].rate.rate);
}

TEST(Comparison, ALargerNumberAloneNamesNobodyAndSaysHowManyMoreAreNeeded) {
  const auto r = compare_campaigns({steady("Spring", 10, 30, 0.06), steady("Autumn", 10, 30, 0.04)},
                                   Metric::response, 7);
  EXPECT_EQ(r.verdict, Verdict::no_clear_winner);
  EXPECT_FALSE(r.winner);
  ASSERT_TRUE(r.needed);
  EXPECT_GT(*r.needed, 100);
  EXPECT_TRUE(says(r.sentence, "No clear winner yet: Spring 6 %, Autumn 4 %. About "))
      << r.sentence;
  EXPECT_TRUE(says(r.sentence, "more leads each would tell")) << r.sentence;
}

TEST(Comparison, EqualCampaignsAreATieHoweverManyLeads) {
  const auto r = compare_campaigns({steady("A", 40, 60, 0.05), steady("B", 40, 60, 0.05)},
                                   Metric::response, 7);
  EXPECT_EQ(r.verdict, Verdict::no_clear_winner);
  EXPECT_FALSE(r.differences[0].decided);
  EXPECT_TRUE(says(r.sentence, "so close")) << r.sentence;
}

TEST(Comparison, IsTooEarlyWhileNoDayIsClosed) {
  const auto r = compare_campaigns({steady("A", 3, 60, 0.05, 5), steady("B", 3, 60, 0.05, 5)},
                                   Metric::response, 7);
  EXPECT_EQ(r.verdict, Verdict::too_early);
  EXPECT_EQ(r.maturity.closed, 0);
  EXPECT_GT(r.maturity.open, 0);
  EXPECT_EQ(r.maturity.next_day, kToday - 5 + 8);
  EXPECT_TRUE(says(r.sentence, "Too early")) << r.sentence;
  EXPECT_EQ(r.arms[0].rate.den, 0);
  EXPECT_EQ(r.arms[0].so_far.den, 360);
}

TEST(Comparison, OpenDaysShowAsAShareButDoNotDecide) {
  const auto r = compare_campaigns({steady("A", 12, 50, 0.05, 12), steady("B", 12, 50, 0.05, 12)},
                                   Metric::response, 7);
  EXPECT_GT(r.maturity.open, 0);
  EXPECT_GT(r.maturity.closed, 0);
  EXPECT_NEAR(r.maturity.share, 5.0 / 12, 1e-9);  // days -12 .. -8 are closed
}

TEST(Comparison, AMixThatReversesTheTotalsNamesNobody) {
  // A is better in both places, but wrote mostly where few reply.
  CampaignArm a = campaign("A"), b = campaign("B");
  for (int day = 0; day < 30; ++day) {
    add(a.by_lead, kToday - 60 + day, 1, 160, 5);
    add(a.by_lead, kToday - 60 + day, 2, 40, 6);
    add(b.by_lead, kToday - 60 + day, 1, 40, 1);
    add(b.by_lead, kToday - 60 + day, 2, 160, 18);
  }
  const auto r = compare_campaigns({a, b}, Metric::response, 7);
  EXPECT_LT(*r.arms[0].rate.rate, *r.arms[1].rate.rate);
  EXPECT_LT(*r.differences[0].odds.crude, 1);
  EXPECT_GT(*r.differences[0].odds.mh, 1);
  EXPECT_TRUE(r.differences[0].reversed);
  EXPECT_EQ(r.verdict, Verdict::no_clear_winner);
  EXPECT_FALSE(r.winner);
  EXPECT_TRUE(says(r.sentence, "the other way round")) << r.sentence;
}

TEST(Comparison, ADifferenceThatChangesSidesByPlaceNamesNobody) {
  CampaignArm a = campaign("A"), b = campaign("B");
  for (int day = 0; day < 30; ++day) {
    add(a.by_lead, kToday - 60 + day, 1, 100, 24);
    add(b.by_lead, kToday - 60 + day, 1, 100, 4);
    add(a.by_lead, kToday - 60 + day, 2, 100, 4);
    add(b.by_lead, kToday - 60 + day, 2, 100, 8);
  }
  const auto r = compare_campaigns({a, b}, Metric::response, 7);
  ASSERT_TRUE(r.differences[0].odds.same_everywhere_p);
  EXPECT_LT(*r.differences[0].odds.same_everywhere_p, 0.01);
  EXPECT_TRUE(r.differences[0].differs_by_place);
  EXPECT_FALSE(r.winner);
  EXPECT_TRUE(says(r.sentence, "differs from place to place")) << r.sentence;
}

TEST(Comparison, CampaignsThatShareNothingAreShownButNotJudged) {
  CampaignArm a = campaign("Spring", kToday - 200), b = campaign("Autumn", kToday - 60);
  for (int day = 0; day < 30; ++day) {
    add(a.by_lead, kToday - 200 + day, 1, 100, 10, 1);
    add(b.by_lead, kToday - 60 + day, 2, 100, 2, 2);
  }
  const auto r = compare_campaigns({a, b}, Metric::response, 7);
  EXPECT_EQ(r.verdict, Verdict::not_comparable);
  EXPECT_FALSE(r.winner);
  EXPECT_EQ(r.differences[0].cut, Cut::age);
  EXPECT_TRUE(says(r.sentence, "Not comparable block by block")) << r.sentence;
  EXPECT_TRUE(says(r.sentence, "Spring 10 %, Autumn 2 %")) << r.sentence;
}

TEST(Comparison, OfThreeTheWinnerMustBeatBothOthers) {
  const auto strong = steady("Strong", 50, 60, 0.09), weak = steady("Weak", 50, 60, 0.03);
  const auto all =
      compare_campaigns({weak, strong, steady("Close", 50, 60, 0.088)}, Metric::response, 7);
  EXPECT_EQ(all.verdict, Verdict::no_clear_winner) << all.sentence;
  EXPECT_TRUE(all.differences[0].decided);
  const auto clear =
      compare_campaigns({weak, strong, steady("Middle", 50, 60, 0.05)}, Metric::response, 7);
  EXPECT_EQ(clear.winner, 1u) << clear.sentence;
}

// ---- texts

EpochCount epoch(int number, double share, std::int64_t drawn, std::int64_t events) {
  return {number, share, drawn, drawn, events};
}

TextArm text(const char* name, std::vector<EpochCount> epochs) {
  TextArm arm;
  arm.name = name;
  for (const EpochCount& e : epochs) {
    arm.n += e.n;
    arm.good += e.events;
  }
  arm.epochs = std::move(epochs);
  return arm;
}

TEST(Texts, AWinnerIsNamedWithoutReserve) {
  const auto r =
      compare_texts({text("A", {epoch(0, 0.5, 3'000, 90)}), text("B", {epoch(0, 0.5, 3'000, 190)})},
                    Metric::response);
  EXPECT_EQ(r.winner, 1u) << r.sentence;
  EXPECT_TRUE(says(r.sentence, "B is better: 6.3 % replied (190 of 3,000)")) << r.sentence;
  EXPECT_FALSE(says(r.sentence, "lot")) << r.sentence;
}

TEST(Texts, SharesThatChangedDoNotFoolTheComparison) {
  // Both reply at 10 % and then at 2 %; A had most of the draws in the good time.
  const auto r = compare_texts({text("A", {epoch(0, 0.9, 9'000, 900), epoch(1, 0.1, 1'000, 20)}),
                                text("B", {epoch(0, 0.1, 1'000, 100), epoch(1, 0.9, 9'000, 180)})},
                               Metric::response);
  EXPECT_GT(*r.arms[0].rate.rate, 2 * *r.arms[1].rate.rate);
  EXPECT_EQ(r.verdict, Verdict::no_clear_winner) << r.sentence;
  EXPECT_FALSE(r.winner);
}

TEST(Texts, ForDeliveryTheTextWithFewerFailuresWins) {
  TextArm a = text("A", {epoch(0, 0.5, 3'000, 300)}), b = text("B", {epoch(0, 0.5, 3'000, 90)});
  a.good = 2'700;
  b.good = 2'910;
  const auto r = compare_texts({a, b}, Metric::delivery);
  EXPECT_EQ(r.winner, 1u) << r.sentence;
  EXPECT_TRUE(says(r.sentence, "B is better: 97 % delivered")) << r.sentence;
}

TEST(Texts, WithoutAReplyItIsTooEarly) {
  const auto r = compare_texts(
      {text("A", {epoch(0, 0.5, 30, 0)}), text("B", {epoch(0, 0.5, 30, 0)})}, Metric::response);
  EXPECT_EQ(r.verdict, Verdict::too_early);
}

TEST(Texts, AShareThatIsNotKeptRaisesTheAlarm) {
  const auto good =
      check_ratio({text("A", {epoch(0, 0.5, 5'020, 0)}), text("B", {epoch(0, 0.5, 4'980, 0)})});
  EXPECT_FALSE(good.alarm) << good.sentence;
  const auto bad =
      check_ratio({text("A", {epoch(0, 0.5, 5'600, 0)}), text("B", {epoch(0, 0.5, 4'400, 0)})});
  EXPECT_TRUE(bad.alarm);
  EXPECT_TRUE(says(bad.sentence, "Not drawn as often as planned: A 5,600 times and B 4,400 times"))
      << bad.sentence;
}

}  // namespace
}  // namespace headway::domain::comparison
