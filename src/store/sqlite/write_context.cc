#include "store/sqlite/write_context.h"

#include <algorithm>

#include "base/hash.h"

namespace headway::store::sqlite {
namespace {

// Ids: milliseconds since 2024-01-01 (41 bits) | node (8; always 0 here) | counter (14).
constexpr std::int64_t kIdEpochMs = 1'704'067'200'000;
constexpr int kIdShift = 22;
constexpr std::size_t kCachedMax = 4096;
constexpr std::size_t kInFlightMax = 8192;  // twice what one engine holds

}  // namespace

struct WriteContext::Sql {
  Connection& db;
  Statement meta{db, "SELECT value FROM meta WHERE key=?1"};
  Statement set_plan{db, "UPDATE meta SET value=?1 WHERE key='plan_version'"};
  // Every table that new_id() numbers: a clock that went back must not give an id again.
  Statement last_id{db,
                    "SELECT max(coalesce((SELECT max(id) FROM activity),0),"
                    "coalesce((SELECT max(id) FROM audit),0),"
                    "coalesce((SELECT max(id) FROM reply),0),"
                    "coalesce((SELECT max(id) FROM booking),0),"
                    "coalesce((SELECT max(id) FROM conversation),0),"
                    "coalesce((SELECT max(id) FROM import_job),0),"
                    "coalesce((SELECT max(id) FROM api_key),0),"
                    "coalesce((SELECT max(id) FROM account),0),"
                    "coalesce((SELECT max(id) FROM collection),0),"
                    "coalesce((SELECT max(id) FROM campaign),0),"
                    "coalesce((SELECT max(id) FROM account_log),0))"};
  Statement campaign{
      db,
      "SELECT no,id,name,state,version,deleted_at IS NOT NULL,"
      "coalesce(json_extract(active_hours,'$.lead_timezone'),0),"
      "outcome_seal_at IS NOT NULL,daily_limit,attribution_days,last_lead,"
      "EXISTS(SELECT 1 FROM campaign_collection c WHERE c.campaign=no AND cursor<last) "
      "FROM campaign WHERE no=?1"};
  Statement campaign_no{db, "SELECT no FROM campaign WHERE id=?1"};
  Statement steps{db, "SELECT delay FROM campaign_step WHERE campaign=?1 ORDER BY step"};
  Statement campaign_accounts{
      db, "SELECT account FROM campaign_account WHERE campaign=?1 ORDER BY account"};
  Statement lead_totals{db,
                        "SELECT counter,sum(n) FROM campaign_total WHERE campaign=?1 AND "
                        "counter<=2 GROUP BY counter"};
  Statement account{
      db, "SELECT no,id,name,version,deleted_at IS NOT NULL,daily_limit FROM account WHERE no=?1"};
  Statement account_no{db, "SELECT no FROM account WHERE id=?1"};
  Statement bump{db, "UPDATE campaign SET version=version+1 WHERE no=?1"};
  Statement touch{db,
                  "UPDATE campaign SET figures_version=figures_version+1,"
                  "last_activity_at=max(coalesce(last_activity_at,0),?2),"
                  "last_lead=max(last_lead,?3) WHERE no=?1"};
  Statement lead{db, "SELECT " HW_LEAD_COLUMNS " FROM lead l WHERE l.id=?1"};
  Statement contact_zone{db, "SELECT zone FROM contact WHERE id=?1"};
  Statement move{
      db,
      "UPDATE lead SET queue=?2,due=?3,status=?4,account=?5,variant=?6,step=?7,delivered=?8,"
      "attempt=?9,tries=?10,failure=?11,ended_by=?12,flags=?13,last_action=?14,"
      "last_action_at=?15,epoch=?16 WHERE id=?1"};
  Statement generation{db, "UPDATE lead SET generation=generation+1 WHERE id=?1"};
  Statement enroll{db, "INSERT INTO lead VALUES(?1,?2,?3,0,0,0,0,0,0,0,0,0,0,0,0,0,?4,0)"};
  Statement activity{db, "INSERT INTO activity VALUES(?1,?2,?3,?4,?5,?6,?7)"};
  Statement account_log{db, "INSERT INTO account_log VALUES(?1,?2,?3,?4,?5,?6,?7)"};
  Statement audit{db, "INSERT INTO audit VALUES(?1,?2,?3,?4,?5,?6)"};
  Statement counts{db,
                   "SELECT counter,failure,sum(n) FROM campaign_total WHERE campaign=?1 GROUP BY "
                   "counter,failure"};
  Statement finish{db,
                   "UPDATE campaign SET state=2,finished_at=?2,pause_reason='',delivery_seal_at=?2,"
                   "delivery_canonical=?3,delivery_sha256=?4 WHERE no=?1"};
};

WriteContext::WriteContext(Connection& db, runtime::Clock& clock)
    : db_(db), clock_(clock), counters_(db), cells_(db), guard_(db), sql_(new Sql{db}) {}
WriteContext::~WriteContext() = default;

Result<void> WriteContext::load() {
  last_id_ = sql_->last_id.value(0);
  plan_version_ = flushed_plan_version_ = committed_plan_version_ =
      sql_->meta.value(0, "plan_version");
  {
    Rows row = sql_->meta.rows("digest_key");
    SecretKey key{};
    if (row.next() && row.blob(0).size() == key.size()) {
      std::copy(row.blob(0).begin(), row.blob(0).end(), key.begin());
      addresses_ = Addresses(key);
    } else if (db_.ok()) {
      return fail(ErrorKind::corrupt, "The database has lost its digest key");
    }
  }
  {
    Rows row = sql_->meta.rows("instance");
    if (row.next()) instance_ = row.str(0);
  }
  if (!db_.ok()) return tl::unexpected<Error>(*db_.error());
  return {};
}

std::int64_t WriteContext::new_id() {
  const std::int64_t now = (to_ms(clock_.wall()) - kIdEpochMs) << kIdShift;
  last_id_ = std::max(last_id_ + 1, now);
  return last_id_;
}

// ---- caches ----------------------------------------------------------------------------------------

CampaignEntry* WriteContext::campaign(std::int64_t no) {
  if (const auto it = campaigns_.find(no); it != campaigns_.end()) return &it->second;
  CampaignEntry c;
  {
    Rows row = sql_->campaign.rows(no);
    if (!row.next()) return nullptr;
    c.no = row.i64(0);
    c.id = CampaignId{row.i64(1)};
    c.name = row.str(2);
    c.state = static_cast<domain::CampaignState>(row.i32(3));
    c.version = row.i64(4);
    c.deleted = row.i64(5) != 0;
    c.lead_timezone = row.i64(6) != 0;
    c.outcomes_sealed = row.i64(7) != 0;
    c.daily_limit = row.maybe_i64(8);
    c.attribution_days = row.i32(9);
    c.last_lead = row.i64(10);
    c.enrolling = row.i64(11) != 0;
  }
  {
    Rows rows = sql_->steps.rows(no);
    while (rows.next()) c.sequence.delays.emplace_back(rows.i64(0));
  }
  c.sequence.steps = std::max(1, static_cast<int>(c.sequence.delays.size()));
  {
    Rows rows = sql_->campaign_accounts.rows(no);
    while (rows.next()) c.accounts.push_back(rows.i64(0));
  }
  counters_.write();  // what this transaction collected so far belongs to the totals
  {
    Rows rows = sql_->lead_totals.rows(no);
    while (rows.next()) {
      const bool enrolled = rows.i64(0) == static_cast<std::int64_t>(domain::Counter::enrolled);
      c.open += enrolled ? rows.i64(1) : -rows.i64(1);
      if (enrolled) c.total = rows.i64(1);
    }
  }
  if (!db_.ok()) return nullptr;
  return &campaigns_.emplace(no, std::move(c)).first->second;
}

CampaignEntry* WriteContext::campaign(CampaignId id) {
  const auto it = campaign_no_.find(id.value);
  if (it != campaign_no_.end()) return campaign(it->second);
  const std::int64_t no = sql_->campaign_no.value(0, id);
  if (no == 0) return nullptr;
  campaign_no_.emplace(id.value, no);
  return campaign(no);
}

const AccountEntry* WriteContext::account(std::int64_t no) {
  if (const auto it = accounts_.find(no); it != accounts_.end()) return &it->second;
  Rows row = sql_->account.rows(no);
  if (!row.next()) return nullptr;
  AccountEntry a;
  a.no = row.i64(0);
  a.id = AccountId{row.i64(1)};
  a.name = row.str(2);
  a.version = row.i64(3);
  a.deleted = row.i64(4) != 0;
  a.daily_limit = row.maybe_i64(5);
  return &accounts_.emplace(no, std::move(a)).first->second;
}

const AccountEntry* WriteContext::account(AccountId id) {
  const auto it = account_no_.find(id.value);
  if (it != account_no_.end()) return account(it->second);
  const std::int64_t no = sql_->account_no.value(0, id);
  if (no == 0) return nullptr;
  account_no_.emplace(id.value, no);
  return account(no);
}

AccountId WriteContext::account_id(std::int64_t no) {
  const AccountEntry* a = no == 0 ? nullptr : account(no);
  return a ? a->id : AccountId{};
}

void WriteContext::forget_campaign(std::int64_t no) { campaigns_.erase(no), in_flight_.clear(); }
void WriteContext::forget_account(std::int64_t no) { accounts_.erase(no); }

void WriteContext::bump_campaign(CampaignEntry& campaign) {
  sql_->bump.run(campaign.no);
  ++campaign.version;
  bump_plan();
  touched_.emplace(campaign.no, Instant{});
}

void WriteContext::touch(std::int64_t campaign, Instant at) {
  Instant& last = touched_.emplace(campaign, at).first->second;
  last = std::max(last, at);
}

// ---- leads -----------------------------------------------------------------------------------------

std::optional<LeadImage> WriteContext::lead(LeadId id) {
  if (const auto it = in_flight_.find(id); it != in_flight_.end()) return it->second;
  Rows row = sql_->lead.rows(id);
  if (!row.next()) return std::nullopt;
  return read_lead(row);
}

void WriteContext::remember(const LeadImage& before, const domain::LeadState& now, int zone) {
  if (now.wait != domain::Wait::in_flight) {
    in_flight_.erase(before.id);
    return;
  }
  if (in_flight_.size() >= kInFlightMax) in_flight_.clear();
  LeadImage& lead = in_flight_.insert_or_assign(before.id, before).first->second;
  lead.state = now;
  lead.zone = zone;
}

void WriteContext::touch_op(std::int64_t campaign, Instant at) {
  touch(campaign, at);
  if (op_campaigns_.empty() || op_campaigns_.back() != campaign) op_campaigns_.push_back(campaign);
}

void WriteContext::apply(const LeadImage& before, const domain::Transition& t, Instant at) {
  CampaignEntry* entry = campaign(before.campaign());
  if (!entry) {
    db_.note(Error{ErrorKind::corrupt, "The database is damaged (a lead without campaign)", {}});
    return;
  }
  const domain::LeadState& s = t.next;
  const bool open = s.wait != domain::Wait::none;
  int zone = before.zone;
  if (open && zone < 0) {
    zone = static_cast<int>(sql_->contact_zone.value(0, before.contact));
  }
  for (const domain::Delta& d : t.deltas) {
    counters_.fact(entry->no, before.collection(), d, at);
    if (d.counter == domain::Counter::sent || d.counter == domain::Counter::failed)
      entry->open -= d.n;
    if (d.counter == domain::Counter::responded || d.counter == domain::Counter::booked) {
      cells_.reacted(before.id, before.collection(), d.counter, d.step, at, d.n);
    }
  }
  counters_.place(before.id, before.state, before.zone, -1);
  counters_.place(before.id, s, zone, +1);
  std::optional<std::int64_t> queue, due;
  if (open) {
    queue = queue_key(entry->no, s.wait, s.account.value, zone);
    due = to_ms(s.due);
  }
  sql_->move.run(before.id, queue, due, s.status, s.account, s.variant, s.step, s.delivered,
                 s.attempt, s.tries, s.failure, s.ended_by, lead_flags(s), s.last_action,
                 s.last_action_at, before.epoch);
  remember(before, s, zone);
  touch_op(entry->no, at);
}

void WriteContext::raise_generation(LeadId id) {
  sql_->generation.run(id);
  in_flight_.erase(id);
}

LeadId WriteContext::enroll(CampaignEntry& campaign, ContactId contact, int zone, bool suppressed,
                            Instant now) {
  LeadImage lead;
  lead.id = lead_id(campaign.no, ++campaign.last_lead);
  lead.contact = contact;
  lead.zone = zone;
  lead.state.last_action_at = now;
  sql_->enroll.run(lead.id, contact, queue_key(campaign.no, domain::Wait::fresh, 0, zone), now);
  counters_.fact(campaign.no, lead.collection(),
                 domain::Delta{domain::Counter::enrolled, AccountId{}, 0, VariantId{},
                               domain::FailureClass::none, 1},
                 now);
  counters_.place(lead.id, lead.state, zone, +1);
  ++campaign.open;
  ++campaign.total;
  touch_op(campaign.no, now);
  if (suppressed) apply(lead, domain::suppress(lead.state, false, now), now);
  return lead.id;
}

Settled WriteContext::settle(Instant now) {
  Settled settled;
  std::sort(op_campaigns_.begin(), op_campaigns_.end());
  op_campaigns_.erase(std::unique(op_campaigns_.begin(), op_campaigns_.end()), op_campaigns_.end());
  for (const std::int64_t no : op_campaigns_) {
    CampaignEntry* c = campaign(no);
    if (!c) continue;
    settled.changed.push_back(c->id);
    const bool done = c->open == 0 && c->total > 0 && !c->enrolling;
    if (done && c->state != domain::CampaignState::finished) {
      finish(*c, now);
      settled.finished.push_back(c->id);
    }
  }
  op_campaigns_.clear();
  return settled;
}

void WriteContext::finish(CampaignEntry& c, Instant now) {
  const std::string canonical = domain::canonical_delivery(c.id, now, counts(c.no));
  const std::string hash = sha256_hex(canonical);
  c.state = domain::CampaignState::finished;
  sql_->finish.run(c.no, now, canonical, hash);
  bump_campaign(c);
  activity(c.no, "campaign.finished", "engine", "Finished: every lead is processed",
           "{\"delivery_sha256\":\"" + hash + "\"}", now);
}

domain::Counts WriteContext::counts(std::int64_t campaign) {
  counters_.write();
  domain::Counts c;
  Rows rows = sql_->counts.rows(campaign);
  while (rows.next()) {
    const auto counter = static_cast<std::size_t>(rows.i64(0));
    const auto failure = static_cast<std::size_t>(rows.i64(1));
    if (counter >= c.n.size() || failure >= c.lead_failures.size()) continue;
    c.n[counter] += rows.i64(2);
    if (counter == static_cast<std::size_t>(domain::Counter::failed)) {
      c.lead_failures[failure] += rows.i64(2);
    }
    if (counter == static_cast<std::size_t>(domain::Counter::undelivered)) {
      c.message_failures[failure] += rows.i64(2);
    }
  }
  return c;
}

// ---- records ---------------------------------------------------------------------------------------

void WriteContext::activity(std::int64_t campaign, std::string_view kind, std::string_view actor,
                            std::string_view text, std::string_view detail, Instant at) {
  sql_->activity.run(new_id(), campaign, at, kind, actor, text, detail);
  touch(campaign, at);
}

void WriteContext::account_log(std::int64_t account, std::string_view kind, std::string_view actor,
                               std::string_view text, std::string_view detail, Instant at) {
  sql_->account_log.run(account, new_id(), at, kind, actor, text, detail);
}

void WriteContext::audit(std::string_view actor, std::string_view action, std::string_view object,
                         std::string_view detail, Instant at) {
  sql_->audit.run(new_id(), at, actor, action, object, detail);
}

// ---- called by the writer --------------------------------------------------------------------------

void WriteContext::flush() {
  counters_.write();
  cells_.write();
  guard_.write();
  for (const auto& [no, at] : touched_) {
    const auto it = campaigns_.find(no);
    sql_->touch.run(no, at, it == campaigns_.end() ? 0 : it->second.last_lead);
  }
  touched_.clear();
  if (plan_version_ != flushed_plan_version_) {
    sql_->set_plan.run(plan_version_);
    flushed_plan_version_ = plan_version_;
  }
}

bool WriteContext::collected() const {
  return !counters_.empty() || !cells_.empty() || !guard_.empty() || !touched_.empty() ||
         plan_version_ != flushed_plan_version_;
}

void WriteContext::forget_operation() {
  counters_.clear();
  cells_.clear();
  guard_.clear();
  touched_.clear();
  op_campaigns_.clear();
  plan_version_ = flushed_plan_version_;
  campaigns_.clear();
  campaign_no_.clear();
  accounts_.clear(), account_no_.clear();
  in_flight_.clear();
}

void WriteContext::forget() {
  plan_version_ = flushed_plan_version_ = committed_plan_version_;
  forget_operation();
}

void WriteContext::committed() {
  committed_plan_version_ = plan_version_;
  op_campaigns_.clear();
  if (campaigns_.size() > kCachedMax) campaigns_.clear(), campaign_no_.clear();
  if (accounts_.size() > kCachedMax) accounts_.clear(), account_no_.clear();
}

}  // namespace headway::store::sqlite
