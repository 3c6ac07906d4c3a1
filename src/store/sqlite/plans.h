#pragma once
// All that the engine plans with, read on the write connection.

#include "store/ledger.h"
#include "store/sqlite/allocations.h"
#include "store/sqlite/connection.h"

namespace headway::store::sqlite {

class PlanLoader {
 public:
  explicit PlanLoader(Connection& db) : sql_{db} {}

  // Every account that is not deleted, every campaign that is neither finished nor deleted.
  Plan load(std::int64_t plan_version);

 private:
  struct Sql {
    Connection& db;
    Statement accounts{
        db,
        "SELECT no,id,name,channel,timezone,daily_limit,rate_per_second,settings,simulated,status,"
        "status_reason,status_since,status_until,created_at,version,deleted_at FROM account "
        "WHERE deleted_at IS NULL ORDER BY no"};
    Statement campaigns{
        db,
        "SELECT no,id,name,state,pause_reason,active_hours,daily_limit,attribution_days,"
        "in_doubt_timeout,created_at,started_at,finished_at,version,simulated,variant_mode,"
        "variant_metric,auto_pause FROM campaign "
        "WHERE state<>2 AND deleted_at IS NULL ORDER BY no"};
    Statement steps{db, "SELECT delay FROM campaign_step WHERE campaign=?1 ORDER BY step"};
    Statement variants{
        db,
        "SELECT id,step,name,body,weight,retired FROM variant WHERE campaign=?1 ORDER BY step,id"};
    Statement shares{db, HW_SHARES_IN_FORCE};
    Statement campaign_accounts{
        db,
        "SELECT a.id FROM campaign_account c JOIN account a ON a.no=c.account "
        "WHERE c.campaign=?1 AND a.deleted_at IS NULL ORDER BY a.no"};
    Statement collections{
        db,
        "SELECT c.id,cc.cursor<cc.last FROM campaign_collection cc JOIN collection c "
        "ON c.no=cc.collection WHERE cc.campaign=?1 ORDER BY cc.collection"};
    Statement guard_pauses{
        db,
        "SELECT c.id,a.id,g.reason FROM guard_pause g JOIN campaign c ON c.no=g.campaign JOIN "
        "account a ON a.no=g.account WHERE c.state=0 AND c.deleted_at IS NULL ORDER BY c.no"};
    Statement zones{db, "SELECT no,name FROM zone ORDER BY no"};
  };
  void fill(std::int64_t no, domain::CampaignPlan& plan);

  Sql sql_;
};

}  // namespace headway::store::sqlite
