#include "store/sqlite/reader_leads.h"

#include <algorithm>
#include <charconv>

#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {
namespace {

// Leads asked one by one for one page when facets cannot answer; then the page ends early.
constexpr int kAskedMax = 3'000;
// Index entries skipped to reach a rank exactly.
constexpr std::int64_t kSkipMax = 200'000;

}  // namespace

bool read_numbers(std::string_view text, std::vector<std::int64_t>& out, std::size_t count) {
  out.clear();
  while (out.size() < count) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), n);
    if (error != std::errc{} || end != part.data() + part.size()) return false;
    out.push_back(n);
    if (colon == std::string_view::npos) return out.size() == count;
    text.remove_prefix(colon + 1);
  }
  return false;
}

LeadPages::Question LeadPages::resolve(const LeadFilter& f) {
  Question q;
  LeadPredicate& p = q.predicate;
  p.status = f.status;
  p.failure = f.failure;
  p.step = f.step;
  if (f.variant) p.variant = f.variant->value;
  if (f.account) {
    const KnownAccount* a = memo_.account_by_id(db_, *f.account);
    if (a == nullptr)
      p.nothing = true;
    else
      p.account = a->no;
  }
  if (!f.any_wait) {
    std::vector<AskedPlace> places;
    for (const LeadFilter::Place& asked : f.places) {
      AskedPlace place{asked.wait, std::nullopt, asked.zone, asked.past_due};
      if (asked.account) {
        const KnownAccount* a =
            asked.account->value == 0 ? nullptr : memo_.account_by_id(db_, *asked.account);
        if (a == nullptr && asked.account->value != 0) continue;
        place.account = a == nullptr ? 0 : a->no;
      }
      places.push_back(place);
    }
    p.restrict(places, campaign_.buckets, to_ms(f.now));
  }
  if (f.collection) {
    const auto known =
        std::find_if(campaign_.collections.begin(), campaign_.collections.end(),
                     [&](const KnownCollection& c) { return c.id == *f.collection; });
    if (known == campaign_.collections.end()) {
      p.nothing = true;
    } else {
      q.ranged = collection_ranges(known->no, q.ranges);
      if (!q.ranged) q.collection = known->no;
    }
  }
  resolve_facts(f, q);
  p.compile();
  return q;
}

// The first and last lead of a collection. A campaign enrols each collection in the order of its
// contacts, so both are at the ends of the contacts' range.
std::optional<NumberRange> LeadPages::ends_of(std::int64_t collection) {
  NumberRange r;
  for (Statement ReaderSql::*const statement :
       {&ReaderSql::first_lead_of_contacts, &ReaderSql::last_lead_of_contacts}) {
    Rows q = (db_.*statement)
                 .rows(collection << 32, (collection + 1) << 32, first_lead(campaign_.no),
                       last_lead(campaign_.no));
    if (!q.next()) return std::nullopt;
    (statement == &ReaderSql::first_lead_of_contacts ? r.first : r.last) =
        lead_number(LeadId{q.i64(0)});
  }
  return r;
}

// The numbers of a collection's leads: one range when nothing was enrolled in between, else what
// the ranges of the other collections leave. False when that cannot be told (checked against the
// count).
bool LeadPages::collection_ranges(std::int64_t collection, std::vector<NumberRange>& out) {
  const auto enrolled = [&](std::int64_t no) {
    Rows q = db_.enrolled_of_collection.rows(campaign_.no, no);
    return q.next() ? q.i64(0) : 0;
  };
  const std::int64_t wanted = enrolled(collection);
  if (wanted == 0) return true;
  const auto ends = ends_of(collection);
  if (!ends) return false;
  std::vector<NumberRange> others;
  if (ends->last - ends->first + 1 != wanted) {
    for (const KnownCollection& c : campaign_.collections) {
      const std::int64_t n = c.no == collection ? 0 : enrolled(c.no);
      if (n == 0) continue;
      const auto r = ends_of(c.no);
      if (r && r->last - r->first + 1 == n) others.push_back(*r);
    }
    std::sort(others.begin(), others.end(),
              [](const NumberRange& a, const NumberRange& b) { return a.first < b.first; });
  }
  std::int64_t next = ends->first, found = 0;
  const auto add = [&](std::int64_t first, std::int64_t last) {
    if (first > last) return;
    out.push_back({first, last});
    found += last - first + 1;
  };
  for (const NumberRange& r : others) {
    if (r.last < ends->first || r.first > ends->last) continue;
    add(next, r.first - 1);
    next = r.last + 1;
  }
  add(next, ends->last);
  if (found == wanted) return true;
  out.clear();
  return false;
}

