#pragma once
// Every statement of the reader on one connection, prepared when it is made.

#include "store/sqlite/allocations.h"
#include "store/sqlite/lead_row.h"

namespace headway::store::sqlite {

struct ReaderSql {
  explicit ReaderSql(Connection& connection) : db(connection) {}

  Connection& db;

  // ---- campaigns
  Statement plan_version{db, "SELECT value FROM meta WHERE key = 'plan_version'"};
  Statement campaign_head{db,
                          "SELECT no, version, figures_version, last_activity_at FROM campaign "
                          "WHERE id = ?1 AND deleted_at IS NULL"};
  Statement campaign_row{
      db,
      "SELECT no, id, name, state, pause_reason, active_hours, daily_limit, attribution_days, "
      "in_doubt_timeout,"
      " created_at, started_at, finished_at, version, simulated, variant_mode, variant_metric, "
      "auto_pause"
      " FROM campaign WHERE no = ?1"};
  Statement campaign_shares{db, HW_SHARES_IN_FORCE};
  Statement campaign_seals{
      db,
      "SELECT delivery_seal_at, delivery_canonical, delivery_sha256,"
      " outcome_seal_at, outcome_canonical, outcome_sha256 FROM campaign WHERE no = ?1"};
  Statement campaign_steps{db, "SELECT delay FROM campaign_step WHERE campaign = ?1 ORDER BY step"};
  Statement campaign_variants{db,
                              "SELECT id, step, name, body, weight, retired FROM variant WHERE "
                              "campaign = ?1 ORDER BY step, id"};
  Statement campaign_accounts{
      db, "SELECT account FROM campaign_account WHERE campaign = ?1 ORDER BY account"};
  Statement campaign_collections{db,
                                 "SELECT cc.collection, c.id, c.name, c.people FROM "
                                 "campaign_collection cc JOIN collection c ON c.no = cc.collection"
                                 " WHERE cc.campaign = ?1 ORDER BY cc.collection"};
  Statement campaign_enrolling{
      db, "SELECT 1 FROM campaign_collection WHERE campaign = ?1 AND cursor < last LIMIT 1"};
  Statement campaign_totals{db,
                            "SELECT counter, account, collection, step, variant, failure, n FROM "
                            "campaign_total WHERE campaign = ?1"};
  Statement queue_counts{db,
                         "SELECT queue, bucket, n FROM queue_count WHERE queue >= ?1 AND queue < "
                         "?2 AND n <> 0 ORDER BY queue, bucket"};
  Statement queue_due_between{
      db, "SELECT count(*) FROM lead WHERE queue = ?1 AND due > ?2 AND due <= ?3"};
  Statement queue_next_due{
      db, "SELECT due FROM lead WHERE queue = ?1 AND due > ?2 ORDER BY due LIMIT 1"};
  Statement campaign_day{db, "SELECT used FROM campaign_day WHERE campaign = ?1 AND day = ?2"};
  Statement account_day{db, "SELECT used FROM account_day WHERE account = ?1 AND day = ?2"};
  // Of every account of a campaign, for one day; in the order of campaign_accounts.
  Statement account_days{
      db,
      "SELECT d.used FROM campaign_account c LEFT JOIN account_day d ON d.account = c.account"
      " AND d.day = ?2 WHERE c.campaign = ?1 ORDER BY c.account"};
  Statement campaign_count{db, "SELECT count(*) FROM campaign WHERE deleted_at IS NULL"};
  // Lists take (scope, key below, prefix pattern, limit, offset), their counts (scope, prefix
  // pattern); those without one of them leave it out.
  Statement campaign_list{
      db,
      "SELECT no, id FROM campaign WHERE deleted_at IS NULL AND no < ?2 AND name LIKE ?3 ESCAPE '!'"
      " ORDER BY no DESC LIMIT ?4 OFFSET ?5"};
  Statement campaign_list_count{
      db, "SELECT count(*) FROM campaign WHERE deleted_at IS NULL AND name LIKE ?2 ESCAPE '!'"};
  Statement rollup_sum{
      db,
      "SELECT counter, failure, sum(n) FROM rollup WHERE campaign = ?1 AND hour >= ?2 AND hour < ?3"
      " GROUP BY counter, failure"};
  Statement rollup_hours{db,
                         "SELECT hour, counter, failure, sum(n) FROM rollup WHERE campaign = ?1 "
                         "AND hour >= ?2 AND hour < ?3"
                         " GROUP BY hour, counter, failure"};
  Statement journal{db,
                    "SELECT at, deltas FROM journal WHERE campaign = ?1 AND at >= ?2 AND at < ?3"};
  Statement replies_so_far{
      db, "SELECT coalesce(sum(n), 0) FROM campaign_total WHERE campaign = ?1 AND counter = 10"};
  Statement reply_count{db,
                        "SELECT count(*) FROM reply WHERE campaign = ?1 AND seconds IS NOT NULL"};
  Statement reply_seconds{
      db, "SELECT seconds FROM reply WHERE campaign = ?1 AND seconds IS NOT NULL ORDER BY seconds"};
  Statement activity{
      db,
      "SELECT id, at, kind, actor, text, detail FROM activity WHERE campaign = ?1 AND id < ?2"
      " ORDER BY id DESC LIMIT ?4 OFFSET ?5"};
  Statement activity_count{db, "SELECT count(*) FROM activity WHERE campaign = ?1"};
  Statement recent_activity{db,
                            "SELECT id, at, kind, actor, text, detail FROM activity WHERE id < ?2 "
                            "AND at >= ?1 ORDER BY id DESC LIMIT ?4 OFFSET ?5"};
  Statement recent_activity_count{db, "SELECT count(*) FROM activity WHERE at >= ?1"};

