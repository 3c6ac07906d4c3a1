// Leads by what no facet tells: that they replied, booked or opted out, how they ended, what they got.

#include <algorithm>

#include "store/sqlite/reader_leads.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {
namespace {

// Leads looked at one by one for a page, or for an exact total.
constexpr int kLookedAtMax = 2'000;
// Index entries skipped to reach a rank exactly.
constexpr std::int64_t kSkipMax = 50'000;

}  // namespace

void LeadPages::resolve_facts(const LeadFilter& f, Question& q) {
  using domain::Counter;
  const int delivered_step = f.delivered_step.value_or(0);
  LeadPredicate& p = q.predicate;
  p.nothing = p.nothing || (f.delivered_step && delivered_step < 1);
  p.contacted = f.contacted || delivered_step == 1;
  Facts& facts = q.facts;
  if (delivered_step > 1) facts.delivered = delivered_step;
  facts.ended_by = f.ended_by;
  if (f.replied) facts.flags |= kLeadReplied;
  if (f.booked) facts.flags |= kLeadBooked;
  if (f.opted_out) facts.flags |= kLeadOptedOut;
  if (facts.flags != 0) facts.delivered = std::max(facts.delivered, 1);

  const bool anything_else = f.status || f.account || f.failure || f.variant || f.step ||
                             f.collection || !f.any_wait || f.ended_by || p.nothing;
  if (anything_else) return;
  // Whoever replied, booked or opted out was contacted: asking for that too changes nothing.
  if (facts.flags == 0 && delivered_step > 1) {
    q.counter = Counter::delivered;
    q.counter_step = delivered_step;
  } else if (delivered_step <= 1) {
    if (facts.flags == kLeadReplied) q.counter = Counter::responded;
    if (facts.flags == kLeadBooked) q.counter = Counter::booked;
    if (facts.flags == kLeadOptedOut) q.counter = Counter::opted_out;
  }
}

bool LeadPages::has_facts(const Facts& facts, LeadId id) {
  if (!facts.any()) return true;
  Rows row = db_.lead_facts.rows(id.value);
  return row.next() && (row.i32(0) & facts.flags) == facts.flags &&
         (!facts.ended_by || row.i32(1) == static_cast<int>(*facts.ended_by)) &&
         row.i32(2) >= facts.delivered;
}

std::int64_t LeadPages::counted(const Question& q) {
  return db_.counter_total.value(0, campaign_.no, static_cast<std::int64_t>(*q.counter),
                                 std::int64_t{q.counter_step});
}

// The rarest fact asked for.
Statement& LeadPages::fact_leads(const Facts& facts) {
  if ((facts.flags & kLeadBooked) != 0) return db_.booked_leads;
  return (facts.flags & kLeadOptedOut) != 0 ? db_.opted_out_leads : db_.replied_leads;
}

Page<LeadRow> LeadPages::by_fact(const Question& q, const LeadPaging& p, std::string_view cursor) {
  Page<LeadRow> page;
  Statement& candidates = fact_leads(q.facts);
  std::vector<std::int64_t> numbers;
  const bool by_cursor = cursor.starts_with("n:") && read_numbers(cursor.substr(2), numbers, 1);
  const std::int64_t after = by_cursor ? numbers[0] : 0;

  // Few enough to look at all of them: exact, whatever else is asked for.
  std::vector<LeadId> all;
  bool complete = true;
  {
    int looked_at = 0;
    Rows rows = candidates.rows(first_lead(campaign_.no), last_lead(campaign_.no), std::int64_t{0});
    while (complete && rows.next()) {
      const LeadId id{rows.i64(0)};
      if (lead_matches(q, id)) all.push_back(id);
      complete = ++looked_at < kLookedAtMax;
    }
  }
  if (complete) {
    page.total = std::ssize(all);
    page.rank_start = std::clamp<std::int64_t>(p.at.value_or(0), 0, page.total);
    if (by_cursor) {
      const auto at = std::find_if(all.begin(), all.end(),
                                   [after](LeadId id) { return lead_number(id) > after; });
      page.rank_start = at - all.begin();
    }
    const auto end = std::min<std::int64_t>(page.total, page.rank_start + p.limit);
    const std::vector<LeadId> ids(all.begin() + page.rank_start, all.begin() + end);
    if (end < page.total) page.next_cursor = "n:" + std::to_string(lead_number(ids.back()));
    fill(page, ids);
    return page;
  }

  if (q.counter) {
    page.total = counted(q);
  } else {
    page.total = LeadBlocks(db_, campaign_.no, q.predicate).total();
    page.total_exact = false;
  }
  std::int64_t first = after + 1, skip = 0;
  if (!by_cursor && p.at && *p.at > 0) {
    page.rank_start = std::min(*p.at, page.total);
    skip = page.rank_start;
    if (skip > kSkipMax) {
      // Too deep to count: as if they lay evenly among the leads.
      const std::int64_t leads = LeadBlocks(db_, campaign_.no, LeadPredicate()).total();
      first = 1 + static_cast<std::int64_t>(static_cast<double>(leads) *
                                            static_cast<double>(page.rank_start) /
                                            static_cast<double>(page.total));
      skip = 0;
      page.total_exact = false;
    }
  }
  std::vector<LeadId> ids;
  std::int64_t last = 0;
  int looked_at = 0;
  Rows rows = candidates.rows(lead_id(campaign_.no, first), last_lead(campaign_.no), skip);
  while (rows.next()) {
    const LeadId id{rows.i64(0)};
    if (std::ssize(ids) == p.limit || looked_at++ >= kLookedAtMax) {
      page.next_cursor = "n:" + std::to_string(last);
      break;
    }
    last = lead_number(id);
    if (lead_matches(q, id)) ids.push_back(id);
  }
  fill(page, ids);
  return page;
}

}  // namespace headway::store::sqlite
