#pragma once
// The statements that take the sample workspace away, on the write connection.

#include "store/sqlite/connection.h"
#include "store/sqlite/people.h"

namespace headway::store::sqlite {

// Something in them is a person's own: HW_OWN_* name the rows that are not the sample's alone.
#define HW_OWN_COLLECTION \
  "EXISTS(SELECT 1 FROM import_job j WHERE j.collection=c.no AND j.sample=0)"
#define HW_OWN_CAMPAIGN                                                                  \
  "(EXISTS(SELECT 1 FROM campaign_collection x JOIN collection c ON c.no=x.collection "  \
  "WHERE x.campaign=p.no AND (c.sample=0 OR " HW_OWN_COLLECTION                          \
  ")) OR EXISTS(SELECT 1 FROM campaign_account x JOIN account a ON a.no=x.account "      \
  "WHERE x.campaign=p.no AND a.sample=0) OR EXISTS(SELECT 1 FROM campaign_total x JOIN " \
  "account a ON a.no=x.account WHERE x.campaign=p.no AND a.sample=0))"

struct SampleSql {
  explicit SampleSql(Connection& connection) : db(connection), people(db) {}

  Connection& db;
  People people;

  Statement rename{db, "INSERT OR REPLACE INTO meta VALUES('workspace_name',?1)"};

  // ---- what is it
  Statement campaigns{db, "SELECT p.no,p.id,p.state,p.deleted_at IS NULL," HW_OWN_CAMPAIGN
                          " FROM campaign p WHERE p.sample<>0 ORDER BY p.no"};
  Statement accounts{db, "SELECT no,id,deleted_at IS NULL FROM account WHERE sample<>0"};
  Statement collections{db, "SELECT c.no,c.id,c.deleted_at IS NULL," HW_OWN_COLLECTION
                            " FROM collection c WHERE c.sample<>0"};
  Statement keep_campaign{db, "UPDATE campaign SET sample=0 WHERE no=?1"};
  Statement keep_collection{db, "UPDATE collection SET sample=0 WHERE no=?1"};

