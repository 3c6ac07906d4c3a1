#pragma once
// The engine's port to the store: everything that moves a lead. Asynchronous, so that
// a networked database can implement it: every call completes exactly once, always posted to the
// executor that the store was built with, never from inside the call.
//
// Outcomes of every call:
//   ok           applied and durable before the callback
//   conflict     refused: a fence, version or state did not match; nothing changed
//   unavailable  certainly not applied; calling again is safe
//   ambiguous    may have been applied (a lost commit answer); the caller reads back
//                through the fence before it tries again
//   corrupt      the database is damaged; a person must act
// Every write changes the ledger, the counters and the activity in ONE transaction.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/failure.h"
#include "domain/lead.h"
#include "domain/person.h"

namespace headway::store {

template <class T>
using Done = std::function<void(Result<T>)>;

// All that the engine plans with: every account, every campaign that is not finished.
struct Plan {
  std::int64_t version = 0;  // grows with every change of any campaign, account or assignment
  std::vector<std::shared_ptr<const domain::CampaignPlan>> campaigns;
  std::vector<std::shared_ptr<const domain::Account>> accounts;
  std::vector<std::string> zones;  // index -> IANA name; [0] = "" = the campaign's own zone
  // Campaigns that the guard wants paused and that are not yet (store/analysis.h). Stands until set_paused.
  struct GuardPause {
    CampaignId campaign;
    AccountId account;
    std::string reason;  // for a person
  };
  std::vector<GuardPause> guard_pauses;
};

// One account's share of a claim in one campaign.
struct ClaimSlot {
  std::shared_ptr<const domain::CampaignPlan> campaign;  // checked against the stored version
  std::shared_ptr<const domain::Account> account;
  std::vector<int> open_zones;   // zone indexes whose active hours are open now
  int max = 0;                   // messages wanted, 1 .. 5000
  std::int64_t account_day = 0;  // days since 1970-01-01 in the account's zone
  std::int64_t campaign_day = 0;
  bool follow_ups_only = false;
};

struct ClaimRequest {
  Instant now{};
  std::int64_t plan_version = 0;
  std::vector<ClaimSlot> slots;  // served in order
};

struct ClaimedMessage {
  LeadId lead;
  CampaignId campaign;
  AccountId account;
  int step = 0;
  int attempt = 0;  // the fence
  int tries = 0;    // tries of this step that failed before
  VariantId variant;
  std::string
      idempotency_key;  // the same for every try of this lead and step until a person says "send again"
  std::int64_t account_day = 0, campaign_day = 0;  // whose budget was reserved
  domain::Person person;
  Instant claimed_at{};
};

struct ClaimResult {
  std::vector<ClaimedMessage> messages;
  std::int64_t plan_version =
      0;  // differs from the request's: reload the plan; stale slots were skipped
  std::vector<int> per_slot;             // messages claimed by slot
  std::vector<bool> account_exhausted;   // by slot: the account's daily limit is used up
  std::vector<bool> campaign_exhausted;  // by slot: the campaign's daily limit is used up
  // By slot: messages reserved on the slot's account_day by its account, over all campaigns, after
  // this claim. Counted for accounts without a limit too. The engine's pacing starts from it.
  std::vector<std::int64_t> account_used;
  std::optional<Instant>
      next_due;  // the earliest due time after `now` in the open zones of the slots
};

// How a claim ended.
enum class OutcomeKind : std::uint8_t {
  delivered,
  failed,      // for good, with class and code
  retry,       // due at `due`; its daily budget is given back unless the class is outcome_unknown
  released,    // certainly never handed over; its daily budget is given back
  in_doubt,    // may have gone out, no idempotency
  held,        // window closed
  send_again,  // a person's decision on an in_doubt lead
};

struct Outcome {
  LeadId lead;
  CampaignId campaign;
  int attempt = 0;  // fence: must equal the stored one
  int step = 0;     // 0 = the stored one (a person's decision)
  OutcomeKind kind{};
  domain::FailureClass failure = domain::FailureClass::none;
  std::string code, text;   // provider's own, <= 200 and <= 1000 bytes
  std::string provider_id;  // <= 200 bytes
  Instant due{};            // retry only
  Instant handed_over_at{};
  Instant at{};  // time of the outcome
  std::int64_t account_day = 0,
               campaign_day = 0;  // of the claim; 0 = unknown, nothing is given back
};

struct RecordResult {
  std::vector<bool> applied;  // by outcome; false = refused by its fence or state, nothing changed
  std::vector<CampaignId> finished;  // campaigns that this transaction finished
  std::vector<CampaignId> changed;
  std::int64_t plan_version = 0;
};

enum class EventType : std::uint8_t {
  sent,
  failed,
  reply,
  auto_reply,
  booked,
  booking_cancelled,
  opted_out
};

// A fact told from outside: a channel's receipt or reply, or POST /events.
struct InboundEvent {
  std::string source;    // dedup scope: "api", "channel:<account id>", "booking:calcom"
  std::string event_id;  // unique in its source; 1 .. 200 bytes
  EventType type{};
  std::optional<CampaignId> campaign;
  std::optional<LeadId> lead;
  std::string external_id, email, phone,
      messenger_id;  // ways to name the person when `lead` is not given
  std::optional<AccountId> account;
  int step = 0;         // 0 = not said: the next one (sent, failed) or the credited one
  std::string variant;  // by name, "" = not said
  Instant at{};
  domain::FailureClass failure = domain::FailureClass::none;
  std::string code, text;
};

enum class EventVerdict : std::uint8_t {
  accepted,
  duplicate,
  rejected,
  unmatched /* a booking kept in the list for a person */
};
struct EventAnswer {
  EventVerdict verdict{};
  std::string error;  // rejected: why, for a person
};
struct EventResults {
  std::vector<EventAnswer> answers;  // by event
  std::vector<CampaignId> changed, finished;
  std::int64_t plan_version = 0;
};

// An open claim or an in-doubt lead, as recovery and time-outs see it.
struct OpenClaim {
  LeadId lead;
  CampaignId campaign;
  AccountId account;
  int step = 0;
  int attempt = 0;
  int tries = 0;
  Instant since{};
};

struct PauseReceipt {
  CampaignId campaign;
  domain::CampaignState state{};
  std::int64_t version = 0;
  std::int64_t in_flight = 0;  // claims still open in the store
};

struct EnrollProgress {
  std::int64_t enrolled = 0;  // by this call
  std::int64_t skipped = 0;   // already in this campaign under another entry
  bool done = false;
  bool finished = false;  // the campaign became finished with it
};

struct AllocationProgress {
  std::vector<CampaignId> changed;  // whose shares moved
  bool more = false;                // not all that were due were looked at
  std::int64_t plan_version = 0;
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  virtual void load_plan(Done<Plan> done) = 0;

