#include "store/sqlite/reader_blocks.h"

#include <algorithm>
#include <numeric>

#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {
namespace {

// Level-1 blocks in one level-2 block.
constexpr std::int64_t kFan = std::int64_t{1} << (kBlockShift2 - kBlockShift1);

std::int64_t block1(std::int64_t number) { return block_of(number, 1); }
std::int64_t block2(std::int64_t number) { return block_of(number, 2); }
std::int64_t first_of(std::int64_t block) { return block << kBlockShift1; }  // of level 1

}  // namespace

LeadScan::LeadScan(ReaderSql& db, std::int64_t campaign_no, const LeadPredicate& predicate)
    : db_(db), campaign_(campaign_no), predicate_(predicate) {
  // Rare first: a failure class, a variant, an account, a step, a status.
  if (predicate.failure && *predicate.failure != domain::FailureClass::none) {
    sql_ = &ReaderSql::scan_failure, value_ = static_cast<std::int64_t>(*predicate.failure);
  } else if (predicate.variant) {
    sql_ = &ReaderSql::scan_variant, value_ = *predicate.variant;
  } else if (predicate.account) {
    sql_ = &ReaderSql::scan_account, value_ = *predicate.account;
  } else if (predicate.step) {
    sql_ = &ReaderSql::scan_step, value_ = *predicate.step;
  } else if (predicate.status) {
    sql_ = &ReaderSql::scan_status, value_ = static_cast<std::int64_t>(*predicate.status);
  } else if (predicate.by_place()) {
    sql_ = &ReaderSql::scan_open;
  } else {
    sql_ = &ReaderSql::scan_all;
  }
}

bool LeadScan::each(std::int64_t first, std::int64_t last,
                    const std::function<bool(const ScannedLead&)>& visit) {
  Rows q = (db_.*sql_).rows(lead_id(campaign_, first), lead_id(campaign_, last), value_);
  while (q.next()) {
    ScannedLead l;
    l.number = lead_number(LeadId{q.i64(0)});
    l.queue = q.null(2) ? 0 : q.i64(2);
    l.due = q.null(3) ? 0 : q.i64(3);
    Facet f;
    f.status = static_cast<domain::Status>(q.i64(1));
    if (l.queue != 0) f.wait = queue_wait(l.queue);
    f.failure = static_cast<domain::FailureClass>(q.i64(4));
    f.step = q.i32(5);
    f.account = q.i64(6);
    f.variant = q.i64(7);
    if (!predicate_.matches(pack_facet(f))) continue;
    if (!visit(l)) return false;
  }
  return true;
}

LeadBlocks::LeadBlocks(ReaderSql& db, std::int64_t campaign_no, const LeadPredicate& predicate)
    : db_(db), campaign_(campaign_no), predicate_(predicate), scan_(db, campaign_no, predicate) {
  std::vector<std::int64_t> facets;
  {
    Rows q = db_.blocks.rows(campaign_, 3, 0, 1);
    while (q.next()) {
      const std::int64_t facet = q.i64(1);
      facets.push_back(facet);
      leads_ += q.i64(2);
      if (!predicate_.matches(facet)) continue;
      if (total_ == 0) lowest_ = facet;
      highest_ = facet;
      total_ += q.i64(2);
    }
  }
  const auto inside = std::upper_bound(facets.begin(), facets.end(), highest_) -
                      std::lower_bound(facets.begin(), facets.end(), lowest_);
  narrow_ = total_ > 0 && inside * 4 <= std::ssize(facets);
}

LeadBlocks::Counts LeadBlocks::load(int level, std::int64_t from, std::int64_t to) {
  const std::int64_t end = std::min(to, block_of(leads_, level) + 1);
  Counts counts(static_cast<std::size_t>(std::max<std::int64_t>(0, end - from)));
  if (total_ == 0 || counts.empty()) return counts;
  if (narrow_) {
    load_ranges(level, from, end, counts);
  } else if (!predicate_.by_mask()) {
    load_rows(level, from, end, counts);
  } else {
    Rows q =
        db_.blocks_masked.rows(campaign_, level, from, end, predicate_.mask(), predicate_.value());
    while (q.next()) counts[static_cast<std::size_t>(q.i64(0) - from)] = q.i64(1);
  }
  return counts;
}

