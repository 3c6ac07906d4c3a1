#include "store/sqlite/reader_time.h"

#include "domain/schedule.h"

namespace headway::store::sqlite {
namespace {

tl::unexpected<Error> too_many(int max) {
  return invalid("to", "At most " + std::to_string(max) + " points");
}

}  // namespace

LocalHour local_hour(const std::string& zone, Instant t) {
  const domain::Zone z = domain::Zone::find(zone).value_or(domain::Zone());
  const std::int64_t days = domain::day_number(z, t);  // 1970-01-01 was a Thursday
  return {static_cast<int>((days + 3) % 7), static_cast<int>(z.get().lookup(t).cs.hour())};
}

Result<std::vector<Instant>> hour_starts(Instant from, Instant to, int max) {
  std::vector<Instant> at;
  if (to <= from) return at;
  const Instant first = std::chrono::floor<std::chrono::hours>(from);
  if (to - first > std::chrono::hours(max)) return too_many(max);
  for (Instant t = first; t < to; t += std::chrono::hours(1)) at.push_back(t);
  at.push_back(at.back() + std::chrono::hours(1));
  return at;
}

Result<std::vector<Instant>> day_starts(const std::string& zone, Instant from, Instant to,
                                        int max) {
  const auto z = domain::Zone::find(zone);
  if (!z) return invalid("timezone", "No such time zone");
  std::vector<Instant> at;
  if (to <= from) return at;
  if (to - from > std::chrono::hours(24) * (max + 1)) return too_many(max);
  // The start of the day of `from` is the end of a day that begins at most 25 h earlier.
  Instant start = from;
  const std::int64_t day = domain::day_number(*z, from);
  for (Instant t = from - std::chrono::hours(49); t <= from; t = domain::day_end(*z, t)) {
    start = t;
    if (domain::day_number(*z, t) == day) break;
  }
  for (Instant t = start; t < to; t = domain::day_end(*z, t)) at.push_back(t);
  at.push_back(domain::day_end(*z, at.back()));
  if (std::ssize(at) > max + 1) return too_many(max);
  return at;
}

}  // namespace headway::store::sqlite
