#include "store/sqlite/reader_filter.h"

#include <algorithm>

namespace headway::store::sqlite {
namespace {

std::int64_t pair_of(domain::Wait wait, std::int64_t account) {
  return (static_cast<std::int64_t>(wait) << 20) | account;
}

bool fits_place(const AskedPlace& p, std::int64_t queue) {
  return p.wait == queue_wait(queue) && (!p.account || *p.account == queue_account(queue)) &&
         (!p.zone || *p.zone == queue_zone(queue));
}

// Which part of a queue the places ask for.
struct Coverage {
  bool past = false, future = false;
};
Coverage coverage(const std::vector<AskedPlace>& places, std::int64_t queue) {
  Coverage c;
  for (const AskedPlace& p : places) {
    if (!fits_place(p, queue)) continue;
    if (!p.past_due || *p.past_due) c.past = true;
    if (!p.past_due || !*p.past_due) c.future = true;
  }
  return c;
}

}  // namespace

void LeadPredicate::compile() {
  constexpr std::int64_t kStatusMax = 0x3, kFailureMax = 0xf, kStepMax = 0x1f,
                         kVariantMax = 0x1fffffff;
  Facet mask, value;
  if (status) {
    mask.status = static_cast<domain::Status>(kStatusMax);
    value.status = *status;
  }
  if (failure) {
    mask.failure = static_cast<domain::FailureClass>(kFailureMax);
    value.failure = *failure;
  }
  if (step) {
    mask.step = kStepMax;
    value.step = *step;
    nothing = nothing || *step < 0 || *step > kStepMax;
  }
  if (account) {
    mask.account = 0xfffff;
    value.account = *account;
  }
  if (variant) {
    mask.variant = kVariantMax;
    value.variant = *variant;
    nothing = nothing || *variant < 0 || *variant > kVariantMax;
  }
  if (nothing) return;
  mask_ = pack_facet(mask);
  value_ = pack_facet(value);
}

void LeadPredicate::restrict(const std::vector<AskedPlace>& places,
                             const std::vector<QueueBucket>& buckets, std::int64_t now_ms) {
  by_place_ = true;
  struct Sum {
    std::int64_t pair = 0, inside = 0, outside = 0;
  };
  std::vector<Sum> sums;
  for (std::size_t i = 0; i < buckets.size();) {
    const std::int64_t queue = buckets[i].queue;
    std::int64_t past = 0, future = 0;
    for (; i < buckets.size() && buckets[i].queue == queue; ++i) {
      past += buckets[i].past;
      future += buckets[i].n - buckets[i].past;
    }
    const Coverage c = coverage(places, queue);
    if (c.past && c.future) {
      segments_.push_back({.queue = queue, .n = past + future});
    } else if (c.past) {
      segments_.push_back({.queue = queue, .until = now_ms, .n = past});
    } else if (c.future) {
      segments_.push_back({.queue = queue, .after = now_ms, .n = future});
    }
    sums.push_back({pair_of(queue_wait(queue), queue_account(queue)),
                    (c.past ? past : 0) + (c.future ? future : 0),
                    (c.past ? 0 : past) + (c.future ? 0 : future)});
  }
  std::erase_if(segments_, [](const QueueSegment& s) { return s.n == 0; });
  std::sort(sums.begin(), sums.end(), [](const Sum& a, const Sum& b) { return a.pair < b.pair; });
  for (std::size_t i = 0; i < sums.size();) {
    Sum total{sums[i].pair, 0, 0};
    for (; i < sums.size() && sums[i].pair == total.pair; ++i) {
      total.inside += sums[i].inside;
      total.outside += sums[i].outside;
    }
    if (total.inside == 0) continue;
    pairs_.push_back(total.pair);
    if (total.outside > 0) timed_.push_back(total.pair);
  }
}

bool LeadPredicate::in_places(std::int64_t facet) const {
  const Facet f = unpack_facet(facet);
  return std::binary_search(pairs_.begin(), pairs_.end(), pair_of(f.wait, f.account));
}

// Steps are delivered in order: a lead that failed at a later one got the first.
bool LeadPredicate::was_contacted(std::int64_t facet) {
  const Facet f = unpack_facet(facet);
  return f.status == domain::Status::partial || f.status == domain::Status::sent ||
         (f.status == domain::Status::failed && f.step >= 2);
}

bool LeadPredicate::fits(std::int64_t queue, std::int64_t due) const {
  if (!by_place_ || timed_.empty()) return true;
  const std::int64_t pair = pair_of(queue_wait(queue), queue_account(queue));
  if (!std::binary_search(timed_.begin(), timed_.end(), pair)) return true;
  const auto at =
      std::lower_bound(segments_.begin(), segments_.end(), queue,
                       [](const QueueSegment& s, std::int64_t q) { return s.queue < q; });
  return at != segments_.end() && at->queue == queue && due > at->after && due <= at->until;
}

}  // namespace headway::store::sqlite
