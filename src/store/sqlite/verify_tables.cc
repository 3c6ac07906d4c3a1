// What the scans recounted, and what the tables of counters say of each other, compared with what is stored.

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "domain/figures.h"
#include "store/ledger.h"
#include "store/sqlite/verify_recount.h"

namespace headway::store::sqlite {
namespace {

using domain::Counter;

constexpr std::array<std::string_view, domain::kCounters> kCounterNames{
    "enrolled",  "sent",      "failed", "partial",   "delivered", "undelivered",
    "contacted", "responded", "booked", "opted_out", "replies",   "auto_replies"};

std::string counter_name(std::int64_t counter) {
  const auto index = static_cast<std::size_t>(counter);
  return index < kCounterNames.size() ? std::string(kCounterNames[index])
                                      : "counter " + std::to_string(counter);
}

std::string fact_name(const Numbers<7>& k) {
  return "campaign " + std::to_string(k[0]) + ": " + counter_name(k[1]) + " (account " +
         (k[2] < 0 ? "any" : std::to_string(k[2])) + ", collection " + std::to_string(k[3]) +
         ", step " + std::to_string(k[4]) + ", variant " + std::to_string(k[5]) + ", failure " +
         std::to_string(k[6]) + ")";
}

// Reactions are credited to one of several messages, and a contact belongs to the account that the lead had
// then: these are compared by collection.
bool credited(std::int64_t counter) {
  return counter >= static_cast<std::int64_t>(Counter::contacted) &&
         counter <= static_cast<std::int64_t>(Counter::opted_out);
}

// Rows "..., stored, other" of two sources that must agree.
void compare_rows(Recount& r, const char* sql, const std::string& what, int key_columns) {
  Statement statement(r.db, sql);
  Rows rows = statement.rows();
  while (rows.next()) {
    r.expect(
        [&] {
          std::string name = what + " (";
          for (int i = 0; i < key_columns; ++i)
            name += (i ? ", " : "") + std::to_string(rows.i64(i));
          return name + ")";
        },
        rows.i64(key_columns), rows.i64(key_columns + 1));
  }
}

}  // namespace

void Recount::scan_replies() {
  Statement replies(
      db,
      "SELECT r.campaign,r.automatic,r.account,l.contact>>32,r.step,r.variant,count(*) "
      "FROM reply r JOIN lead l ON l.id=r.lead WHERE r.step>0 GROUP BY 1,2,3,4,5,6");
  Rows rows = replies.rows();
  while (rows.next()) {
    const auto counter = rows.i64(1) != 0 ? Counter::auto_replies : Counter::replies;
    facts[{rows.i64(0), static_cast<std::int64_t>(counter), rows.i64(2), rows.i64(3), rows.i64(4),
           rows.i64(5), 0}] += rows.i64(6);
  }
}

void Recount::compare_totals() {
  Sums<7> stored;
  {
    Statement totals(
        db,
        "SELECT campaign,counter,account,collection,step,variant,failure,n FROM campaign_total");
    Rows rows = totals.rows();
    while (rows.next()) {
      Numbers<7> k{rows.i64(0), rows.i64(1), rows.i64(2), rows.i64(3),
                   rows.i64(4), rows.i64(5), rows.i64(6)};
      if (credited(k[1])) k[2] = -1, k[4] = k[5] = k[6] = 0;
      stored[k] += rows.i64(7);
    }
  }
  for (const auto& [k, n] : facts) stored.emplace(k, 0);
  for (const auto& [key, n] : stored) {
    const auto& k = key;  // lambdas of clang 14 cannot capture a binding
    const auto it = facts.find(k);
    expect([&] { return fact_name(k); }, n, it == facts.end() ? 0 : it->second);
  }

  Sums<4> queued;
  {
    Statement counts(db, "SELECT queue,bucket,n FROM queue_count");
    Rows rows = counts.rows();
    while (rows.next()) queued[{rows.i64(0), rows.i64(1), 0, 0}] = rows.i64(2);
  }
  for (const auto& [k, n] : queues) queued.emplace(k, 0);
  for (const auto& [key, n] : queued) {
    const auto& k = key;  // lambdas of clang 14 cannot capture a binding
    const auto it = queues.find(k);
    expect(
        [&] {
          return "campaign " + std::to_string(queue_campaign(k[0])) + ": leads waiting in queue " +
                 std::to_string(k[0]) + ", bucket " + std::to_string(k[1]);
        },
        n, it == queues.end() ? 0 : it->second);
  }
  compare_rows(*this,
               "SELECT no,last_lead,(SELECT coalesce(max(id),no<<32)-(no<<32) FROM lead WHERE "
               "id>=(no<<32) AND id<=(no<<32|0xffffffff)) FROM campaign",
               "highest lead number of campaign", 1);
}

void Recount::compare_rollups() {
  compare_rows(
      *this,
      "SELECT campaign,counter,account,collection,step,variant,failure,sum(r),sum(t) FROM ("
      "SELECT campaign,counter,account,collection,step,variant,failure,n AS r,0 AS t FROM rollup "
      "UNION ALL SELECT campaign,counter,account,collection,step,variant,failure,0,n FROM "
      "campaign_total) GROUP BY 1,2,3,4,5,6,7",
      "hours of (campaign, counter, account, collection, step, variant, failure) against total", 7);
  compare_rows(
      *this,
      "SELECT account,counter,failure,sum(s),sum(t) FROM ("
      "SELECT account,counter,failure,n AS s,0 AS t FROM account_total UNION ALL "
      "SELECT account,counter,failure,0,n FROM campaign_total WHERE account<>0) GROUP BY 1,2,3",
      "total of (account, counter, failure)", 3);
  compare_rows(
      *this,
      "SELECT account,hour,counter,failure,sum(s),sum(t) FROM ("
      "SELECT account,hour,counter,failure,n AS s,0 AS t FROM account_hour UNION ALL "
      "SELECT account,hour,counter,failure,0,n FROM rollup WHERE account<>0) GROUP BY 1,2,3,4",
      "hour of (account, hour, counter, failure)", 4);
  compare_rows(*this,
               "SELECT hour,counter,failure,sum(s),sum(t) FROM ("
               "SELECT hour,counter,failure,n AS s,0 AS t FROM workspace_hour UNION ALL "
               "SELECT hour,counter,failure,0,n FROM rollup) GROUP BY 1,2,3",
               "hour of the workspace (hour, counter, failure)", 3);
  {
    Statement delivered(db, "SELECT campaign,hour,sum(n) FROM rollup WHERE counter=4 GROUP BY 1,2");
    Rows rows = delivered.rows();
    while (rows.next()) {
      const auto it = hours.find({rows.i64(0), rows.i64(1)});
      expect(
          [&] {
            return "campaign " + std::to_string(rows.i64(0)) + ": delivered in hour " +
                   std::to_string(rows.i64(1));
          },
          rows.i64(2), it == hours.end() ? 0 : it->second);
    }
  }
  Sums<4> journal;  // campaign, hour, counter, failure
  {
    Statement deltas(db, "SELECT campaign,at,deltas FROM journal");
    Rows rows = deltas.rows();
    while (rows.next()) {
      const std::string_view b = rows.blob(2);
      const std::int64_t hour = hour_of(rows.at(1));
      for (std::size_t i = 0; i + 6 <= b.size(); i += 6) {
        const auto byte = [&](std::size_t k) { return static_cast<std::uint8_t>(b[i + k]); };
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 4; ++k) bits |= std::uint32_t{byte(2 + k)} << (8 * k);
        journal[{rows.i64(0), hour, byte(0), byte(1)}] += static_cast<std::int32_t>(bits);
      }
    }
  }
  Sums<4> rolled;
  {
    Statement sums(db, "SELECT campaign,hour,counter,failure,sum(n) FROM rollup GROUP BY 1,2,3,4");
    Rows rows = sums.rows();
    while (rows.next()) {
      rolled[{rows.i64(0), rows.i64(1), rows.i64(2), rows.i64(3)}] = rows.i64(4);
    }
  }
  for (const auto& [k, n] : rolled) journal.emplace(k, 0);
  for (const auto& [key, n] : journal) {
    const auto& k = key;  // lambdas of clang 14 cannot capture a binding
    const auto it = rolled.find(k);
    expect(
        [&] {
          return "campaign " + std::to_string(k[0]) + ": journal of hour " + std::to_string(k[1]) +
                 ", " + counter_name(k[2]) + ", failure " + std::to_string(k[3]);
        },
        n, it == rolled.end() ? 0 : it->second);
  }
}

