#pragma once
// The API's port to the store for questions. Blocking, on a snapshot; called from worker threads
// (the ones marked [cheap] read a few rows and may be called from an IO thread). Thread-safe. Costs do not
// grow with the number of leads unless stated.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/figures.h"
#include "domain/lead.h"
#include "domain/person.h"
#include "store/catalog.h"

namespace headway::store {

template <class T>
struct Page {
  std::vector<T> items;
  std::int64_t total = 0;
  bool total_exact = true;
  std::string next_cursor;      // "" = last page; opaque
  std::int64_t rank_start = 0;  // position of the first item in the filtered order, 0-based
};

struct Paging {
  int limit = 50;           // 1 .. 500
  std::int64_t offset = 0;  // lists of entities
  std::string cursor;       // wins over offset
  std::string search;       // prefix, case-insensitive
};

// ---- campaigns -------------------------------------------------------------------------------
struct CampaignSnapshot {
  domain::CampaignPlan plan;
  domain::Counts counts;
  std::vector<domain::WaitCount> waits;  // exact; past_due split at `now`
  std::vector<std::string> zones;        // names for WaitCount::zone
  std::int64_t campaign_day_used = 0;    // today, in the campaign's zone
  std::vector<domain::Account>
      accounts;  // the campaign's, plus those its open leads still belong to
  std::vector<std::int64_t> account_day_used;  // beside `accounts`
  std::vector<std::string> collection_names;   // beside plan.collections
  std::optional<Instant> next_due;             // earliest due of a follow-up or retry after `now`
  std::optional<Instant> last_activity_at;
  std::optional<domain::Seal> delivery_seal, outcome_seal;
  std::int64_t figures_version = 0;  // grows with every change of the figures, plan or state
  bool simulated = false;
};

struct SliceCounts {  // one row of a breakdown
  AccountId account;
  CollectionId collection;
  VariantId variant;
  int step = 0;
  domain::FailureClass failure = domain::FailureClass::none;
  int weekday = 0, hour = 0;  // weekday_hour: campaign's zone, 0 = Monday
  domain::Counts counts;
  std::string label;
};
enum class BreakdownBy : std::uint8_t { account, variant, step, collection, failure, weekday_hour };

struct SeriesPoint {
  Instant from{};
  domain::Counts counts;  // facts in [from, from + bucket)
};

struct ActivityEntry {
  std::int64_t id = 0;
  Instant at{};
  std::string kind;  // "campaign.started", "campaign.paused", ...
  std::string actor;
  std::string text;    // for a person
  std::string detail;  // JSON object
};

// ---- leads -----------------------------------------------------------------------------------
struct LeadRow {
  LeadId id;
  std::int64_t number = 0;
  domain::Person person;
  domain::LeadState state;
  int zone = 0;
  int failed_step = 0;
  std::string failure_code, failure_text;
  std::string variant_name, account_name;
  std::optional<Instant> replied_at, booked_at;
};

struct LeadFilter {
  std::optional<domain::Status> status;
  // The places whose leads have the reason asked for, as the API derived them from a snapshot
  // (empty with `any_wait` true = no filter by reason).
  bool any_wait = true;
  struct Place {
    domain::Wait wait{};
    std::optional<AccountId> account;  // unset = any
    std::optional<int> zone;           // unset = any
    std::optional<bool> past_due;      // unset = any
  };
  std::vector<Place> places;
  std::optional<AccountId> account;
  std::optional<domain::FailureClass> failure;
  std::optional<VariantId> variant;
  std::optional<int> step;
  std::optional<CollectionId> collection;
  // Facts of a lead that was contacted, as the counters of the same names count them.
  bool contacted = false, replied = false, booked = false, opted_out = false;
  std::optional<int> delivered_step;  // this step was delivered to it
  std::optional<domain::EndedBy> ended_by;
  std::string search;  // name prefix, or a whole e-mail, phone, external or messenger id
  Instant now{};       // the instant of past_due
};
struct LeadPaging {
  int limit = 50;                  // 1 .. 500
  std::string cursor;              // after this key
  std::optional<std::int64_t> at;  // or from this rank
};

struct MessageRow {
  int step = 0;
  VariantId variant;
  std::string variant_name;
  AccountId account;
  std::string account_name;
  int attempt = 0;
  std::string outcome;  // delivered | failed | retry | in_flight | in_doubt | released | held
  Instant handed_over_at{}, at{};
  domain::FailureClass failure = domain::FailureClass::none;
  std::string code, text, provider_id;
};
struct LeadTimeline {
  LeadRow lead;
  std::vector<MessageRow> messages;  // every attempt, oldest first
  struct Entry {
    Instant at{};
    std::string kind, text;
  };
  std::vector<Entry> events;  // enrolled, replies, bookings, opt-out
};

// ---- accounts --------------------------------------------------------------------------------
struct AccountStats {
  domain::Account account;
  struct Window {
    std::int64_t sent = 0, failed = 0;
    std::int64_t responses = 0, bookings = 0;  // credited to its messages
  } lifetime, last_30_days;
  struct Day : Window {
    Instant from{};  // of the UTC day
  };
  std::vector<Day> days;  // the last 30 and today, oldest first, empty ones too
  std::int64_t used_today = 0;
  struct ByClass {
    domain::FailureClass failure{};
    std::string code;
    std::int64_t n = 0;
    Instant first{}, last{};
    LeadId sample;  // a lead that it happened to; 0 = none known
    CampaignId sample_campaign;
  };
  std::vector<ByClass> by_class;
};
struct StatusChange {
  std::int64_t id = 0;
  Instant at{};
  std::string from, to;  // domain::AccountStatus by name
  std::string reason;    // the provider's words and code, or ""
  std::optional<Instant> until;
  std::string actor;  // "engine": for what the provider answered
};

// ---- collections, inbox, bookings ------------------------------------------------------------
struct CollectionRow {
  CollectionId id;
  std::string name;
  std::int64_t leads = 0;
  Instant created_at{};
  std::optional<ImportJob> job;
};
struct ConversationRow {
  ConversationId id;
  AccountId account;
  std::string account_name;
  std::string person_name;
  LeadId lead;
  CampaignId campaign;
  std::string campaign_name;
  bool unread = false, replied = false, booked = false, archived = false;
  std::string last_text;  // <= 200 bytes
  Instant last_at{};
};
struct ConversationMessage {
  std::int64_t id = 0;
  bool inbound = false;
  Instant at{};
  std::string text;  // ours: rendered again from the variant it was sent with
  int step = 0;
};
struct BookingRow {
  BookingId id;
  LeadId lead;  // 0 = waits for a person
  CampaignId campaign;
  Instant at{};
  bool cancelled = false;
  std::string how;         // lead | email | phone | person | ""
  std::string email_hint;  // "a***@example.org"
};

// ---- dashboard -------------------------------------------------------------------------------
struct DashboardTotals {
  std::int64_t campaigns_active = 0, campaigns_paused = 0, campaigns_finished = 0;
  std::int64_t accounts = 0, accounts_active = 0;
  std::int64_t collections = 0, people = 0, unread_conversations = 0;
  domain::Counts counts;           // in the period
  domain::Counts previous_counts;  // in the period before it
};

class Reader {
 public:
  virtual ~Reader() = default;

