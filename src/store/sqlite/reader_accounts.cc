// Accounts, collections and people.

#include <algorithm>

#include "domain/schedule.h"
#include "store/sqlite/reader_core.h"
#include "store/sqlite/reader_impl.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {
namespace {

constexpr std::int64_t kThirtyDaysMs = std::int64_t{30} * 24 * 3'600'000;
constexpr std::int64_t kDays = 30, kMsADay = 86'400'000;

CollectionRow read_collection(ReaderSql& db, const Rows& q) {
  CollectionRow row;
  row.id = CollectionId{q.i64(1)};
  row.name = q.str(2);
  row.leads = q.i64(3);
  row.created_at = from_ms(q.i64(4));
  Rows job = db.latest_job.rows(q.i64(0));
  if (job.next()) {
    row.job = read_import_job(job);
    row.job->collection = row.id;
  }
  return row;
}

}  // namespace

Result<Page<domain::Account>> SqliteReader::accounts(const Paging& p) {
  return read<Page<domain::Account>>(
      [&](ReaderSql& db, ReaderMemo&) -> Result<Page<domain::Account>> {
        return list<domain::Account>(
            db, p, &ReaderSql::account_list, &ReaderSql::account_list_count,
            [](ReaderSql& sql, const Rows& q) { return read_account(sql.db, q).account; },
            [](const Rows& q) { return q.i64(0); });
      });
}

Result<domain::Account> SqliteReader::account(AccountId id) {
  return read<domain::Account>([&](ReaderSql& db, ReaderMemo& memo) -> Result<domain::Account> {
    memo.refresh(db);
    const KnownAccount* a = memo.account_by_id(db, id);
    if (a == nullptr || a->deleted) return fail(ErrorKind::not_found, "No such account");
    return a->account;
  });
}

Result<AccountStats> SqliteReader::account_stats(AccountId id, Instant now) {
  return read<AccountStats>([&](ReaderSql& db, ReaderMemo& memo) -> Result<AccountStats> {
    memo.refresh(db);
    const KnownAccount* a = memo.account_by_id(db, id);
    if (a == nullptr || a->deleted) return fail(ErrorKind::not_found, "No such account");
    AccountStats stats;
    stats.account = a->account;
    const auto add = [](AccountStats::Window& w, std::int64_t counter, std::int64_t failure,
                        std::int64_t n) {
      if (counter == static_cast<int>(domain::Counter::delivered)) w.sent += n;
      if (counter == static_cast<int>(domain::Counter::undelivered) &&
          domain::counts_as_delivery_failure(static_cast<domain::FailureClass>(failure))) {
        w.failed += n;
      }
      if (counter == static_cast<int>(domain::Counter::responded)) w.responses += n;
      if (counter == static_cast<int>(domain::Counter::booked)) w.bookings += n;
    };
    {
      Rows q = db.account_total.rows(a->no);
      while (q.next()) add(stats.lifetime, q.i64(0), q.i64(1), q.i64(2));
    }
    {
      Rows q =
          db.account_hours.rows(a->no, hour_of(from_ms(to_ms(now) - kThirtyDaysMs)), hour_of(now));
      while (q.next()) add(stats.last_30_days, q.i64(0), q.i64(1), q.i64(2));
    }
    {
      Rows q = db.account_day.rows(a->no, LocalDay(a->account.timezone).at(now));
      if (q.next()) stats.used_today = q.i64(0);
    }
    {
      const std::int64_t today = hour_of(now) / 24;
      for (std::int64_t day = today - kDays; day <= today; ++day) {
        stats.days.emplace_back().from = from_ms(day * kMsADay);
      }
      Rows q = db.account_days_of.rows(a->no, (today - kDays) * 24);
      while (q.next()) {
        if (q.i64(0) > today) continue;
        add(stats.days[static_cast<std::size_t>(q.i64(0) - today + kDays)], q.i64(1), q.i64(2),
            q.i64(3));
      }
    }
    Rows q = db.account_errors.rows(a->no);
    while (q.next()) {
      stats.by_class.push_back({static_cast<domain::FailureClass>(q.i64(0)), q.str(1), q.i64(2),
                                from_ms(q.i64(3)), from_ms(q.i64(4)), LeadId{q.i64(5)},
                                CampaignId{q.i64(6)}});
    }
    return stats;
  });
}

Result<Page<ActivityEntry>> SqliteReader::account_log(AccountId id, const Paging& p) {
  return read<Page<ActivityEntry>>(
      [&](ReaderSql& db, ReaderMemo& memo) -> Result<Page<ActivityEntry>> {
        memo.refresh(db);
        const KnownAccount* a = memo.account_by_id(db, id);
        if (a == nullptr || a->deleted) return fail(ErrorKind::not_found, "No such account");
        return list_of<ActivityEntry>(
            db, p, &ReaderSql::account_log, &ReaderSql::account_log_count, a->no,
            [](ReaderSql&, const Rows& q) { return read_activity(q); },
            [](const Rows& q) { return q.i64(0); });
      });
}

