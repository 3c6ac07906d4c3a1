#pragma once
// The port for questions that explain: cells and cohorts that diagnosis, comparison, guard and forecast
// compute with. Blocking, on a snapshot; called from worker threads, thread-safe. Errors as in store/reader.h
// (`not_found` for a campaign or account that is not there). Costs do not grow with the number of leads, but for
// each_message and overlaps, which say theirs. Days are UTC days since 1970-01-01.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/campaign.h"
#include "domain/failure.h"
#include "domain/lead.h"

namespace headway::store {

// ---- messages that ended -----------------------------------------------------------------------
// Only those that count in the delivery rate: delivered, or failed for good but neither suppressed nor opted out.

inline constexpr int kLoadMax = 20;    // highest load bucket
inline constexpr int kCodesMax = 200;  // provider codes kept apart in a campaign
inline constexpr std::string_view kOtherCodes = "(other)";  // the rest
inline constexpr std::size_t kFailureCellsMax = 200'000;

struct FailureCell {
  AccountId account;  // 0: told from outside, without account
  CollectionId collection;
  int step = 0;
  VariantId variant;
  int load =
      0;  // floor(log2 k) of the k-th message that this account ended in its UTC clock hour; 0 .. kLoadMax
  domain::FailureClass failure = domain::FailureClass::none;  // none: delivered
  std::string code;                                           // the provider's own; "" = none given
  std::int64_t n = 0;
  // Of the messages that ever came into the cell. A late receipt takes a failure out again and leaves these.
  Instant first{}, last{};
};
struct FailureCells {
  std::vector<FailureCell> cells;
  // More than kFailureCellsMax: summed over the code first, then over the load (then "" and 0).
  bool codes_folded = false, loads_folded = false;
};

// What the messages of all other campaigns of the workspace came to, simulated apart from real ones.
struct BaselineCounts {
  std::int64_t delivered = 0, undelivered = 0;
  struct Cell {
    domain::FailureClass failure{};
    std::string code;
    std::int64_t n = 0;
  };
  std::vector<Cell> failures;  // most frequent first; <= 200, the rest by class under kOtherCodes
};

struct DailyCounts {
  std::int64_t day = 0;
  std::int64_t delivered = 0, undelivered = 0;
  std::int64_t responded = 0, booked = 0;  // credited to the account, by day of the fact
};

// ---- cohorts -----------------------------------------------------------------------------------

// How long after the delivery something happened: bucket i holds lags below kLagEnds[i], the last one the rest.
// So a figure "within 7 days" is the sum of the buckets 0 .. 2.
inline constexpr int kLags = 6;
inline constexpr std::int64_t kLagEndsDays[kLags - 1] = {1, 3, 7, 14, 30};

// Reactions by the day of the delivery that they belong to.
//  by lead     day: of the lead's first delivery; account: of that message; step, variant, epoch: 0
//  by message  day, account, step, variant, epoch: of the message
// `contacted` counts the deliveries themselves (lag 0), `responded` and `booked` what followed, each lead once: on
// its first contact (by lead), on the credited message (by message). A cancelled booking is taken out. By message
// there is `undelivered` too (lag 0, day of the failure), for the delivery rate and for what was drawn at all.
struct CohortCell {
  std::int64_t day = 0;
  AccountId account;
  CollectionId collection;
  int step = 0;
  VariantId variant;
  int epoch = 0;  // AllocationEntry::epoch; -1: the variant was named from outside, not drawn
  int lag = 0;
  domain::Counter counter{};  // contacted | responded | booked | undelivered
  std::int64_t n = 0;
};

// The log of a step's shares: from `from_at` on, variants were drawn by these. Complete and replayable: epoch 0
// is the plan as created; every change of variants, weights, mode or shares begins the next.
struct AllocationEntry {
  int step = 0;
  int epoch = 0;
  Instant from_at{};
  domain::VariantMode mode{};
  domain::VariantMetric metric{};
  struct Share {
    VariantId variant;
    std::string name;
    std::int64_t parts = 0;  // of the sum over the step; > 0 = may be drawn
    double share = 0;        // parts / sum
  };
  std::vector<Share> shares;  // in the order of the plan
  std::string evidence;       // JSON: the counts and P(best) that gave the shares; "{}" for weights
};

// ---- guard -------------------------------------------------------------------------------------

enum class GuardLevel : std::uint8_t { none = 0, alert = 1, pause = 2 };
std::string_view to_string(GuardLevel level);

struct GuardRow {
  AccountId account;
  std::string name;
  GuardLevel level = GuardLevel::none;
  double statistic = 0;    // now; starts anew with an acknowledgement
  double alert_at = 0;     // the level at which it alerts; 10 times that: pause
  double f0 = 0, rho = 0;  // what counts as usual for this account
  std::int64_t day = 0, n_day = 0, failed_day = 0;  // the day that it is in
  Instant since{};  // watching since: first message or last acknowledgement
  std::optional<Instant> alerted_at, paused_at;
  std::optional<Instant> acknowledged_at;
  std::string acknowledged_by;
};

struct GuardSettings {
  double false_alarms_per_year = 1;
  double messages_per_year = 0;  // as the last 30 days go on
};

// ---- forecast ----------------------------------------------------------------------------------

// Messages that ended in one UTC clock hour. Hours without any are left out.
struct ThroughputCell {
  AccountId account;
  Instant from{};  // of the hour
  int weekday = 0,
      hour = 0;        // on the clock of the campaign's active hours (UTC without); 0 = Monday
  std::int64_t n = 0;  // delivered and undelivered
};

struct OpenWork {
  struct Queue {  // where open leads wait
    domain::Wait wait{};
    AccountId account;  // 0: any (fresh)
    int zone = 0;       // index into `zones`; 0 = the campaign's
    Instant due{};      // beginning of its quarter of an hour; follow_up and retry only, else 0
    std::int64_t n = 0;
  };
  struct Stage {  // the same leads by what they get next
    domain::Wait wait{};
    AccountId account;
    int next_step = 0;  // 1-based; in_flight and in_doubt: the step on its way
    std::int64_t n = 0;
  };
  std::vector<Queue> queues;
  std::vector<Stage> stages;
  std::vector<std::string> zones;  // IANA names; [0] = ""
};

// ---- single messages ---------------------------------------------------------------------------

struct MessageFact {
  LeadId lead;
  CampaignId campaign;
  AccountId account;
  CollectionId collection;
  int step = 0;
  VariantId variant;
  int epoch = 0;
  int load = 0;
  domain::FailureClass failure = domain::FailureClass::none;  // none: delivered
  std::string code;
  Instant at{};
};
struct MessageScope {  // one of both
  std::optional<CampaignId> campaign;
  std::optional<AccountId> account;
};
struct MessageScan {
  std::int64_t visited = 0;
  bool truncated = false;  // there were more than `limit`: the earliest were visited
};
inline constexpr std::int64_t kMessagesMax = 1'000'000;

struct Overlap {  // people who are in both campaigns
  CampaignId a, b;
  // Leads of `a` that were looked at, spread evenly, and how many of them are in `b` as well, under any entry with
  // the same address. exact: all of `a` was looked at.
  std::int64_t looked_at = 0, shared = 0;
  bool exact = false;
  // People enrolled in both from the same collection: certain, whatever the sample says.
  std::int64_t at_least = 0;
};

class Analysis {
 public:
  virtual ~Analysis() = default;

