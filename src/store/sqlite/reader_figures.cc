// Figures of campaigns: totals, the past, breakdowns and series.

#include <algorithm>
#include <limits>
#include <map>

#include "store/sqlite/reader_core.h"
#include "store/sqlite/reader_impl.h"
#include "store/sqlite/reader_sql.h"
#include "store/sqlite/reader_time.h"

namespace headway::store::sqlite {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr int kPointsMax = 2'000;

void add_hours(ReaderSql& db, std::int64_t campaign, std::int64_t from, std::int64_t to,
               domain::Counts& out) {
  if (from >= to) return;
  Rows q = db.rollup_sum.rows(campaign, from, to);
  while (q.next()) add_count(out, q.i64(0), q.i64(1), q.i64(2));
}

void add_instants(ReaderSql& db, std::int64_t campaign, std::int64_t from, std::int64_t to,
                  domain::Counts& out) {
  if (from >= to) return;
  Rows q = db.journal.rows(campaign, from, to);
  while (q.next()) add_journal(out, q.text(1));
}

void subtract(domain::Counts& a, const domain::Counts& b) {
  for (std::size_t i = 0; i < a.n.size(); ++i) a.n[i] -= b.n[i];
  for (std::size_t i = 0; i < a.lead_failures.size(); ++i) {
    a.lead_failures[i] -= b.lead_failures[i];
    a.message_failures[i] -= b.message_failures[i];
  }
}

// Facts in [from, to) in ms: whole hours from the rollup, the rest of an hour from the journal.
domain::Counts counts_in(ReaderSql& db, std::int64_t campaign, std::int64_t from, std::int64_t to) {
  domain::Counts c;
  if (from >= to) return c;
  const std::int64_t from_hour = hour_of(from_ms(from)), to_hour = hour_of(from_ms(to));
  // The hour of `from` is cut at its beginning, the hour of `to` at its end.
  if (from_hour == to_hour) {
    add_instants(db, campaign, from, to, c);
    return c;
  }
  const bool whole = from == from_hour * kHourMs;
  add_hours(db, campaign, whole ? from_hour : from_hour + 1, to_hour, c);
  if (!whole) add_instants(db, campaign, from, (from_hour + 1) * kHourMs, c);
  add_instants(db, campaign, to_hour * kHourMs, to, c);
  return c;
}

}  // namespace

Result<domain::Counts> SqliteReader::counts_between(CampaignId id, std::optional<Instant> from,
                                                    std::optional<Instant> to) {
  return read_campaign<domain::Counts>(
      id, [&](ReaderSql& db, ReaderMemo&, CampaignMemo& m) -> Result<domain::Counts> {
        // Open ends: what lies outside is taken from the totals, so that a recent `to` costs
        // little.
        constexpr std::int64_t kMin = 0, kMax = std::int64_t{1} << 52;
        if (from && to) return counts_in(db, m.no, to_ms(*from), to_ms(*to));
        if (from) return counts_in(db, m.no, to_ms(*from), kMax);
        domain::Counts all;
        Rows q = db.campaign_totals.rows(m.no);
        while (q.next()) add_count(all, q.i64(0), q.i64(5), q.i64(6));
        if (to) subtract(all, counts_in(db, m.no, std::max(kMin, to_ms(*to)), kMax));
        return all;
      });
}

Result<domain::TimeToReply> SqliteReader::time_to_reply(CampaignId id) {
  return read_campaign<domain::TimeToReply>(
      id, [&](ReaderSql& db, ReaderMemo&, CampaignMemo& m) -> Result<domain::TimeToReply> {
        // Quartiles of n replies cost a walk over 3/4 of them: only when one came since.
        const std::int64_t replies = db.replies_so_far.value(0, m.no);
        if (replies == m.replies) return m.time_to_reply;
        domain::TimeToReply& t = m.time_to_reply;
        t = {};
        t.n = db.reply_count.value(0, m.no);
        m.replies = db.db.ok() ? replies : -1;
        if (t.n == 0) return t;
        // Nearest rank: the ceil(p * n)-th smallest.
        const std::int64_t at[3] = {(t.n + 3) / 4, (t.n + 1) / 2, (3 * t.n + 3) / 4};
        std::optional<std::int64_t>* out[3] = {&t.p25_s, &t.median_s, &t.p75_s};
        Rows q = db.reply_seconds.rows(m.no);
        for (std::int64_t rank = 1; rank <= at[2] && q.next(); ++rank) {
          for (int i = 0; i < 3; ++i) {
            if (rank == at[i]) *out[i] = q.i64(0);
          }
        }
        return t;
      });
}

