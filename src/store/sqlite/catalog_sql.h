#pragma once
// The statements of the catalog on the write connection, and steps that several changes share.

#include "store/catalog.h"
#include "store/sqlite/allocations.h"
#include "store/sqlite/enroll.h"
#include "store/sqlite/people.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

struct CatalogSql {
  explicit CatalogSql(Connection& connection)
      : db(connection), enroller(db), people(db), allocations(db) {}

  Connection& db;
  Enroller enroller;
  People people;
  Allocations allocations;

  // ---- accounts
  Statement new_account{
      db,
      "INSERT INTO account "
      "(no,id,name,channel,timezone,daily_limit,rate_per_second,settings,simulated,status,"
      "status_reason,status_since,created_at,version) "
      "SELECT coalesce(max(no),0)+1,?1,?2,?3,?4,?5,?6,?7,?8,0,'',?9,?9,1 FROM account"};
  Statement account{
      db,
      "SELECT no,id,name,channel,timezone,daily_limit,rate_per_second,settings,simulated,status,"
      "status_reason,status_since,status_until,created_at,version,deleted_at FROM account "
      "WHERE id=?1 AND deleted_at IS NULL"};
  Statement update_account{
      db,
      "UPDATE account SET "
      "name=?2,timezone=?3,daily_limit=?4,rate_per_second=?5,settings=?6,status=?7,"
      "status_reason=?8,status_since=?9,status_until=?10,version=version+1 WHERE no=?1"};
  Statement delete_account{db, "UPDATE account SET deleted_at=?2,version=version+1 WHERE no=?1"};
  Statement campaigns_of_account{db, "SELECT campaign FROM campaign_account WHERE account=?1"};

  // ---- the sample's (store/workspace.h)
  Statement mark_account{db, "UPDATE account SET sample=1 WHERE no=?1"};
  Statement mark_campaign{db, "UPDATE campaign SET sample=1 WHERE no=?1"};

  // ---- campaigns
  Statement new_campaign{
      db,
      "INSERT INTO campaign "
      "(no,id,name,state,pause_reason,active_hours,daily_limit,attribution_days,"
      "in_doubt_timeout,created_at,version,figures_version,variant_mode,variant_metric,auto_pause) "
      "SELECT coalesce(max(no),0)+1,?1,?2,1,?3,?4,?5,?6,?7,?8,1,1,?9,?10,?11 FROM campaign"};
  Statement campaign_no{db, "SELECT no FROM campaign WHERE id=?1"};
  Statement set_name{db, "UPDATE campaign SET name=?2 WHERE no=?1"};
  Statement set_hours{db, "UPDATE campaign SET active_hours=?2 WHERE no=?1"};
  Statement set_limit{db, "UPDATE campaign SET daily_limit=?2 WHERE no=?1"};
  Statement set_attribution{db, "UPDATE campaign SET attribution_days=?2 WHERE no=?1"};
  Statement set_mode{db, "UPDATE campaign SET variant_mode=?2 WHERE no=?1"};
  Statement set_metric{db, "UPDATE campaign SET variant_metric=?2 WHERE no=?1"};
  Statement set_auto_pause{db, "UPDATE campaign SET auto_pause=?2 WHERE no=?1"};
  Statement set_simulated{db,
                          "UPDATE campaign SET simulated=max(simulated,EXISTS(SELECT 1 FROM "
                          "campaign_account c JOIN account a "
                          "ON a.no=c.account WHERE c.campaign=?1 AND a.simulated<>0)) WHERE no=?1"};
  Statement delete_campaign{db, "UPDATE campaign SET deleted_at=?2 WHERE no=?1"};
  Statement put_step{
      db,
      "INSERT INTO campaign_step VALUES(?1,?2,?3) ON CONFLICT DO UPDATE SET delay=excluded.delay"};
  Statement drop_steps{db, "DELETE FROM campaign_step WHERE campaign=?1 AND step>?2"};
  Statement retire_steps{db, "UPDATE variant SET retired=1 WHERE campaign=?1 AND step>?2"};
  Statement new_variant{
      db, "INSERT INTO variant SELECT coalesce(max(id),0)+1,?1,?2,?3,?4,?5,0 FROM variant"};
  Statement variants{db, "SELECT id,body FROM variant WHERE campaign=?1 AND step=?2"};
  Statement set_variant{db, "UPDATE variant SET name=?2,weight=?3,retired=?4 WHERE id=?1"};
  Statement retire_variant{db, "UPDATE variant SET retired=1 WHERE id=?1"};
  Statement add_account{db, "INSERT OR IGNORE INTO campaign_account VALUES(?1,?2)"};
  Statement drop_account{db, "DELETE FROM campaign_account WHERE campaign=?1 AND account=?2"};
  Statement collection{db, "SELECT no,people FROM collection WHERE id=?1 AND deleted_at IS NULL"};
  // Added again: the people that came since.
  Statement add_collection{db,
                           "INSERT INTO campaign_collection VALUES(?1,?2,?2<<32,?2<<32|?3) "
                           "ON CONFLICT DO UPDATE SET last=max(last,excluded.last)"};
  Statement facets{
      db, "SELECT facet FROM lead_block WHERE campaign=?1 AND level=3 AND block=0 AND n>0"};
  Statement ended_step{db, "SELECT max(step) FROM campaign_total WHERE campaign=?1 AND n<>0"};