  // ---- a campaign: first what others count of it, then it
  Statement errors{
      db,
      "SELECT account,failure,coalesce(code,''),count(*),max(at) FROM message WHERE lead>=?1 "
      "AND lead<=?2 AND outcome=2 AND account<>0 GROUP BY 1,2,3"};
  Statement error_samples{db, "UPDATE account_error SET sample=0 WHERE sample>=?1 AND sample<=?2"};
  Statement account_total{
      db,
      "INSERT INTO account_total SELECT account,counter,failure,-sum(n) FROM campaign_total "
      "WHERE campaign=?1 AND account<>0 GROUP BY 1,2,3 ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement account_hour{
      db,
      "INSERT INTO account_hour SELECT account,hour,counter,failure,-sum(n) FROM rollup "
      "WHERE campaign=?1 AND account<>0 GROUP BY 1,2,3,4 ON CONFLICT DO UPDATE SET "
      "n=n+excluded.n"};
  Statement workspace_hour{
      db,
      "INSERT INTO workspace_hour SELECT hour,counter,failure,-sum(n) FROM rollup "
      "WHERE campaign=?1 GROUP BY 1,2,3 ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement leads{db, "DELETE FROM lead WHERE id>=?1 AND id<=?2"};
  Statement of_leads[7]{{db, "DELETE FROM message WHERE lead>=?1 AND lead<=?2"},
                        {db, "DELETE FROM reply WHERE lead>=?1 AND lead<=?2"},
                        {db, "DELETE FROM reaction WHERE lead>=?1 AND lead<=?2"},
                        {db, "DELETE FROM attempt WHERE lead>=?1 AND lead<=?2"},
                        {db, "DELETE FROM booking WHERE lead>=?1 AND lead<=?2"},
                        {db, "DELETE FROM opt_out WHERE lead>=?1 AND lead<=?2"},
                        {db, "DELETE FROM conversation WHERE lead>=?1 AND lead<=?2"}};
  Statement queues{db, "DELETE FROM queue_count WHERE queue>=?1<<34 AND queue<(?1+1)<<34"};
  Statement of_campaign[15]{{db, "DELETE FROM campaign_total WHERE campaign=?1"},
                            {db, "DELETE FROM failure_code WHERE campaign=?1"},
                            {db, "DELETE FROM delivery_cell WHERE campaign=?1"},
                            {db, "DELETE FROM cohort WHERE campaign=?1"},
                            {db, "DELETE FROM allocation WHERE campaign=?1"},
                            {db, "DELETE FROM guard_pause WHERE campaign=?1"},
                            {db, "DELETE FROM rollup WHERE campaign=?1"},
                            {db, "DELETE FROM journal WHERE campaign=?1"},
                            {db, "DELETE FROM lead_block WHERE campaign=?1"},
                            {db, "DELETE FROM campaign_day WHERE campaign=?1"},
                            {db, "DELETE FROM activity WHERE campaign=?1"},
                            {db, "DELETE FROM campaign_step WHERE campaign=?1"},
                            {db, "DELETE FROM variant WHERE campaign=?1"},
                            {db, "DELETE FROM campaign_account WHERE campaign=?1"},
                            {db, "DELETE FROM campaign_collection WHERE campaign=?1"}};
  // The row stays, hidden, empty and paused: its number names leads and must never name another's. Nothing of it is
  // sealed any more, so it is not finished either.
  Statement hide_campaign{
      db,
      "UPDATE campaign SET deleted_at=coalesce(deleted_at,?2),sample=0,last_lead=0,state=1,"
      "finished_at=NULL,active_hours=NULL,last_activity_at=NULL,delivery_seal_at=NULL,delivery_"
      "canonical=NULL,"
      "delivery_sha256=NULL,outcome_seal_at=NULL,outcome_canonical=NULL,outcome_sha256=NULL "
      "WHERE no=?1"};

  // ---- an account
  Statement account_used{db, "SELECT 1 FROM campaign_total WHERE account=?1 LIMIT 1"};
  Statement zeroes[3]{{db, "DELETE FROM account_total WHERE account=?1 AND n=0"},
                      {db, "DELETE FROM account_hour WHERE account=?1 AND n=0"},
                      {db, "DELETE FROM account_error WHERE account=?1 AND n=0"}};
  Statement campaigns_of_account{db, "SELECT campaign FROM campaign_account WHERE account=?1"};
  Statement drop_account{db, "DELETE FROM campaign_account WHERE account=?1"};
  Statement hide_account{db,
                         "UPDATE account SET deleted_at=coalesce(deleted_at,?2),sample=0,"
                         "version=version+1 WHERE no=?1"};
  Statement of_account[5]{{db, "DELETE FROM account_log WHERE account=?1"},
                          {db, "DELETE FROM account_total WHERE account=?1"},
                          {db, "DELETE FROM account_hour WHERE account=?1"},
                          {db, "DELETE FROM account_error WHERE account=?1"},
                          {db, "DELETE FROM guard_state WHERE account=?1"}};
  Statement guard_day{
      db,
      "UPDATE guard_state SET n_day=(SELECT coalesce(sum(n),0) FROM account_hour WHERE account=?1 "
      "AND hour/24=day AND counter IN (4,5)),s_day=(SELECT coalesce(sum(n),0) FROM account_hour "
      "WHERE account=?1 AND hour/24=day AND counter=5) WHERE account=?1"};
  // The days of accounts hold together what those of campaigns hold (verify). Which of an account's
  // days a message of the campaign was of is not known, and no matter: a hidden account sends no more.
  Statement reserved{db, "SELECT coalesce(sum(used),0) FROM campaign_day WHERE campaign=?1"};
  Statement days{db, "SELECT day,used FROM account_day WHERE account=?1 ORDER BY day"};
  Statement give_back{db, "UPDATE account_day SET used=used-?3 WHERE account=?1 AND day=?2"};
  Statement no_day{db, "DELETE FROM account_day WHERE account=?1 AND used=0"};
  Statement events{db, "DELETE FROM event_in WHERE source=?1"};
  Statement bookings{db, "DELETE FROM booking WHERE lead IS NULL AND source=?1"};

  // ---- a collection
  Statement collection_used{db, "SELECT 1 FROM campaign_collection WHERE collection=?1"};
  Statement contacts{db, "SELECT id,flags FROM contact WHERE id>=?1<<32 AND id<(?1+1)<<32"};
  Statement drop_key{db, "DELETE FROM contact_key WHERE h=?1 AND contact=?2"};
  Statement key_used{db, "SELECT 1 FROM contact_key WHERE h=?1"};
  Statement suppression{db, "SELECT source FROM suppression WHERE h=?1"};
  Statement drop_suppression{db, "DELETE FROM suppression WHERE h=?1"};
  Statement drop_contacts{db, "DELETE FROM contact WHERE id>=?1<<32 AND id<(?1+1)<<32"};
  Statement of_collection[3]{
      {db,
       "DELETE FROM import_rejection WHERE job IN (SELECT id FROM import_job WHERE "
       "collection=?1)"},
      {db, "DELETE FROM import_job WHERE collection=?1"},
      {db, "DELETE FROM collection_field WHERE collection=?1"}};
  Statement hide_collection{
      db, "UPDATE collection SET deleted_at=coalesce(deleted_at,?2),sample=0 WHERE no=?1"};
  Statement empty_collection{db, "UPDATE collection SET people=0 WHERE no=?1"};
};

}  // namespace headway::store::sqlite
