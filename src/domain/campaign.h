#pragma once
// What a campaign is to do: its plan. Figures live elsewhere.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"

namespace headway::domain {

enum class CampaignState : std::uint8_t { active = 0, paused = 1, finished = 2 };
std::string_view to_string(CampaignState s);
std::optional<CampaignState> parse_campaign_state(std::string_view text);

// How a step's texts share its leads. The numbers are stored: append only.
enum class VariantMode : std::uint8_t {
  fixed = 0,  // by the weights of the plan
  learn = 1,  // evenly, then the two best more often: to find out which one is better
  earn = 2,   // each by its probability of being the best: to lose least while finding out
};
std::string_view to_string(VariantMode m);
std::optional<VariantMode> parse_variant_mode(std::string_view text);
// What "better" means for learn and earn. The numbers are stored: append only.
enum class VariantMetric : std::uint8_t { response = 0, conversion = 1, delivery = 2 };
std::string_view to_string(VariantMetric m);
std::optional<VariantMetric> parse_variant_metric(std::string_view text);

// One text of a step. Editing a text makes a new VariantId, so that messages keep the
// variant they were sent with. `retired` ones stay for history and are never drawn.
struct Variant {
  VariantId id;             // unique in the workspace; small
  std::string name;         // "A", "B", ...; unique among the drawable variants of a step
  std::string body;         // template source, <= 64 KiB
  std::int64_t weight = 1;  // >= 0; the weights of a step's drawable variants add up to > 0
  bool retired = false;
  std::int64_t parts =
      0;  // learn and earn: what is drawn by instead of the weight; set by the store
};

struct Step {
  milliseconds delay{0};  // after the previous step's delivery; 0 for the first step
  std::vector<Variant> variants;
  int epoch = 0;  // which entry of the log of shares is in force; set by the store
};

// Minutes since local midnight, [from, to): 0 <= from < to <= 1440.
struct OpenRange {
  int from = 0;
  int to = 0;
  bool operator==(const OpenRange&) const = default;
};

struct ActiveHours {
  std::string timezone = "UTC";
  bool lead_timezone = false;  // a lead's own zone where it has one, else `timezone`
  std::array<std::vector<OpenRange>, 7> days;  // [0] = Monday; sorted, not overlapping
  bool operator==(const ActiveHours&) const = default;
};

// "mon" .. "sun", as in the API; [0] = Monday.
inline constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu",
                                                           "fri", "sat", "sun"};
std::optional<int> parse_weekday(std::string_view text);
// "09:00" -> 540, "24:00" -> 1440; anything else is nullopt.
std::optional<int> parse_minute_of_day(std::string_view text);
std::string format_minute_of_day(int minute);  // 540 -> "09:00"
// Sorts the ranges of each day, as everything that reads them expects.
void sort_ranges(ActiveHours& hours);

struct CampaignPlan {
  CampaignId id;
  std::string name;
  CampaignState state = CampaignState::paused;
  std::vector<CollectionId> collections;
  std::vector<AccountId> accounts;
  std::vector<Step> steps;                  // <= 20; step numbers are 1-based everywhere
  std::optional<ActiveHours> active_hours;  // none = always open
  std::optional<std::int64_t> daily_limit;  // > 0; calendar day in active_hours.timezone, else UTC
  int attribution_days = 30;                // 1 .. 365
  VariantMode variant_mode = VariantMode::fixed;
  VariantMetric variant_metric = VariantMetric::response;
  bool auto_pause = false;  // pauses itself when the guard is sure that something is wrong
  milliseconds in_doubt_timeout = std::chrono::hours{72};  // then given up: failed, outcome_unknown
  Instant created_at{};
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
  std::string pause_reason;  // why it is paused, for a person; "" when not
  bool enrolling = false;    // leads are still being added from its collections
  std::int64_t version = 0;  // grows with every change of the plan or the state
};

inline constexpr int kStepsMax = 20;
inline constexpr int kVariantsMax = 20;
inline constexpr std::size_t kBodyBytesMax = 65536;

}  // namespace headway::domain
