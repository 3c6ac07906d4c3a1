#include "store/sqlite/cells.h"

#include <algorithm>
#include <bit>

namespace headway::store::sqlite {
namespace {

constexpr std::size_t kRemembered = 65'536;  // entries of each cache

}  // namespace

int lag_bucket(Instant delivered, Instant at) {
  int bucket = 0;
  while (bucket < kLags - 1 && at - delivered >= milliseconds{kLagEndsDays[bucket] * kDayMs})
    ++bucket;
  return bucket;
}

int load_bucket(std::int64_t k) {
  if (k < 2) return 0;
  return std::min(kLoadMax, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(k))) - 1);
}

struct Cells::Sql {
  Connection& db;
  Statement ended{db,
                  "SELECT coalesce(sum(n),0) FROM account_hour WHERE account=?1 AND hour=?2 AND "
                  "counter IN (4,5)"};
  Statement code{db, "SELECT id FROM failure_code WHERE campaign=?1 AND code=?2"};
  Statement codes{db, "SELECT count(*) FROM failure_code WHERE campaign=?1"};
  Statement new_code{db, "INSERT INTO failure_code VALUES(?1,?2,?3)"};
  Statement cell{db,
                 "INSERT INTO delivery_cell VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11) ON CONFLICT "
                 "DO UPDATE SET n=n+excluded.n,first=min(first,excluded.first),"
                 "last=max(last,excluded.last)"};
  Statement cohort{db,
                   "INSERT INTO cohort VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11) "
                   "ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement delivered{db,
                      "SELECT account,variant,epoch,at FROM message WHERE lead=?1 AND step=?2 AND "
                      "outcome=1"};
  Statement react{db, "INSERT OR IGNORE INTO reaction VALUES(?1,?2,?3,?4)"};
  Statement reaction{db, "SELECT step,at FROM reaction WHERE lead=?1 AND counter=?2"};
  Statement unreact{db, "DELETE FROM reaction WHERE lead=?1 AND counter=?2"};
};

Cells::Cells(Connection& db) : sql_(new Sql{db}) {}
Cells::~Cells() = default;

void Cells::clear() {
  cells_.clear();
  cohorts_.clear();
  reactions_.clear();
  codes_.clear();
  ended_in_.clear();
}

int Cells::load(std::int64_t account, Instant at, Counters& counters) {
  if (account == 0) return 0;
  const std::int64_t hour = hour_of(at);
  const std::uint64_t key =
      static_cast<std::uint64_t>(account) << 40 ^ static_cast<std::uint64_t>(hour);
  if (const auto it = ended_in_.find(key); it != ended_in_.end()) return load_bucket(++it->second);
  counters.write();
  if (ended_in_.size() >= kRemembered) ended_in_.clear();
  const std::int64_t so_far = std::max<std::int64_t>(1, sql_->ended.value(0, account, hour));
  ended_in_.emplace(key, so_far);
  return load_bucket(so_far);
}

// Codes never leave the table: one that came when it was full stays among the others.
std::int64_t Cells::code_id(std::int64_t campaign, std::string_view code) {
  if (code.empty()) return kNoCode;
  std::string key = std::to_string(campaign) + ' ' + std::string(code);
  if (const auto it = codes_.find(key); it != codes_.end()) return it->second;
  std::int64_t id = sql_->code.value(0, campaign, code);
  if (id == 0) {
    const std::int64_t known = sql_->codes.value(0, campaign);
    id = known < kCodesMax ? known + 1 : kOtherCode;
    if (id != kOtherCode) sql_->new_code.run(campaign, id, code);
  }
  if (codes_.size() >= kRemembered) codes_.clear();
  codes_.emplace(std::move(key), id);
  return id;
}

void Cells::add(const EndedMessage& m, int n) {
  const std::int64_t campaign = lead_campaign_no(m.lead);
  const bool delivered = m.failure == domain::FailureClass::none;
  const std::int64_t code = delivered ? kNoCode : code_id(campaign, m.code);
  Sum& sum = cells_[Key{{campaign, m.account, m.collection, m.step, m.variant.value, m.load,
                         static_cast<std::int64_t>(m.failure), code}}];
  const std::int64_t at = to_ms(m.at);
  const bool fresh = sum.n == 0 && sum.last == 0;
  sum.first = fresh ? at : std::min(sum.first, at);
  sum.last = fresh ? at : std::max(sum.last, at);
  sum.n += n;

  const std::int64_t day = day_of(m.at);
  const auto message = static_cast<std::int64_t>(CohortKind::message);
  const auto counter = static_cast<std::int64_t>(delivered ? domain::Counter::contacted
                                                           : domain::Counter::undelivered);
  cohorts_.add(Day{{campaign, message, day, counter, m.account, m.collection, m.step,
                    m.variant.value, m.epoch, 0}},
               n);
  // Steps are delivered in order: the first contact is step 1.
  if (delivered && m.step == 1) {
    cohorts_.add(Day{{campaign, static_cast<std::int64_t>(CohortKind::lead), day, counter,
                      m.account, m.collection, 0, 0, 0, 0}},
                 n);
  }
}

void Cells::reacted(LeadId lead, std::int64_t collection, domain::Counter counter, int step,
                    Instant at, int n) {
  reactions_.push_back({lead, collection, counter, step, at, n});
}

// Counts a reaction of instant `at` on the delivery of `step` and on the first one.
void Cells::count(const Reaction& r, int step, Instant at, int n) {
  const std::int64_t campaign = lead_campaign_no(r.lead);
  const auto counter = static_cast<std::int64_t>(r.counter);
  {
    Rows row = sql_->delivered.rows(r.lead, step);
    if (row.next()) {
      cohorts_.add(
          Day{{campaign, static_cast<std::int64_t>(CohortKind::message), day_of(row.at(3)), counter,
               row.i64(0), r.collection, step, row.i64(1), row.i64(2), lag_bucket(row.at(3), at)}},
          n);
    }
  }
  Rows row = sql_->delivered.rows(r.lead, 1);
  if (row.next()) {
    cohorts_.add(Day{{campaign, static_cast<std::int64_t>(CohortKind::lead), day_of(row.at(3)),
                      counter, row.i64(0), r.collection, 0, 0, 0, lag_bucket(row.at(3), at)}},
                 n);
  }
}

void Cells::settle(const Reaction& r) {
  if (r.n < 0) {
    int step = 0;
    Instant at{};
    {
      Rows row = sql_->reaction.rows(r.lead, r.counter);
      if (!row.next()) return;
      step = row.i32(0);
      at = row.at(1);
    }
    sql_->unreact.run(r.lead, r.counter);
    count(r, step, at, -1);
    return;
  }
  // The credited message may still be on its way: then the first delivery is what it is counted on.
  const bool there = sql_->delivered.value(-1, r.lead, r.step) >= 0;
  const int step = there ? r.step : 1;
  sql_->react.run(r.lead, r.counter, step, r.at);
  if (sql_->db.changes() == 1) count(r, step, r.at, +1);
}

void Cells::write() {
  for (const Reaction& r : reactions_) settle(r);
  std::vector<std::pair<Key, Sum>> cells(cells_.begin(), cells_.end());
  std::sort(cells.begin(), cells.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [key, s] : cells) {
    const auto& k = key.k;
    sql_->cell.run(k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], s.n, s.first, s.last);
  }
  for (const auto& [day, n] : cohorts_.sums()) {
    const auto& k = day.k;
    sql_->cohort.run(k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8], k[9], n);
  }
  cells_.clear();
  cohorts_.clear();
  reactions_.clear();
}

}  // namespace headway::store::sqlite
