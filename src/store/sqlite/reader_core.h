#pragma once
// How every question is put: a snapshot of a pooled connection, its memo, and lists by key.

#include <algorithm>
#include <charconv>
#include <limits>

#include "store/sqlite/reader_impl.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {

inline std::optional<std::int64_t> list_cursor(std::string_view cursor) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), n);
  if (cursor.empty() || error != std::errc{} || end != cursor.data() + cursor.size())
    return std::nullopt;
  return n;
}

template <class T, class F>
Result<T> SqliteReader::read(F f) {
  ReadLease lease = pool_.lease();
  ReaderTable& mine = lease.sql<ReaderTable>();
  Result<T> answer = f(mine.sql, mine.memo);
  if (!lease.db().ok()) return tl::unexpected(*lease.db().error());
  return answer;
}

template <class T, class F>
Result<T> SqliteReader::read_campaign(CampaignId id, F f) {
  return read<T>([&](ReaderSql& db, ReaderMemo& memo) -> Result<T> {
    memo.refresh(db);
    CampaignMemo* m = memo.plan(db, id);
    if (m == nullptr) return fail(ErrorKind::not_found, "No such campaign");
    return f(db, memo, *m);
  });
}

// A LIKE pattern for a prefix, escaped with '!'.
std::string prefix_pattern(std::string_view prefix);

// Newest first by an integer key. The statement takes (scope, key below, pattern, limit, offset),
// the count (scope, pattern); a list without a scope or pattern ignores them.
template <class T, class Sql, class Read, class Key>
Page<T> list_of(Sql& db, const Paging& p, Statement Sql::*rows, Statement Sql::*count,
                std::int64_t scope, Read read, Key key) {
  Page<T> page;
  const std::string pattern = prefix_pattern(p.search);
  const int limit = std::clamp(p.limit, 1, 500);
  const auto cursor = list_cursor(p.cursor);
  { page.total = (db.*count).value(0, scope, pattern); }
  const std::int64_t offset = cursor ? 0 : std::max<std::int64_t>(0, p.offset);
  page.rank_start = offset;
  std::int64_t last = 0;
  Rows q = (db.*rows).rows(scope, cursor.value_or(std::numeric_limits<std::int64_t>::max()),
                           pattern, limit + 1, offset);
  while (q.next()) {
    if (std::ssize(page.items) == limit) {
      page.next_cursor = std::to_string(last);
      break;
    }
    last = key(q);
    page.items.push_back(read(db, q));
  }
  return page;
}

template <class T, class Sql, class Read, class Key>
Page<T> list(Sql& db, const Paging& p, Statement Sql::*rows, Statement Sql::*count, Read read,
             Key key) {
  return list_of<T>(db, p, rows, count, 0, read, key);
}

}  // namespace headway::store::sqlite
