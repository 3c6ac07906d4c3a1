#pragma once
// The search of domain/statistics/slices.h in the terms of a campaign. Not for anybody else.

#include <optional>

#include "domain/diagnosis/diagnosis.h"

namespace headway::domain::diagnosis {

struct Candidate {
  By by{};
  std::int64_t value = 0;
  std::int64_t attempts = 0, failures = 0;
  double expected = 0;
  double share = 0;  // of the campaign's excess
};
struct Findings {
  std::optional<FailureCause> stated;  // the cause that is likely enough to be stated
  double probability = 0;              // of it
  std::vector<Candidate> places;  // where it shows, the strongest first; never empty when stated
  std::vector<Candidate> standing_out;  // whatever the cause, five at most
  std::vector<Candidate> ties;  // explain the strongest of all as well, in another dimension
};

// Cells of messages that were delivered or failed by one of the four causes; 0 < q < 1.
Findings search(const std::vector<Cell>& cells, double q);

FailureCause cause_of(By by);
// Whether a message of this cell lies in the slice.
bool inside(const Cell& cell, By by, std::int64_t value);

}  // namespace headway::domain::diagnosis
