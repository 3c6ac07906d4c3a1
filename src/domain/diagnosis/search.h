#pragma once
// Finds the slices of a campaign in which failures concentrate, and how likely each of the four causes is behind
// them (docs/METRICS.md, "Why failures are high"). Not for anybody else.
//
// For a slice with N attempts, F failures and E = N q expected ones the score is
//   F ln(F/E) + (N-F) ln((N-F)/(N-E)) - 1/2 ln(N+1) - ln(values of its dimension) + code term,
// where E takes the failure rate of all other messages instead of q if that is higher. The code term is
// ln(1/2 + 1/2 R): R is the Dirichlet-multinomial likelihood (concentration 8) of the slice's failure classes under the
// profile of its cause, over that under the background. The best slice is taken if its score exceeds ln 20 + 1, its messages are removed, and so on until the next one explains less than 10 % of the
// excess. The probability of a cause is proportional to (share of the excess explained + .03) x (1/2 + 1/2 R), capped
// at 30; of a cause without a slice capped at 1 unless most failures are of its own classes.

#include <array>

#include "domain/diagnosis/diagnosis.h"

namespace headway::domain::diagnosis {

inline constexpr std::array<FailureCause, 4> kCauses{
    FailureCause::account_issues, FailureCause::invalid_leads, FailureCause::rate_limiting,
    FailureCause::content_issues};
FailureCause cause_of(By by);

struct Candidate {
  By by{};
  std::int64_t value = 0;
  std::int64_t attempts = 0, failures = 0;
  double expected = 0, score = 0;
};
struct Findings {
  std::vector<Candidate> taken;         // in the order of the search
  std::vector<Candidate> standing_out;  // of the whole campaign, five at most, best score first
  std::array<double, 4> share{};        // of the excess, by cause
  std::array<double, 4> probability{};  // adds up to 1
};

// Cells of messages that were delivered or failed by one of the four causes; q > 0.
Findings search(const std::vector<Cell>& cells, double q, const Background& others);

// Whether a message of this cell lies in the slice.
bool inside(const Cell& cell, By by, std::int64_t value);

}  // namespace headway::domain::diagnosis
