#pragma once
// Sums by key, collected during a transaction and read back once in key order. Adding is a few
// nanoseconds when the same keys come again, whatever their number: a small direct-mapped table finds the
// entry added last for a key, and what it misses is folded by the sort.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace headway::store::sqlite {

// Key: ordered, equality-comparable, with `std::uint64_t hash() const`.
template <class Key>
class Tally {
 public:
  void add(const Key& key, std::int64_t n) {
    std::uint32_t& slot = slots_[key.hash() % kSlots];
    if (slot < entries_.size() && entries_[slot].first == key) {
      entries_[slot].second += n;
      return;
    }
    slot = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back(key, n);
  }
  bool empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }

  // Sorted, one entry a key, those that came to 0 left out. Valid until the next add or clear.
  const std::vector<std::pair<Key, std::int64_t>>& sums() {
    std::sort(entries_.begin(), entries_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::size_t out = 0;
    for (std::size_t i = 0; i < entries_.size();) {
      std::pair<Key, std::int64_t> sum = entries_[i];
      for (++i; i < entries_.size() && entries_[i].first == sum.first; ++i) {
        sum.second += entries_[i].second;
      }
      if (sum.second != 0) entries_[out++] = sum;
    }
    entries_.resize(out);
    return entries_;
  }

 private:
  static constexpr std::size_t kSlots = 512;
  std::vector<std::pair<Key, std::int64_t>> entries_;
  std::array<std::uint32_t, kSlots> slots_{};
};

}  // namespace headway::store::sqlite
