// What was done by the hour and the day, and what is left to do.

#include <algorithm>

#include "store/sqlite/analysis_impl.h"
#include "store/sqlite/keys.h"
#include "store/sqlite/reader_time.h"

namespace headway::store::sqlite {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

}  // namespace

Result<std::vector<DailyCounts>> SqliteAnalysis::account_days(AccountId id, std::int64_t from,
                                                              std::int64_t to) {
  return read<std::vector<DailyCounts>>([&](AnalysisTable& t) -> Result<std::vector<DailyCounts>> {
    const KnownAccount* a = t.memo.account_by_id(t.known, id);
    if (a == nullptr || a->deleted) return fail(ErrorKind::not_found, "No such account");
    std::vector<DailyCounts> out;
    Rows q = t.sql.account_days.rows(a->no, from * 24, (to + 1) * 24);
    while (q.next()) {
      if (out.empty() || out.back().day != q.i64(0)) out.push_back({q.i64(0), 0, 0, 0, 0});
      switch (static_cast<domain::Counter>(q.i32(1))) {
        case domain::Counter::delivered: out.back().delivered = q.i64(2); break;
        case domain::Counter::undelivered: out.back().undelivered = q.i64(2); break;
        case domain::Counter::responded: out.back().responded = q.i64(2); break;
        case domain::Counter::booked: out.back().booked = q.i64(2); break;
        default: break;
      }
    }
    return out;
  });
}

Result<std::vector<ThroughputCell>> SqliteAnalysis::throughput(CampaignId id, Instant now,
                                                               int weeks) {
  return read_campaign<std::vector<ThroughputCell>>(
      id, [&](AnalysisTable& t, CampaignMemo& m) -> Result<std::vector<ThroughputCell>> {
        const auto& hours = m.base.plan.active_hours;
        const std::string zone = hours ? hours->timezone : "UTC";
        std::vector<ThroughputCell> out;
        const std::int64_t end = hour_of(now) + 1;
        Rows q = t.sql.throughput.rows(m.no, end - std::clamp(weeks, 1, 53) * 168, end);
        while (q.next()) {
          if (q.i64(2) <= 0) continue;
          ThroughputCell c;
          c.account = account_of(t, q.i64(1));
          c.from = from_ms(q.i64(0) * kHourMs);
          const LocalHour local = local_hour(zone, c.from);
          c.weekday = local.weekday;
          c.hour = local.hour;
          c.n = q.i64(2);
          out.push_back(c);
        }
        return out;
      });
}

Result<OpenWork> SqliteAnalysis::open_work(CampaignId id) {
  return read_campaign<OpenWork>(id, [&](AnalysisTable& t, CampaignMemo& m) -> Result<OpenWork> {
    OpenWork out;
    out.zones.emplace_back();
    {
      Rows q = t.sql.zones.rows();
      while (q.next()) {
        const auto no = static_cast<std::size_t>(q.i64(0));
        if (out.zones.size() <= no) out.zones.resize(no + 1);
        out.zones[no] = q.str(1);
      }
    }
    {
      Rows q = t.sql.queues.rows(queue_key(m.no, domain::Wait::none, 0, 0),
                                 queue_key(m.no + 1, domain::Wait::none, 0, 0));
      while (q.next()) {
        const std::int64_t queue = q.i64(0);
        out.queues.push_back({queue_wait(queue), account_of(t, queue_account(queue)),
                              queue_zone(queue), from_ms(q.i64(1) * kBucketMs), q.i64(2)});
      }
    }
    Rows q = t.sql.facets.rows(m.no);
    while (q.next()) {
      const Facet f = unpack_facet(q.i64(0));
      if (f.wait == domain::Wait::none) continue;
      // A follow-up and a fresh lead carry the step before; all others the step that they are at.
      const bool before = f.wait == domain::Wait::follow_up || f.wait == domain::Wait::fresh;
      const OpenWork::Stage stage{f.wait, account_of(t, f.account),
                                  before ? f.step + 1 : std::max(1, f.step), q.i64(1)};
      const auto same = std::find_if(out.stages.begin(), out.stages.end(), [&](const auto& s) {
        return s.wait == stage.wait && s.account == stage.account && s.next_step == stage.next_step;
      });
      if (same == out.stages.end()) {
        out.stages.push_back(stage);
      } else {
        same->n += stage.n;
      }
    }
    return out;
  });
}

}  // namespace headway::store::sqlite
