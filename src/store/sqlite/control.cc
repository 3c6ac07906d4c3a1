#include "store/sqlite/control.h"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/hash.h"

namespace headway::store::sqlite {

using domain::CampaignState;
using domain::Wait;

struct Control::Sql {
  Connection& db;
  Statement pause{db,
                  "UPDATE campaign SET state=?2,pause_reason=?3,started_at=coalesce(started_at,?4) "
                  "WHERE no=?1"};
  Statement started{db, "SELECT started_at IS NOT NULL FROM campaign WHERE no=?1"};
  Statement in_flight{db,
                      "SELECT coalesce(sum(n),0) FROM queue_count WHERE queue>=?1 AND queue<=?2"};
  Statement status{db, "SELECT status FROM account WHERE no=?1"};
  Statement set_status{
      db,
      "UPDATE account SET status=?2,status_reason=?3,status_since=?4,status_until=?5,"
      "version=version+1 WHERE no=?1"};
  Statement campaigns{db, "SELECT no FROM campaign WHERE no>=?1 AND state<>2 ORDER BY no"};
  Statement waiting{db, "SELECT id FROM lead INDEXED BY lead_queue WHERE queue>=?1 AND queue<=?2"};
  Statement doubt_queues{
      db, "SELECT DISTINCT queue FROM queue_count WHERE queue>=?1 AND queue<=?2 AND n>0"};
  Statement doubts{db,
                   "SELECT id,due FROM lead INDEXED BY lead_queue WHERE queue=?1 AND due<?2 "
                   "ORDER BY due,id LIMIT ?3"};
  Statement to_seal{
      db,
      "SELECT no,finished_at+attribution_days*86400000 FROM campaign WHERE state=2 AND "
      "outcome_seal_at IS NULL AND finished_at+attribution_days*86400000<=?1 ORDER BY no LIMIT "
      "100"};
  Statement seal{db,
                 "UPDATE campaign SET outcome_seal_at=?2,outcome_canonical=?3,outcome_sha256=?4 "
                 "WHERE no=?1"};
};

Control::Control(Connection& db) : sql_(new Sql{db}) {}
Control::~Control() = default;

Result<PauseReceipt> Control::set_paused(WriteContext& context, CampaignId id, bool paused,
                                         const std::string& actor, const std::string& reason,
                                         Instant now) {
  CampaignEntry* c = context.campaign(id);
  if (!c || c->deleted) return fail(ErrorKind::not_found, "No such campaign");
  if (c->state == CampaignState::finished) {
    return fail(ErrorKind::conflict, "The campaign is finished");
  }
  // The guard pauses once: not when somebody has decided meanwhile.
  const bool stale = !context.guard().pause_settled(c->no) && actor == "guard";
  const CampaignState wanted = stale    ? c->state
                               : paused ? CampaignState::paused
                                        : CampaignState::active;
  if (c->state != wanted) {
    const bool started = sql_->started.value(0, c->no) != 0;
    const std::optional<Instant> start = paused ? std::nullopt : std::optional(now);
    sql_->pause.run(c->no, wanted, paused ? reason : std::string(), start);
    c->state = wanted;
    context.bump_campaign(*c);
    const char* kind = paused    ? "campaign.paused"
                       : started ? "campaign.resumed"
                                 : "campaign.started";
    std::string text = paused ? "Paused" : started ? "Resumed" : "Started";
    if (paused && !reason.empty()) text += ": " + reason;
    context.activity(c->no, kind, actor, text, "{}", now);
    if (actor != "engine" && actor != "guard") {
      context.audit(actor, kind, "campaign:" + std::to_string(c->id.value), "{}", now);
    }
  }
  context.counters().write();  // the queue counts of this transaction
  PauseReceipt receipt{c->id, c->state, c->version, 0};
  receipt.in_flight = sql_->in_flight.value(0, queue_key(c->no, Wait::in_flight, 0, 0),
                                            last_queue(c->no, Wait::in_flight));
  return receipt;
}

Result<std::int64_t> Control::set_account_status(WriteContext& context, AccountId id,
                                                 domain::AccountStatus status,
                                                 const std::string& reason,
                                                 std::optional<Instant> until, Instant now) {
  const AccountEntry* a = context.account(id);
  if (!a || a->deleted) return fail(ErrorKind::not_found, "No such account");
  const auto stored = static_cast<domain::AccountStatus>(sql_->status.value(0, a->no));
  // What waits for a person is not healed by an answer that was still on its way.
  if (domain::needs_a_person(stored) && !domain::needs_a_person(status)) {
    return context.plan_version();
  }
  sql_->set_status.run(a->no, status, reason, now, until);
  const std::string name(domain::to_string(status));
  boost::json::object told{{"from", domain::to_string(stored)}, {"to", name}, {"reason", reason}};
  if (until) told["until"] = to_ms(*until);
  const std::string detail = boost::json::serialize(told);
  context.account_log(a->no, "account.status", "engine",
                      "Status is now " + name + (reason.empty() ? "" : ": " + reason), detail, now);
  context.forget_account(a->no);
  context.bump_plan();
  return context.plan_version();
}

OpenClaim Control::open_claim(WriteContext& context, const LeadImage& lead) {
  OpenClaim claim;
  claim.lead = lead.id;
  if (const CampaignEntry* c = context.campaign(lead.campaign())) claim.campaign = c->id;
  claim.account = context.account_id(lead.state.account.value);
  claim.step = lead.state.step;
  claim.attempt = lead.state.attempt;
  claim.tries = lead.state.tries;
  claim.since = lead.state.due;
  return claim;
}

Result<std::vector<OpenClaim>> Control::open_claims(WriteContext& context, LeadId after,
                                                    int limit) {
  std::vector<std::int64_t> campaigns;
  {
    Rows rows = sql_->campaigns.rows(lead_campaign_no(after));
    while (rows.next()) campaigns.push_back(rows.i64(0));
  }
  std::vector<OpenClaim> claims;
  const auto max = static_cast<std::size_t>(std::max(limit, 1));
  for (const std::int64_t no : campaigns) {
    if (claims.size() >= max) break;
    std::vector<std::int64_t> ids;
    {
      Rows rows =
          sql_->waiting.rows(queue_key(no, Wait::in_flight, 0, 0), last_queue(no, Wait::in_flight));
      while (rows.next()) {
        if (rows.i64(0) > after.value) ids.push_back(rows.i64(0));
      }
    }
    std::sort(ids.begin(), ids.end());
    for (const std::int64_t id : ids) {
      if (claims.size() >= max) break;
      if (const auto lead = context.lead(LeadId{id})) claims.push_back(open_claim(context, *lead));
    }
  }
  return claims;
}

Result<std::vector<OpenClaim>> Control::in_doubt_before(WriteContext& context, Instant before,
                                                        int limit) {
  context.counters().write();
  std::vector<std::int64_t> queues;
  {
    std::vector<std::int64_t> campaigns;
    {
      Rows rows = sql_->campaigns.rows(0);
      while (rows.next()) campaigns.push_back(rows.i64(0));
    }
    for (const std::int64_t no : campaigns) {
      Rows rows = sql_->doubt_queues.rows(queue_key(no, Wait::in_doubt, 0, 0),
                                          last_queue(no, Wait::in_doubt));
      while (rows.next()) queues.push_back(rows.i64(0));
    }
  }
  const auto max = static_cast<std::size_t>(std::max(limit, 1));
  std::vector<std::pair<std::int64_t, std::int64_t>> found;  // since, lead
  for (const std::int64_t queue : queues) {
    Rows rows = sql_->doubts.rows(queue, before, static_cast<std::int64_t>(max));
    while (rows.next()) found.emplace_back(rows.i64(1), rows.i64(0));
  }
  std::sort(found.begin(), found.end());
  if (found.size() > max) found.resize(max);
  std::vector<OpenClaim> claims;
  for (const auto& [since, id] : found) {
    if (const auto lead = context.lead(LeadId{id})) claims.push_back(open_claim(context, *lead));
  }
  return claims;
}

Result<int> Control::seal_due(WriteContext& context, Instant now) {
  std::vector<std::pair<std::int64_t, Instant>> due;
  {
    Rows rows = sql_->to_seal.rows(now);
    while (rows.next()) due.emplace_back(rows.i64(0), rows.at(1));
  }
  for (const auto& [no, closed_at] : due) {
    CampaignEntry* c = context.campaign(no);
    if (!c) continue;
    const std::string canonical = domain::canonical_outcomes(c->id, closed_at, context.counts(no));
    const std::string hash = sha256_hex(canonical);
    sql_->seal.run(no, closed_at, canonical, hash);
    c->outcomes_sealed = true;
    context.activity(no, "campaign.sealed", "engine", "Responses and bookings are sealed",
                     "{\"outcome_sha256\":\"" + hash + "\"}", now);
  }
  return static_cast<int>(due.size());
}

}  // namespace headway::store::sqlite
