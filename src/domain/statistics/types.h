#pragma once
// Values that the methods of this folder share. Everything here is pure: no time, no chance, no IO, no state
// outside the objects; functions may be called from any thread, objects from one at a time.
//
// Counts are whole numbers from 0 to 10^12. Arguments are checked with HW_CHECK: whoever takes them from
// outside validates first. "Natural" logarithms throughout; evidence is given as its logarithm.

#include <cstdint>

namespace headway::domain::statistics {

struct Interval {
  double lo = 0, hi = 1;
  bool operator==(const Interval&) const = default;
};

// `successes` of `n` tries, 0 <= successes <= n.
struct Trials {
  std::int64_t successes = 0, n = 0;
  bool operator==(const Trials&) const = default;
};

}  // namespace headway::domain::statistics
