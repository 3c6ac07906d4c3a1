#include "domain/diagnosis/diagnosis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "domain/diagnosis/search.h"
#include "domain/diagnosis/words.h"
#include "domain/statistics/intervals.h"

namespace headway::domain::diagnosis {
namespace {

constexpr double kUsualFailuresMin = 5;  // expected; fewer tell nothing
constexpr std::int64_t kNeededMax = 100'000;
constexpr std::size_t kCodesShown = 5;

bool counts(FailureClass c) {
  switch (cause_of(c)) {
    case FailureCause::account_issues:
    case FailureCause::invalid_leads:
    case FailureCause::rate_limiting:
    case FailureCause::content_issues: return true;
    default: return c == FailureClass::none;
  }
}

statistics::Interval gate(std::int64_t failures, std::int64_t n) {
  return statistics::wilson({failures, n}, kGateAlpha);
}

// Messages more until the same failure rate would pass the gate.
std::int64_t needed_for(std::int64_t failures, std::int64_t n, double line) {
  const double rate = static_cast<double>(failures) / static_cast<double>(n);
  const auto passes = [&](std::int64_t total) {
    const auto failed = static_cast<std::int64_t>(rate * static_cast<double>(total));
    return gate(failed, total).lo > line;
  };
  std::int64_t low = n, high = n;
  do {
    high = high * 2 + 1;
  } while (high - n < kNeededMax && !passes(high));
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (passes(middle) ? high : low) = middle;
  }
  return high - n;
}

Slice slice_of(const Candidate& c, const Names& names) {
  Slice s;
  s.by = c.by;
  s.value = c.value;
  if (c.by == By::load) {
    s.label = load_label(c.value);
  } else if (c.by == By::step) {
    s.label = "Step " + std::to_string(c.value);
  } else {
    s.label = names(c.by, c.value);
  }
  s.attempts = c.attempts;
  s.failures = c.failures;
  s.expected = c.expected;
  s.rate = make_rate(c.failures, c.attempts);
  s.times_expected = c.expected > 0 ? static_cast<double>(c.failures) / c.expected : 0;
  return s;
}

Cause cause_at(const Candidate& c, double probability, const std::vector<Cell>& cells,
               std::int64_t failures, const Names& names) {
  Cause out;
  out.cause = cause_of(c.by);
  out.title = title_of(out.cause);
  out.remedy = remedy_of(out.cause);
  out.probability = probability;
  out.failures = c.failures;
  out.of = failures;
  out.share = std::clamp(c.share, 0.0, 1.0);
  out.slice = slice_of(c, names);
  std::map<std::pair<FailureClass, std::string>, std::int64_t> codes;
  bool first = true;
  for (const Cell& cell : cells) {
    if (cell.failure == FailureClass::none || !inside(cell, c.by, c.value)) continue;
    codes[{cell.failure, cell.code}] += cell.n;
    out.first = first ? cell.first : std::min(out.first, cell.first);
    out.last = first ? cell.last : std::max(out.last, cell.last);
    first = false;
  }
  for (const auto& [key, n] : codes) out.codes.push_back({key.first, key.second, n});
  std::stable_sort(out.codes.begin(), out.codes.end(),
                   [](const auto& a, const auto& b) { return a.n > b.n; });
  if (out.codes.size() > kCodesShown) out.codes.resize(kCodesShown);
  out.sentence = cause_sentence(out.slice, out.share);
  if (const std::string more = code_sentence(out.codes, out.failures); !more.empty()) {
    out.sentence += " " + more;
  }
  return out;
}

struct Totals {
  std::int64_t delivered = 0, failures = 0, undelivered = 0;  // failures: by the four causes
  std::map<FailureClass, std::int64_t> others;
};

Totals totals_of(const std::vector<Cell>& cells) {
  Totals t;
  for (const Cell& c : cells) {
    if (c.failure == FailureClass::none) {
      t.delivered += c.n;
      continue;
    }
    t.undelivered += c.n;
    if (counts(c.failure)) {
      t.failures += c.n;
    } else {
      t.others[c.failure] += c.n;
    }
  }
  return t;
}

void explain(Diagnosis& d, const std::vector<Cell>& cells, const Totals& t, const Names& names) {
  const Findings found = search(cells, d.baseline);
  const auto tie = [&](const Slice& with) {
    for (const Candidate& c : found.ties) {
      if (c.by != with.by) d.ties.push_back(tie_sentence(with, slice_of(c, names)));
    }
  };
  if (found.stated) {
    d.verdict = Verdict::causes;
    for (const Candidate& c : found.places) {
      d.causes.push_back(cause_at(c, found.probability, cells, t.failures, names));
    }
    tie(d.causes.front().slice);
    d.sentence = causes_sentence(d.delivery, d.causes);
    return;
  }
  d.verdict = Verdict::mixed;
  for (const Candidate& c : found.standing_out) d.slices.push_back(slice_of(c, names));
  if (!d.slices.empty()) tie(d.slices.front());
  d.sentence = mixed_sentence(d.delivery, d.slices, {});
}

}  // namespace