  // ---- leads
  // One facet row each (the caller decides), or summed where a mask decides.
  Statement blocks{db,
                   "SELECT block, facet, n FROM lead_block"
                   " WHERE campaign = ?1 AND level = ?2 AND block >= ?3 AND block < ?4 AND n <> 0"};
  Statement blocks_masked{db,
                          "SELECT block, sum(n) FROM lead_block WHERE campaign = ?1 AND level = ?2"
                          " AND block >= ?3 AND block < ?4 AND facet & ?5 = ?6 GROUP BY block"};
  Statement block_range{
      db,
      "SELECT facet, n FROM lead_block WHERE campaign = ?1 AND level = ?2 AND block = ?3"
      " AND facet >= ?4 AND facet <= ?5"};
  // Leads of a range of ids, cut down by the most selective column asked for; the rest of a
  // question is answered by the caller. The '+' keeps the planner on the primary key.
#define HEADWAY_SCAN                                                                             \
  "SELECT id, status, queue, due, failure, step, account, variant FROM lead WHERE id >= ?1 AND " \
  "id <= ?2"
  Statement scan_all{db, HEADWAY_SCAN " ORDER BY id"};
  Statement scan_failure{db, HEADWAY_SCAN " AND failure = ?3 ORDER BY id"};
  Statement scan_account{db, HEADWAY_SCAN " AND account = ?3 ORDER BY id"};
  Statement scan_variant{db, HEADWAY_SCAN " AND variant = ?3 ORDER BY id"};
  Statement scan_step{db, HEADWAY_SCAN " AND step = ?3 ORDER BY id"};
  Statement scan_status{db, HEADWAY_SCAN " AND status = ?3 ORDER BY id"};
  Statement scan_open{db, HEADWAY_SCAN " AND +queue IS NOT NULL ORDER BY id"};
#undef HEADWAY_SCAN

