// Cells and cohorts: what ended how, where, and what followed.

#include <algorithm>
#include <map>

#include "store/sqlite/analysis_impl.h"

namespace headway::store::sqlite {

using domain::Counter;
using domain::FailureClass;

AccountId account_of(AnalysisTable& t, std::int64_t no) {
  const KnownAccount* a = no == 0 ? nullptr : t.memo.account_by_no(t.known, no);
  return a == nullptr ? AccountId{} : a->account.id;
}

CollectionId collection_of(const CampaignMemo& m, std::int64_t no) {
  for (const KnownCollection& c : m.collections) {
    if (c.no == no) return c.id;
  }
  return {};
}

Result<FailureCells> SqliteAnalysis::failure_cells(CampaignId id) {
  return read_campaign<FailureCells>(
      id, [&](AnalysisTable& t, CampaignMemo& m) -> Result<FailureCells> {
        FailureCells out;
        Instant first{}, last{};
        {
          Rows q = t.sql.ends.rows(m.no);
          if (q.next() && !q.null(0)) {
            first = from_ms(q.i64(0) * 3'600'000);
            last = from_ms((q.i64(1) + 1) * 3'600'000 - 1);
          }
        }
        Rows q = t.sql.totals.rows(m.no);
        while (q.next()) {
          if (q.i64(6) <= 0) continue;
          FailureCell c;
          c.account = account_of(t, q.i64(1));
          c.collection = collection_of(m, q.i64(2));
          c.step = q.i32(3);
          c.variant = VariantId{q.i64(4)};
          c.failure = static_cast<FailureClass>(q.i32(5));
          c.n = q.i64(6);
          c.first = first;
          c.last = last;
          out.cells.push_back(std::move(c));
        }
        return out;
      });
}

Result<std::vector<CohortCell>> SqliteAnalysis::cohorts(CampaignId id, bool by_message) {
  return read_campaign<std::vector<CohortCell>>(
      id, [&](AnalysisTable& t, CampaignMemo& m) -> Result<std::vector<CohortCell>> {
        std::vector<CohortCell> out;
        Rows q = t.sql.cohort_hours.rows(m.no);
        while (q.next()) {
          auto counter = static_cast<Counter>(q.i32(5));
          if (q.i64(6) == 0) continue;
          if (by_message && counter == Counter::contacted) continue;
          if (!by_message && (counter == Counter::delivered || counter == Counter::undelivered))
            continue;
          if (counter == Counter::delivered) counter = Counter::contacted;
          CohortCell c;
          c.day = q.i64(0);
          c.account = account_of(t, q.i64(1));
          c.collection = collection_of(m, q.i64(2));
          if (by_message) {
            c.step = q.i32(3);
            c.variant = VariantId{q.i64(4)};
          }
          c.counter = counter;
          c.n = q.i64(6);
          out.push_back(c);
        }
        return out;
      });
}

Result<BaselineCounts> SqliteAnalysis::workspace_baseline(CampaignId except) {
  auto mine = failure_cells(except);
  if (!mine) return tl::unexpected(mine.error());
  return read_campaign<BaselineCounts>(
      except, [&](AnalysisTable& t, CampaignMemo& m) -> Result<BaselineCounts> {
        constexpr std::size_t kKept = 200;
        BaselineCounts out;
        // All of its kind, less its own. A code kept apart here and not there stays in the rest of its class.
        std::map<std::pair<FailureClass, std::string>, std::int64_t> own;
        for (const FailureCell& c : mine->cells) {
          if (!c.account) continue;
          if (c.failure == FailureClass::none) {
            out.delivered -= c.n;
          } else {
            out.undelivered -= c.n;
            own[{c.failure, c.code}] += c.n;
          }
        }
        {
          Rows q = t.sql.account_totals.rows(m.base.simulated);
          while (q.next()) {
            const bool sent = q.i64(0) == static_cast<std::int64_t>(Counter::delivered);
            (sent ? out.delivered : out.undelivered) += q.i64(1);
          }
        }
        out.delivered = std::max<std::int64_t>(0, out.delivered);
        out.undelivered = std::max<std::int64_t>(0, out.undelivered);
        std::map<FailureClass, std::int64_t> rest;
        Rows q = t.sql.account_errors.rows(m.base.simulated);
        while (q.next()) {
          const auto failure = static_cast<FailureClass>(q.i32(0));
          const std::string code = q.str(1);
          std::int64_t n = q.i64(2);
          if (const auto it = own.find({failure, code}); it != own.end()) n -= it->second;
          if (n <= 0) continue;
          if (code == kOtherCodes || out.failures.size() >= kKept) {
            rest[failure] += n;
          } else {
            out.failures.push_back({failure, code, n});
          }
        }
        for (const auto& [failure, n] : rest) {
          out.failures.push_back({failure, std::string(kOtherCodes), n});
        }
        std::stable_sort(out.failures.begin(), out.failures.end(),
                         [](const auto& a, const auto& b) { return a.n > b.n; });
        return out;
      });
}

Result<std::vector<AllocationEntry>> SqliteAnalysis::allocations(CampaignId id) {
  return read_campaign<std::vector<AllocationEntry>>(
      id, [&](AnalysisTable&, CampaignMemo& m) -> Result<std::vector<AllocationEntry>> {
        std::vector<AllocationEntry> out;
        const domain::CampaignPlan& plan = m.base.plan;
        for (std::size_t i = 0; i < plan.steps.size(); ++i) {
          AllocationEntry e;
          e.step = static_cast<int>(i) + 1;
          e.from_at = plan.created_at;
          e.evidence = "{}";
          std::int64_t sum = 0;
          for (const domain::Variant& v : plan.steps[i].variants) {
            if (!v.retired) sum += v.weight;
          }
          for (const domain::Variant& v : plan.steps[i].variants) {
            if (v.retired || sum == 0) continue;
            e.shares.push_back(
                {v.id, v.name, v.weight, static_cast<double>(v.weight) / static_cast<double>(sum)});
          }
          out.push_back(std::move(e));
        }
        return out;
      });
}

Result<std::vector<GuardRow>> SqliteAnalysis::guards() { return std::vector<GuardRow>{}; }

}  // namespace headway::store::sqlite
