#pragma once
// Pages of leads. Orders and their cursors:
//
//  * by number, "n:<number>": any filter that facets answer. Totals and ranks are exact.
//  * by queue, "q:<queue>:<due>:<id>:<rank>": reasons that depend on the time or the zone, asked
//    alone; soonest first. The total is exact; a rank that lies more than kSkipMax leads deep in one
//    quarter of an hour is estimated (total_exact false).
//  * by number, but found by what people did (replied, booked, opted out), "n:<number>". The total is
//    exact when nothing else is asked for (a counter says it) or few leads come into question; else it
//    is an upper bound. A rank more than kSkipMax leads deep is estimated.
//  * by name, "s:<contact>:<rank>:<name>": search. Bounded work; total_exact false when it did not
//    suffice.
//
// A reason that depends on the time or zone together with other filters goes by number and asks
// each lead; its total is then an upper bound (total_exact false), and a page may end early with a
// cursor to go on.

#include <string_view>
#include <vector>

#include "store/reader.h"
#include "store/sqlite/lead_row.h"
#include "store/sqlite/reader_blocks.h"
#include "store/sqlite/reader_memo.h"

namespace headway::store::sqlite {

// Numbers first .. last of leads, both included.
struct NumberRange {
  std::int64_t first = 0, last = 0;
};

class LeadPages {
 public:
  LeadPages(ReaderSql& db, ReaderMemo& memo, CampaignMemo& campaign)
      : db_(db), memo_(memo), campaign_(campaign) {}

  Page<LeadRow> page(const LeadFilter& f, const LeadPaging& p);
  // Person, names and times of one lead; nullopt when it does not exist.
  std::optional<LeadRow> row(LeadId id);
  LeadRow complete(const LeadImage& stored);

 private:
  struct Facts {    // that no facet tells
    int flags = 0;  // all of these
    std::optional<domain::EndedBy> ended_by;
    int delivered = 0;  // at least so many steps
    bool any() const { return flags != 0 || ended_by || delivered > 0; }
  };
  struct Question {
    LeadPredicate predicate;
    Facts facts;
    // With facts: the counter that counts exactly these leads, of one step unless 0.
    std::optional<domain::Counter> counter;
    int counter_step = 0;
    bool ranged = false;                     // only the ranges below
    std::vector<NumberRange> ranges;         // ascending
    std::optional<std::int64_t> collection;  // ranges unknown: ask each lead's contact
    bool exact() const { return !predicate.needs_row() && !collection && !facts.any(); }
  };
  Question resolve(const LeadFilter& f);
  bool collection_ranges(std::int64_t collection, std::vector<NumberRange>& out);
  std::optional<NumberRange> ends_of(std::int64_t collection);

  Page<LeadRow> by_number(const Question& q, const LeadPaging& p, std::string_view cursor);
  Page<LeadRow> by_queue(const Question& q, const LeadPaging& p, std::string_view cursor);
  // reader_facts.cc
  static void resolve_facts(const LeadFilter& f, Question& q);
  bool has_facts(const Facts& facts, LeadId id);
  std::int64_t counted(const Question& q);
  Statement& fact_leads(const Facts& facts);
  Page<LeadRow> by_fact(const Question& q, const LeadPaging& p, std::string_view cursor);
  Page<LeadRow> by_search(const LeadFilter& f, const Question& q, const LeadPaging& p,
                          std::string_view cursor);
  bool belongs(const Question& q, const ScannedLead& l);
  bool lead_matches(const Question& q, LeadId id);
  std::vector<LeadId> by_address(const std::string& text);
  void fill(Page<LeadRow>& page, const std::vector<LeadId>& ids);

  ReaderSql& db_;
  ReaderMemo& memo_;
  CampaignMemo& campaign_;
};

// "a:b:c" into numbers; false when it is not `count` of them.
bool read_numbers(std::string_view text, std::vector<std::int64_t>& out, std::size_t count);

}  // namespace headway::store::sqlite
