#pragma once
// What every write shares: caches of the rows that all of them need, ids, the way a lead moves, counters,
// activity and audit. Lives on the writer thread.
//
// Invariants
//  * A lead's row changes through apply() and enroll() only, so that counters cannot be forgotten.
//  * Every operation that touched a campaign's leads calls settle(), which finishes campaigns whose last
//    lead ended, in this transaction.
//  * Caches are dropped with every rollback; who changes a campaign's or account's row calls forget_*().
//  * A lead that is remembered equals its row: apply() and raise_generation(), which change it, say so.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/campaign.h"
#include "domain/figures.h"
#include "domain/lead.h"
#include "runtime/clock.h"
#include "store/sqlite/addresses.h"
#include "store/sqlite/cells.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/counters.h"
#include "store/sqlite/guard.h"
#include "store/sqlite/lead_row.h"

namespace headway::store::sqlite {

struct CampaignEntry {
  std::int64_t no = 0;
  CampaignId id;
  std::string name;
  domain::CampaignState state{};
  std::int64_t version = 0;
  bool deleted = false, enrolling = false, lead_timezone = false, outcomes_sealed = false;
  std::optional<std::int64_t> daily_limit;
  int attribution_days = 30;
  domain::Sequence sequence;
  std::vector<std::int64_t> accounts;  // numbers
  std::int64_t open = 0, total = 0;    // leads
  std::int64_t last_lead = 0;          // highest number given
};

struct AccountEntry {
  std::int64_t no = 0;
  AccountId id;
  std::string name;
  std::int64_t version = 0;
  bool deleted = false;
  std::optional<std::int64_t> daily_limit;
};

struct Settled {
  std::vector<CampaignId> changed, finished;
};

class WriteContext {
 public:
  WriteContext(Connection& db, runtime::Clock& clock);
  ~WriteContext();
  WriteContext(const WriteContext&) = delete;
  WriteContext& operator=(const WriteContext&) = delete;

  // Reads meta; before the first operation.
  Result<void> load();

  Connection& db() { return db_; }
  const Addresses& addresses() const { return addresses_; }
  const std::string& instance() const { return instance_; }

  std::int64_t new_id();  // time-ordered, 63 bits

  // nullptr: there is none (deleted ones are there, with `deleted`). Valid until the operation ends.
  CampaignEntry* campaign(std::int64_t no);
  CampaignEntry* campaign(CampaignId id);
  const AccountEntry* account(std::int64_t no);
  const AccountEntry* account(AccountId id);
  AccountId account_id(std::int64_t no);  // 0 for 0 and for none
  void forget_campaign(std::int64_t no);
  void forget_account(std::int64_t no);

  std::int64_t plan_version() const { return plan_version_; }
  void bump_plan() { ++plan_version_; }
  // A change of a campaign's plan or state: raises its version and the plan's; the cache entry stays current.
  void bump_campaign(CampaignEntry& campaign);
  // Something that a page shows about it changed.
  void touch(std::int64_t campaign, Instant at);

  // ---- leads
  // Of a lead in flight that this process claimed, from memory; of any other, from its row.
  std::optional<LeadImage> lead(LeadId id);
  // `at`: the instant of the fact. The delta's collection is the lead's. `before.epoch` is written, too.
  void apply(const LeadImage& before, const domain::Transition& t, Instant at);
  void raise_generation(LeadId id);
  // Adds the person as the campaign's next lead (suppressed ones end at once) and gives its id.
  LeadId enroll(CampaignEntry& campaign, ContactId contact, int zone, bool suppressed, Instant now);
  // Ends the operation's part on leads. `now` stands in the activity of campaigns that it finished.
  Settled settle(Instant now);

  // ---- records
  void activity(std::int64_t campaign, std::string_view kind, std::string_view actor,
                std::string_view text, std::string_view detail, Instant at);
  void account_log(std::int64_t account, std::string_view kind, std::string_view actor,
                   std::string_view text, std::string_view detail, Instant at);
  void audit(std::string_view actor, std::string_view action, std::string_view object,
             std::string_view detail, Instant at);
  Counters& counters() { return counters_; }
  Cells& cells() { return cells_; }
  Guard& guard() { return guard_; }
  // The campaign's counters as of now, this transaction included.
  domain::Counts counts(std::int64_t campaign);

  // ---- called by the writer
  void flush();             // writes what was collected
  bool collected() const;   // since the last flush
  void forget_operation();  // its savepoint is rolled back
  void forget();            // the transaction was rolled back
  void committed();

 private:
  struct Sql;

  void finish(CampaignEntry& campaign, Instant now);
  void touch_op(std::int64_t campaign, Instant at);
  void remember(const LeadImage& before, const domain::LeadState& now, int zone);

  Connection& db_;
  runtime::Clock& clock_;
  Counters counters_;
  Cells cells_;
  Guard guard_;
  std::unique_ptr<Sql> sql_;
  Addresses addresses_;
  std::string instance_;
  std::int64_t last_id_ = 0;
  std::int64_t plan_version_ = 0, flushed_plan_version_ = 0, committed_plan_version_ = 0;
  std::unordered_map<std::int64_t, CampaignEntry> campaigns_;   // by no
  std::unordered_map<std::int64_t, std::int64_t> campaign_no_;  // by id
  std::unordered_map<std::int64_t, AccountEntry> accounts_;
  std::unordered_map<std::int64_t, std::int64_t> account_no_;
  // Between a claim and its outcome: an outcome finds its lead here instead of reading the row again.
  std::unordered_map<LeadId, LeadImage> in_flight_;
  std::map<std::int64_t, Instant> touched_;  // campaigns, since the last flush
  std::vector<std::int64_t>
      op_campaigns_;  // whose leads this operation moved, in any order, doubled
};

}  // namespace headway::store::sqlite
