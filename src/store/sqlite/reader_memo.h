#pragma once
// What one reader connection remembers between snapshots so that hot reads decode nothing twice:
// accounts, plans and packed totals. Every part carries the version it was read under and is used
// only when the snapshot at hand has the same version, so that an answer is always that of its own
// snapshot.

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/figures.h"
#include "domain/schedule.h"
#include "store/reader.h"
#include "store/sqlite/addresses.h"
#include "store/sqlite/reader_filter.h"
#include "store/sqlite/reader_rows.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {

// A calendar day in a zone, known until it ends.
class LocalDay {
 public:
  LocalDay() = default;  // UTC
  explicit LocalDay(const std::string& zone);
  std::int64_t at(Instant t);

 private:
  domain::Zone zone_;
  Instant from_{}, until_{};
  std::int64_t day_ = 0;
};

struct KnownCollection {
  std::int64_t no = 0;
  CollectionId id;
  std::string name;
  std::int64_t people = 0;
};

struct KnownVariant {
  std::string name;
  int step = 0;
};

struct CampaignMemo {
  std::int64_t no = 0;
  // Under plan_version and the campaign's version.
  std::int64_t plan_version = -1, version = -1;
  CampaignSnapshot base;                    // plan, accounts of the plan, collections
  std::vector<std::int64_t> plan_accounts;  // numbers, beside base.accounts
  std::vector<KnownCollection> collections;
  std::unordered_map<std::int64_t, KnownVariant> variants;  // retired and removed ones too
  // Under the number of replies, which only grows.
  std::int64_t replies = -1;
  domain::TimeToReply time_to_reply;
  // Under figures_version as well.
  std::int64_t figures_version = -1;
  std::vector<QueueBucket> buckets;  // `past` is as of `split_at`
  std::int64_t split_at = 0;
  std::vector<std::int64_t> account_nos;  // of snapshot.accounts, the extra ones included
  LocalDay day;
  std::vector<LocalDay> account_days;  // beside account_nos
  CampaignSnapshot snapshot;           // everything but what depends on `now`
};

class ReaderMemo {
 public:
  // Call first in every snapshot that uses the memo.
  void refresh(ReaderSql& db);

  // The live campaign of this id as the snapshot has it; nullptr when there is none.
  CampaignMemo* plan(ReaderSql& db, CampaignId id);
  // The same with figures; the buckets split at `now`.
  CampaignMemo* figures(ReaderSql& db, CampaignId id, Instant now);

  // nullptr when there is no such account; deleted ones are found, for history.
  const KnownAccount* account_by_no(ReaderSql& db, std::int64_t no);
  const KnownAccount* account_by_id(ReaderSql& db, AccountId id);
  // "" for 0 and for what does not exist.
  const Addresses& addresses(ReaderSql& db);
  const std::string& zone_name(ReaderSql& db, std::int64_t no);

 private:
  CampaignMemo* head(ReaderSql& db, CampaignId id, std::int64_t& figures_version,
                     std::optional<Instant>& last_activity);
  void load_plan(ReaderSql& db, CampaignMemo& m);
  void load_figures(ReaderSql& db, CampaignMemo& m);
  const KnownAccount* remember(std::unique_ptr<KnownAccount> account);

  std::int64_t plan_version_ = -1;
  std::unordered_map<std::int64_t, std::unique_ptr<KnownAccount>> accounts_;  // by number
  std::unordered_map<AccountId, std::int64_t> account_nos_;
  std::vector<std::string> zones_;
  std::optional<Addresses> addresses_;
  std::list<CampaignMemo> campaigns_;  // most recently used first; at most kCampaignsKept
  std::unordered_map<CampaignId, std::list<CampaignMemo>::iterator> campaign_at_;
};

}  // namespace headway::store::sqlite
