#include "store/sqlite/counters.h"

#include <map>

#include "store/sqlite/lead_row.h"

namespace headway::store::sqlite {
namespace {

constexpr int kCodesMax = 200;  // provider codes kept apart for an account
constexpr std::string_view kOtherCodes = "(other)";

}  // namespace

struct Counters::Sql {
  Connection& db;
  Statement total{db,
                  "INSERT INTO campaign_total VALUES(?1,?2,?3,?4,?5,?6,?7,?8) "
                  "ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement rollup{db,
                   "INSERT INTO rollup VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9) "
                   "ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement account_total{db,
                          "INSERT INTO account_total VALUES(?1,?2,?3,?4) "
                          "ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement account_hour{db,
                         "INSERT INTO account_hour VALUES(?1,?2,?3,?4,?5) "
                         "ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement workspace_hour{db,
                           "INSERT INTO workspace_hour VALUES(?1,?2,?3,?4) "
                           "ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement journal{db,
                    "INSERT INTO journal SELECT ?1,?2,"
                    "coalesce((SELECT max(seq) FROM journal WHERE campaign=?1 AND at=?2),0)+1,?3"};
  Statement queue{
      db, "INSERT INTO queue_count VALUES(?1,?2,?3) ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement queue_end{db, "DELETE FROM queue_count WHERE queue=?1 AND bucket=?2 AND n=0"};
  Statement block{db,
                  "INSERT INTO lead_block VALUES(?1,?2,?3,?4,?5) "
                  "ON CONFLICT DO UPDATE SET n=n+excluded.n"};
  Statement block_end{
      db,
      "DELETE FROM lead_block WHERE campaign=?1 AND level=?2 AND block=?3 AND facet=?4 AND n=0"};
  Statement error{
      db,
      "INSERT INTO account_error VALUES(?1,?2,?3,?4,?5,?5,?6) ON CONFLICT DO UPDATE SET "
      "n=n+excluded.n, first=min(first,excluded.first), last=max(last,excluded.last), "
      "sample=CASE WHEN excluded.n>0 THEN excluded.sample WHEN sample=excluded.sample "
      "THEN 0 ELSE sample END"};
  Statement error_known{db,
                        "SELECT 1 FROM account_error WHERE account=?1 AND failure=?2 AND code=?3"};
  Statement error_codes{db, "SELECT count(*) FROM account_error WHERE account=?1"};
};

Counters::Counters(Connection& db) : sql_(new Sql{db}) {}
Counters::~Counters() = default;

void Counters::fact(std::int64_t campaign, std::int64_t collection, const domain::Delta& d,
                    Instant at, std::int64_t times) {
  facts_.add(Fact{campaign, to_ms(at), static_cast<std::int64_t>(d.counter), d.account.value,
                  collection, d.step, d.variant.value, static_cast<std::int64_t>(d.failure)},
             d.n * times);
}

void Counters::place(LeadId lead, const domain::LeadState& s, int zone, std::int64_t n) {
  const std::int64_t campaign = lead_campaign_no(lead);
  if (s.wait != domain::Wait::none) {
    queues_.add(
        {{queue_key(campaign, s.wait, s.account.value, zone), queue_bucket(s.wait, to_ms(s.due))}},
        n);
  }
  blocks_.add({{campaign, block_of(lead_number(lead), 1), pack_facet(facet_of(s))}}, n);
}

void Counters::account_error(std::int64_t account, domain::FailureClass failure,
                             std::string_view code, Instant at, int n, LeadId lead) {
  if (account != 0) errors_.push_back({account, failure, std::string(code), at, n, lead});
}

bool Counters::empty() const {
  return facts_.empty() && queues_.empty() && blocks_.empty() && errors_.empty();
}

void Counters::clear() {
  facts_.clear();
  queues_.clear();
  blocks_.clear();
  errors_.clear();
}

void Counters::write() {
  if (!facts_.empty()) write_facts();
  if (!blocks_.empty()) write_places();
  if (!errors_.empty()) write_errors();
  clear();
}

void Counters::write_facts() {
  const auto& facts = facts_.sums();
  Tally<Numbers<7>> totals;
  Tally<Numbers<8>> hours;
  Tally<Numbers<3>> accounts, workspace;
  Tally<Numbers<4>> account_hours;
  for (const auto& [f, n] : facts) {
    const std::int64_t hour = hour_of(from_ms(f.at));
    totals.add({{f.campaign, f.counter, f.account, f.collection, f.step, f.variant, f.failure}}, n);
    hours.add(
        {{f.campaign, hour, f.counter, f.account, f.collection, f.step, f.variant, f.failure}}, n);
    workspace.add({{hour, f.counter, f.failure}}, n);
    if (f.account != 0) {
      accounts.add({{f.account, f.counter, f.failure}}, n);
      account_hours.add({{f.account, hour, f.counter, f.failure}}, n);
    }
  }
  for (const auto& [k, n] : totals.sums()) {
    sql_->total.run(k.k[0], k.k[1], k.k[2], k.k[3], k.k[4], k.k[5], k.k[6], n);
  }
  for (const auto& [k, n] : hours.sums()) {
    sql_->rollup.run(k.k[0], k.k[1], k.k[2], k.k[3], k.k[4], k.k[5], k.k[6], k.k[7], n);
  }
  for (const auto& [k, n] : accounts.sums()) sql_->account_total.run(k.k[0], k.k[1], k.k[2], n);
  for (const auto& [k, n] : account_hours.sums()) {
    sql_->account_hour.run(k.k[0], k.k[1], k.k[2], k.k[3], n);
  }
  for (const auto& [k, n] : workspace.sums()) sql_->workspace_hour.run(k.k[0], k.k[1], k.k[2], n);
  write_journal(facts);
}

void Counters::write_journal(const std::vector<std::pair<Fact, std::int64_t>>& facts) {
  std::vector<std::uint8_t> record;
  for (std::size_t i = 0; i < facts.size();) {
    const std::int64_t campaign = facts[i].first.campaign, at = facts[i].first.at;
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> sums;
    for (; i < facts.size() && facts[i].first.campaign == campaign && facts[i].first.at == at;
         ++i) {
      sums[{facts[i].first.counter, facts[i].first.failure}] += facts[i].second;
    }
    record.clear();
    for (const auto& [key, n] : sums) {
      const auto bits = static_cast<std::uint32_t>(static_cast<std::int32_t>(n));
      record.push_back(static_cast<std::uint8_t>(key.first));
      record.push_back(static_cast<std::uint8_t>(key.second));
      for (int shift = 0; shift < 32; shift += 8) {
        record.push_back(static_cast<std::uint8_t>(bits >> shift & 0xff));
      }
    }
    sql_->journal.run(campaign, at, std::span<const std::uint8_t>(record));
  }
}

void Counters::write_places() {
  for (const auto& [k, n] : queues_.sums()) {
    sql_->queue.run(k.k[0], k.k[1], n);
    if (n < 0) sql_->queue_end.run(k.k[0], k.k[1]);
  }
  const auto& blocks = blocks_.sums();
  Tally<Numbers<3>> level2, level3;
  const auto write = [this](const Numbers<3>& k, int level, std::int64_t n) {
    sql_->block.run(k.k[0], level, k.k[1], k.k[2], n);
    if (n < 0) sql_->block_end.run(k.k[0], level, k.k[1], k.k[2]);
  };
  for (const auto& [k, n] : blocks) {
    level2.add({{k.k[0], k.k[1] >> (kBlockShift2 - kBlockShift1), k.k[2]}}, n);
    level3.add({{k.k[0], 0, k.k[2]}}, n);
    write(k, 1, n);
  }
  for (const auto& [k, n] : level2.sums()) write(k, 2, n);
  for (const auto& [k, n] : level3.sums()) write(k, 3, n);
}

void Counters::write_errors() {
  for (const CodeError& e : errors_) {
    const bool known = sql_->error_known.value(0, e.account, e.failure, e.code) != 0;
    const bool kept = known || sql_->error_codes.value(0, e.account) < kCodesMax;
    sql_->error.run(e.account, e.failure, kept ? std::string_view(e.code) : kOtherCodes, e.n, e.at,
                    e.lead);
  }
}

}  // namespace headway::store::sqlite
