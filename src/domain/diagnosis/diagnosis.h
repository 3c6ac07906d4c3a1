#pragma once
// Why the failures of a campaign are as many as they are, or that this cannot be said: docs/METRICS.md, "Why
// failures are high". The search for slices is domain/statistics/slices.h; here its findings become a verdict with
// its evidence, in words. Pure.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"
#include "domain/failure.h"
#include "domain/figures.h"

namespace headway::domain::diagnosis {

// Messages that ended in one place, with one outcome.
struct Cell {
  AccountId account;
  CollectionId collection;
  int step = 0;
  VariantId variant;
  int load = 0;  // floor(log2 k) of the k-th message of its account in the clock hour
  FailureClass failure = FailureClass::none;  // none: delivered
  std::string code;                           // the provider's own
  std::int64_t n = 0;
  Instant first{}, last{};
};

// What the other campaigns of the workspace came to.
struct Background {
  std::int64_t delivered = 0, undelivered = 0;
  struct Code {
    FailureClass failure{};
    std::string code;
    std::int64_t n = 0;
  };
  std::vector<Code> codes;
};

enum class By : std::uint8_t { account, collection, load, variant, step };
std::string_view to_string(By by);

// How a value is called: "North desk", "Trade fair", "Variant B of step 1". Not asked for load and step.
using Names = std::function<std::string(By by, std::int64_t id)>;

struct Slice {
  By by{};
  std::int64_t value = 0;  // id; of load: the bucket from which on; of step: its number
  std::string label;
  std::int64_t attempts = 0, failures = 0;
  double expected = 0;  // failures that would be usual
  Rate rate;            // of failures
  double times_expected = 0;
};

struct Cause {
  FailureCause cause{};
  std::string title, sentence, remedy;
  double probability = 0;
  std::int64_t failures = 0, of = 0;  // failures in the slice, of all
  double share = 0;                   // of what is more than usual
  Slice slice;
  std::vector<Background::Code> codes;  // in the slice, most frequent first; <= 5
  Instant first{}, last{};              // of the failures in the slice
};

struct Other {  // a class that belongs to none of the four causes
  FailureClass failure{};
  std::string title, sentence;
  std::int64_t n = 0;
  double share = 0;  // of all failures
};

enum class Verdict : std::uint8_t { healthy, not_enough_evidence, causes, mixed };
std::string_view to_string(Verdict v);

struct Diagnosis {
  Verdict verdict{};
  std::string sentence;
  Rate delivery;
  Band band{};
  double baseline = 0;                 // failure rate that would be usual
  std::string baseline_source;         // "workspace" or "default"
  std::optional<std::int64_t> needed;  // messages until a judgement; not_enough_evidence only
  std::vector<Cause> causes;           // the strongest first
  std::vector<Slice> slices;           // mixed: the five that stand out most
  std::vector<Other> others;
  std::vector<std::string> ties;
};

// The failure rate, by the four causes, to expect: the workspace's, drawn towards 4 % as if 400 messages more had been seen, and held
// between 0.5 % and 5 %: above that no campaign is healthy by definition, however bad the others are.
inline constexpr double kPriorRate = 0.04, kPriorMessages = 400, kBaselineMin = 0.005,
                        kBaselineMax = 0.05;
double baseline_rate(const Background& others);

// A cause is stated from this probability on; below it the answer is "mixed".
inline constexpr double kStatedFrom = 0.8;
// Failures are more than usual when the 99.9 % interval of their rate lies above so many times the baseline.
inline constexpr double kGateTimes = 1.5, kGateAlpha = 0.002;

Diagnosis diagnose(const std::vector<Cell>& cells, const Background& others, const Names& names);

}  // namespace headway::domain::diagnosis
