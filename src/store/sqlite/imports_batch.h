#pragma once
// A batch of people made ready for the writer: digests of their addresses in key order, duplicates
// inside the batch found, fields counted. Pure; done on the caller's thread.

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "domain/person.h"
#include "store/sqlite/addresses.h"

namespace headway::store::sqlite {

struct BatchKey {
  std::int64_t h = 0;  // short digest
  KeyedDigest digest{};
  std::uint32_t row = 0;  // index of the person
};

class ImportBatch {
 public:
  ImportBatch(const std::vector<domain::Person>& people, const Addresses& addresses);

  const std::vector<domain::Person>& people() const { return people_; }
  // By (h, digest, row).
  const std::vector<BatchKey>& keys() const { return keys_; }

  // Rows that share an address with an earlier row that is itself kept. `taken[row]`: known to be
  // in the collection already; set for what is found.
  void drop_duplicates(std::vector<bool>& taken) const;

  // Fields with a value, over the rows not `taken`.
  std::vector<std::pair<std::string, std::int64_t>> field_counts(
      const std::vector<bool>& taken) const;

 private:
  void note_fields(const domain::Person& person);
  std::uint32_t field(std::string_view name);

  const std::vector<domain::Person>& people_;
  std::vector<BatchKey> keys_;
  std::vector<std::string> fields_;
  std::vector<std::uint32_t> field_ids_;    // of all rows, one after the other
  std::vector<std::uint32_t> field_begin_;  // by row, and the end
};

// Remembers the keys of a collection approximately: "no" is certain. Fixed size, whatever the
// number of keys; keys asked in order touch memory in order.
class KeyFilter {
 public:
  KeyFilter() : words_(kWords) {}
  bool may_contain(std::int64_t h) const {
    const Place p = place(h);
    return (words_[p.word] & p.bits) == p.bits;
  }
  void add(std::int64_t h) {
    const Place p = place(h);
    words_[p.word] |= p.bits;
  }

 private:
  static constexpr std::size_t kWords = std::size_t{1} << 21;  // 16 MiB
  struct Place {
    std::size_t word;
    std::uint64_t bits;
  };
  // 63 bits: the highest 21 choose the word, the lowest 24 four bits in it.
  static Place place(std::int64_t h) {
    const auto u = static_cast<std::uint64_t>(h);
    std::uint64_t bits = 0;
    for (int i = 0; i < 4; ++i) bits |= std::uint64_t{1} << (u >> (6 * i) & 63);
    return {static_cast<std::size_t>(u >> 42), bits};
  }
  std::vector<std::uint64_t> words_;
};

}  // namespace headway::store::sqlite
