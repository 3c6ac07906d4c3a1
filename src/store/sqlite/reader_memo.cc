#include "store/sqlite/reader_memo.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "store/sqlite/catalog_codec.h"
#include "store/sqlite/reader_rows.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {
namespace {

constexpr std::size_t kCampaignsKept = 128;

}  // namespace

LocalDay::LocalDay(const std::string& zone)
    : zone_(domain::Zone::find(zone).value_or(domain::Zone())) {}

std::int64_t LocalDay::at(Instant t) {
  if (t < from_ || t >= until_) {
    day_ = domain::day_number(zone_, t);
    from_ = t;
    until_ = domain::day_end(zone_, t);
  }
  return day_;
}

void ReaderMemo::refresh(ReaderSql& db) {
  Rows q = db.plan_version.rows();
  const std::int64_t version = q.next() ? q.i64(0) : 0;
  if (version == plan_version_) return;
  plan_version_ = version;
  accounts_.clear();
  account_nos_.clear();
  zones_.clear();
}

const KnownAccount* ReaderMemo::remember(std::unique_ptr<KnownAccount> account) {
  const KnownAccount* kept = account.get();
  account_nos_[kept->account.id] = kept->no;
  accounts_[kept->no] = std::move(account);
  return kept;
}

const KnownAccount* ReaderMemo::account_by_no(ReaderSql& db, std::int64_t no) {
  if (no == 0) return nullptr;
  if (const auto known = accounts_.find(no); known != accounts_.end()) return known->second.get();
  Rows q = db.account_by_no.rows(no);
  if (!q.next()) return nullptr;
  return remember(std::make_unique<KnownAccount>(read_account(db.db, q)));
}

const KnownAccount* ReaderMemo::account_by_id(ReaderSql& db, AccountId id) {
  if (const auto known = account_nos_.find(id); known != account_nos_.end()) {
    return account_by_no(db, known->second);
  }
  Rows q = db.account_by_id.rows(id.value);
  if (!q.next()) return nullptr;
  return remember(std::make_unique<KnownAccount>(read_account(db.db, q)));
}

const std::string& ReaderMemo::zone_name(ReaderSql& db, std::int64_t no) {
  static const std::string kNone;
  if (no <= 0 || no > kZoneMax) return kNone;
  const auto at = static_cast<std::size_t>(no);
  // Zones are only ever added: an empty place is asked for again.
  if (at >= zones_.size()) zones_.resize(at + 1);
  if (zones_[at].empty()) {
    Rows q = db.zone.rows(no);
    if (q.next()) zones_[at] = q.str(0);
  }
  return zones_[at];
}

const Addresses& ReaderMemo::addresses(ReaderSql& db) {
  if (!addresses_) {
    SecretKey key{};
    Rows q = db.digest_key.rows();
    if (q.next() && q.blob(0).size() == key.size()) {
      std::memcpy(key.data(), q.blob(0).data(), key.size());
    } else {
      db.db.note({ErrorKind::corrupt, "The key of the address index is missing", {}});
    }
    addresses_.emplace(key);
  }
  return *addresses_;
}

CampaignMemo* ReaderMemo::head(ReaderSql& db, CampaignId id, std::int64_t& figures_version,
                               std::optional<Instant>& last_activity) {
  Rows q = db.campaign_head.rows(id.value);
  if (!q.next()) return nullptr;
  const std::int64_t no = q.i64(0), version = q.i64(1);
  figures_version = q.i64(2);
  if (!q.null(3)) last_activity = from_ms(q.i64(3));

  const auto known = campaign_at_.find(id);
  if (known != campaign_at_.end()) {
    campaigns_.splice(campaigns_.begin(), campaigns_, known->second);
  } else {
    if (campaigns_.size() >= kCampaignsKept) {
      campaign_at_.erase(campaigns_.back().base.plan.id);
      campaigns_.pop_back();
    }
    campaigns_.emplace_front();
    campaigns_.front().base.plan.id = id;
    campaign_at_[id] = campaigns_.begin();
  }
  CampaignMemo& m = campaigns_.front();
  if (m.plan_version != plan_version_ || m.version != version) {
    const CampaignId kept = id;
    m = CampaignMemo();
    m.base.plan.id = kept;
    m.no = no;
    m.plan_version = plan_version_;
    m.version = version;
    load_plan(db, m);
  }
  return &m;
}

