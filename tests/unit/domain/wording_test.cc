#include "domain/wording.h"

#include <gtest/gtest.h>

namespace headway::domain {
namespace {

TEST(Wording, CountsHaveTheirThousandsApart) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1'000), "1,000");
  EXPECT_EQ(count_text(-12'345'678), "-12,345,678");
  EXPECT_EQ(count_text(1, "message"), "1 message");
  EXPECT_EQ(count_text(62, "message"), "62 messages");
  EXPECT_EQ(count_text(2, "reply", "replies"), "2 replies");
}

TEST(Wording, PercentNeverRoundsToAllOrNothing) {
  EXPECT_EQ(percent_text(0, 5), "0 %");
  EXPECT_EQ(percent_text(5, 5), "100 %");
  EXPECT_EQ(percent_text(1, 0), "-");
  EXPECT_EQ(percent_text(62, 80), "78 %");
  EXPECT_EQ(percent_text(34, 1'000), "3.4 %");
  EXPECT_EQ(percent_text(50, 1'000), "5 %");
  EXPECT_EQ(percent_text(953, 1'000), "95.3 %");
  EXPECT_EQ(percent_text(99'999, 100'000), "over 99.9 %");
  EXPECT_EQ(percent_text(1, 100'000), "under 0.1 %");
  EXPECT_EQ(percent_text(9'996, 100'000), "10 %");
}

TEST(Wording, OrdinalsEndAsTheyAreSpoken) {
  for (const auto& [n, text] : {std::pair{1, "1st"},
                                {2, "2nd"},
                                {3, "3rd"},
                                {11, "11th"},
                                {32, "32nd"},
                                {112, "112th"},
                                {1'024, "1,024th"}}) {
    EXPECT_EQ(ordinal_text(n), text);
  }
}

TEST(Wording, AnEstimateHasTwoDigits) {
  EXPECT_EQ(about_text(7), "7");
  EXPECT_EQ(about_text(99), "99");
  EXPECT_EQ(about_text(101), "110");
  EXPECT_EQ(about_text(2'437), "2,500");
  EXPECT_EQ(about_text(2'400), "2,400");
  EXPECT_EQ(about_text(0.2), "0");
}

TEST(Wording, DatesAndListsReadAsWritten) {
  EXPECT_EQ(date_text(from_ms(1'790'000'000'000)), "21 Sep 2026");
  EXPECT_EQ(list_text({}), "");
  EXPECT_EQ(list_text({"a"}), "a");
  EXPECT_EQ(list_text({"a", "b"}), "a and b");
  EXPECT_EQ(list_text({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(points_text(-0.014), "1.4 points");
}

}  // namespace
}  // namespace headway::domain
