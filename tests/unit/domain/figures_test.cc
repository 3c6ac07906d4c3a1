#include "domain/figures.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/hash.h"

namespace headway::domain {
namespace {

void expect_close(std::optional<double> actual, double expected) {
  ASSERT_TRUE(actual);
  EXPECT_LE(std::abs(*actual - expected), std::abs(expected) * 1e-10 + 1e-18) << *actual;
}

TEST(Wilson, ReferenceVectors) {
  const Rate five = make_rate(5, 100);
  expect_close(five.lo, .021543679154368);
  expect_close(five.hi, .111750469231919);
  const Rate none = make_rate(0, 20);
  EXPECT_EQ(*none.lo, 0.0);
  expect_close(none.hi, .161125158052819);
}

TEST(Wilson, EndsAreExact) {
  const Rate all = make_rate(20, 20);
  EXPECT_EQ(*all.hi, 1.0);
  expect_close(all.lo, 1 - .161125158052819);
  EXPECT_EQ(*make_rate(1, 1).hi, 1.0);
}

TEST(Rates, WithoutDenominatorThereIsNone) {
  const Rate r = make_rate(0, 0);
  EXPECT_FALSE(r.rate || r.lo || r.hi);
}

TEST(Rates, AboveOneThereIsNoInterval) {
  const Rate r = make_rate(3, 2);
  EXPECT_EQ(*r.rate, 1.5);
  EXPECT_FALSE(r.lo || r.hi);
}

TEST(Bands, EdgesAreModerate) {
  EXPECT_EQ(delivery_band(0, 0), Band::none);
  EXPECT_EQ(delivery_band(95, 100), Band::moderate);
  EXPECT_EQ(delivery_band(951, 1000), Band::high);
  EXPECT_EQ(delivery_band(80, 100), Band::moderate);
  EXPECT_EQ(delivery_band(799, 1000), Band::low);
  // A rounded 95.00 % that is more, and 80.00 % that is less.
  EXPECT_EQ(delivery_band(9'500'001, 10'000'000), Band::high);
  EXPECT_EQ(delivery_band(7'999'999, 10'000'000), Band::low);
  EXPECT_EQ(delivery_band(85'500'000'000'000'001, 90'000'000'000'000'000), Band::high);
}

TEST(Bands, UncertainWhenTheIntervalCrossesAnEdge) {
  EXPECT_TRUE(band_uncertain(make_rate(19, 20)));
  EXPECT_FALSE(band_uncertain(make_rate(9'900, 10'000)));
  EXPECT_FALSE(band_uncertain(make_rate(9'000, 10'000)));
  EXPECT_TRUE(band_uncertain(make_rate(8'010, 10'000)));
  EXPECT_FALSE(band_uncertain(make_rate(0, 0)));
}

TEST(Progress, IsRoundedDown) {
  EXPECT_EQ(progress_basis_points({}), std::nullopt);
  EXPECT_EQ(progress_basis_points({.sent = 2, .failed = 0, .pending = 1, .partial = 0, .total = 3}),
            6666);
  EXPECT_EQ(progress_basis_points(
                {.sent = 9'999'998, .failed = 1, .pending = 1, .partial = 0, .total = 10'000'000}),
            9999);
  EXPECT_EQ(progress_basis_points({.sent = 1, .failed = 1, .pending = 0, .partial = 0, .total = 2}),
            10000);
}

Counts some_counts() {
  Counts c;
  const auto set = [&](Counter k, std::int64_t n) { c.n[static_cast<std::size_t>(k)] = n; };
  set(Counter::enrolled, 100);
  set(Counter::sent, 60);
  set(Counter::failed, 20);
  set(Counter::partial, 5);
  set(Counter::delivered, 80);
  set(Counter::undelivered, 16);
  set(Counter::contacted, 70);
  set(Counter::responded, 7);
  set(Counter::booked, 2);
  set(Counter::opted_out, 1);
  set(Counter::replies, 9);
  c.lead_failures[static_cast<std::size_t>(FailureClass::recipient_invalid)] = 16;
  c.lead_failures[static_cast<std::size_t>(FailureClass::suppressed)] = 4;
  c.message_failures[static_cast<std::size_t>(FailureClass::recipient_invalid)] = 16;
  return c;
}

TEST(CampaignFigures, FollowTheirDefinitions) {
  const Counts c = some_counts();
  EXPECT_EQ(status_counts(c),
            (StatusCounts{.sent = 60, .failed = 20, .pending = 15, .partial = 5, .total = 100}));
  EXPECT_EQ(delivery_rate(c).num, 80);
  EXPECT_EQ(delivery_rate(c).den, 96);
  EXPECT_EQ(response_rate(c).den, 70);
  EXPECT_EQ(conversion_rate(c).num, 2);
  EXPECT_EQ(opt_out_rate(c).num, 1);
  EXPECT_EQ(bookings_per_responder(c).den, 7);
}

TEST(Sealing, CanonicalFormsAreSortedAndWithoutBlanks) {
  EXPECT_EQ(
      canonical_delivery(CampaignId{12}, from_ms(1795424400000), some_counts()),
      R"({"campaign_id":"12","contacted":70,"counts":{"failed":20,"partial":5,"pending":15,"sent":60,)"
      R"("total":100},"delivered":80,"finished_at":"2026-11-23T09:00:00Z",)"
      R"("lead_failures":{"recipient_invalid":16,"suppressed":4},)"
      R"("message_failures":{"recipient_invalid":16},"undelivered":16})");
  EXPECT_EQ(canonical_outcomes(CampaignId{12}, from_ms(1795424400000), some_counts()),
            R"({"auto_replies":0,"booked":2,"campaign_id":"12","closed_at":"2026-11-23T09:00:00Z",)"
            R"("contacted":70,"opted_out":1,"replies":9,"responded":7})");
  EXPECT_EQ(canonical_delivery(CampaignId{1}, from_ms(0), Counts{}).find(' '), std::string::npos);
}

}  // namespace
}  // namespace headway::domain