  Statement lead_row{db, "SELECT " HW_LEAD_COLUMNS " FROM lead l WHERE l.id = ?1"};
  Statement all_leads{
      db, "SELECT " HW_LEAD_COLUMNS " FROM lead l WHERE l.id >= ?1 AND l.id <= ?2 ORDER BY l.id"};
  Statement lead_contact{db, "SELECT contact FROM lead WHERE id = ?1"};
  Statement lead_facts{db, "SELECT flags, ended_by, delivered FROM lead WHERE id = ?1"};
  // Leads that something is known of, in order; some of them may be taken back or never contacted:
  // (from, to, skip).
#define HEADWAY_FACTS " >= ?1 AND lead <= ?2 ORDER BY lead LIMIT -1 OFFSET ?3"
  Statement replied_leads{
      db, "SELECT DISTINCT lead FROM reply INDEXED BY reply_lead WHERE lead" HEADWAY_FACTS};
  Statement booked_leads{db,
                         "SELECT DISTINCT lead FROM booking INDEXED BY booking_lead WHERE lead IS "
                         "NOT NULL AND lead" HEADWAY_FACTS};
  Statement opted_out_leads{db, "SELECT lead FROM opt_out WHERE lead" HEADWAY_FACTS};
#undef HEADWAY_FACTS
  Statement counter_total{db,
                          "SELECT coalesce(sum(n), 0) FROM campaign_total WHERE campaign = ?1 AND "
                          "counter = ?2 AND (?3 = 0 OR step = ?3)"};
  // The ends of a collection in a campaign: (contacts from, contacts below, leads from, leads
  // below).
  Statement first_lead_of_contacts{db,
                                   "SELECT id FROM lead INDEXED BY lead_contact WHERE contact > ?1 "
                                   "AND contact < ?2 AND +id >= ?3 AND +id <= ?4"
                                   " ORDER BY contact LIMIT 1"};
  Statement last_lead_of_contacts{db,
                                  "SELECT id FROM lead INDEXED BY lead_contact WHERE contact > ?1 "
                                  "AND contact < ?2 AND +id >= ?3 AND +id <= ?4"
                                  " ORDER BY contact DESC LIMIT 1"};
  Statement enrolled_of_collection{db,
                                   "SELECT coalesce(sum(n), 0) FROM campaign_total WHERE campaign "
                                   "= ?1 AND counter = 0 AND account = 0 AND collection = ?2"};
  Statement leads_of_contact{
      db, "SELECT id FROM lead INDEXED BY lead_contact WHERE contact = ?1 AND id > ?2 AND id < ?3"};
  // One queue: the rest of one due time, and later ones. (queue, after, id after or until, limit,
  // offset)
  Statement queue_same_due{
      db,
      "SELECT id, due FROM lead INDEXED BY lead_queue WHERE queue = ?1 AND due = ?2 AND id > ?3"
      " ORDER BY id LIMIT ?4 OFFSET ?5"};
  Statement queue_later{
      db,
      "SELECT id, due FROM lead INDEXED BY lead_queue WHERE queue = ?1 AND due > ?2 AND due <= ?3"
      " ORDER BY due, id LIMIT ?4 OFFSET ?5"};
  Statement failed_message{db, "SELECT code, text FROM message WHERE lead = ?1 AND step = ?2"};
  Statement last_attempt_text{
      db, "SELECT code, text FROM attempt WHERE lead = ?1 ORDER BY attempt DESC LIMIT 1"};
  Statement first_reply{
      db, "SELECT at FROM reply WHERE lead = ?1 AND automatic = 0 ORDER BY at LIMIT 1"};
  Statement first_booking{db, "SELECT min(at) FROM booking WHERE lead = ?1 AND cancelled = 0"};
  Statement lead_messages{db,
                          "SELECT step, variant, account, attempt, iif(outcome = 1, 'delivered', "
                          "'failed'), failure, handed_over_at, at,"
                          " code, text, provider_id FROM message WHERE lead = ?1"};
  Statement lead_attempts{
      db,
      "SELECT step, variant, account, attempt, CASE kind WHEN 0 THEN 'delivered' WHEN 1 THEN "
      "'failed' WHEN 2 THEN 'retry'"
      " WHEN 3 THEN 'released' WHEN 4 THEN 'in_doubt' WHEN 5 THEN 'held' ELSE 'send_again' END,"
      " failure, handed_over_at, at, code, text, NULL FROM attempt WHERE lead = ?1"};
  Statement lead_events{
      db,
      "SELECT at, iif(automatic, 'auto_reply', 'reply') AS kind, text FROM reply WHERE lead = ?1"
      " UNION ALL SELECT at, iif(cancelled, 'booking_cancelled', 'booked'), how FROM booking WHERE "
      "lead = ?1"
      " UNION ALL SELECT at, 'opted_out', '' FROM opt_out WHERE lead = ?1 ORDER BY 1"};

