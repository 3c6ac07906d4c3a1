#include "domain/comparison/compare.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "domain/comparison/evidence.h"
#include "domain/comparison/words.h"
#include "domain/statistics/intervals.h"

namespace headway::domain::comparison {
namespace {

// ln K / alpha: what the evidence must reach against every other arm.
double bar(std::size_t arms) { return std::log(static_cast<double>(arms) / kAlpha); }

bool has_trials(const Rate& r) { return r.den > 0 && r.num >= 0 && r.num <= r.den; }

void put_difference(Difference& d, const Rate& a, const Rate& b) {
  if (!has_trials(a) || !has_trials(b)) return;
  d.difference = *a.rate - *b.rate;
  const auto span = statistics::newcombe_difference({a.num, a.den}, {b.num, b.den}, kAlpha);
  d.lo = span.lo;
  d.hi = span.hi;
}

// Who is better by the evidence, unless something forbids to say so.
void judge_pair(Difference& d, const Evidence& e, std::size_t arms) {
  d.log_e = std::max(e.a_better, e.b_better);
  const std::size_t by_evidence = e.a_better >= e.b_better ? d.a : d.b;
  if (d.log_e > 0) d.better = by_evidence;
  if (d.odds.mh && *d.odds.mh != 1) d.better = *d.odds.mh > 1 ? d.a : d.b;
  d.decided = d.log_e >= bar(arms) && d.better == by_evidence;
  d.reversed = d.odds.reversed;
  d.differs_by_place = d.odds.same_everywhere_p && *d.odds.same_everywhere_p < kSameEverywhereMin;
}

bool beats(const Difference& d, std::size_t arm) {
  return d.decided && d.better == arm && !d.reversed && !d.differs_by_place && d.cut != Cut::age;
}

// The arm that beats every other one.
std::optional<std::size_t> winner_of(const MetricResult& r) {
  for (std::size_t i = 0; i < r.arms.size(); ++i) {
    const bool all =
        std::all_of(r.differences.begin(), r.differences.end(),
                    [&](const Difference& d) { return (d.a != i && d.b != i) || beats(d, i); });
    if (all) return i;
  }
  return std::nullopt;
}

// The two best ones, the lower index first: they decide how much more is needed.
std::optional<std::pair<std::size_t, std::size_t>> best_two(const MetricResult& r) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < r.arms.size(); ++i) {
    if (has_trials(r.arms[i].rate)) order.push_back(i);
  }
  if (order.size() < 2) return std::nullopt;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return *r.arms[a].rate.rate > *r.arms[b].rate.rate;
  });
  return std::minmax(order[0], order[1]);
}

// `needed(a, b)`: more for each of these two.
template <class Needed>
void finish(MetricResult& r, const std::vector<std::string>& names, bool drawn, Needed needed) {
  for (Arm& arm : r.arms) put_sequence(arm);
  put_best(r.arms);
  const bool any_cut_by_age =
      !drawn && std::any_of(r.differences.begin(), r.differences.end(),
                            [](const Difference& d) { return d.cut == Cut::age; });
  const bool all_by_age =
      !drawn && std::all_of(r.differences.begin(), r.differences.end(),
                            [](const Difference& d) { return d.cut == Cut::age; });
  const bool some_empty =
      std::any_of(r.arms.begin(), r.arms.end(), [](const Arm& a) { return a.so_far.den == 0; });
  const bool nothing_decides =
      std::any_of(r.arms.begin(), r.arms.end(), [](const Arm& a) { return a.rate.den == 0; });
  r.winner = any_cut_by_age ? std::nullopt : winner_of(r);
  if (some_empty || nothing_decides) {
    r.winner.reset();
    r.verdict = Verdict::too_early;
  } else if (r.winner) {
    r.verdict = Verdict::winner;
  } else if (all_by_age) {
    r.verdict = Verdict::not_comparable;
  } else {
    r.verdict = Verdict::no_clear_winner;
    if (const auto best = best_two(r)) r.needed = needed(best->first, best->second);
  }
  put_into_words(r, names, drawn);
}

Rate rate_of(const std::vector<DayCount>& days, const Timeline& t, bool closed_only) {
  std::int64_t n = 0, good = 0;
  for (const DayCount& d : days) {
    if (closed_only && !day_closed(d.day, t)) continue;
    n += d.n;
    good += d.good;
  }
  return make_rate(good, n);
}

}  // namespace

std::string_view to_string(Verdict v) {
  switch (v) {
    case Verdict::winner: return "winner";
    case Verdict::no_clear_winner: return "no_clear_winner";
    case Verdict::too_early: return "too_early";
    case Verdict::not_comparable: return "not_comparable";
  }
  return "too_early";
}