Result<std::vector<SliceCounts>> SqliteReader::breakdown(CampaignId id, BreakdownBy by) {
  return read_campaign<std::vector<SliceCounts>>(
      id,
      [&](ReaderSql& db, ReaderMemo& memo, CampaignMemo& m) -> Result<std::vector<SliceCounts>> {
        std::map<std::int64_t, SliceCounts> slices;
        if (by == BreakdownBy::weekday_hour) {
          const auto& hours = m.base.plan.active_hours;
          const std::string zone = hours ? hours->timezone : "UTC";
          Rows q =
              db.rollup_hours.rows(m.no, std::int64_t{0}, std::numeric_limits<std::int64_t>::max());
          std::int64_t known_hour = -1, key = 0;
          while (q.next()) {
            if (q.i64(0) != known_hour) {
              known_hour = q.i64(0);
              const LocalHour local = local_hour(zone, from_ms(known_hour * kHourMs));
              key = local.weekday * 24 + local.hour;
            }
            add_count(slices[key].counts, q.i64(1), q.i64(2), q.i64(3));
          }
          std::vector<SliceCounts> out;
          for (auto& [k, s] : slices) {
            s.weekday = static_cast<int>(k / 24);
            s.hour = static_cast<int>(k % 24);
            out.push_back(std::move(s));
          }
          return out;
        }
        Rows q = db.campaign_totals.rows(m.no);
        while (q.next()) {
          std::int64_t key = 0;
          switch (by) {
            case BreakdownBy::account: key = q.i64(1); break;
            case BreakdownBy::collection: key = q.i64(2); break;
            case BreakdownBy::step: key = q.i64(3); break;
            case BreakdownBy::variant: key = q.i64(4); break;
            case BreakdownBy::failure: key = q.i64(5); break;
            case BreakdownBy::weekday_hour: break;
          }
          if (key != 0) add_count(slices[key].counts, q.i64(0), q.i64(5), q.i64(6));
        }
        std::vector<SliceCounts> out;
        for (auto& [key, s] : slices) {
          switch (by) {
            case BreakdownBy::account:
              if (const KnownAccount* a = memo.account_by_no(db, key))
                s.account = a->account.id, s.label = a->account.name;
              break;
            case BreakdownBy::collection:
              for (const KnownCollection& c : m.collections) {
                if (c.no == key) s.collection = c.id, s.label = c.name;
              }
              break;
            case BreakdownBy::step:
              s.step = static_cast<int>(key);
              s.label = "Step " + std::to_string(key);
              break;
            case BreakdownBy::variant:
              s.variant = VariantId{key};
              if (const auto v = m.variants.find(key); v != m.variants.end()) {
                s.step = v->second.step;
                s.label = v->second.name;
              }
              break;
            case BreakdownBy::failure:
              s.failure = static_cast<domain::FailureClass>(key);
              s.label = std::string(domain::to_string(s.failure));
              break;
            case BreakdownBy::weekday_hour: break;
          }
          out.push_back(std::move(s));
        }
        return out;
      });
}

Result<std::vector<SeriesPoint>> SqliteReader::series(CampaignId id, Instant from, Instant to,
                                                      bool by_day, const std::string& zone) {
  const auto buckets =
      by_day ? day_starts(zone, from, to, kPointsMax) : hour_starts(from, to, kPointsMax);
  if (!buckets) return tl::unexpected(buckets.error());
  return read_campaign<std::vector<SeriesPoint>>(
      id, [&](ReaderSql& db, ReaderMemo&, CampaignMemo& m) -> Result<std::vector<SeriesPoint>> {
        std::vector<SeriesPoint> points;
        const std::vector<Instant>& at = *buckets;  // one more than points: the end of the last
        for (std::size_t i = 0; i + 1 < at.size(); ++i) {
          SeriesPoint p{at[i], {}};
          p.counts = counts_in(db, m.no, to_ms(at[i]), to_ms(at[i + 1]));
          points.push_back(p);
        }
        return points;
      });
}

}  // namespace headway::store::sqlite
