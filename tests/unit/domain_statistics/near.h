#pragma once
// Comparison of figures by relative error.

#include <cmath>

#include <gtest/gtest.h>

namespace headway::domain::statistics {

inline testing::AssertionResult within(double value, double expected, double relative) {
  const double scale = expected == 0 ? 1 : std::abs(expected);
  if (std::abs(value - expected) <= relative * scale) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << testing::PrintToString(value) << " instead of " << testing::PrintToString(expected)
         << ", off by " << std::abs(value - expected) / scale;
}

}  // namespace headway::domain::statistics

#define EXPECT_CLOSE(value, expected, relative) \
  EXPECT_TRUE(::headway::domain::statistics::within((value), (expected), (relative)))
// The vectors of reference are given to this.
#define EXPECT_VECTOR(value, expected) EXPECT_CLOSE(value, expected, 1e-10)