void Recount::compare_errors() {
  compare_rows(*this,
               "SELECT account,failure,sum(s),sum(t) FROM ("
               "SELECT account,failure,n AS s,0 AS t FROM account_error UNION ALL "
               "SELECT account,failure,0,n FROM account_total WHERE counter=5) GROUP BY 1,2",
               "errors of (account, failure)", 2);
  Statement errors(db, "SELECT account,failure,code,n FROM account_error WHERE code<>'(other)'");
  Rows rows = errors.rows();
  while (rows.next()) {
    const std::string key =
        std::to_string(rows.i64(0)) + " " + std::to_string(rows.i64(1)) + " " + rows.str(2);
    // A code that came when there were too many stands under '(other)' in part.
    const auto it = codes.find(key);
    const std::int64_t n = it == codes.end() ? 0 : it->second;
    expect([&] { return "errors by code (account failure code): " + key; }, rows.i64(3),
           std::min(n, rows.i64(3)));
  }
}

// The budgets of days. Each claim reserves one message of its account's day and one of its campaign's; a try
// that certainly did not go out gives both back, unless its claim's days were not known. So the days of a
// campaign, together, hold all of its claims less at most those tries. Which day a claim was of cannot be
// recounted (a day belongs to the zone that held when the claim was made, and zones can be edited), nor the
// account of a claim that was released (a lead never sent to belongs to no account).
void Recount::compare_days() {
  std::unordered_map<std::int64_t, std::int64_t> not_sent;
  {
    Statement tries(
        db,
        "SELECT lead>>32,count(*) FROM attempt WHERE kind=?1 OR (kind=?2 AND failure<>?3) "
        "GROUP BY 1");
    Rows rows = tries.rows(store::OutcomeKind::released, store::OutcomeKind::retry,
                           domain::FailureClass::outcome_unknown);
    while (rows.next()) not_sent[rows.i64(0)] = rows.i64(1);
  }
  Statement days(
      db,
      "SELECT no,(SELECT coalesce(sum(used),0) FROM campaign_day WHERE campaign=no) FROM "
      "campaign");
  Rows rows = days.rows();
  while (rows.next()) {
    const std::int64_t no = rows.i64(0), used = rows.i64(1);
    expect([&] { return "campaign " + std::to_string(no) + ": messages reserved over all days"; },
           used, std::clamp(used, claims[no] - not_sent[no], claims[no]));
  }
  Statement sums(db,
                 "SELECT (SELECT coalesce(sum(used),0) FROM account_day),"
                 "(SELECT coalesce(sum(used),0) FROM campaign_day)");
  Rows both = sums.rows();
  if (both.next()) {
    expect([] { return std::string("messages reserved by accounts, against campaigns"); },
           both.i64(0), both.i64(1));
  }
}

