// The simulator itself: it sees every planted bug, it is deterministic, and seeds that found something once
// are run for good. The bulk of the seeds is run by headway_sim (tests/CMakeLists.txt).

#include <gtest/gtest.h>

#include "sim/bugs.h"
#include "sim/calendar.h"
#include "sim/world.h"

namespace headway::sim {
namespace {

class PlantedBug : public ::testing::TestWithParam<Bug> {};

TEST_P(PlantedBug, IsFoundWithin200Seeds) {
  Options options;
  options.bug = GetParam();
  for (options.seed = 1; options.seed <= 200; ++options.seed) {
    if (!run_seed(options, model_store_factory()).ok()) return;
  }
  FAIL() << to_string(GetParam()) << " was not found";
}

INSTANTIATE_TEST_SUITE_P(Simulation, PlantedBug, ::testing::ValuesIn(all_bugs()),
                         [](const auto& bug) { return std::string(to_string(bug.param)); });

TEST(Simulation, EverySeedKeepsEveryPromiseAndGoesTheSameWayTwice) {
  Options options;
  for (options.seed = 100'001; options.seed <= 100'300; ++options.seed) {
    const Report r = run_twice(options, model_store_factory());
    ASSERT_TRUE(r.ok()) << r.problem << "\nrepeat with: headway_sim --seed=" << options.seed
                        << " --log";
  }
}

TEST(Simulation, SeedsThatFoundSomethingOnceStayQuiet) {
  Options options;
  for (const std::uint64_t seed : {22, 114, 213, 224, 1104, 3751, 4642}) {
    options.seed = seed;
    const Report r = run_twice(options, model_store_factory());
    EXPECT_TRUE(r.ok()) << r.problem << "\nrepeat with: headway_sim --seed=" << seed << " --log";
  }
}

TEST(Simulation, SeedsDiffer) {
  Options options;
  const Report one = run_seed(options, model_store_factory());
  options.seed = 2;
  const Report two = run_seed(options, model_store_factory());
  EXPECT_NE(one.hash, two.hash);
}

TEST(Simulation, TheWorkIsReal) {
  std::int64_t handovers = 0, crashes = 0;
  Options options;
  for (options.seed = 1; options.seed <= 50; ++options.seed) {
    const Report r = run_seed(options, model_store_factory());
    handovers += r.handovers;
    crashes += r.crashes;
  }
  EXPECT_GT(handovers, 2000);
  EXPECT_GT(crashes, 50);
}

TEST(Simulation, TheCalendarKnowsDaysOfTwentyThreeHours) {
  Calendar calendar;
  const Instant before =
      *parse_rfc3339("2026-03-29T21:59:59Z");  // 23:59:59 in Berlin, 23 h after midnight
  EXPECT_EQ(calendar.day("Europe/Berlin", before) + 1,
            calendar.day("Europe/Berlin", before + std::chrono::seconds{1}));
}

}  // namespace
}  // namespace headway::sim