CampaignMemo* ReaderMemo::plan(ReaderSql& db, CampaignId id) {
  std::int64_t figures_version = 0;
  std::optional<Instant> last_activity;
  return head(db, id, figures_version, last_activity);
}

void ReaderMemo::load_plan(ReaderSql& db, CampaignMemo& m) {
  CampaignSnapshot& s = m.base;
  {
    Rows q = db.campaign_row.rows(m.no);
    if (q.next()) read_campaign_row(db.db, q, s.plan, s.simulated);
  }
  {
    Rows q = db.campaign_steps.rows(m.no);
    while (q.next()) s.plan.steps.push_back({.delay = milliseconds{q.i64(0)}, .variants = {}});
  }
  {
    Rows q = db.campaign_variants.rows(m.no);
    while (q.next()) {
      const auto step = static_cast<std::size_t>(q.i64(1));
      domain::Variant v;
      v.id = VariantId{q.i64(0)};
      v.name = q.str(2);
      m.variants[v.id.value] = {v.name, q.i32(1)};
      if (step == 0 || step > s.plan.steps.size()) continue;  // of a step removed since: history
      v.body = q.str(3);
      v.weight = q.i64(4);
      v.retired = q.i64(5) != 0;
      s.plan.steps[step - 1].variants.push_back(std::move(v));
    }
  }
  {
    Rows q = db.campaign_shares.rows(m.no);
    read_shares(db.db, q, s.plan);
  }
  {
    Rows q = db.campaign_accounts.rows(m.no);
    while (q.next()) m.plan_accounts.push_back(q.i64(0));
  }
  std::erase_if(m.plan_accounts, [&](std::int64_t no) { return account_by_no(db, no) == nullptr; });
  for (const std::int64_t no : m.plan_accounts) {
    s.accounts.push_back(without_settings(account_by_no(db, no)->account));
    s.plan.accounts.push_back(s.accounts.back().id);
  }
  Rows q = db.campaign_collections.rows(m.no);
  while (q.next()) {
    m.collections.push_back({q.i64(0), CollectionId{q.i64(1)}, q.str(2), q.i64(3)});
    s.plan.collections.push_back(m.collections.back().id);
    s.collection_names.push_back(m.collections.back().name);
  }
}

void ReaderMemo::load_figures(ReaderSql& db, CampaignMemo& m) {
  m.snapshot = m.base;
  m.account_nos = m.plan_accounts;
  CampaignSnapshot& s = m.snapshot;
  {
    Rows q = db.campaign_totals.rows(m.no);
    while (q.next()) add_count(s.counts, q.i64(0), q.i64(5), q.i64(6));
  }
  {
    Rows q = db.campaign_enrolling.rows(m.no);
    s.plan.enrolling = q.next();
  }
  {
    Rows q = db.campaign_seals.rows(m.no);
    if (q.next()) {
      s.delivery_seal = read_seal(q, 0);
      s.outcome_seal = read_seal(q, 3);
    }
  }
  m.buckets.clear();
  {
    Rows q = db.queue_counts.rows(queue_key(m.no, domain::Wait::none, 0, 0),
                                  queue_key(m.no + 1, domain::Wait::none, 0, 0));
    while (q.next()) m.buckets.push_back({q.i64(0), q.i64(1), q.i64(2), 0});
  }
  m.split_at = std::numeric_limits<std::int64_t>::min();
  for (const QueueBucket& b : m.buckets) {
    const auto zone = static_cast<std::size_t>(queue_zone(b.queue));
    if (zone > 0) {
      if (s.zones.size() <= zone) s.zones.resize(zone + 1);
      s.zones[zone] = zone_name(db, queue_zone(b.queue));
    }
    const std::int64_t account = queue_account(b.queue);
    if (account == 0 ||
        std::find(m.account_nos.begin(), m.account_nos.end(), account) != m.account_nos.end()) {
      continue;
    }
    if (const KnownAccount* a = account_by_no(db, account)) {
      m.account_nos.push_back(a->no);
      s.accounts.push_back(without_settings(a->account));
    }
  }
  s.account_day_used.resize(s.accounts.size());
  m.day = LocalDay(s.plan.active_hours ? s.plan.active_hours->timezone : "UTC");
  m.account_days.clear();
  for (const domain::Account& a : s.accounts) m.account_days.emplace_back(a.timezone);
}