  // Picks due leads in slot order: retries, then follow-ups, then fresh ones (by lead number);
  // reserves campaign-day and account-day budget exactly; marks them in_flight under a new fence.
  // Leads whose person is suppressed are ended instead and not returned.
  virtual void claim(ClaimRequest request, Done<ClaimResult> done) = 0;

  // Fenced, each outcome on its own: a refused one does not stop the others.
  virtual void record(std::vector<Outcome> outcomes, Done<RecordResult> done) = 0;

  // Deduplicated by (source, event_id), credited, counted; <= 10,000 events a call.
  virtual void apply_events(std::vector<InboundEvent> events, Instant now,
                            Done<EventResults> done) = 0;

  // Claims in flight (after a crash: all of them are of the dead process), in lead order after `after`.
  virtual void open_claims(LeadId after, int limit, Done<std::vector<OpenClaim>> done) = 0;
  // In-doubt leads since before `before`, oldest first.
  virtual void in_doubt_before(Instant before, int limit, Done<std::vector<OpenClaim>> done) = 0;

  // active <-> paused, with an activity entry. conflict when finished; idempotent otherwise. `actor` is
  // who did it ("key:..", "engine"), `reason` the pause reason. By "guard": only while Plan::guard_pauses names the
  // campaign; every call ends that.
  virtual void set_paused(CampaignId id, bool paused, std::string actor, std::string reason,
                          Instant now, Done<PauseReceipt> done) = 0;

  // The engine's reaction to account-level failures; an entry in the account's log.
  virtual void set_account_status(AccountId id, domain::AccountStatus status, std::string reason,
                                  std::optional<Instant> until, Instant now,
                                  Done<std::int64_t> done) = 0;

  // Enrolls the next <= limit leads of a campaign that is `enrolling`.
  virtual void enroll_next(CampaignId id, int limit, Instant now, Done<EnrollProgress> done) = 0;

  // Seals responses and bookings of finished campaigns whose attribution window closed before `now`.
  virtual void seal_due(Instant now, Done<int> done) = 0;

  // Looks at the evidence of campaigns in mode learn or earn whose day has come, and moves the shares of their
  // variants (docs/METRICS.md, "Variants"). A few campaigns a call.
  virtual void allocate_due(Instant now, Done<AllocationProgress> done) = 0;
};

}  // namespace headway::store
