#pragma once
// The statements of the analysis on one connection, prepared when it is made.

#include "store/sqlite/connection.h"

namespace headway::store::sqlite {

struct AnalysisSql {
  explicit AnalysisSql(Connection& connection) : db(connection) {}

  Connection& db;

  Statement cells{db,
                  "SELECT account,collection,step,variant,load,failure,code,n,first,last FROM "
                  "delivery_cell WHERE campaign=?1 AND n>0"};
  Statement cell_count{db, "SELECT count(*) FROM delivery_cell WHERE campaign=?1 AND n>0"};
  Statement codes{db, "SELECT id,code FROM failure_code WHERE campaign=?1"};
  Statement cohorts{
      db,
      "SELECT day,counter,account,collection,step,variant,epoch,lag,n FROM cohort WHERE "
      "campaign=?1 AND kind=?2 AND n<>0"};
  Statement allocations{
      db,
      "SELECT step,epoch,from_at,mode,metric,shares,evidence FROM allocation WHERE campaign=?1 "
      "ORDER BY step,epoch"};
  // Of the accounts of one kind: (simulated).
  Statement account_totals{
      db,
      "SELECT t.counter,sum(t.n) FROM account_total t JOIN account a ON a.no=t.account WHERE "
      "(a.simulated<>0)=?1 AND t.counter IN (4,5) GROUP BY 1"};
  Statement account_errors{
      db,
      "SELECT e.failure,e.code,sum(e.n) FROM account_error e JOIN account a ON a.no=e.account "
      "WHERE (a.simulated<>0)=?1 AND e.n>0 GROUP BY 1,2 ORDER BY 3 DESC"};
  Statement account_days{
      db,
      "SELECT hour/24,counter,sum(n) FROM account_hour WHERE account=?1 AND hour>=?2 AND hour<?3 "
      "AND counter IN (4,5,7,8) GROUP BY 1,2 ORDER BY 1"};
  Statement guards{
      db,
      "SELECT account,level,(m0+m1+m2+m3+m4)/5,alert_at,f0,rho,day,n_day,s_day,since,alerted_at,"
      "paused_at,acknowledged_at,acknowledged_by FROM guard_state ORDER BY account"};
  Statement false_alarms{db, "SELECT value FROM meta WHERE key='false_alarms_per_year'"};
  Statement recent_messages{
      db,
      "SELECT coalesce(sum(n),0) FROM workspace_hour WHERE hour>=?1 AND hour<?2 AND counter IN "
      "(4,5)"};
  Statement throughput{
      db,
      "SELECT hour,account,sum(n) FROM rollup WHERE campaign=?1 AND hour>=?2 AND hour<?3 AND "
      "counter IN (4,5) GROUP BY 1,2"};
  Statement queues{db,
                   "SELECT queue,bucket,n FROM queue_count WHERE queue>=?1 AND queue<?2 AND n>0 "
                   "ORDER BY 1,2"};
  Statement facets{db,
                   "SELECT facet,n FROM lead_block WHERE campaign=?1 AND level=3 AND block=0 AND "
                   "n>0"};
  Statement zones{db, "SELECT no,name FROM zone ORDER BY no"};

  // ORDER BY with LIMIT: SQLite keeps no more than LIMIT rows while it sorts.
#define HW_MESSAGES                                                                             \
  "SELECT "                                                                                     \
  "m.lead,m.step,m.variant,m.account,m.failure,m.code,m.at,l.contact>>32,c.id,m.load,m.epoch "  \
  "FROM "                                                                                       \
  "campaign c CROSS JOIN message m ON m.lead>=c.no<<32 AND m.lead<(c.no+1)<<32 JOIN lead l ON " \
  "l.id=m.lead WHERE m.at>=?2 AND m.at<?3 AND m.failure NOT IN (8,9)"
  Statement campaign_messages{db, HW_MESSAGES " AND c.no=?1 ORDER BY m.at,m.lead,m.step LIMIT ?4"};
  Statement account_messages{
      db, HW_MESSAGES
      " AND m.account=?1 AND EXISTS(SELECT 1 FROM campaign_total t WHERE t.campaign=c.no AND "
      "t.counter IN (4,5) AND t.account=?1) ORDER BY m.at,m.lead,m.step LIMIT ?4"};
#undef HW_MESSAGES

  Statement collection{db, "SELECT id FROM collection WHERE no=?1"};
  Statement contact_of_lead{db, "SELECT contact FROM lead WHERE id=?1"};
  Statement contact{db,
                    "SELECT id,name,email,phone,messenger_id,external_id,zone,consent,attributes "
                    "FROM contact WHERE id=?1"};
  Statement contacts_of_key{db, "SELECT contact FROM contact_key WHERE h=?1"};
  Statement leads_of_contact{db, "SELECT id FROM lead INDEXED BY lead_contact WHERE contact=?1"};
  Statement enrolled{db,
                     "SELECT collection,sum(n) FROM campaign_total WHERE campaign=?1 AND counter=0 "
                     "GROUP BY 1"};
};

}  // namespace headway::store::sqlite
