#include "store/sqlite/imports_batch.h"

#include <algorithm>
#include <array>
#include <map>

#include <boost/json.hpp>

namespace headway::store::sqlite {
namespace {

namespace json = boost::json;

bool has_value(const json::value& v) {
  if (const json::string* s = v.if_string()) return !s->empty();
  return !v.is_null();
}

}  // namespace

ImportBatch::ImportBatch(const std::vector<domain::Person>& people, const Addresses& addresses)
    : people_(people) {
  keys_.reserve(people.size() * 2);
  field_begin_.reserve(people.size() + 1);
  for (std::uint32_t row = 0; row < people.size(); ++row) {
    for (const Address& a : Addresses::of(people[row])) {
      BatchKey key;
      key.digest = addresses.digest(a.kind, a.value);
      key.h = short_digest(key.digest);
      key.row = row;
      keys_.push_back(key);
    }
    field_begin_.push_back(static_cast<std::uint32_t>(field_ids_.size()));
    note_fields(people[row]);
  }
  field_begin_.push_back(static_cast<std::uint32_t>(field_ids_.size()));
  std::sort(keys_.begin(), keys_.end(), [](const BatchKey& a, const BatchKey& b) {
    if (a.h != b.h) return a.h < b.h;
    if (a.digest != b.digest) return a.digest < b.digest;
    return a.row < b.row;
  });
}

std::uint32_t ImportBatch::field(std::string_view name) {
  // People of one file have the same few fields, in the same order: the search is short.
  for (std::uint32_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i] == name) return i;
  }
  fields_.emplace_back(name);
  return static_cast<std::uint32_t>(fields_.size() - 1);
}

void ImportBatch::note_fields(const domain::Person& p) {
  const std::array<std::pair<std::string_view, const std::string*>, 7> own = {{
      {"name", &p.name},
      {"email", &p.email},
      {"phone", &p.phone},
      {"messenger_id", &p.messenger_id},
      {"external_id", &p.external_id},
      {"timezone", &p.timezone},
      {"consent", &p.consent},
  }};
  for (const auto& [name, value] : own) {
    if (!value->empty()) field_ids_.push_back(field(name));
  }
  if (p.attributes.size() <= 2) return;  // "{}" or nothing
  std::array<unsigned char, 4096> stack;
  json::monotonic_resource memory(stack.data(), stack.size());
  boost::system::error_code error;
  const json::value attributes = json::parse(p.attributes, error, &memory);
  if (error || !attributes.is_object()) return;
  std::string name = "attributes.";
  for (const auto& [key, value] : attributes.get_object()) {
    if (!has_value(value)) continue;
    name.resize(11);
    name.append(key.data(), key.size());
    field_ids_.push_back(field(name));
  }
}

void ImportBatch::drop_duplicates(std::vector<bool>& taken) const {
  // Groups of keys that are one address, only where several rows have it.
  std::map<std::uint32_t, std::vector<std::uint32_t>> groups_of;  // row -> groups, rows ascending
  std::vector<bool> kept;  // by group: one of its rows is kept
  for (std::size_t i = 0; i < keys_.size();) {
    std::size_t end = i + 1;
    while (end < keys_.size() && keys_[end].digest == keys_[i].digest) ++end;
    if (keys_[i].row != keys_[end - 1].row) {
      for (std::size_t k = i; k < end; ++k) {
        groups_of[keys_[k].row].push_back(static_cast<std::uint32_t>(kept.size()));
      }
      kept.push_back(false);
    }
    i = end;
  }
  for (const auto& [row, groups] : groups_of) {
    if (taken[row]) continue;
    const bool again =
        std::any_of(groups.begin(), groups.end(), [&](std::uint32_t g) { return kept[g]; });
    if (again) {
      taken[row] = true;
    } else {
      for (const std::uint32_t g : groups) kept[g] = true;
    }
  }
}

std::vector<std::pair<std::string, std::int64_t>> ImportBatch::field_counts(
    const std::vector<bool>& taken) const {
  std::vector<std::pair<std::string, std::int64_t>> counts;
  for (const std::string& name : fields_) counts.emplace_back(name, 0);
  for (std::size_t row = 0; row + 1 < field_begin_.size(); ++row) {
    if (taken[row]) continue;
    for (std::uint32_t i = field_begin_[row]; i < field_begin_[row + 1]; ++i)
      ++counts[field_ids_[i]].second;
  }
  std::erase_if(counts, [](const auto& c) { return c.second == 0; });
  return counts;
}

}  // namespace headway::store::sqlite
