// The steps and texts of a campaign: history keeps what it was sent with.

#include <algorithm>
#include <map>

#include "store/sqlite/catalog_sql.h"

namespace headway::store::sqlite {
namespace {

// The last step that must stay: sent, being sent, or waited for by a lead.
int last_used_step(CatalogSql& sql, std::int64_t campaign) {
  auto used = static_cast<int>(sql.ended_step.value(0, campaign));
  Rows rows = sql.facets.rows(campaign);
  while (rows.next()) {
    const Facet f = unpack_facet(rows.i64(0));
    used = std::max(used, f.wait == domain::Wait::follow_up ? f.step + 1 : f.step);
  }
  return used;
}

Result<void> put_variants(CatalogSql& sql, std::int64_t campaign, int step,
                          const domain::Step& wanted) {
  std::map<std::int64_t, std::string> present;  // body by id
  {
    Rows rows = sql.variants.rows(campaign, step);
    while (rows.next()) present.emplace(rows.i64(0), rows.str(1));
  }
  for (std::size_t i = 0; i < wanted.variants.size(); ++i) {
    const domain::Variant& v = wanted.variants[i];
    const auto known = present.find(v.id.value);
    if (v.id && known == present.end()) {
      return invalid("steps." + std::to_string(step - 1) + ".variants." + std::to_string(i) + ".id",
                     "No such variant in this step");
    }
    if (v.id && known->second == v.body) {
      sql.set_variant.run(v.id, v.name, v.weight, v.retired);
      present.erase(known);
    } else if (!v.retired) {
      sql.new_variant.run(campaign, step, v.name, v.body, v.weight);
    }
  }
  for (const auto& [id, body] : present) sql.retire_variant.run(id);
  return {};
}

}  // namespace

Result<void> put_steps(CatalogSql& sql, CampaignEntry& campaign,
                       const std::vector<domain::Step>& steps) {
  const auto count = static_cast<int>(steps.size());
  const int used = last_used_step(sql, campaign.no);
  if (count < used) {
    return fail(ErrorKind::conflict,
                "Step " + std::to_string(used) +
                    " was sent already or is waited for: it stays, with those before it");
  }
  for (int step = 1; step <= count; ++step) {
    const domain::Step& s = steps[static_cast<std::size_t>(step - 1)];
    sql.put_step.run(campaign.no, step, s.delay.count());
    if (auto put = put_variants(sql, campaign.no, step, s); !put) return put;
  }
  sql.drop_steps.run(campaign.no, count);
  sql.retire_steps.run(campaign.no, count);
  campaign.sequence.steps = std::max(1, count);
  campaign.sequence.delays.clear();
  for (const domain::Step& s : steps) campaign.sequence.delays.push_back(s.delay);
  return {};
}

Result<void> put_collections(CatalogSql& sql, WriteContext& context, CampaignEntry& campaign,
                             const std::vector<CollectionId>& collections, Instant now) {
  for (std::size_t i = 0; i < collections.size(); ++i) {
    std::int64_t no = 0, people = 0;
    {
      Rows row = sql.collection.rows(collections[i]);
      if (!row.next()) return invalid("collection_ids." + std::to_string(i), "No such collection");
      no = row.i64(0), people = row.i64(1);
    }
    sql.add_collection.run(campaign.no, no, people);
  }
  if (!collections.empty()) sql.enroller.next(context, campaign, kEnrolledAtOnce, now);
  return {};
}

}  // namespace headway::store::sqlite
