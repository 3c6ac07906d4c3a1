#pragma once
// The query of a request. A parameter that a call does not take is refused by its name, so that a
// misspelt filter never passes for no filter.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "store/reader.h"

namespace headway::api {

class Query {
 public:
  explicit Query(std::string_view query);

  bool has(std::string_view name) const { return value_of(name) != nullptr; }
  std::optional<std::string> text(std::string_view name, bool required = false);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<Instant> time(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  template <class IdType>
  std::optional<IdType> id(std::string_view name) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    if (const auto parsed = parse_id(*value)) return IdType{*parsed};
    error(name, "Must be an id: digits");
    return std::nullopt;
  }
  // limit 1..500, offset, cursor and, when taken, search.
  store::Paging paging(bool with_search);

  void error(std::string_view name, std::string message);
  Result<void> finish();

 private:
  const std::string* value_of(std::string_view name) const;

  std::vector<std::pair<std::string, std::string>> values_;
  std::vector<std::string_view> known_;
  std::vector<FieldError> errors_;
};

// Percent-decoding with '+' as a blank. nullopt when a '%' is not followed by two hex digits or the
// result is not UTF-8.
std::optional<std::string> decode_query_part(std::string_view text);
std::string encode_query_part(std::string_view text);

}  // namespace headway::api
