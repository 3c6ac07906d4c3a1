#pragma once
// store::Analysis on the pool of read connections: every question is answered on one snapshot.

#include "store/analysis.h"
#include "store/sqlite/analysis_sql.h"
#include "store/sqlite/reader_memo.h"
#include "store/sqlite/reader_pool.h"

namespace headway::store::sqlite {

// What belongs to one connection of the pool, beside ReaderTable.
struct AnalysisTable {
  explicit AnalysisTable(Connection& db) : sql(db), known(db) {}
  AnalysisSql sql;
  ReaderSql known;  // for the memo
  ReaderMemo memo;
};

class SqliteAnalysis final : public Analysis {
 public:
  // Prepare the pool with AnalysisTable first.
  explicit SqliteAnalysis(ReaderPool& pool) : pool_(pool) {}

  Result<FailureCells> failure_cells(CampaignId id) override;
  Result<std::vector<CohortCell>> cohorts(CampaignId id, bool by_message) override;
  Result<BaselineCounts> workspace_baseline(CampaignId except) override;
  Result<std::vector<AllocationEntry>> allocations(CampaignId id) override;
  Result<std::vector<GuardRow>> guards() override;
  Result<GuardSettings> guard_settings(Instant now) override;
  Result<std::vector<DailyCounts>> account_days(AccountId id, std::int64_t from,
                                                std::int64_t to) override;
  Result<std::vector<ThroughputCell>> throughput(CampaignId id, Instant now, int weeks) override;
  Result<OpenWork> open_work(CampaignId id) override;
  Result<MessageScan> each_message(const MessageScope& scope, Instant from, Instant to,
                                   std::int64_t limit,
                                   const std::function<bool(const MessageFact&)>& visit) override;
  Result<std::vector<Overlap>> overlaps(const std::vector<CampaignId>& ids, int sample) override;

 private:
  // f(AnalysisTable&) -> Result<T>, on a snapshot.
  template <class T, class F>
  Result<T> read(F f) {
    ReadLease lease = pool_.lease();
    AnalysisTable& mine = lease.sql<AnalysisTable>();
    mine.memo.refresh(mine.known);
    Result<T> answer = f(mine);
    if (!lease.db().ok()) return tl::unexpected(*lease.db().error());
    return answer;
  }
  // f(AnalysisTable&, CampaignMemo&) -> Result<T>
  template <class T, class F>
  Result<T> read_campaign(CampaignId id, F f) {
    return read<T>([&](AnalysisTable& t) -> Result<T> {
      CampaignMemo* m = t.memo.plan(t.known, id);
      if (m == nullptr) return fail(ErrorKind::not_found, "No such campaign");
      return f(t, *m);
    });
  }

  ReaderPool& pool_;
};

// The public id of an account's number; 0 for none.
AccountId account_of(AnalysisTable& t, std::int64_t no);
CollectionId collection_of(const CampaignMemo& m, std::int64_t no);

}  // namespace headway::store::sqlite