bool LeadPages::belongs(const Question& q, const ScannedLead& l) {
  if (q.predicate.needs_row() && !q.predicate.fits(l.queue, l.due)) return false;
  if (q.facts.any() && !has_facts(q.facts, lead_id(campaign_.no, l.number))) return false;
  if (!q.collection) return true;
  Rows contact = db_.lead_contact.rows(lead_id(campaign_.no, l.number).value);
  return contact.next() && (contact.i64(0) >> 32) == *q.collection;
}

Page<LeadRow> LeadPages::page(const LeadFilter& f, const LeadPaging& p) {
  const Question q = resolve(f);
  const std::string_view cursor = p.cursor;
  if (!f.search.empty()) return by_search(f, q, p, cursor);
  if (cursor.starts_with("q:")) return by_queue(q, p, cursor);
  if (q.facts.flags != 0) return by_fact(q, p, cursor);
  if (cursor.empty() && q.predicate.needs_row() && !q.predicate.has_fixed() && !f.collection &&
      !q.facts.any()) {
    return by_queue(q, p, cursor);
  }
  return by_number(q, p, cursor);
}

Page<LeadRow> LeadPages::by_number(const Question& q, const LeadPaging& p,
                                   std::string_view cursor) {
  Page<LeadRow> page;
  LeadBlocks blocks(db_, campaign_.no, q.predicate);
  std::vector<NumberRange> ranges = q.ranges;
  if (!q.ranged) ranges = {{1, 0xffffffff}};
  // Matches before each range, and before its end.
  struct Part {
    NumberRange range;
    std::int64_t before = 0, count = 0;
  };
  std::vector<Part> parts;
  for (const NumberRange& r : ranges) {
    Part part{r, 0, 0};
    if (q.ranged) {
      part.before = blocks.before(r.first);
      part.count = blocks.before(r.last + 1) - part.before;
    } else {
      part.count = blocks.total();
    }
    page.total += part.count;
    parts.push_back(part);
  }
  page.total_exact = q.exact();

  std::int64_t start = 1;
  std::vector<std::int64_t> numbers;
  if (cursor.starts_with("n:") && read_numbers(cursor.substr(2), numbers, 1)) {
    start = numbers[0] + 1;
    for (const Part& part : parts) {
      if (start > part.range.last)
        page.rank_start += part.count;
      else if (start > part.range.first)
        page.rank_start += blocks.before(start) - part.before;
    }
  } else if (p.at && *p.at > 0) {
    page.rank_start = std::min(*p.at, page.total);
    std::int64_t rank = page.rank_start;
    start = -1;
    for (const Part& part : parts) {
      if (rank < part.count) {
        start = blocks.find(part.before + rank).value_or(-1);
        break;
      }
      rank -= part.count;
    }
    if (start < 0) return page;  // after the last one
  }

  std::vector<LeadId> ids;
  int asked = 0;
  std::int64_t last = 0;
  bool more = false;
  for (const Part& part : parts) {
    if (more || start > part.range.last || part.count == 0) continue;
    more =
        !blocks.walk(std::max(start, part.range.first), part.range.last, [&](const ScannedLead& l) {
          if (std::ssize(ids) == p.limit || (!q.exact() && ++asked > kAskedMax)) return false;
          last = l.number;
          if (q.exact() || belongs(q, l)) ids.push_back(lead_id(campaign_.no, l.number));
          return true;
        });
  }
  if (more) page.next_cursor = "n:" + std::to_string(last);
  if (q.counter && page.rank_start == 0) {
    page.total = counted(q);
    page.total_exact = true;
  }
  fill(page, ids);
  return page;
}

