#include "benchmarks/bare_counters.h"

namespace headway::bench {

Counters::Counters(Database& db, std::int64_t campaign, std::int64_t collection)
    : campaign_(campaign),
      collection_(collection),
      block_(db,
             "INSERT INTO lead_block VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n"),
      queue_(db, "INSERT INTO queue_count VALUES(?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n"),
      total_(db,
             "INSERT INTO campaign_total VALUES(?,?,?,?,?,?,0,?) ON CONFLICT DO UPDATE SET "
             "n=n+excluded.n"),
      rollup_(
          db,
          "INSERT INTO rollup VALUES(?,?,?,?,?,?,?,0,?) ON CONFLICT DO UPDATE SET n=n+excluded.n"),
      account_total_(
          db, "INSERT INTO account_total VALUES(?,?,0,?) ON CONFLICT DO UPDATE SET n=n+excluded.n"),
      account_hour_(
          db,
          "INSERT INTO account_hour VALUES(?,?,?,0,?) ON CONFLICT DO UPDATE SET n=n+excluded.n"),
      workspace_hour_(
          db,
          "INSERT INTO workspace_hour VALUES(?,?,0,?) ON CONFLICT DO UPDATE SET n=n+excluded.n"),
      account_day_(db,
                   "INSERT INTO account_day VALUES(?,?,?) ON CONFLICT DO UPDATE SET "
                   "used=used+excluded.used"),
      campaign_day_(db,
                    "INSERT INTO campaign_day VALUES(?,?,?) ON CONFLICT DO UPDATE SET "
                    "used=used+excluded.used"),
      journal_row_(db, "INSERT INTO journal VALUES(?,?,?,zeroblob(?))"),
      campaign_row_(db, "UPDATE campaign SET figures_version=figures_version+1 WHERE no=?") {}

void Counters::block(std::int64_t number, std::int64_t facet_value, int n) {
  blocks_[{1, number >> 10, facet_value}] += n;
  blocks_[{2, number >> 17, facet_value}] += n;
  blocks_[{3, 0, facet_value}] += n;
}

void Counters::fact(int counter, std::int64_t account, int step, std::int64_t variant,
                    std::int64_t hour, int n) {
  facts_[{counter, account, step, variant, hour}] += n;
}

void Counters::journal(std::int64_t at, int records) { journal_[at] += records; }

void Counters::write() {
  for (const auto& [k, n] : queues_) queue_(k[0], k[1], n);
  for (const auto& [k, n] : blocks_) block_(campaign_, k[0], k[1], k[2], n);
  std::map<Pair, std::int64_t> by_account, by_workspace;
  for (const auto& [k, n] : facts_) {
    total_(campaign_, k[0], k[1], collection_, k[2], k[3], n);
    rollup_(campaign_, k[4], k[0], k[1], collection_, k[2], k[3], n);
    by_account[{k[1], k[0]}] += n;
    by_workspace[{k[4], k[0]}] += n;
  }
  std::int64_t hour = facts_.empty() ? 0 : facts_.begin()->first[4];
  for (const auto& [k, n] : by_account) {
    account_total_(k[0], k[1], n);
    account_hour_(k[0], hour, k[1], n);
  }
  for (const auto& [k, n] : by_workspace) workspace_hour_(k[0], k[1], n);
  std::map<std::int64_t, std::int64_t> campaign_days;
  for (const auto& [k, n] : days_) {
    account_day_(k[0], k[1], n);
    campaign_days[k[1]] += n;
  }
  for (const auto& [day, n] : campaign_days) campaign_day_(campaign_, day, n);
  for (const auto& [at, records] : journal_) journal_row_(campaign_, at, sequence_, records * 6);
  ++sequence_;
  campaign_row_(campaign_);
  rows += static_cast<std::int64_t>(queues_.size() + blocks_.size() + 2 * facts_.size() +
                                    2 * by_account.size() + by_workspace.size() + days_.size() +
                                    campaign_days.size() + journal_.size()) +
          1;
  queues_.clear();
  blocks_.clear();
  facts_.clear();
  days_.clear();
  journal_.clear();
}

}  // namespace headway::bench