  // ---- people
#define HEADWAY_PERSON                                                                        \
  "SELECT c.id, c.name, c.email, c.phone, c.messenger_id, c.external_id, c.zone, c.consent, " \
  "c.attributes FROM contact c"
  Statement person{db, HEADWAY_PERSON " WHERE c.id = ?1"};
  Statement people{db, HEADWAY_PERSON " WHERE c.id > ?1 AND c.id < ?2 ORDER BY c.id LIMIT ?3"};
  Statement person_of_lead{db, HEADWAY_PERSON " JOIN lead l ON l.contact = c.id WHERE l.id = ?1"};
#undef HEADWAY_PERSON
  Statement contacts_of_key{db, "SELECT contact FROM contact_key WHERE h = ?1"};
  Statement names_from{db,
                       "SELECT id, name FROM contact INDEXED BY contact_name WHERE name COLLATE "
                       "NOCASE >= ?1 AND name COLLATE NOCASE < ?2"
                       " ORDER BY name COLLATE NOCASE, id"};
  Statement names_after{db,
                        "SELECT id, name FROM contact INDEXED BY contact_name WHERE name COLLATE "
                        "NOCASE > ?1 AND name COLLATE NOCASE < ?2"
                        " ORDER BY name COLLATE NOCASE, id"};
  Statement names_same{db,
                       "SELECT id, name FROM contact INDEXED BY contact_name WHERE name COLLATE "
                       "NOCASE = ?1 AND id > ?2 ORDER BY id"};
  Statement zone{db, "SELECT name FROM zone WHERE no = ?1"};
  Statement digest_key{db, "SELECT value FROM meta WHERE key = 'digest_key'"};

  // ---- accounts
#define HEADWAY_ACCOUNT                                                                         \
  "SELECT no, id, name, channel, timezone, daily_limit, rate_per_second, settings, simulated, " \
  "status,"                                                                                     \
  " status_reason, status_since, status_until, created_at, version, deleted_at FROM account"
  Statement account_by_no{db, HEADWAY_ACCOUNT " WHERE no = ?1"};
  Statement account_by_id{db, HEADWAY_ACCOUNT " WHERE id = ?1"};
  Statement account_list{db, HEADWAY_ACCOUNT
                         " WHERE deleted_at IS NULL AND no < ?2 AND name LIKE ?3 ESCAPE '!' ORDER "
                         "BY no DESC LIMIT ?4 OFFSET ?5"};
#undef HEADWAY_ACCOUNT
  Statement account_list_count{
      db, "SELECT count(*) FROM account WHERE deleted_at IS NULL AND name LIKE ?2 ESCAPE '!'"};
  Statement account_total{db, "SELECT counter, failure, n FROM account_total WHERE account = ?1"};
  Statement account_hours{db,
                          "SELECT counter, failure, sum(n) FROM account_hour WHERE account = ?1 "
                          "AND hour >= ?2 AND hour <= ?3"
                          " GROUP BY counter, failure"};
  Statement account_errors{
      db,
      "SELECT e.failure, e.code, e.n, e.first, e.last, e.sample, c.id FROM "
      "account_error e LEFT JOIN campaign c ON c.no = e.sample >> 32 AND "
      "c.deleted_at IS NULL WHERE e.account = ?1 AND e.n > 0 ORDER BY e.n DESC"};
  Statement account_days_of{db,
                            "SELECT hour / 24, counter, failure, sum(n) FROM account_hour WHERE "
                            "account = ?1 AND hour >= ?2 GROUP BY 1, 2, 3"};
  Statement status_history{
      db,
      "SELECT id, at, actor, json_extract(detail, '$.from'), json_extract(detail, '$.to'),"
      " json_extract(detail, '$.reason'), json_extract(detail, '$.until') FROM account_log WHERE"
      " account = ?1 AND kind = 'account.status' AND at >= ?2 AND at < ?3"
      " ORDER BY at DESC, id DESC LIMIT ?4 OFFSET ?5"};
  Statement status_history_count{
      db,
      "SELECT count(*) FROM account_log WHERE account = ?1 AND kind = 'account.status' AND at >= ?2"
      " AND at < ?3"};
  Statement account_log{
      db,
      "SELECT id, at, kind, actor, text, detail FROM account_log WHERE account = ?1 AND id < ?2"
      " ORDER BY id DESC LIMIT ?4 OFFSET ?5"};
  Statement account_log_count{db, "SELECT count(*) FROM account_log WHERE account = ?1"};

