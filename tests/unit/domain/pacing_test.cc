#include "domain/pacing.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace headway::domain {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Interval, IsTheRateOrTheEvenSpreadOfTheBudget) {
  EXPECT_EQ(interval_for(5, {}, hours{8}), milliseconds{200});
  EXPECT_EQ(interval_for(3, {}, hours{8}), nanoseconds{333'333'334});  // never faster than the rate
  EXPECT_EQ(interval_for(1e6, {}, hours{8}), nanoseconds{1000});
  EXPECT_EQ(interval_for(5, 480, hours{8}), seconds{60});
  EXPECT_EQ(interval_for(5, 1'000'000, hours{8}), milliseconds{200});
  EXPECT_EQ(interval_for(5, 480, nanoseconds{0}), milliseconds{200});
  EXPECT_GT(interval_for(1e-9, {}, hours{8}), hours{24 * 365});
}

TEST(Pace, FirstMessageAtOnceThenOneAnInterval) {
  Pace pace;
  EXPECT_EQ(pace.quota(seconds{10}, seconds{1}, 100).n, 1);
  pace.used(seconds{10}, seconds{1}, 1);
  const auto q = pace.quota(seconds{10}, seconds{1}, 100);
  EXPECT_EQ(q.n, 0);
  EXPECT_EQ(q.next, seconds{11});
  EXPECT_EQ(pace.quota(seconds{11}, seconds{1}, 100).n, 1);
}

TEST(Pace, NothingIsCaughtUpAfterANight) {
  Pace slow;
  slow.used(seconds{10}, seconds{1}, 1);
  EXPECT_EQ(slow.quota(hours{9}, seconds{1}, 1000).n, 1);
  Pace fast(milliseconds{250});
  fast.used(seconds{10}, milliseconds{1}, 1);
  EXPECT_EQ(fast.quota(hours{9}, milliseconds{1}, 100'000).n, 250);  // the burst, not the night
}

TEST(Pace, AFullQuotaIsCutToWhatTheCallerWants) {
  Pace fast(milliseconds{250});
  fast.used(seconds{10}, milliseconds{1}, 1);
  EXPECT_EQ(fast.quota(seconds{11}, milliseconds{1}, 10).n, 10);
}

RC_GTEST_PROP(Pace, NeverExceedsTheRateInAnyWindow, ()) {
  const auto drawn = [](auto from, auto to) {
    return *rc::gen::resize(100, rc::gen::inRange(from, to));
  };
  const nanoseconds burst{drawn(std::int64_t{0}, std::int64_t{300'000'000})};
  const nanoseconds interval{drawn(std::int64_t{1'000}, std::int64_t{500'000'000})};
  Pace pace(burst);
  std::vector<std::pair<nanoseconds, std::int64_t>> sent;
  nanoseconds now{seconds{1000}};
  for (int i = 0; i < 60; ++i) {
    now += nanoseconds{drawn(std::int64_t{0}, std::int64_t{1'000'000'000}) / drawn(1, 50)};
    const auto q = pace.quota(now, interval, 1'000'000);
    RC_ASSERT((q.n == 0) == (q.next > now));
    const std::int64_t n = drawn(0, 3) == 0 ? q.n / 2 : q.n;
    pace.used(now, interval, n);
    if (n > 0) sent.emplace_back(now, n);
    // What was promised for later holds.
    if (q.n == 0) RC_ASSERT(pace.quota(q.next, interval, 1).n == 1);
  }
  for (std::size_t a = 0; a < sent.size(); ++a) {
    std::int64_t total = 0;
    for (std::size_t b = a; b < sent.size(); ++b) {
      total += sent[b].second;
      const nanoseconds window = sent[b].first - sent[a].first;
      RC_ASSERT(total <= 1 + (window + burst) / interval);
    }
  }
}

}  // namespace
}  // namespace headway::domain