Result<Page<StatusChange>> SqliteReader::status_history(AccountId id, Instant since, Instant until,
                                                        const Paging& p) {
  return read<Page<StatusChange>>([&](ReaderSql& db,
                                      ReaderMemo& memo) -> Result<Page<StatusChange>> {
    memo.refresh(db);
    const KnownAccount* a = memo.account_by_id(db, id);
    if (a == nullptr || a->deleted) return fail(ErrorKind::not_found, "No such account");
    Page<StatusChange> page;
    page.total = db.status_history_count.value(0, a->no, since, until);
    // The cursor is a place: entries come at the other end, and are few.
    page.rank_start = list_cursor(p.cursor).value_or(std::max<std::int64_t>(0, p.offset));
    Rows q =
        db.status_history.rows(a->no, since, until, std::clamp(p.limit, 1, 500), page.rank_start);
    while (q.next()) {
      page.items.push_back(
          {q.i64(0), q.at(1), q.str(3), q.str(4), q.str(5), q.maybe_at(6), q.str(2)});
    }
    const std::int64_t next = page.rank_start + std::ssize(page.items);
    if (!page.items.empty() && next < page.total) page.next_cursor = std::to_string(next);
    return page;
  });
}

Result<Page<CollectionRow>> SqliteReader::collections(const Paging& p) {
  return read<Page<CollectionRow>>([&](ReaderSql& db, ReaderMemo&) -> Result<Page<CollectionRow>> {
    return list<CollectionRow>(db, p, &ReaderSql::collection_list,
                               &ReaderSql::collection_list_count, read_collection,
                               [](const Rows& q) { return q.i64(0); });
  });
}

Result<CollectionRow> SqliteReader::collection(CollectionId id) {
  return read<CollectionRow>([&](ReaderSql& db, ReaderMemo&) -> Result<CollectionRow> {
    Rows q = db.collection_by_id.rows(id.value);
    if (!q.next()) return fail(ErrorKind::not_found, "No such collection");
    return read_collection(db, q);
  });
}

Result<Page<domain::Person>> SqliteReader::people(CollectionId id, const Paging& p) {
  return read<Page<domain::Person>>(
      [&](ReaderSql& db, ReaderMemo& memo) -> Result<Page<domain::Person>> {
        memo.refresh(db);
        Page<domain::Person> page;
        std::int64_t no = 0;
        {
          Rows q = db.collection_by_id.rows(id.value);
          if (!q.next()) return fail(ErrorKind::not_found, "No such collection");
          no = q.i64(0);
          page.total = q.i64(3);
        }
        const std::int64_t first = no << 32, end = (no + 1) << 32;
        const auto add = [&](const Rows& q) {
          domain::Person person = read_person(q, 0);
          person.collection = id;
          person.timezone = memo.zone_name(db, q.i64(6));
          page.items.push_back(std::move(person));
        };
        const std::int64_t cursor = list_cursor(p.cursor).value_or(first);
        if (p.search.empty()) {
          // Rows of a collection are numbered without gaps: an offset is a key.
          const std::int64_t after =
              p.cursor.empty() ? first + std::max<std::int64_t>(0, p.offset) : cursor;
          page.rank_start = after - first;
          Rows q = db.people.rows(after, end, p.limit);
          while (q.next()) add(q);
          if (!page.items.empty() && page.items.back().id.value - first < page.total) {
            page.next_cursor = std::to_string(page.items.back().id.value);
          }
          return page;
        }
        // By name prefix, in the order of names; bounded like the search of leads.
        constexpr int kNamesMax = 20'000;
        int looked_at = 0;
        page.total = 0;
        page.rank_start = std::max<std::int64_t>(0, p.cursor.empty() ? p.offset : cursor);
        const std::string until = p.search + "\xf4\x8f\xbf\xbf";
        Rows names = db.names_from.rows(p.search, until);
        while (names.next()) {
          if (++looked_at > kNamesMax) {
            page.total_exact = false;
            break;
          }
          if ((names.i64(0) >> 32) != no) continue;
          if (page.total++ < page.rank_start || std::ssize(page.items) >= p.limit) continue;
          Rows q = db.person.rows(names.i64(0));
          if (q.next()) add(q);
        }
        const std::int64_t next = page.rank_start + std::ssize(page.items);
        if (!page.items.empty() && next < page.total) page.next_cursor = std::to_string(next);
        return page;
      });
}

}  // namespace headway::store::sqlite