void Recount::compare_seals() {
  std::unordered_map<std::int64_t, domain::Counts> by_campaign;
  for (const auto& [key, n] : facts) {
    const auto& k = key;  // lambdas of clang 14 cannot capture a binding
    domain::Counts& counts = by_campaign[k[0]];
    counts.n[static_cast<std::size_t>(k[1])] += n;
    const auto failure = static_cast<std::size_t>(k[6]);
    if (k[1] == static_cast<std::int64_t>(Counter::failed)) counts.lead_failures[failure] += n;
    if (k[1] == static_cast<std::int64_t>(Counter::undelivered)) {
      counts.message_failures[failure] += n;
    }
  }
  Statement campaigns(
      db,
      "SELECT no,id,state,finished_at,delivery_canonical,delivery_sha256,outcome_seal_at,"
      "outcome_canonical,outcome_sha256 FROM campaign WHERE state=2");
  Statement enrolling(db,
                      "SELECT count(*) FROM campaign_collection WHERE campaign=?1 AND cursor<last");
  Rows rows = campaigns.rows();
  while (rows.next()) {
    const std::int64_t no = rows.i64(0);
    const std::string name = "campaign " + std::to_string(no) + ": ";
    const domain::Counts& counts = by_campaign[no];
    const auto it = open.find(no);
    expect([&] { return name + "open leads of a finished campaign"; }, 0,
           it == open.end() ? 0 : it->second);
    expect([&] { return name + "collections still enrolling of a finished campaign"; }, 0,
           enrolling.value(0, no));
    const CampaignId id{rows.i64(1)};
    const auto same = [&](std::string_view what, int column, const std::string& recounted) {
      const std::string canonical = rows.str(column);
      const bool good = canonical == recounted && sha256_hex(canonical) == rows.text(column + 1);
      expect([&] { return name + std::string(what) + " seal equals its recount"; }, good, 1);
    };
    same("delivery", 4, domain::canonical_delivery(id, rows.at(3), counts));
    if (!rows.null(6)) same("outcome", 7, domain::canonical_outcomes(id, rows.at(6), counts));
  }
}

}  // namespace headway::store::sqlite
