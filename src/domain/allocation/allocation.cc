#include "domain/allocation/allocation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/check.h"
#include "domain/statistics/bayes.h"

namespace headway::domain::allocation {
namespace {

Counter reaction_of(VariantMetric m) {
  return m == VariantMetric::conversion ? Counter::booked : Counter::responded;
}

// The buckets that a day of deliveries can have seen whole by `today`, as a number: 0 = none yet.
std::size_t buckets_seen(const Question& q, std::int64_t day) {
  std::size_t seen = 0;
  while (seen < q.lag_ends.size() && day + 1 + q.lag_ends[seen] <= q.today) ++seen;
  return seen;
}

// The part of all reactions that comes within the first k buckets, k = 0 .. lag_ends.size(). Buckets that no day is
// old enough for count as empty: what nobody can have had yet says nothing about anybody.
std::vector<double> parts_within(const Question& q, Counter reaction) {
  std::vector<double> hazard(q.lag_ends.size());
  for (std::size_t bucket = 0; bucket < hazard.size(); ++bucket) {
    double tries = 0, reactions = 0;
    for (const Cell& c : q.cells) {
      if (c.epoch < 0 || buckets_seen(q, c.day) <= bucket) continue;
      if (c.counter == Counter::contacted) tries += static_cast<double>(c.n);
      const bool here = c.counter == reaction && static_cast<std::size_t>(c.lag) == bucket;
      if (here) reactions += static_cast<double>(c.n);
    }
    if (tries > 0) hazard[bucket] = reactions / tries;
  }
  std::vector<double> within(hazard.size() + 1);
  for (std::size_t k = 0; k < hazard.size(); ++k) within[k + 1] = within[k] + hazard[k];
  const double all = within.back();
  for (double& f : within) f = all > 0 ? f / all : 0;
  return within;
}

void count(const Question& q, std::vector<Arm>& arms) {
  const auto arm_of = [&](VariantId v) {
    return std::find_if(arms.begin(), arms.end(), [v](const Arm& a) { return a.variant == v; });
  };
  if (q.metric == VariantMetric::delivery) {
    for (const Cell& c : q.cells) {
      const auto arm = arm_of(c.variant);
      if (arm == arms.end() || c.epoch < 0) continue;
      const bool delivered = c.counter == Counter::contacted;
      if (delivered) arm->successes += static_cast<double>(c.n);
      if (delivered || c.counter == Counter::undelivered) arm->tries += static_cast<double>(c.n);
    }
    return;
  }
  const Counter reaction = reaction_of(q.metric);
  std::optional<int> epoch;
  bool several = false;
  for (const Cell& c : q.cells) {
    if (c.epoch < 0 || arm_of(c.variant) == arms.end()) continue;
    several = several || (epoch && *epoch != c.epoch);
    epoch = c.epoch;
  }
  const std::vector<double> within = several ? parts_within(q, reaction) : std::vector<double>();
  for (const Cell& c : q.cells) {
    const auto arm = arm_of(c.variant);
    if (arm == arms.end() || c.epoch < 0) continue;
    const std::size_t seen = several ? buckets_seen(q, c.day) : q.lag_ends.size() + 1;
    if (c.counter == Counter::contacted) {
      arm->tries += static_cast<double>(c.n) * (several ? within[seen] : 1);
    } else if (c.counter == reaction && static_cast<std::size_t>(c.lag) < seen) {
      arm->successes += static_cast<double>(c.n);
    }
  }
  for (Arm& a : arms) a.tries = std::max(a.tries, a.successes);
}

// Whole parts that add up: the largest remainders get what rounding left over.
void round_to_parts(std::vector<Arm>& arms, const std::vector<double>& shares) {
  std::vector<std::pair<double, std::size_t>> rest;
  std::int64_t given = 0;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    const double exact = shares[i] * static_cast<double>(kPartsInAll);
    arms[i].parts = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(exact)));
    given += arms[i].parts;
    rest.emplace_back(exact - std::floor(exact), i);
  }
  std::stable_sort(rest.begin(), rest.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t k = 0; given < kPartsInAll; ++k, ++given)
    ++arms[rest[k % rest.size()].second].parts;
  while (given > kPartsInAll) {  // floors of 1 that came to too much: from the largest
    --std::max_element(arms.begin(), arms.end(), [](const Arm& a, const Arm& b) {
        return a.parts < b.parts;
      })->parts;
    --given;
  }
}

}  // namespace

Answer allocate(const Question& q) {
  HW_CHECK(!q.variants.empty() && q.mode != VariantMode::fixed);
  Answer answer;
  for (const VariantId v : q.variants) answer.arms.push_back({v, 0, 0, 0, 0});
  count(q, answer.arms);

  const bool delivery = q.metric == VariantMetric::delivery;
  double least = answer.arms.front().tries, rare = 0;
  std::vector<statistics::BetaPosterior> posteriors;
  for (const Arm& a : answer.arms) {
    least = std::min(least, a.tries);
    rare += delivery ? a.tries - a.successes : a.successes;
    const double prior = q.usual ? *q.usual * kPriorStrength : 0.5;
    const double other = q.usual ? (1 - *q.usual) * kPriorStrength : 0.5;
    posteriors.push_back({prior + a.successes, other + a.tries - a.successes});
  }
  const std::vector<double> best = statistics::compare_posteriors(posteriors).best;
  for (std::size_t i = 0; i < best.size(); ++i) answer.arms[i].p_best = best[i];

  std::vector<double> shares(best.size(), 1.0 / static_cast<double>(best.size()));
  if (q.mode == VariantMode::earn) {
    shares = statistics::earn_shares(best);
  } else if (least >= static_cast<double>(kLearnTries) &&
             rare >= static_cast<double>(kLearnReactions)) {
    shares = statistics::top_two_shares(best);
  } else {
    answer.even = true;
  }
  round_to_parts(answer.arms, shares);
  return answer;
}

}  // namespace headway::domain::allocation
