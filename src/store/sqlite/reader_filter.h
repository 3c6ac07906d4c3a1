#pragma once
// A filter over leads as a predicate on facets (lead_block) and, for what facets do not know (zone,
// due time), on the places where leads wait. Pure.

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "domain/lead.h"
#include "store/sqlite/keys.h"

namespace headway::store::sqlite {

// A place asked for, with numbers as stored (account no).
struct AskedPlace {
  domain::Wait wait{};
  std::optional<std::int64_t> account;
  std::optional<int> zone;
  std::optional<bool> past_due;
};

// One row of queue_count, split at an instant.
struct QueueBucket {
  std::int64_t queue = 0;
  std::int64_t bucket = 0;
  std::int64_t n = 0;
  std::int64_t past = 0;  // of n: due at or before the instant
};

// Leads of one queue with due in (after, until].
struct QueueSegment {
  std::int64_t queue = 0;
  std::int64_t after = std::numeric_limits<std::int64_t>::min();
  std::int64_t until = std::numeric_limits<std::int64_t>::max();
  std::int64_t n = 0;
};

class LeadPredicate {
 public:
  std::optional<domain::Status> status;
  std::optional<domain::FailureClass> failure;
  std::optional<int> step;
  std::optional<std::int64_t> account, variant;
  bool contacted = false;  // at least one delivery
  bool nothing = false;    // names something that does not exist

  // Call after the last change of the fields above.
  void compile();
  // Restricts to the places. `buckets` are all of the campaign's, in (queue, bucket) order. Where
  // the places hold either all or none of the leads that wait with one account, the facets alone
  // answer.
  void restrict(const std::vector<AskedPlace>& places, const std::vector<QueueBucket>& buckets,
                std::int64_t now_ms);

  bool everything() const { return !nothing && mask_ == 0 && !by_place_ && !contacted; }
  bool has_fixed() const { return mask_ != 0 || contacted; }  // anything besides places
  // Whether the mask alone decides.
  bool by_mask() const { return !by_place_ && !contacted; }
  std::int64_t mask() const { return mask_; }
  std::int64_t value() const { return value_; }
  bool by_place() const { return by_place_; }
  // Whether some lead whose facet matches may still be outside: then fits() must be asked as well.
  bool needs_row() const { return !timed_.empty(); }
  // With has_fixed() false: exactly the leads asked for, in queue order.
  const std::vector<QueueSegment>& segments() const { return segments_; }

  bool matches(std::int64_t facet) const {
    return (facet & mask_) == value_ && !nothing && (!contacted || was_contacted(facet)) &&
           (!by_place_ || in_places(facet));
  }
  // The part of the question that facets cannot answer, for a lead whose facet matches.
  bool fits(std::int64_t queue, std::int64_t due) const;

 private:
  bool in_places(std::int64_t facet) const;
  static bool was_contacted(std::int64_t facet);

  std::int64_t mask_ = 0, value_ = 0;
  bool by_place_ = false;
  std::vector<std::int64_t> pairs_;  // wait and account, sorted
  std::vector<std::int64_t> timed_;  // those of pairs_ that need the row
  std::vector<QueueSegment> segments_;
};

}  // namespace headway::store::sqlite
