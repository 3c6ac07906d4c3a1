#include "domain/diagnosis/search.h"

#include <algorithm>
#include <array>
#include <map>

#include "domain/statistics/intervals.h"
#include "domain/statistics/slices.h"

namespace headway::domain::diagnosis {
namespace {

namespace st = statistics;

By by_of(st::Dimension d) {
  switch (d) {
    case st::Dimension::account: return By::account;
    case st::Dimension::collection: return By::collection;
    case st::Dimension::load: return By::load;
    case st::Dimension::variant: return By::variant;
    case st::Dimension::step: return By::step;
  }
  return By::account;
}

FailureCause cause_from(st::Cause c) {
  switch (c) {
    case st::Cause::account_issues: return FailureCause::account_issues;
    case st::Cause::invalid_leads: return FailureCause::invalid_leads;
    case st::Cause::rate_limiting: return FailureCause::rate_limiting;
    case st::Cause::content_issues: return FailureCause::content_issues;
  }
  return FailureCause::none;
}

std::optional<st::Cause> meaning_of(FailureClass c) {
  switch (domain::cause_of(c)) {
    case FailureCause::account_issues: return st::Cause::account_issues;
    case FailureCause::invalid_leads: return st::Cause::invalid_leads;
    case FailureCause::rate_limiting: return st::Cause::rate_limiting;
    case FailureCause::content_issues: return st::Cause::content_issues;
    default: return std::nullopt;
  }
}

// Small numbers for ids, in the order in which they come.
class Numbers {
 public:
  std::int32_t of(std::int64_t id) {
    const auto [at, added] = numbers_.try_emplace(id, static_cast<std::int32_t>(ids_.size()));
    if (added) ids_.push_back(id);
    return at->second;
  }
  std::int64_t id(std::int32_t number) const { return ids_[static_cast<std::size_t>(number)]; }

 private:
  std::map<std::int64_t, std::int32_t> numbers_;
  std::vector<std::int64_t> ids_;
};

class Translation {
 public:
  explicit Translation(const std::vector<Cell>& cells, double q) {
    input.baseline = q;
    for (int c = 0; c < kFailureClasses; ++c) {
      input.code_causes.push_back(meaning_of(static_cast<FailureClass>(c)));
    }
    // The only step of a campaign is no place, so it gets the values of its texts, which mean the same cause.
    one_step_ = std::all_of(cells.begin(), cells.end(),
                            [&](const Cell& c) { return c.step == cells.front().step; });
    std::map<std::array<std::int32_t, st::kDimensions>, std::int32_t> places;
    for (const Cell& c : cells) {
      const std::array<std::int32_t, st::kDimensions> values{
          accounts_.of(c.account.value), collections_.of(c.collection.value), c.load,
          variants_.of(c.variant.value), one_step_ ? variants_.of(c.variant.value) : c.step};
      const auto [at, added] =
          places.try_emplace(values, static_cast<std::int32_t>(input.cells.size()));
      if (added) input.cells.push_back({values, 0, 0});
      st::FailureCell& cell = input.cells[static_cast<std::size_t>(at->second)];
      cell.tries += c.n;
      if (c.failure == FailureClass::none) continue;
      cell.failures += c.n;
      input.codes.push_back({at->second, static_cast<std::int32_t>(c.failure), c.n});
    }
  }
  Candidate candidate(const st::Slice& s) const {
    std::int64_t value = s.value;
    if (s.dimension == st::Dimension::account) value = accounts_.id(s.value);
    if (s.dimension == st::Dimension::collection) value = collections_.id(s.value);
    const bool text =
        s.dimension == st::Dimension::variant || (one_step_ && s.dimension == st::Dimension::step);
    if (text) value = variants_.id(s.value);
    return {
        text ? By::variant : by_of(s.dimension), value, s.tries, s.failures, s.expected, s.share};
  }

  st::DiagnosisInput input;

 private:
  Numbers accounts_, collections_, variants_;
  bool one_step_ = false;
};

// Where everything fails alike the largest slices explain the most, and are no places all the same.
bool worse_than_the_rest(const Candidate& c, const std::vector<Cell>& cells) {
  st::Trials own, rest;
  for (const Cell& cell : cells) {
    st::Trials& t = inside(cell, c.by, c.value) ? own : rest;
    t.n += cell.n;
    if (cell.failure != FailureClass::none) t.successes += cell.n;
  }
  return rest.n == 0 || st::newcombe_difference(own, rest, kGateAlpha).lo > 0;
}

}  // namespace

FailureCause cause_of(By by) {
  switch (by) {
    case By::account: return FailureCause::account_issues;
    case By::collection: return FailureCause::invalid_leads;
    case By::load: return FailureCause::rate_limiting;
    case By::variant:
    case By::step: return FailureCause::content_issues;
  }
  return FailureCause::none;
}

bool inside(const Cell& cell, By by, std::int64_t value) {
  switch (by) {
    case By::account: return cell.account.value == value;
    case By::collection: return cell.collection.value == value;
    case By::load: return cell.load >= value;
    case By::variant: return cell.variant.value == value;
    case By::step: return cell.step == value;
  }
  return false;
}

Findings search(const std::vector<Cell>& cells, double q) {
  const Translation t(cells, q);
  const st::Diagnosis found = st::diagnose(t.input);
  Findings out;
  for (const st::Slice& s : found.top) {
    const Candidate c = t.candidate(s);
    const bool again =
        std::any_of(out.standing_out.begin(), out.standing_out.end(),
                    [&](const Candidate& o) { return o.by == c.by && o.value == c.value; });
    if (!again) out.standing_out.push_back(c);
  }
  for (const st::Slice& s : found.ties) out.ties.push_back(t.candidate(s));
  if (found.causes[0].posterior < kStatedFrom) return out;
  const st::Cause likeliest = found.causes[0].cause;
  // Its own places; where another one was taken that explains the same, the one that it tied with.
  for (const auto* slices : {&found.explaining, &found.ties, &found.top}) {
    for (const st::Slice& s : *slices) {
      if (st::cause_of(s.dimension) == likeliest) out.places.push_back(t.candidate(s));
    }
    if (!out.places.empty()) break;
  }
  std::erase_if(out.places, [&](const Candidate& c) { return !worse_than_the_rest(c, cells); });
  if (out.places.empty()) return out;
  out.stated = cause_from(likeliest);
  out.probability = std::min(1.0, found.causes[0].posterior);
  return out;
}

}  // namespace headway::domain::diagnosis