MetricResult compare_campaigns(const std::vector<CampaignArm>& arms, Metric metric,
                               int window_days) {
  MetricResult r;
  r.metric = metric;
  // Whether a message arrived is known when its day is over.
  r.maturity.window_days = metric == Metric::delivery ? 0 : window_days;
  std::vector<std::vector<DayCount>> days;
  std::vector<Timeline> times;
  std::vector<std::string> names;
  std::int64_t so_far = 0, deciding = 0;
  for (const CampaignArm& arm : arms) {
    days.push_back(
        day_counts(metric == Metric::delivery ? arm.by_message : arm.by_lead, metric, window_days));
    times.push_back(arm.timeline);
    times.back().window_days = r.maturity.window_days;
    names.push_back(arm.name);
    Arm a;
    a.rate = rate_of(days.back(), times.back(), true);
    a.so_far = rate_of(days.back(), times.back(), false);
    so_far += a.so_far.den;
    deciding += a.rate.den;
    for (const DayCount& d : days.back()) {
      const std::int64_t closes = d.day + 1 + r.maturity.window_days;
      if (closes <= times.back().today) continue;
      if (!r.maturity.next_day || closes < *r.maturity.next_day) r.maturity.next_day = closes;
    }
    r.arms.push_back(std::move(a));
  }
  if (so_far > 0) r.maturity.share = static_cast<double>(deciding) / static_cast<double>(so_far);
  for (std::size_t a = 0; a < arms.size(); ++a) {
    for (std::size_t b = a + 1; b < arms.size(); ++b) {
      const PairBlocks pairs = pair_blocks(days[a], times[a], days[b], times[b]);
      Difference d;
      d.a = a;
      d.b = b;
      d.cut = pairs.cut;
      d.dropped = pairs.dropped;
      put_difference(d, r.arms[a].rate, r.arms[b].rate);
      d.odds = odds_ratio(pairs.strata);
      judge_pair(d, block_evidence(pairs.blocks), arms.size());
      r.maturity.closed += pairs.closed;
      r.maturity.open += pairs.open;
      r.differences.push_back(d);
    }
  }
  finish(r, names, false, [&](std::size_t a, std::size_t b) {
    return more_needed(pair_blocks(days[a], times[a], days[b], times[b]).blocks, bar(arms.size()));
  });
  if (r.verdict != Verdict::too_early) r.maturity.next_day.reset();
  return r;
}

namespace {

std::vector<DrawnPair> drawn_pairs(const TextArm& a, const TextArm& b) {
  std::vector<DrawnPair> out;
  for (const EpochCount& ea : a.epochs) {
    for (const EpochCount& eb : b.epochs) {
      if (ea.epoch != eb.epoch || ea.share <= 0 || eb.share <= 0) continue;
      out.push_back({ea.share, eb.share, ea.events, eb.events});
    }
  }
  return out;
}

// The same as blocks: one an epoch, for the odds ratio across epochs with different shares.
std::vector<Pair> epoch_blocks(const TextArm& a, const TextArm& b, bool events_are_bad) {
  std::vector<Pair> out;
  for (const EpochCount& ea : a.epochs) {
    for (const EpochCount& eb : b.epochs) {
      if (ea.epoch != eb.epoch || ea.n == 0 || eb.n == 0) continue;
      const std::int64_t ya = std::min(ea.events, ea.n), yb = std::min(eb.events, eb.n);
      out.push_back({ea.n, eb.n, events_are_bad ? ea.n - ya : ya, events_are_bad ? eb.n - yb : yb});
    }
  }
  return out;
}

}  // namespace

MetricResult compare_texts(const std::vector<TextArm>& arms, Metric metric) {
  MetricResult r;
  r.metric = metric;
  r.maturity.share = 1;
  std::vector<std::string> names;
  std::int64_t events = 0;
  for (const TextArm& arm : arms) {
    Arm a;
    a.rate = a.so_far = make_rate(std::min(arm.good, arm.n), arm.n);
    r.arms.push_back(std::move(a));
    names.push_back(arm.name);
    for (const EpochCount& e : arm.epochs) events += e.events;
  }
  const bool bad = metric == Metric::delivery;  // failures are counted: the rarer outcome
  for (std::size_t a = 0; a < arms.size(); ++a) {
    for (std::size_t b = a + 1; b < arms.size(); ++b) {
      Difference d;
      d.a = a;
      d.b = b;
      put_difference(d, r.arms[a].rate, r.arms[b].rate);
      d.odds = odds_ratio(epoch_blocks(arms[a], arms[b], bad));
      Evidence e = draw_evidence(drawn_pairs(arms[a], arms[b]));
      if (bad) std::swap(e.a_better, e.b_better);
      judge_pair(d, e, arms.size());
      // Drawn by lot within each epoch: shares that changed explain crude totals, and no mix is left.
      d.reversed = false;
      d.differs_by_place = false;
      r.differences.push_back(d);
    }
  }
  finish(r, names, true, [&](std::size_t a, std::size_t b) {
    return more_needed(drawn_pairs(arms[a], arms[b]), arms[a].n, arms[b].n, bar(arms.size()));
  });
  if (events == 0 && r.verdict == Verdict::no_clear_winner && metric != Metric::delivery) {
    r.verdict = Verdict::too_early;
    r.needed.reset();
    put_into_words(r, names, true);
  }
  return r;
}

RatioCheck check_ratio(const std::vector<TextArm>& arms) {
  std::map<int, std::pair<std::vector<std::int64_t>, std::vector<double>>> epochs;
  for (const TextArm& arm : arms) {
    for (const EpochCount& e : arm.epochs) {
      epochs[e.epoch].first.push_back(e.drawn);
      epochs[e.epoch].second.push_back(e.share);
    }
  }
  RatioCheck check;
  // Evidence of epochs is independent under "as planned", so it multiplies.
  for (const auto& [epoch, counts] : epochs) {
    if (counts.first.size() >= 2) check.log_e += ratio_evidence(counts.first, counts.second);
  }
  check.alarm = check.log_e >= ratio_alarm();
  check.sentence = ratio_sentence(arms, check.alarm);
  return check;
}

}  // namespace headway::domain::comparison
