#include "domain/forecast/forecast.h"

#include <algorithm>
#include <cmath>

#include "domain/forecast/calendar.h"
#include "domain/forecast/history.h"
#include "domain/forecast/replay.h"

namespace headway::domain::forecast {
namespace {

constexpr std::size_t kPointsMax = 120;
// Pieces of work (slot x account x group x step) in all futures together: about 30 ms.
constexpr double kWorkMax = 3e6;

std::size_t rank(double p, std::size_t n) {  // nearest rank
  const auto r = static_cast<std::size_t>(std::ceil(p * static_cast<double>(n)));
  return std::clamp<std::size_t>(r, 1, n) - 1;
}

Range range_of(const std::vector<PathResult>& paths, Instant now) {
  std::vector<Instant> ends;
  for (const PathResult& p : paths) ends.push_back(p.finish.value_or(Instant::max()));
  std::sort(ends.begin(), ends.end());
  const auto at = [&](double p) -> std::optional<Instant> {
    const Instant t = ends[rank(p, ends.size())];
    if (t == Instant::max()) return std::nullopt;
    return t;
  };
  Range r{at(0.1), at(0.5), at(0.9)};
  // Told to the minute, outwards: the range is to hold what it means.
  using std::chrono::ceil, std::chrono::floor, std::chrono::minutes;
  if (r.p10) r.p10 = std::max(floor<minutes>(*r.p10), floor<minutes>(now));
  if (r.p50) r.p50 = ceil<minutes>(*r.p50);
  if (r.p90) r.p90 = ceil<minutes>(*r.p90);
  return r;
}

std::array<std::int64_t, 3> quantiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::array<std::int64_t, 3> q{};
  constexpr std::array<double, 3> kAt{0.1, 0.5, 0.9};
  for (std::size_t i = 0; i < q.size(); ++i)
    q[i] = std::llround(values[rank(kAt[i], values.size())]);
  return q;
}

std::vector<SeriesPoint> series_of(const Input& in, const Calendar& calendar,
                                   const std::vector<PathResult>& paths) {
  std::size_t longest = 0;
  for (const PathResult& p : paths) longest = std::max(longest, p.processed.size());
  // The last slot of each local day (hours), each day, each week.
  std::vector<std::size_t> ends;
  const auto& slots = calendar.slots();
  for (std::size_t i = 0; i < longest; ++i) {
    const bool same_day =
        i + 1 < slots.size() && i + 1 < calendar.hours() && slots[i].day == slots[i + 1].day;
    if (!same_day || i + 1 == longest) ends.push_back(i);
  }
  const std::size_t step = (ends.size() + kPointsMax - 1) / kPointsMax;
  std::vector<SeriesPoint> series;
  for (std::size_t k = 0; k < ends.size(); ++k) {
    if (step > 1 && k % step != 0 && k + 1 != ends.size()) continue;
    std::vector<double> done;
    for (const PathResult& p : paths) {
      done.push_back(p.processed.empty() ? 0
                                         : p.processed[std::min(ends[k], p.processed.size() - 1)]);
    }
    SeriesPoint point;
    point.at = slots[ends[k]].to;
    point.processed = quantiles(std::move(done));
    for (auto& n : point.processed) n += in.processed;
    series.push_back(point);
  }
  return series;
}

int paths_for(const Input& in, const Calendar& calendar) {
  const double work = 60.0 * static_cast<double>(std::max<std::size_t>(in.accounts.size(), 1)) *
                      (2.0 + 0.2 * calendar.groups() * static_cast<double>(in.steps.size()));
  return std::clamp(static_cast<int>(kWorkMax / work), kPathsMin, kPaths);
}

}  // namespace

Forecast make_forecast(const Input& in) {
  Forecast f;
  f.horizon = in.now + kHorizon;
  for (const Work& w : in.work) f.open_leads += w.n;
  if (in.state == CampaignState::finished) {
    f.already = in.finished_at.value_or(in.now);
    return f;
  }
  f.if_resumed = in.state == CampaignState::paused;
  Sorted sorted = find_stuck(in);
  f.never = std::move(sorted.stuck);
  const History history = make_history(in);
  f.assumptions = assumptions_of(in, history.days);
  if (f.open_leads == 0) {  // nothing to do: done with the next look, or when leads are there
    f.finish = Range{in.now, in.now, in.now};
    return f;
  }
  std::int64_t left = 0;
  for (const Work& w : sorted.rest.work) left += w.n;
  if (left == 0) return f;

  Calendar calendar(sorted.rest);
  Replay replay(sorted.rest, calendar, history);
  f.paths = paths_for(in, calendar);
  std::vector<PathResult> paths;
  for (int i = 0; i < f.paths; ++i) paths.push_back(replay.run(i));
  (f.never.empty() ? f.finish : f.rest) = range_of(paths, in.now);
  std::vector<double> messages;
  for (const PathResult& p : paths) messages.push_back(p.messages);
  f.messages = quantiles(std::move(messages));
  f.series = series_of(in, calendar, paths);
  return f;
}

}  // namespace headway::domain::forecast