std::string_view to_string(By by) {
  constexpr std::array<std::string_view, 5> kNames{"account", "collection", "load", "variant",
                                                   "step"};
  return kNames[static_cast<std::size_t>(by)];
}

std::string_view to_string(Verdict v) {
  switch (v) {
    case Verdict::healthy: return "healthy";
    case Verdict::not_enough_evidence: return "not_enough_evidence";
    case Verdict::causes: return "causes";
    case Verdict::mixed: return "mixed";
  }
  return "mixed";
}

double baseline_rate(const Background& others) {
  std::int64_t by_the_four = others.undelivered;
  for (const Background::Code& code : others.codes) {
    if (!counts(code.failure)) by_the_four -= code.n;
  }
  const double failed = static_cast<double>(by_the_four) + kPriorMessages * kPriorRate;
  const double all = static_cast<double>(others.delivered + by_the_four) + kPriorMessages;
  return std::clamp(failed / all, kBaselineMin, kBaselineMax);
}

Diagnosis diagnose(const std::vector<Cell>& all, const Background& others, const Names& names) {
  Diagnosis d;
  const Totals t = totals_of(all);
  d.delivery = make_rate(t.delivered, t.delivered + t.undelivered);
  d.band = delivery_band(d.delivery.num, d.delivery.den);
  d.baseline = baseline_rate(others);
  const auto seen = static_cast<double>(others.delivered + others.undelivered);
  d.baseline_source = seen >= kPriorMessages ? "workspace" : "default";
  for (const auto& [failure, n] : t.others) {
    d.others.push_back(other_of(failure, n, t.undelivered));
  }
  std::stable_sort(d.others.begin(), d.others.end(),
                   [](const Other& a, const Other& b) { return a.n > b.n; });

  const double line = kGateTimes * d.baseline;
  const std::int64_t n = t.delivered + t.failures;
  if (n > 0 && gate(t.failures, n).lo > line) {
    std::vector<Cell> cells;
    std::copy_if(all.begin(), all.end(), std::back_inserter(cells),
                 [](const Cell& c) { return counts(c.failure); });
    explain(d, cells, t, names);
    return d;
  }
  if (d.delivery.den > 0 && gate(t.undelivered, d.delivery.den).lo > line) {
    d.verdict = Verdict::mixed;
    d.sentence = mixed_sentence(d.delivery, {}, d.others);
    return d;
  }
  const auto messages = static_cast<double>(n);
  const auto enough = static_cast<std::int64_t>(std::ceil(kUsualFailuresMin / d.baseline));
  if (n > 0 && static_cast<double>(t.failures) > line * messages) {
    d.verdict = Verdict::not_enough_evidence;
    d.needed = needed_for(t.failures, n, line);
  } else if (n < enough) {
    d.verdict = Verdict::not_enough_evidence;
    d.needed = enough - n;
  } else {
    d.verdict = Verdict::healthy;
    d.sentence = healthy_sentence(d.delivery, d.baseline);
    return d;
  }
  d.sentence = not_enough_sentence(d.delivery, d.needed);
  return d;
}

}  // namespace headway::domain::diagnosis
