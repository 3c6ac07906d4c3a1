#include "store/sqlite/plans.h"

#include "store/sqlite/reader_rows.h"

namespace headway::store::sqlite {

Plan PlanLoader::load(std::int64_t plan_version) {
  Plan plan;
  plan.version = plan_version;
  plan.zones.emplace_back();
  {
    Rows rows = sql_.zones.rows();
    while (rows.next()) {
      const auto no = static_cast<std::size_t>(rows.i64(0));
      if (plan.zones.size() <= no) plan.zones.resize(no + 1);
      plan.zones[no] = rows.str(1);
    }
  }
  {
    Rows rows = sql_.accounts.rows();
    while (rows.next()) {
      plan.accounts.push_back(
          std::make_shared<const domain::Account>(read_account(sql_.db, rows).account));
    }
  }
  {
    Rows rows = sql_.guard_pauses.rows();
    while (rows.next()) {
      plan.guard_pauses.push_back({CampaignId{rows.i64(0)}, AccountId{rows.i64(1)}, rows.str(2)});
    }
  }
  Rows rows = sql_.campaigns.rows();
  while (rows.next()) {
    auto campaign = std::make_shared<domain::CampaignPlan>();
    bool simulated = false;
    read_campaign_row(sql_.db, rows, *campaign, simulated);
    fill(rows.i64(0), *campaign);
    plan.campaigns.push_back(std::move(campaign));
  }
  return plan;
}

void PlanLoader::fill(std::int64_t no, domain::CampaignPlan& plan) {
  {
    Rows rows = sql_.steps.rows(no);
    while (rows.next()) plan.steps.push_back({.delay = milliseconds{rows.i64(0)}, .variants = {}});
  }
  {
    Rows rows = sql_.variants.rows(no);
    while (rows.next()) {
      const auto step = static_cast<std::size_t>(rows.i64(1));
      if (step < 1 || step > plan.steps.size()) continue;
      domain::Variant v;
      v.id = VariantId{rows.i64(0)};
      v.name = rows.str(2);
      v.body = rows.str(3);
      v.weight = rows.i64(4);
      v.retired = rows.i64(5) != 0;
      plan.steps[step - 1].variants.push_back(std::move(v));
    }
  }
  {
    Rows rows = sql_.shares.rows(no);
    read_shares(sql_.db, rows, plan);
  }
  {
    Rows rows = sql_.campaign_accounts.rows(no);
    while (rows.next()) plan.accounts.push_back(AccountId{rows.i64(0)});
  }
  Rows rows = sql_.collections.rows(no);
  while (rows.next()) {
    plan.collections.push_back(CollectionId{rows.i64(0)});
    plan.enrolling = plan.enrolling || rows.i64(1) != 0;
  }
}

}  // namespace headway::store::sqlite
