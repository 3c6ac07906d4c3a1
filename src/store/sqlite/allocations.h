#pragma once
// The log of variant shares (sql/0003_allocation.sql): what the plan comes to, and what the evidence says once a day.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/campaign.h"
#include "store/ledger.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

// allocation.shares: parts by variant.
using Shares = std::map<std::int64_t, std::int64_t>;
std::string encode_shares(const Shares& shares);
Result<Shares> decode_shares(std::string_view text);

// The entries in force of one campaign: step, epoch, mode, metric, shares.
#define HW_SHARES_IN_FORCE                                                        \
  "SELECT step,epoch,mode,metric,shares FROM allocation a WHERE campaign=?1 AND " \
  "epoch=(SELECT max(epoch) FROM allocation b WHERE b.campaign=a.campaign AND "   \
  "b.step=a.step) ORDER BY step"
// Puts them into the steps of the plan: epochs, and the parts that learn and earn draw by.
void read_shares(Connection& db, Rows& entries, domain::CampaignPlan& plan);

class Allocations {
 public:
  explicit Allocations(Connection& db) : sql_{db} {}

  // Texts, weights, mode or metric were written: logs what changed by that. A person's new choice starts evenly.
  void plan_changed(std::int64_t campaign, Instant now);
  // Campaigns in mode learn or earn whose day has come (their own calendar; the first time as soon as there are
  // kFirstLook reactions, a day after the start at the latest): new shares where the evidence moved them.
  Result<AllocationProgress> allocate_due(WriteContext& context, Instant now);

 private:
  struct InForce {
    int epoch = -1;  // none yet
    domain::VariantMode mode{};
    domain::VariantMetric metric{};
    Shares shares;
  };
  struct Due {
    std::int64_t no = 0;
    domain::VariantMode mode{};
    domain::VariantMetric metric{};
  };
  struct Sql {
    Connection& db;
    Statement mode{db, "SELECT variant_mode,variant_metric FROM campaign WHERE no=?1"};
    Statement in_force{db, HW_SHARES_IN_FORCE};
    Statement variants{
        db,
        "SELECT v.step,v.id,v.weight,v.name FROM variant v JOIN campaign_step s ON "
        "s.campaign=v.campaign AND s.step=v.step WHERE v.campaign=?1 AND v.retired=0 ORDER BY "
        "v.step,v.id"};
    Statement log{db, "INSERT INTO allocation VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"};
    Statement running{
        db,
        "SELECT no,variant_mode,variant_metric,coalesce(json_extract(active_hours,'$.timezone'),"
        "'UTC'),allocated_at,started_at FROM campaign WHERE state=0 AND variant_mode<>0 AND "
        "deleted_at IS NULL ORDER BY no"};
    Statement reactions{
        db, "SELECT coalesce(sum(n),0) FROM campaign_total WHERE campaign=?1 AND counter=?2"};
    Statement looked{db, "UPDATE campaign SET allocated_at=?2 WHERE no=?1"};
    Statement days{
        db,
        "SELECT step,variant,epoch,day,counter,lag,sum(n) FROM cohort WHERE campaign=?1 AND kind=1 "
        "GROUP BY 1,2,3,4,5,6"};
    Statement workspace{db,
                        "SELECT counter,sum(n) FROM account_total WHERE counter BETWEEN 4 AND 8 "
                        "GROUP BY 1"};
  };

  std::map<int, InForce> in_force(std::int64_t campaign);
  bool is_due(const Rows& running, Instant now);
  // Whether shares moved.
  bool allocate(WriteContext& context, const Due& campaign, Instant now);
  void write(std::int64_t campaign, int step, const InForce& before, const InForce& next,
             const std::string& evidence, Instant now);

  Sql sql_;
};

}  // namespace headway::store::sqlite
