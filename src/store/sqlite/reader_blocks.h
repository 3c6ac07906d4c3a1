#pragma once
// Counting and finding leads by facet through lead_block (docs/adr/0004): how many match, how many
// match before a lead number, which is the k-th. Cost: the campaign's facets, its level-2 blocks,
// the 128 level-1 blocks of one of them and at most 1,024 leads, whatever the number of leads. A
// filter that few facets match reads only their range of each block.

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "store/sqlite/reader_filter.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {

struct ScannedLead {
  std::int64_t number = 0;
  std::int64_t queue = 0, due = 0;  // 0 when final
};

// The leads of a range of numbers whose facet matches, in order.
class LeadScan {
 public:
  LeadScan(ReaderSql& db, std::int64_t campaign_no, const LeadPredicate& predicate);
  // first .. last, both included. False when `visit` stopped it.
  bool each(std::int64_t first, std::int64_t last,
            const std::function<bool(const ScannedLead&)>& visit);

 private:
  ReaderSql& db_;
  std::int64_t campaign_;
  const LeadPredicate& predicate_;
  Statement ReaderSql::*sql_ = nullptr;
  std::optional<std::int64_t> value_;
};

// Valid within one snapshot.
class LeadBlocks {
 public:
  LeadBlocks(ReaderSql& db, std::int64_t campaign_no, const LeadPredicate& predicate);

  std::int64_t total() const { return total_; }
  // Matches with a number below `number`.
  std::int64_t before(std::int64_t number);
  // The number of the match with this rank (0-based); nullopt when there are fewer.
  std::optional<std::int64_t> find(std::int64_t rank);
  // The matches of first .. last in order, without reading blocks that have none. False when
  // stopped.
  bool walk(std::int64_t first, std::int64_t last,
            const std::function<bool(const ScannedLead&)>& visit);

 private:
  using Counts = std::vector<std::int64_t>;  // matches by block, from the first block asked for
  Counts load(int level, std::int64_t from, std::int64_t to);
  void load_rows(int level, std::int64_t from, std::int64_t to, Counts& counts);
  void load_ranges(int level, std::int64_t from, std::int64_t to, Counts& counts);
  const Counts& level2();
  const Counts& level1(std::int64_t block2);

  ReaderSql& db_;
  std::int64_t campaign_;
  const LeadPredicate& predicate_;
  LeadScan scan_;
  std::int64_t total_ = 0;
  std::int64_t leads_ = 0;                  // of the campaign: numbers 1 .. leads_
  std::int64_t lowest_ = 0, highest_ = -1;  // facets that match lie in here
  bool narrow_ = false;  // few other facets do: read only that range of each block
  std::optional<Counts> level2_;
  std::int64_t level1_of_ = -1;
  Counts level1_;
};

}  // namespace headway::store::sqlite