  virtual Result<CampaignSnapshot> campaign(CampaignId id, Instant now) = 0;  // [cheap]
  virtual Result<std::int64_t> campaign_count() = 0;                          // [cheap]
  // Grows with every commit of this process, before the commit is answered to anybody and before any
  // reader can have seen it: an answer kept beside the number read before it is exact while the number
  // stands. 0 = not known: then nothing is kept. [cheap, never blocks]
  virtual std::int64_t commits() const { return 0; }
  virtual Result<Page<CampaignSnapshot>> campaigns(const Paging& p, Instant now) = 0;
  // Facts with time in [from, to): either end may be open. Hours from rollups, the rest of an hour
  // from the journal; exact to the millisecond.
  virtual Result<domain::Counts> counts_between(CampaignId id, std::optional<Instant> from,
                                                std::optional<Instant> to) = 0;
  virtual Result<domain::TimeToReply> time_to_reply(CampaignId id) = 0;
  virtual Result<std::vector<SliceCounts>> breakdown(CampaignId id, BreakdownBy by) = 0;
  // bucket: 3,600 s or 86,400 s (calendar days of `zone`). <= 2,000 points.
  virtual Result<std::vector<SeriesPoint>> series(CampaignId id, Instant from, Instant to,
                                                  bool by_day, const std::string& zone) = 0;
  virtual Result<Page<ActivityEntry>> activity(CampaignId id, const Paging& p) = 0;

  virtual Result<Page<LeadRow>> leads(CampaignId id, const LeadFilter& f, const LeadPaging& p) = 0;
  virtual Result<LeadTimeline> lead(CampaignId id, LeadId lead) = 0;
  virtual Result<std::vector<domain::Person>> sample_people(CampaignId id,
                                                            int limit) = 0;  // for previews
  // Enrolled (or to be enrolled) leads of the collections in which each of `fields` is missing or empty.
  // Constant time when the import's field counts show none missing; else one scan.
  virtual Result<std::vector<std::pair<std::string, std::int64_t>>> missing_fields(
      const std::vector<CollectionId>& collections, const std::vector<std::string>& fields) = 0;

  virtual Result<Page<domain::Account>> accounts(const Paging& p) = 0;
  virtual Result<domain::Account> account(AccountId id) = 0;
  virtual Result<AccountStats> account_stats(AccountId id, Instant now) = 0;
  virtual Result<Page<ActivityEntry>> account_log(AccountId id, const Paging& p) = 0;
  // Newest first, with time in [since, until).
  virtual Result<Page<StatusChange>> status_history(AccountId id, Instant since, Instant until,
                                                    const Paging& p) = 0;

  virtual Result<Page<CollectionRow>> collections(const Paging& p) = 0;
  virtual Result<CollectionRow> collection(CollectionId id) = 0;
  virtual Result<Page<domain::Person>> people(CollectionId id, const Paging& p) = 0;

  virtual Result<Page<ConversationRow>> conversations(const Paging& p) = 0;
  virtual Result<std::int64_t> unread_count() = 0;
  // Of one campaign, among the 5,000 oldest unread ones of the workspace.
  virtual Result<std::int64_t> unread_of(CampaignId id) = 0;
  virtual Result<Page<ConversationMessage>> conversation_messages(ConversationId id,
                                                                  const Paging& p) = 0;
  virtual Result<Page<BookingRow>> bookings(const Paging& p, bool unassigned_only) = 0;
  virtual Result<Page<Catalog::Suppression>> suppressions(const Paging& p) = 0;

  virtual Result<DashboardTotals> dashboard(Instant now, int days) = 0;
  virtual Result<Page<ActivityEntry>> recent_activity(
      const Paging& p, Instant since = {}) = 0;  // at or after `since`
  virtual Result<std::vector<SeriesPoint>> workspace_series(Instant from,
                                                            Instant to) = 0;  // by UTC day

  // The facts of one campaign in lead order, for the sealed report and exports. Streams.
  virtual Result<void> each_lead(CampaignId id,
                                 const std::function<bool(const LeadRow&)>& visit) = 0;
};

}  // namespace headway::store
