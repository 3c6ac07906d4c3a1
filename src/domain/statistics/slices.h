#pragma once
// Why failures are high: which account, list, text or load they concentrate on.
//
// 1. Gate: the Wilson 99.9 % lower bound of the failure rate must exceed 1.5 q, q the rate that is normal here.
// 2. Every slice (all attempts of one account, one collection, one variant, one step, or those that were at least
//    the 2^b-th of their account in that clock hour) with N attempts, F failures and E = N q expected:
//    LLR = F ln(F/E) + (N-F) ln((N-F)/(N-E)); structure = LLR - ln(N+1)/2 - ln(number of values);
//    score = structure + what the codes say (half a vote: they may be wrong).
// 3. The best slice with score > ln 20 + 1 is taken, its cells are removed, and so on until the next explains less
//    than 10 % of the excess. Where slices of two dimensions explain it about equally well (an account that serves
//    one collection only), the share is divided between their causes by e^structure, and the tie is reported. A
//    slice must also stand out: "the slice and the rest fail differently" must explain what is left better than one
//    rate for all, by the same margin. What fails everywhere alike is shared between "something else" and the
//    dimensions of which the campaign has one value only.
// 4. Posterior of a cause ~ (share of the excess explained + .03) x evidence of the codes, capped at 30. A cause
//    is stated at .8 and more; else "mixed or unclear".
//
// Method: spatial scan statistics (M. Kulldorff, 1997) with greedy subtraction; codes by Dirichlet-multinomial
// odds of concentration 8. One pass over the cells a step: 10^5 cells take some milliseconds.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/statistics/types.h"

namespace headway::domain::statistics {

enum class Dimension : std::uint8_t { account, collection, load, variant, step };
inline constexpr int kDimensions = 5;

enum class Cause : std::uint8_t { account_issues, invalid_leads, rate_limiting, content_issues };
inline constexpr int kCauses = 4;
Cause cause_of(Dimension dimension);  // variant and step: content_issues

// The bucket of an account's k-th attempt (k >= 1) in a clock hour: floor(log2 k).
int load_bucket(std::int64_t k);

// Attempts that agree in all dimensions. Values are small numbers from 0 that the caller gives out; the
// largest of a dimension should not be far above their number, and is at most 10^6.
struct FailureCell {
  std::array<std::int32_t, kDimensions> values{};  // by Dimension; load: the bucket
  std::int64_t tries = 0, failures = 0;
};
// `n` failures of the cell with this index that came with this code (a number that the caller gives out).
struct FailureCode {
  std::int32_t cell = 0, code = 0;
  std::int64_t n = 0;
};

struct DiagnosisInput {
  std::vector<FailureCell> cells;
  std::vector<FailureCode> codes;  // may be empty
  // By code: the cause that it speaks for; nullopt for codes that say nothing. Codes beyond its end say nothing.
  std::vector<std::optional<Cause>> code_causes;
  double baseline = 0.05;  // q, 0 < q < 1: shrunk to the workspace's rate
};

struct Slice {
  Dimension dimension = Dimension::account;
  std::int32_t value = 0;  // load: b, of "the 2^b-th attempt and later"
  std::int64_t tries = 0, failures = 0;
  double expected = 0;  // N q
  double llr = 0, structure = 0, score = 0;
  double share = 0;  // of the campaign's excess failures
  bool operator==(const Slice&) const = default;
};

enum class Verdict : std::uint8_t {
  not_enough_evidence,  // the gate is closed: nothing unusual, or too few attempts to tell
  mixed,                // unusual, but no cause reaches .8
  stated,               // causes[0] reaches .8
};

struct Diagnosis {
  Verdict verdict = Verdict::not_enough_evidence;
  std::int64_t tries = 0, failures = 0;
  double excess = 0;  // failures above expectation
  Interval rate;      // Wilson 99.9 %
  // All four, the likeliest first; posteriors sum to at most 1, the rest is "something else". All are
  // computed even when the gate is closed, for whoever wants a suspicion.
  struct Weighed {
    Cause cause = Cause::account_issues;
    double posterior = 0, share = 0, code_evidence = 1;
  };
  std::array<Weighed, kCauses> causes{};
  std::vector<Slice>
      explaining;           // taken one after the other, each without the cells of those before
  std::vector<Slice> top;   // the five best by score, overlapping
  std::vector<Slice> ties;  // explain what explaining[0] does about as well, in other dimensions
};

Diagnosis diagnose(const DiagnosisInput& input);

// F ln(F/E) + (N-F) ln((N-F)/(N-E)), E = N q; 0 when F <= E. 0 <= F <= N, 0 < q < 1.
double failure_llr(std::int64_t failures, std::int64_t tries, double q);

}  // namespace headway::domain::statistics