namespace {

// Splits every bucket at `now`. Only the quarter of an hour that holds `now` needs the index, and
// of it only what became due since the last time.
void split_buckets(ReaderSql& db, CampaignMemo& m, std::int64_t now) {
  const std::int64_t quarter = now / kBucketMs;
  for (QueueBucket& b : m.buckets) {
    if (b.bucket != quarter || b.bucket == 0) {
      b.past = b.bucket == 0 || b.bucket < quarter ? b.n : 0;
      continue;
    }
    const std::int64_t start = quarter * kBucketMs;
    const bool onwards = m.split_at >= start && m.split_at <= now;
    if (!onwards) b.past = 0;
    const std::int64_t after = onwards ? m.split_at : start - 1;
    if (after == now || b.past == b.n) continue;
    Rows q = db.queue_due_between.rows(b.queue, after, now);
    if (q.next()) b.past += q.i64(0);
  }
  m.split_at = now;
}

std::optional<Instant> next_due(ReaderSql& db, const CampaignMemo& m, std::int64_t now) {
  const auto timed = [](const QueueBucket& b) {
    return b.n > b.past && waits_for_time(queue_wait(b.queue));
  };
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const QueueBucket& b : m.buckets) {
    if (timed(b)) first = std::min(first, b.bucket);
  }
  std::optional<Instant> due;
  for (const QueueBucket& b : m.buckets) {
    if (b.bucket != first || !timed(b)) continue;
    Rows q = db.queue_next_due.rows(b.queue, now);
    if (q.next() && (!due || from_ms(q.i64(0)) < *due)) due = from_ms(q.i64(0));
  }
  return due;
}

}  // namespace

CampaignMemo* ReaderMemo::figures(ReaderSql& db, CampaignId id, Instant now) {
  std::int64_t figures_version = 0;
  std::optional<Instant> last_activity;
  CampaignMemo* m = head(db, id, figures_version, last_activity);
  if (m == nullptr) return nullptr;
  const std::int64_t now_ms = to_ms(now);
  const bool same_figures = m->figures_version == figures_version;
  if (!same_figures) {
    load_figures(db, *m);
    m->figures_version = figures_version;
    m->snapshot.figures_version = figures_version;
  }
  m->snapshot.last_activity_at = last_activity;
  // Nothing becomes due before `next_due`: until then the same leads are past due.
  if (same_figures && now_ms >= m->split_at &&
      (!m->snapshot.next_due || now < *m->snapshot.next_due))
    return m;
  split_buckets(db, *m, now_ms);
  CampaignSnapshot& s = m->snapshot;
  s.waits.clear();
  for (std::size_t i = 0; i < m->buckets.size();) {
    const std::int64_t queue = m->buckets[i].queue;
    std::int64_t past = 0, future = 0;
    for (; i < m->buckets.size() && m->buckets[i].queue == queue; ++i) {
      past += m->buckets[i].past;
      future += m->buckets[i].n - m->buckets[i].past;
    }
    const KnownAccount* account = account_by_no(db, queue_account(queue));
    const AccountId account_id = account == nullptr ? AccountId{} : account->account.id;
    if (past != 0)
      s.waits.push_back({queue_wait(queue), account_id, queue_zone(queue), true, past});
    if (future != 0)
      s.waits.push_back({queue_wait(queue), account_id, queue_zone(queue), false, future});
  }
  s.next_due = next_due(db, *m, now_ms);
  return m;
}

}  // namespace headway::store::sqlite