  virtual Result<FailureCells> failure_cells(CampaignId id) = 0;
  virtual Result<std::vector<CohortCell>> cohorts(CampaignId id, bool by_message) = 0;
  // Without `except`. Those of its kind: simulated or real.
  virtual Result<BaselineCounts> workspace_baseline(CampaignId except) = 0;
  virtual Result<std::vector<AllocationEntry>> allocations(CampaignId id) = 0;  // by step, epoch
  // Every account that ended a message; by account.
  virtual Result<std::vector<GuardRow>> guards() = 0;
  virtual Result<GuardSettings> guard_settings(Instant now) = 0;
  // Days in [from, to] with any message or reaction, oldest first.
  virtual Result<std::vector<DailyCounts>> account_days(AccountId id, std::int64_t from,
                                                        std::int64_t to) = 0;
  virtual Result<std::vector<ThroughputCell>> throughput(CampaignId id, Instant now,
                                                         int weeks) = 0;  // 1 .. 53 before `now`
  virtual Result<OpenWork> open_work(CampaignId id) = 0;

  // Messages that count, in order of time (then lead, step), with time in [from, to). Reads every message of the
  // campaign (of an account: of all campaigns it ever served): about a second a million; memory: about 100 bytes
  // for each of min(limit, matches), limit <= kMessagesMax. `visit` returns false to end it.
  virtual Result<MessageScan> each_message(
      const MessageScope& scope, Instant from, Instant to, std::int64_t limit,
      const std::function<bool(const MessageFact&)>& visit) = 0;
  // For each ordered pair of `ids` (2 .. 20). Looks at `sample` leads of each campaign: about 20 us each.
  virtual Result<std::vector<Overlap>> overlaps(const std::vector<CampaignId>& ids, int sample) = 0;
};

}  // namespace headway::store
