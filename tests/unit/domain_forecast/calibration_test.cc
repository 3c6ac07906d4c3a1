// Eight in ten campaigns end within the range that was told while they ran.

#include <gtest/gtest.h>

#include "domain/forecast/forecast.h"
#include "tests/support/forecast_world.h"

namespace headway::domain::forecast {
namespace {

TEST(ForecastCalibration, TheRangeHoldsWhatItSays) {
  constexpr int kCampaigns = 150;
  int told = 0, covered = 0, early = 0, late = 0;
  for (int i = 1; i <= kCampaigns; ++i) {
    test::ForecastWorld world(static_cast<std::uint64_t>(i));
    const double share = 0.1 + 0.75 * ((i * 37) % 100) / 100.0;
    if (!world.play_until_processed(share) || world.finished()) continue;
    const Forecast f = make_forecast(world.seen());
    ASSERT_TRUE(f.finish) << "seed " << i;
    if (!world.play_until_processed(1)) continue;
    ++told;
    const Instant end = world.finished_at();
    const bool too_early = f.finish->p10 && end < *f.finish->p10;
    const bool too_late = f.finish->p90 && end > *f.finish->p90;
    early += too_early;
    late += too_late;
    covered += !too_early && !too_late;
  }
  RecordProperty("covered", covered);
  RecordProperty("told", told);
  std::printf("80 %% range: %d of %d inside, %d ended earlier, %d later\n", covered, told, early,
              late);
  EXPECT_GE(told, kCampaigns * 9 / 10);
  EXPECT_GE(covered * 100, told * 75);
  EXPECT_LE(covered * 100, told * 88);
}

}  // namespace
}  // namespace headway::domain::forecast
