#pragma once
// The API's port to the store for changes that a person makes. Blocking: called from worker
// threads, never from the engine's strand or an IO thread; returns after the commit is durable.
// Safe to call from several threads. `actor` ("key:12", "cli") goes into the audit in the same
// transaction. Errors as in store/ledger.h; `not_found` for ids of nothing or of deleted things.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/person.h"

namespace headway::store {

struct AccountChange {  // absent = unchanged
  std::optional<std::string> name, timezone;
  std::optional<std::optional<std::int64_t>> daily_limit;
  std::optional<double> rate_per_second;
  std::optional<boost::json::object>
      settings;  // replaces all (masked secrets already put back by the API)
  std::optional<domain::AccountStatus>
      status;  // a person may set active or paused; clears the reason
};

struct CampaignChange {
  std::optional<std::string> name;
  std::optional<std::vector<CollectionId>>
      add_collections;                             // enrols their leads; never removes any
  std::optional<std::vector<AccountId>> accounts;  // the whole set
  std::optional<std::vector<domain::Step>>
      steps;  // variants with an id of 0 are new; texts changed under
              // an id get a new id, the old one is retired
  std::optional<std::optional<domain::ActiveHours>> active_hours;
  std::optional<std::optional<std::int64_t>> daily_limit;
  std::optional<int> attribution_days;
  std::optional<domain::VariantMode> variant_mode;
  std::optional<domain::VariantMetric> variant_metric;
  std::optional<bool> auto_pause;
  std::optional<std::int64_t> expected_version;  // another version stored -> conflict
};

class Catalog {
 public:
  virtual ~Catalog() = default;

  // Ids, versions and times in the argument are ignored and set by the store.
  virtual Result<domain::Account> create_account(const domain::Account& account,
                                                 const std::string& actor, Instant now) = 0;
  virtual Result<domain::Account> update_account(AccountId id, const AccountChange& change,
                                                 const std::string& actor, Instant now) = 0;
  // Hidden from lists, kept for history. Campaigns lose it; open leads of its own wait with `no_account`.
  virtual Result<void> delete_account(AccountId id, const std::string& actor, Instant now) = 0;

  // Created paused. Up to 20,000 leads are enrolled at once in the same transaction; with more,
  // `enrolling` stays true and the engine goes on (Ledger::enroll_next).
  virtual Result<domain::CampaignPlan> create_campaign(const domain::CampaignPlan& draft,
                                                       const std::string& actor, Instant now) = 0;
  virtual Result<domain::CampaignPlan> update_campaign(CampaignId id, const CampaignChange& change,
                                                       const std::string& actor, Instant now) = 0;
  // Only paused or finished ones (conflict otherwise). Hidden; its messages stay in the accounts' history.
  virtual Result<void> destroy_campaign(CampaignId id, const std::string& actor, Instant now) = 0;
  virtual Result<void> add_campaign_account(CampaignId id, AccountId account,
                                            const std::string& actor, Instant now) = 0;
  virtual Result<void> remove_campaign_account(CampaignId id, AccountId account,
                                               const std::string& actor, Instant now) = 0;

  virtual Result<void> rename_collection(CollectionId id, const std::string& name,
                                         const std::string& actor, Instant now) = 0;
  virtual Result<void> delete_collection(CollectionId id, const std::string& actor,
                                         Instant now) = 0;

  // What the guard alerted is known (store/analysis.h): it watches the account anew. Nothing to acknowledge: nothing
  // changes.
  virtual Result<void> acknowledge_guard(AccountId id, const std::string& actor, Instant now) = 0;
  // How many false alarms a year the workspace puts up with, 0.01 .. 1000.
  virtual Result<void> set_false_alarms(double per_year, const std::string& actor, Instant now) = 0;

  // Suppressions: stored as keyed hashes only. Adding one ends the person's open leads in the same
  // transaction. kind: "email", "phone", "messenger_id", "external_id".
  struct Suppression {
    std::string hash;  // 32 hex digits: its id
    std::string kind, reason, source;
    Instant created_at{};
  };
  virtual Result<Suppression> suppress(const std::string& kind, const std::string& address,
                                       const std::string& reason, const std::string& actor,
                                       Instant now) = 0;
  virtual Result<void> unsuppress(const std::string& hash, const std::string& actor,
                                  Instant now) = 0;

  // A booking that waits in the list is given to a lead by a person.
  virtual Result<void> assign_booking(BookingId id, LeadId lead, const std::string& actor,
                                      Instant now) = 0;

  struct ConversationChange {
    std::optional<bool> unread;
    std::optional<bool> archived;
  };
  virtual Result<void> update_conversation(ConversationId id, const ConversationChange& change,
                                           const std::string& actor, Instant now) = 0;
  virtual Result<void> delete_conversation(ConversationId id, const std::string& actor,
                                           Instant now) = 0;
};

// Importing people: begin, append in batches, end. A job survives a restart as `interrupted`, with
// what was appended kept.
struct ImportRejection {
  std::int64_t line = 0;
  std::string column, reason;
};
enum class ImportState : std::uint8_t {
  running = 0,
  done = 1,
  failed = 2,
  interrupted = 3,
  cancelled = 4
};
std::string_view to_string(ImportState s);

struct ImportJob {
  std::int64_t id = 0;
  CollectionId collection;
  ImportState state{};
  std::string error;  // failed: why
  std::int64_t rows = 0, accepted = 0, duplicate = 0, rejected = 0;
  std::int64_t bytes = 0, bytes_total = 0;  // 0 = unknown
  Instant started_at{};
  std::optional<Instant> ended_at;
};

class Imports {
 public:
  virtual ~Imports() = default;
  // A new collection (`into` empty) or more people for an existing one.
  virtual Result<ImportJob> begin(const std::string& name, std::optional<CollectionId> into,
                                  std::int64_t bytes_total, const std::string& actor,
                                  Instant now) = 0;
  // People with an address (external id, e-mail, phone, messenger id) already in this collection are
  // duplicates. <= 10,000 a call. Returns the job's totals.
  virtual Result<ImportJob> append(std::int64_t job, const std::vector<domain::Person>& people,
                                   const std::vector<ImportRejection>& rejections,
                                   std::int64_t bytes, Instant now) = 0;
  virtual Result<ImportJob> end(std::int64_t job, ImportState state, const std::string& error,
                                Instant now) = 0;
  virtual Result<ImportJob> job(std::int64_t job) = 0;
  virtual Result<std::optional<ImportJob>> latest_job(CollectionId id) = 0;
  virtual Result<std::vector<ImportRejection>> rejections(
      std::int64_t job, std::int64_t offset, int limit) = 0;  // at most 100,000 are kept
  // Copies the people of `from` into `into` (duplicates by address dropped), in batches; the sources stay.
  virtual Result<ImportJob> merge(const std::string& name, const std::vector<CollectionId>& from,
                                  const std::string& actor, Instant now) = 0;
};

}  // namespace headway::store
