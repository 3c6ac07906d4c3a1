#pragma once
// Hours and days as series and tables need them. Pure.

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace headway::store::sqlite {

struct LocalHour {
  int weekday = 0;  // 0 = Monday
  int hour = 0;
};

// The local clock of a zone; an unknown name counts as UTC.
LocalHour local_hour(const std::string& zone, Instant t);

// The starts of the UTC hours, or of the local days of `zone`, that touch [from, to), and the end
// of the last one. invalid when there are more than `max`, or the zone is unknown.
Result<std::vector<Instant>> hour_starts(Instant from, Instant to, int max);
Result<std::vector<Instant>> day_starts(const std::string& zone, Instant from, Instant to, int max);

}  // namespace headway::store::sqlite
