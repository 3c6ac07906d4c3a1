#include "api/json_reader.h"

#include <algorithm>
#include <cmath>

#include <boost/json/parse.hpp>

#include "base/text.h"

namespace headway::api {

namespace json = boost::json;

Result<json::value> parse_json(std::string_view text) {
  if (!is_utf8(text)) return fail(ErrorKind::invalid, "The body is not UTF-8");
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::system::error_code problem;
  json::value value = json::parse({text.data(), text.size()}, problem, {}, options);
  if (problem == json::error::too_deep) {
    return fail(ErrorKind::invalid, "The JSON is nested deeper than 32 levels");
  }
  if (problem) return fail(ErrorKind::invalid, "The body is not JSON: " + problem.message());
  return value;
}

Result<json::object> parse_object(std::string_view text) {
  if (trim(text).empty()) return json::object{};
  auto value = parse_json(text);
  if (!value) return tl::unexpected(value.error());
  if (!value->is_object()) return fail(ErrorKind::invalid, "The body must be a JSON object");
  return std::move(value->as_object());
}

Fields::Fields(const json::object& object, std::vector<FieldError>& errors, std::string prefix)
    : object_(object), errors_(errors), prefix_(std::move(prefix)) {}

void Fields::error(std::string_view name, std::string message) {
  errors_.push_back({path(name), std::move(message)});
}

const json::value* Fields::take(std::string_view name) {
  known_.push_back(name);
  return object_.if_contains(name);
}

const json::value* Fields::find(std::string_view name, bool required) {
  const json::value* value = take(name);
  if (value == nullptr && required) error(name, "Required");
  return value;
}

bool Fields::is_null(std::string_view name) {
  const json::value* value = take(name);
  return value != nullptr && value->is_null();
}

std::optional<std::string> Fields::text(std::string_view name, bool required) {
  const json::value* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  if (const json::string* s = value->if_string()) return std::string(s->data(), s->size());
  error(name, "Must be a text");
  return std::nullopt;
}

namespace {

std::optional<std::int64_t> whole(const json::value& value) {
  if (const auto* i = value.if_int64()) return *i;
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> Fields::integer(std::string_view name, bool required) {
  const json::value* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  const auto n = whole(*value);
  if (!n) error(name, "Must be a whole number");
  return n;
}

std::optional<std::optional<std::int64_t>> Fields::integer_or_null(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_null()) return std::optional<std::int64_t>{};
  const auto n = whole(*value);
  if (!n) {
    error(name, "Must be a whole number, or null");
    return std::nullopt;
  }
  return n;
}

std::optional<double> Fields::number(std::string_view name, bool required) {
  const json::value* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->to_number<double>();
  error(name, "Must be a number");
  return std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view name, bool required) {
  const json::value* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  if (const bool* b = value->if_bool()) return *b;
  error(name, "Must be true or false");
  return std::nullopt;
}

std::optional<Instant> Fields::time(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (const json::string* s = value->if_string()) {
    if (const auto t = parse_rfc3339({s->data(), s->size()})) return t;
  }
  error(name, "Must be a time like 2026-11-23T09:00:00Z");
  return std::nullopt;
}

const json::object* Fields::object(std::string_view name, bool required) {
  const json::value* value = find(name, required);
  if (value == nullptr) return nullptr;
  if (const json::object* o = value->if_object()) return o;
  error(name, "Must be an object");
  return nullptr;
}

const json::array* Fields::array(std::string_view name, bool required) {
  const json::value* value = find(name, required);
  if (value == nullptr) return nullptr;
  if (const json::array* a = value->if_array()) return a;
  error(name, "Must be a list");
  return nullptr;
}

std::optional<std::int64_t> Fields::raw_id(std::string_view name, bool required) {
  const json::value* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  if (const json::string* s = value->if_string()) {
    if (const auto id = parse_id({s->data(), s->size()})) return id;
  }
  error(name, "Must be an id: a text of digits");
  return std::nullopt;
}

std::optional<std::vector<std::int64_t>> Fields::raw_ids(std::string_view name, bool required) {
  const json::array* values = array(name, required);
  if (values == nullptr) return std::nullopt;
  std::vector<std::int64_t> out;
  out.reserve(values->size());
  for (std::size_t i = 0; i < values->size(); ++i) {
    const json::string* s = (*values)[i].if_string();
    const auto id = s != nullptr ? parse_id({s->data(), s->size()}) : std::nullopt;
    if (!id) {
      error(std::string(name) + "." + std::to_string(i), "Must be an id: a text of digits");
      return std::nullopt;
    }
    if (std::find(out.begin(), out.end(), *id) == out.end()) out.push_back(*id);
  }
  return out;
}

void Fields::refuse_the_rest() {
  for (const auto& item : object_) {
    const std::string_view name(item.key().data(), item.key().size());
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      error(name, "Unknown field");
    }
  }
}

Result<void> Body::finish() {
  fields_.refuse_the_rest();
  if (errors_.empty()) return {};
  return invalid(std::move(errors_));
}

}  // namespace headway::api
