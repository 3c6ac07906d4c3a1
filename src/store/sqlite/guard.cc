#include "store/sqlite/guard.h"

#include <algorithm>

#include "store/sqlite/cells.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

namespace statistics = domain::statistics;

namespace {

constexpr std::int64_t kHistoryDays = 30;
constexpr std::int64_t kAttemptsForOwn =
    200;  // with fewer an account counts as usual as the workspace
constexpr double kUsualUnknown = 0.05;
constexpr double kFalseAlarmsPerYear = 1;
constexpr double kMessagesPerYearMin = 36'500;  // a hundred a day

std::string percent(double rate) {
  const auto tenths = static_cast<std::int64_t>(rate * 1000 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

}  // namespace

struct Guard::Sql {
  Connection& db;
  Statement find{db,
                 "SELECT day,n_day,s_day,m0,m1,m2,m3,m4,usual_day,f0,rho,alert_at,since,level,"
                 "alerted_at,paused_at,acknowledged_at,acknowledged_by FROM guard_state "
                 "WHERE account=?1"};
  Statement put{db,
                "INSERT OR REPLACE INTO guard_state VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
                "?13,?14,?15,?16,?17,?18,?19)"};
  Statement days{
      db,
      "SELECT hour/24,sum(iif(counter=4,n,0)),sum(iif(counter=5,n,0)) FROM account_hour WHERE "
      "account=?1 AND hour>=?2 AND hour<?3 AND counter IN (4,5) GROUP BY 1"};
  Statement workspace{
      db,
      "SELECT sum(iif(counter=4,n,0)),sum(iif(counter=5,n,0)) FROM workspace_hour WHERE hour>=?1 "
      "AND hour<?2 AND counter IN (4,5)"};
  Statement false_alarms{db, "SELECT value FROM meta WHERE key='false_alarms_per_year'"};
  Statement set_false_alarms{db, "INSERT OR REPLACE INTO meta VALUES('false_alarms_per_year',?1)"};
  Statement learn_anew{db, "UPDATE guard_state SET usual_day=-1"};
  Statement campaigns{
      db,
      "SELECT c.no,c.state,c.auto_pause FROM campaign_account a JOIN campaign c ON c.no=a.campaign "
      "WHERE a.account=?1 AND c.state<>2 AND c.deleted_at IS NULL ORDER BY c.no"};
  Statement want{db, "INSERT OR IGNORE INTO guard_pause VALUES(?1,?2,?3,?4)"};
  Statement settle{db, "DELETE FROM guard_pause WHERE campaign=?1"};
};

Guard::Guard(Connection& db) : sql_(new Sql{db}) {}
Guard::~Guard() = default;

void Guard::clear() {
  states_.clear();
  workspace_ = {};
  dirty_.clear();
}

Guard::State* Guard::find(std::int64_t account) {
  if (const auto it = states_.find(account); it != states_.end()) return &it->second;
  Rows row = sql_->find.rows(account);
  if (!row.next()) return nullptr;
  State s;
  s.account = account;
  s.detector.day = row.i64(0);
  s.detector.day_tries = row.i64(1);
  s.detector.day_failures = row.i64(2);
  for (int i = 0; i < 5; ++i) s.detector.evidence[static_cast<std::size_t>(i)] = row.real(3 + i);
  s.usual_day = row.i64(8);
  s.f0 = row.real(9);
  s.rho = row.real(10);
  s.alert_at = row.real(11);
  s.since = row.at(12);
  s.level = static_cast<GuardLevel>(row.i32(13));
  s.alerted_at = row.maybe_at(14);
  s.paused_at = row.maybe_at(15);
  s.acknowledged_at = row.maybe_at(16);
  s.acknowledged_by = row.str(17);
  return &states_.emplace(account, std::move(s)).first->second;
}

void Guard::touch(State& s) {
  if (!s.dirty) dirty_.push_back(&s);
  s.dirty = true;
}

void Guard::write() {
  std::sort(dirty_.begin(), dirty_.end(),
            [](const State* a, const State* b) { return a->account < b->account; });
  for (State* s : dirty_) {
    const auto& m = s->detector.evidence;
    sql_->put.run(s->account, s->detector.day, s->detector.day_tries, s->detector.day_failures,
                  m[0], m[1], m[2], m[3], m[4], s->usual_day, s->f0, s->rho, s->alert_at, s->since,
                  s->level, s->alerted_at, s->paused_at, s->acknowledged_at, s->acknowledged_by);
    s->dirty = false;
  }
  dirty_.clear();
}

// ---- what is usual ---------------------------------------------------------------------------------

const Guard::Workspace& Guard::workspace(std::int64_t day) {
  if (workspace_.day == day) return workspace_;
  workspace_.day = day;
  std::int64_t delivered = 0, failed = 0;
  {
    Rows row = sql_->workspace.rows((day - kHistoryDays) * 24, day * 24);
    if (row.next()) {
      delivered = std::max<std::int64_t>(0, row.i64(0));
      failed = std::max<std::int64_t>(0, row.i64(1));
    }
  }
  const std::int64_t n = delivered + failed;
  workspace_.rate =
      n >= kAttemptsForOwn ? static_cast<double>(failed) / static_cast<double>(n) : kUsualUnknown;
  double allowed = kFalseAlarmsPerYear;
  {
    Rows row = sql_->false_alarms.rows();
    if (row.next()) allowed = row.real(0);
  }
  const double a_year = static_cast<double>(n) * 365 / static_cast<double>(kHistoryDays);
  workspace_.alert_at = statistics::guard_threshold(std::max(a_year, kMessagesPerYearMin), allowed);
  return workspace_;
}

void Guard::learn(WriteContext& context, State& s) {
  const std::int64_t day = s.detector.day;
  const bool known = s.usual_day == day || (s.level != GuardLevel::none && s.usual_day >= 0);
  if (!known) {
    s.usual_day = day;
    context.counters().write();
    std::vector<statistics::Trials> days;
    statistics::Trials all;
    {
      Rows rows = sql_->days.rows(s.account, (day - kHistoryDays) * 24, day * 24);
      while (rows.next()) {
        const std::int64_t delivered = std::max<std::int64_t>(0, rows.i64(1));
        const std::int64_t failed = std::max<std::int64_t>(0, rows.i64(2));
        if (delivered + failed == 0) continue;
        days.push_back({failed, delivered + failed});
        all.successes += failed;
        all.n += delivered + failed;
      }
    }
    const Workspace& w = workspace(day);
    s.f0 = statistics::guard_baseline(all, w.rate);
    s.rho = statistics::guard_correlation(days);
    s.alert_at = w.alert_at;
  }
  if (!known || !s.model) s.model.emplace(s.f0, s.rho);
}

// ---- messages --------------------------------------------------------------------------------------

void Guard::ended(WriteContext& context, std::int64_t account, bool failed, Instant at) {
  if (account == 0) return;
  State* s = find(account);
  const std::int64_t day = day_of(at);
  if (s == nullptr) {
    State fresh;
    fresh.account = account;
    fresh.detector.day = day;
    fresh.since = at;
    s = &states_.emplace(account, std::move(fresh)).first->second;
  }
  if (day < s->detector.day) return;
  if (day > s->detector.day) {
    s->detector.day = day;
    s->detector.day_tries = s->detector.day_failures = 0;
  }
  learn(context, *s);
  s->model->update(s->detector, day, failed);
  touch(*s);
  const double now = statistics::Guard::level(s->detector);
  if (s->level == GuardLevel::none && now >= s->alert_at) alert(context, *s, at);
  if (s->level == GuardLevel::alert && now >= s->alert_at * statistics::kGuardPause) {
    want_pauses(context, *s, at);
  }
}

void Guard::taken_back(std::int64_t account, Instant at) {
  State* s = account == 0 ? nullptr : find(account);
  if (s == nullptr || s->detector.day != day_of(at)) return;
  --s->detector.day_tries;
  --s->detector.day_failures;
  touch(*s);
}

std::string Guard::sentence(WriteContext& context, const State& s) const {
  const AccountEntry* a = context.account(s.account);
  const std::int64_t n = s.detector.day_tries, failed = s.detector.day_failures;
  return "Guard: messages of " + (a == nullptr ? std::string("an account") : a->name) +
         " fail more often than usual: " + std::to_string(failed) + " of " + std::to_string(n) +
         " today, usually at most " + percent(s.f0);
}

void Guard::alert(WriteContext& context, State& s, Instant at) {
  s.level = GuardLevel::alert;
  s.alerted_at = at;
  const std::string text = sentence(context, s);
  const std::string detail = "{\"account\":\"" + to_string(context.account_id(s.account)) + "\"}";
  context.account_log(s.account, "guard.alert", "guard", text, "{}", at);
  std::vector<std::int64_t> campaigns;
  {
    Rows rows = sql_->campaigns.rows(s.account);
    while (rows.next()) campaigns.push_back(rows.i64(0));
  }
  for (const std::int64_t no : campaigns) {
    context.activity(no, "guard.alert", "guard", text, detail, at);
  }
}

void Guard::want_pauses(WriteContext& context, State& s, Instant at) {
  s.level = GuardLevel::pause;
  s.paused_at = at;
  const std::string text = sentence(context, s);
  context.account_log(s.account, "guard.pause", "guard", text, "{}", at);
  bool any = false;
  Rows rows = sql_->campaigns.rows(s.account);
  while (rows.next()) {
    const bool active =
        static_cast<domain::CampaignState>(rows.i32(1)) == domain::CampaignState::active;
    if (!active || rows.i64(2) == 0) continue;
    sql_->want.run(rows.i64(0), s.account, text, at);
    any = true;
  }
  if (any) context.bump_plan();
}

bool Guard::pause_settled(std::int64_t campaign) {
  sql_->settle.run(campaign);
  return sql_->db.changes() > 0;
}

void Guard::acknowledge(WriteContext& context, std::int64_t account, const std::string& actor,
                        Instant now) {
  State* s = find(account);
  if (s == nullptr || s->level == GuardLevel::none) return;
  s->detector.evidence = {};
  s->level = GuardLevel::none;
  s->alerted_at.reset();
  s->paused_at.reset();
  s->since = now;
  s->acknowledged_at = now;
  s->acknowledged_by = actor;
  s->usual_day = -1;
  touch(*s);
  const AccountEntry* a = context.account(account);
  const std::string text = "Guard: the alert of " +
                           (a == nullptr ? std::string("an account") : a->name) +
                           " is acknowledged";
  context.account_log(account, "guard.acknowledged", actor, text, "{}", now);
  std::vector<std::int64_t> campaigns;
  {
    Rows rows = sql_->campaigns.rows(account);
    while (rows.next()) campaigns.push_back(rows.i64(0));
  }
  const std::string detail = "{\"account\":\"" + to_string(context.account_id(account)) + "\"}";
  for (const std::int64_t no : campaigns) {
    context.activity(no, "guard.acknowledged", actor, text, detail, now);
  }
}

void Guard::set_false_alarms(double per_year) {
  write();
  sql_->set_false_alarms.run(per_year);
  sql_->learn_anew.run();
  clear();
}

}  // namespace headway::store::sqlite