  // ---- collections
  Statement rename_collection{db, "UPDATE collection SET name=?2 WHERE no=?1"};
  Statement delete_collection{db, "UPDATE collection SET deleted_at=?2 WHERE no=?1"};

  // ---- people
  Statement suppression{db, "SELECT kind,reason,source,created_at FROM suppression WHERE h=?1"};
  Statement drop_suppression{db, "DELETE FROM suppression WHERE h=?1"};
  Statement contacts_of_key{db, "SELECT contact FROM contact_key WHERE h=?1"};
  Statement unmark{db, "UPDATE contact SET flags=flags&~1 WHERE id=?1"};

  // ---- bookings and conversations
  Statement booking{db, "SELECT lead,at,cancelled FROM booking WHERE id=?1"};
  Statement assign_booking{
      db, "UPDATE booking SET lead=?2,how='person',account=?3,step=?4,variant=?5 WHERE id=?1"};
  Statement last_delivered{db,
                           "SELECT account,step,variant FROM message WHERE lead=?1 AND outcome=1 "
                           "ORDER BY step DESC LIMIT 1"};
  Statement conversation{db, "SELECT 1 FROM conversation WHERE id=?1 AND deleted=0"};
  Statement set_unread{db, "UPDATE conversation SET unread=?2 WHERE id=?1"};
  Statement set_archived{db, "UPDATE conversation SET archived=?2 WHERE id=?1"};
  Statement delete_conversation{db, "UPDATE conversation SET deleted=1,unread=0 WHERE id=?1"};
};

// Leads enrolled in the transaction of the change; the engine goes on with the rest.
inline constexpr int kEnrolledAtOnce = 20'000;

// The live campaign, or what to answer.
Result<CampaignEntry*> live_campaign(WriteContext& context, CampaignId id);
// The number of a live account of the workspace.
Result<std::int64_t> live_account(WriteContext& context, AccountId id);
// A list of names as a JSON object: {"changed":["name","steps"]}.
std::string changed_detail(const std::vector<std::string>& names);

// Steps and texts of a campaign, given the present ones (catalog_steps.cc).
Result<void> put_steps(CatalogSql& sql, CampaignEntry& campaign,
                       const std::vector<domain::Step>& steps);
// Collections of a campaign: people that are in them now, enrolled as far as kEnrolledAtOnce goes.
Result<void> put_collections(CatalogSql& sql, WriteContext& context, CampaignEntry& campaign,
                             const std::vector<CollectionId>& collections, Instant now);

}  // namespace headway::store::sqlite