void LeadBlocks::load_rows(int level, std::int64_t from, std::int64_t to, Counts& counts) {
  Rows q = db_.blocks.rows(campaign_, level, from, to);
  while (q.next()) {
    if (predicate_.matches(q.i64(1))) counts[static_cast<std::size_t>(q.i64(0) - from)] += q.i64(2);
  }
}

void LeadBlocks::load_ranges(int level, std::int64_t from, std::int64_t to, Counts& counts) {
  for (std::int64_t block = from; block < to; ++block) {
    Rows q = db_.block_range.rows(campaign_, level, block, lowest_, highest_);
    while (q.next()) {
      if (predicate_.matches(q.i64(0))) counts[static_cast<std::size_t>(block - from)] += q.i64(1);
    }
  }
}

const LeadBlocks::Counts& LeadBlocks::level2() {
  if (!level2_) level2_ = load(2, 0, block_of(leads_, 2) + 1);
  return *level2_;
}

const LeadBlocks::Counts& LeadBlocks::level1(std::int64_t block) {
  if (level1_of_ != block) {
    level1_ = load(1, block * kFan, (block + 1) * kFan);
    level1_of_ = block;
  }
  return level1_;
}

std::int64_t LeadBlocks::before(std::int64_t number) {
  if (predicate_.everything()) return std::clamp<std::int64_t>(number - 1, 0, leads_);
  const std::int64_t b2 = block2(number), b1 = block1(number);
  const auto sum = [](const Counts& c, std::int64_t n) {
    const auto end = std::min<std::int64_t>(n, std::ssize(c));
    return std::accumulate(c.begin(), c.begin() + end, std::int64_t{0});
  };
  std::int64_t n = sum(level2(), b2) + sum(level1(b2), b1 - b2 * kFan);
  const std::int64_t start = first_of(b1);
  if (number > start) {
    scan_.each(start, number - 1, [&n](const ScannedLead&) { return ++n, true; });
  }
  return n;
}

std::optional<std::int64_t> LeadBlocks::find(std::int64_t rank) {
  if (rank >= total_) return std::nullopt;
  if (predicate_.everything()) return rank + 1;
  // Leaves in `rank` what remains inside the block returned.
  const auto descend = [&rank](const Counts& c) -> std::int64_t {
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (rank < c[i]) return static_cast<std::int64_t>(i);
      rank -= c[i];
    }
    return -1;
  };
  const std::int64_t b2 = descend(level2());
  if (b2 < 0) return std::nullopt;
  const std::int64_t b1 = descend(level1(b2));
  if (b1 < 0) return std::nullopt;
  const std::int64_t block = b2 * kFan + b1;
  std::optional<std::int64_t> found;
  scan_.each(first_of(block), first_of(block + 1) - 1, [&](const ScannedLead& l) {
    if (rank-- > 0) return true;
    found = l.number;
    return false;
  });
  return found;
}

bool LeadBlocks::walk(std::int64_t first, std::int64_t last,
                      const std::function<bool(const ScannedLead&)>& visit) {
  last = std::min(last, leads_);
  if (predicate_.everything()) return scan_.each(first, last, visit);
  std::int64_t b1 = block1(first);
  const std::int64_t end = block1(last);
  while (b1 <= end) {
    const std::int64_t b2 = b1 / kFan;
    const Counts& one = level1(b2);
    const std::int64_t stop =
        std::min(end + 1, std::min((b2 + 1) * kFan, b2 * kFan + std::ssize(one)));
    while (b1 < stop && one[static_cast<std::size_t>(b1 - b2 * kFan)] == 0) ++b1;
    if (b1 < stop) {
      const std::int64_t from = std::max(first, first_of(b1));
      const std::int64_t to = std::min(last, first_of(b1 + 1) - 1);
      if (!scan_.each(from, to, visit)) return false;
      ++b1;
      continue;
    }
    // Nothing more in this level-2 block: on to the next one with matches.
    const Counts& two = level2();
    std::int64_t next = b2 + 1;
    while (next < std::ssize(two) && two[static_cast<std::size_t>(next)] == 0) ++next;
    if (next >= std::ssize(two)) return true;
    b1 = next * kFan;
  }
  return true;
}

}  // namespace headway::store::sqlite
