#pragma once
// Which of several campaigns, or of several texts of one step, does better; or that nobody can say yet. A winner is
// named only by evidence that stays valid however often one looks (domain/statistics/eprocess.h); a larger number
// alone names nobody. docs/METRICS.md, "Comparing". Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/comparison/blocks.h"
#include "domain/figures.h"

namespace headway::domain::comparison {

// Chance, over the whole life of a comparison, to name a winner where there is none.
inline constexpr double kAlpha = 0.05;
// Below this p of the Breslow-Day test the difference is not the same everywhere.
inline constexpr double kSameEverywhereMin = 0.01;

struct Span {
  double lo = 0, hi = 0;
};

struct Arm {
  Rate rate;    // over everything that decides: closed blocks of campaigns, all messages of texts
  Rate so_far;  // open ones included
  std::optional<Span> cs;  // of `rate`, valid at all times at once
  std::optional<double> p_best, expected_loss;
};

struct OddsRatio {  // of a to b
  std::optional<double> crude, mh, lo, hi;
  std::optional<double> same_everywhere_p;  // Breslow-Day
  bool reversed = false;                    // crude and mh are on different sides of 1
};

struct Difference {
  std::size_t a = 0, b = 0;                  // indices of arms, a < b
  std::optional<double> difference, lo, hi;  // rate of a minus rate of b, Newcombe 95 %
  OddsRatio odds;
  double log_e = 0;                   // evidence that the better one of the two is better
  std::optional<std::size_t> better;  // by the stratified odds ratio
  bool decided = false;
  Cut cut{};                      // campaigns only
  double dropped = 0;             // share of leads in one-armed blocks
  bool reversed = false;          // crude and stratified disagree about who is better
  bool differs_by_place = false;  // Breslow-Day
};

enum class Verdict : std::uint8_t { winner, no_clear_winner, too_early, not_comparable };
std::string_view to_string(Verdict v);

struct Maturity {
  int window_days = 0;
  std::int64_t closed = 0, open = 0;     // blocks, over all pairs
  double share = 0;                      // of the leads (messages) so far that decide
  std::optional<std::int64_t> next_day;  // UTC day on which the next blocks close; too_early only
};

struct MetricResult {
  Metric metric{};
  std::vector<Arm> arms;
  std::vector<Difference> differences;
  Verdict verdict{};
  std::optional<std::size_t> winner;
  std::optional<std::int64_t> needed;  // more leads (messages) for each arm, about
  Maturity maturity;
  std::string sentence;
};

struct CampaignArm {
  std::string name;
  Timeline timeline;  // window_days is set by the comparison
  std::vector<Cell> by_lead, by_message;
};

// 2 .. 20 arms. Campaigns were not drawn by lot: whoever wins, it is observed, not proven.
MetricResult compare_campaigns(const std::vector<CampaignArm>& arms, Metric metric,
                               int window_days);

// What a text's draws came to under one allocation of shares.
struct EpochCount {
  int epoch = 0;
  double share = 0;         // with which this text was drawn, > 0
  std::int64_t drawn = 0;   // messages that ended, delivered or not
  std::int64_t n = 0;       // of the metric: delivered messages; for delivery all
  std::int64_t events = 0;  // replies, bookings; for delivery the failures
};
struct TextArm {
  std::string name;
  std::vector<EpochCount> epochs;  // in order
  std::int64_t n = 0, good = 0;    // for the rate, messages that were not drawn included
};
// Texts of one step, drawn by lot.
MetricResult compare_texts(const std::vector<TextArm>& arms, Metric metric);

struct RatioCheck {
  double log_e = 0;
  bool alarm = false;
  std::string sentence;
};
// Whether the texts were drawn as often as their shares say (sample-ratio mismatch), epoch by epoch.
RatioCheck check_ratio(const std::vector<TextArm>& arms);

}  // namespace headway::domain::comparison