Page<LeadRow> LeadPages::by_queue(const Question& q, const LeadPaging& p, std::string_view cursor) {
  Page<LeadRow> page;
  const std::vector<QueueSegment>& segments = q.predicate.segments();
  for (const QueueSegment& s : segments) page.total += s.n;
  std::size_t at = 0;
  std::int64_t after_due = std::numeric_limits<std::int64_t>::min(), after_id = -1, skip = 0;
  std::vector<std::int64_t> n;
  if (cursor.starts_with("q:") && read_numbers(cursor.substr(2), n, 4)) {
    while (at < segments.size() && segments[at].queue < n[0]) ++at;
    if (at < segments.size() && segments[at].queue == n[0]) after_due = n[1], after_id = n[2];
    page.rank_start = n[3];
  } else if (p.at && *p.at > 0) {
    page.rank_start = std::min(*p.at, page.total);
    skip = page.rank_start;
    while (at < segments.size() && skip >= segments[at].n) skip -= segments[at++].n;
    if (at == segments.size()) return page;
    // Whole quarters of an hour are skipped by their counts.
    for (const QueueBucket& b : campaign_.buckets) {
      if (b.queue != segments[at].queue || b.bucket == 0) continue;
      const QueueSegment& s = segments[at];
      const bool past = s.after == std::numeric_limits<std::int64_t>::min();
      const bool future = s.until == std::numeric_limits<std::int64_t>::max();
      const std::int64_t inside = (past ? b.past : 0) + (future ? b.n - b.past : 0);
      if (skip < inside) break;
      skip -= inside;
      after_due = std::max(after_due, (b.bucket + 1) * kBucketMs - 1);
      after_id = std::numeric_limits<std::int64_t>::max();
    }
    if (skip > kSkipMax) {
      skip = kSkipMax;
      page.total_exact = false;
    }
  }
  std::vector<LeadId> ids;
  std::int64_t queue = 0, due = 0, id = 0;
  const int wanted = p.limit + 1;
  const auto take = [&](Statement ReaderSql::*statement, const QueueSegment& s, std::int64_t a,
                        std::int64_t b) {
    Rows rows = (db_.*statement).rows(s.queue, a, b, wanted - std::ssize(ids), skip);
    while (rows.next()) {
      if (std::ssize(ids) < p.limit) queue = s.queue, id = rows.i64(0), due = rows.i64(1);
      ids.push_back(LeadId{rows.i64(0)});
    }
    skip = 0;
  };
  for (; at < segments.size() && std::ssize(ids) < wanted; ++at) {
    const QueueSegment& s = segments[at];
    if (after_id >= 0 && after_id != std::numeric_limits<std::int64_t>::max() &&
        after_due > s.after) {
      take(&ReaderSql::queue_same_due, s, after_due, after_id);
    }
    if (std::ssize(ids) < wanted)
      take(&ReaderSql::queue_later, s, std::max(s.after, after_due), s.until);
    after_due = std::numeric_limits<std::int64_t>::min();
    after_id = -1;
  }
  if (std::ssize(ids) > p.limit) {
    ids.pop_back();
    page.next_cursor = "q:" + std::to_string(queue) + ":" + std::to_string(due) + ":" +
                       std::to_string(id) + ":" + std::to_string(page.rank_start + p.limit);
  }
  fill(page, ids);
  return page;
}

}  // namespace headway::store::sqlite
