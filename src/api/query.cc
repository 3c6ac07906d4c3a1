#include "api/query.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace headway::api {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

constexpr std::int64_t kOffsetMax = 1'000'000'000;

}  // namespace

std::optional<std::string> decode_query_part(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
      if (low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

std::string encode_query_part(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const char low = ascii_lower(c);
    if ((low >= 'a' && low <= 'z') || is_ascii_digit(c) || c == '-' || c == '_' || c == '.') {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

Query::Query(std::string_view query) {
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    auto name = decode_query_part(part.substr(0, equals));
    auto value = decode_query_part(equals == part.npos ? "" : part.substr(equals + 1));
    if (!name || !value) {
      errors_.push_back({"query", "Is not percent-encoded UTF-8"});
    } else if (value_of(*name) != nullptr) {
      errors_.push_back({*name, "Is given twice"});
    } else {
      values_.emplace_back(std::move(*name), std::move(*value));
    }
  }
}

const std::string* Query::value_of(std::string_view name) const {
  for (const auto& [key, value] : values_) {
    if (key == name) return &value;
  }
  return nullptr;
}

void Query::error(std::string_view name, std::string message) {
  errors_.push_back({std::string(name), std::move(message)});
}

std::optional<std::string> Query::text(std::string_view name, bool required) {
  known_.push_back(name);
  const std::string* value = value_of(name);
  if (value == nullptr) {
    if (required) error(name, "Required");
    return std::nullopt;
  }
  return *value;
}

std::optional<std::int64_t> Query::integer(std::string_view name, std::int64_t min,
                                           std::int64_t max) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  std::int64_t n = 0;
  const auto [end, problem] = std::from_chars(value->data(), value->data() + value->size(), n);
  if (problem == std::errc{} && end == value->data() + value->size() && n >= min && n <= max) {
    return n;
  }
  error(name, "Must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<Instant> Query::time(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  // A '+' of an offset that was not encoded has become a blank.
  std::string repaired = *value;
  std::replace(repaired.begin(), repaired.end(), ' ', '+');
  if (const auto t = parse_rfc3339(repaired)) return t;
  error(name, "Must be a time like 2026-11-23T09:00:00Z");
  return std::nullopt;
}

std::optional<bool> Query::boolean(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  if (*value == "true" || *value == "1") return true;
  if (*value == "false" || *value == "0") return false;
  error(name, "Must be true or false");
  return std::nullopt;
}

store::Paging Query::paging(bool with_search) {
  store::Paging p;
  p.limit = static_cast<int>(integer("limit", 1, 500).value_or(p.limit));
  p.offset = integer("offset", 0, kOffsetMax).value_or(0);
  p.cursor = text("cursor").value_or("");
  if (with_search) p.search = text("search").value_or("");
  return p;
}

Result<void> Query::finish() {
  for (const auto& [name, value] : values_) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      error(name, "Unknown parameter");
    }
  }
  if (errors_.empty()) return {};
  return invalid(std::move(errors_));
}

}  // namespace headway::api