  // ---- collections
  Statement collection_by_id{db,
                             "SELECT no, id, name, people, created_at FROM collection WHERE id = "
                             "?1 AND deleted_at IS NULL"};
  Statement collection_list{
      db,
      "SELECT no, id, name, people, created_at FROM collection WHERE deleted_at IS NULL AND no < ?2"
      " AND name LIKE ?3 ESCAPE '!' ORDER BY no DESC LIMIT ?4 OFFSET ?5"};
  Statement collection_list_count{
      db, "SELECT count(*) FROM collection WHERE deleted_at IS NULL AND name LIKE ?2 ESCAPE '!'"};
  Statement collection_field{
      db, "SELECT present FROM collection_field WHERE collection = ?1 AND field = ?2"};
  Statement latest_job{db,
                       "SELECT id, collection, state, error, row_count, accepted, duplicate, "
                       "rejected, bytes, bytes_total, started_at,"
                       " ended_at FROM import_job WHERE collection = ?1 ORDER BY id DESC LIMIT 1"};

  // ---- inbox
  Statement conversations{
      db,
      "SELECT v.id, v.lead, v.account, c.id, c.name, v.person_name, v.unread, v.archived, "
      "v.last_text, v.last_at, l.flags"
      " FROM conversation v JOIN campaign c ON c.no = v.campaign JOIN lead l ON l.id = v.lead"
      " WHERE v.deleted = 0 AND v.person_name LIKE ?3 ESCAPE '!' ORDER BY v.last_at DESC, v.id "
      "DESC LIMIT ?4 OFFSET ?5"};
  Statement conversation_count{
      db, "SELECT count(*) FROM conversation WHERE deleted = 0 AND person_name LIKE ?2 ESCAPE '!'"};
  Statement all_conversations{db, "SELECT count(*) FROM conversation WHERE deleted = 0"};
  Statement unread_count{db, "SELECT count(*) FROM conversation WHERE unread = 1 AND deleted = 0"};
  Statement unread_of_campaign{
      db,
      "SELECT count(*) FROM (SELECT campaign FROM conversation INDEXED BY conversation_unread"
      " WHERE unread = 1 AND deleted = 0 LIMIT 5000) WHERE campaign = ?1"};
  Statement conversation_lead{db, "SELECT lead FROM conversation WHERE id = ?1 AND deleted = 0"};
  Statement delivered_messages{
      db, "SELECT step, at, variant FROM message WHERE lead = ?1 AND outcome = 1 ORDER BY step"};
  Statement replies{db, "SELECT id, at, text, step FROM reply WHERE lead = ?1 ORDER BY at, id"};
  Statement variant_body{db, "SELECT body FROM variant WHERE id = ?1"};
  // (1 = only those that wait for a person, id below, -, limit, offset)
  Statement bookings{
      db,
      "SELECT b.id, b.lead, c.id, b.at, b.cancelled, b.how, b.hint FROM booking b LEFT JOIN "
      "campaign c ON c.no = b.lead >> 32"
      " WHERE b.id < ?2 AND (?1 = 0 OR b.lead IS NULL) ORDER BY b.id DESC LIMIT ?4 OFFSET ?5"};
  Statement booking_count{db, "SELECT count(*) FROM booking WHERE ?1 = 0 OR lead IS NULL"};
  Statement suppressions{db,
                         "SELECT lower(hex(h)), kind, reason, source, created_at FROM suppression "
                         "WHERE h > ?1 ORDER BY h LIMIT ?2 OFFSET ?3"};
  Statement suppression_count{db, "SELECT count(*) FROM suppression"};

  // ---- dashboard
  Statement campaign_states{
      db, "SELECT state, count(*) FROM campaign WHERE deleted_at IS NULL GROUP BY state"};
  Statement account_states{
      db, "SELECT status, count(*) FROM account WHERE deleted_at IS NULL GROUP BY status"};
  Statement collection_totals{
      db, "SELECT count(*), coalesce(sum(people), 0) FROM collection WHERE deleted_at IS NULL"};
  Statement workspace_hours{
      db, "SELECT hour, counter, failure, n FROM workspace_hour WHERE hour >= ?1 AND hour < ?2"};
};

}  // namespace headway::store::sqlite
