// Cells and cohorts: what ended how, where, and what followed.

#include <algorithm>
#include <array>
#include <map>

#include "store/sqlite/analysis_impl.h"
#include "store/sqlite/cells.h"

namespace headway::store::sqlite {

using domain::Counter;
using domain::FailureClass;

namespace {

template <std::size_t N>
using Numbers = std::array<std::int64_t, N>;

}  // namespace

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
        std::map<std::int64_t, std::string> codes{{kNoCode, ""},
                                                  {kOtherCode, std::string(kOtherCodes)}};
        {
          Rows q = t.sql.codes.rows(m.no);
          while (q.next()) codes[q.i64(0)] = q.str(1);
        }
        FailureCells out;
        // Too many to hand out: summed over the codes; and over the loads when that was not enough. The table
        // itself is bounded by accounts x collections x variants x loads x codes, not by leads.
        const auto count = static_cast<std::size_t>(t.sql.cell_count.value(0, m.no));
        out.codes_folded = count > kFailureCellsMax;
        for (;;) {
          std::map<Numbers<7>, FailureCell> cells;
          Rows q = t.sql.cells.rows(m.no);
          while (q.next()) {
            Numbers<7> key;
            for (int i = 0; i < 7; ++i) key[static_cast<std::size_t>(i)] = q.i64(i);
            if (out.codes_folded) key[6] = kNoCode;
            if (out.loads_folded) key[4] = 0;
            FailureCell& c = cells[key];
            c.first = c.n == 0 ? q.at(8) : std::min(c.first, q.at(8));
            c.last = c.n == 0 ? q.at(9) : std::max(c.last, q.at(9));
            c.n += q.i64(7);
          }
          if (cells.size() > kFailureCellsMax && !out.loads_folded) {
            out.loads_folded = true;
            continue;
          }
          out.cells.reserve(cells.size());
          for (auto& [key, c] : cells) {
            c.account = account_of(t, key[0]);
            c.collection = collection_of(m, key[1]);
            c.step = static_cast<int>(key[2]);
            c.variant = VariantId{key[3]};
            c.load = static_cast<int>(key[4]);
            c.failure = static_cast<FailureClass>(key[5]);
            c.code = codes[key[6]];
            out.cells.push_back(std::move(c));
          }
          return out;
        }
      });
}

Result<std::vector<CohortCell>> SqliteAnalysis::cohorts(CampaignId id, bool by_message) {
  return read_campaign<std::vector<CohortCell>>(
      id, [&](AnalysisTable& t, CampaignMemo& m) -> Result<std::vector<CohortCell>> {
        std::vector<CohortCell> out;
        Rows q = t.sql.cohorts.rows(m.no, by_message ? CohortKind::message : CohortKind::lead);
        while (q.next()) {
          CohortCell c;
          c.day = q.i64(0);
          c.counter = static_cast<Counter>(q.i32(1));
          c.account = account_of(t, q.i64(2));
          c.collection = collection_of(m, q.i64(3));
          c.step = q.i32(4);
          c.variant = VariantId{q.i64(5)};
          c.epoch = q.i32(6);
          c.lag = q.i32(7);
          c.n = q.i64(8);
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
      id, [&](AnalysisTable& t, CampaignMemo& m) -> Result<std::vector<AllocationEntry>> {
        std::vector<AllocationEntry> out;
        Rows q = t.sql.allocations.rows(m.no);
        while (q.next()) {
          AllocationEntry e;
          e.step = q.i32(0);
          e.epoch = q.i32(1);
          e.from_at = q.at(2);
          e.mode = static_cast<domain::VariantMode>(q.i32(3));
          e.metric = static_cast<domain::VariantMetric>(q.i32(4));
          e.evidence = q.str(6);
          const auto shares = decode_shares(q.text(5));
          if (!shares) return tl::unexpected(shares.error());
          std::int64_t sum = 0;
          for (const auto& [variant, parts] : *shares) sum += parts;
          for (const auto& [variant, parts] : *shares) {
            const auto known = m.variants.find(variant);
            e.shares.push_back(
                {VariantId{variant}, known == m.variants.end() ? std::string() : known->second.name,
                 parts, sum == 0 ? 0 : static_cast<double>(parts) / static_cast<double>(sum)});
          }
          out.push_back(std::move(e));
        }
        return out;
      });
}

Result<std::vector<GuardRow>> SqliteAnalysis::guards() {
  return read<std::vector<GuardRow>>([&](AnalysisTable& t) -> Result<std::vector<GuardRow>> {
    std::vector<GuardRow> out;
    Rows q = t.sql.guards.rows();
    while (q.next()) {
      const KnownAccount* a = t.memo.account_by_no(t.known, q.i64(0));
      if (a == nullptr || a->deleted) continue;
      GuardRow g;
      g.account = a->account.id;
      g.name = a->account.name;
      g.level = static_cast<GuardLevel>(q.i32(1));
      g.statistic = q.real(2);
      g.alert_at = q.real(3);
      g.f0 = q.real(4);
      g.rho = q.real(5);
      g.day = q.i64(6);
      g.n_day = q.i64(7);
      g.failed_day = q.i64(8);
      g.since = q.at(9);
      g.alerted_at = q.maybe_at(10);
      g.paused_at = q.maybe_at(11);
      g.acknowledged_at = q.maybe_at(12);
      g.acknowledged_by = q.str(13);
      out.push_back(std::move(g));
    }
    return out;
  });
}

Result<GuardSettings> SqliteAnalysis::guard_settings(Instant now) {
  return read<GuardSettings>([&](AnalysisTable& t) -> Result<GuardSettings> {
    constexpr std::int64_t kDays = 30;
    GuardSettings s;
    {
      Rows q = t.sql.false_alarms.rows();
      if (q.next()) s.false_alarms_per_year = q.real(0);
    }
    const std::int64_t today = day_of(now);
    const std::int64_t n = t.sql.recent_messages.value(0, (today - kDays) * 24, today * 24);
    s.messages_per_year = static_cast<double>(n) * 365 / static_cast<double>(kDays);
    return s;
  });
}

}  // namespace headway::store::sqlite
