#pragma once
// Reads a JSON body against what a call takes. Every error is collected with the name of its field,
// and a field that nobody asked for is refused by its name.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"

namespace headway::api {

inline constexpr int kJsonDepthMax = 32;

// ErrorKind::invalid when it is no JSON, nested deeper than kJsonDepthMax, or not UTF-8.
Result<boost::json::value> parse_json(std::string_view text);
// As parse_json, and an object. An empty text is an empty object.
Result<boost::json::object> parse_object(std::string_view text);

// One object of a body. Readers of nested objects share the list of errors of the outermost one.
class Fields {
 public:
  // Both outlive the reader. `prefix`: "" or the path of this object with a dot at its end.
  Fields(const boost::json::object& object, std::vector<FieldError>& errors,
         std::string prefix = "");

  bool has(std::string_view name) const { return object_.contains(name); }
  // nullopt when absent or of a wrong type (then an error is noted). `null` is a wrong type.
  std::optional<std::string> text(std::string_view name, bool required = false);
  std::optional<std::int64_t> integer(std::string_view name, bool required = false);
  std::optional<double> number(std::string_view name, bool required = false);
  std::optional<bool> boolean(std::string_view name, bool required = false);
  std::optional<Instant> time(std::string_view name);
  const boost::json::object* object(std::string_view name, bool required = false);
  const boost::json::array* array(std::string_view name, bool required = false);
  template <class IdType>
  std::optional<IdType> id(std::string_view name, bool required = false) {
    const auto value = raw_id(name, required);
    return value ? std::optional<IdType>(IdType{*value}) : std::nullopt;
  }
  template <class IdType>
  std::optional<std::vector<IdType>> ids(std::string_view name, bool required = false) {
    const auto values = raw_ids(name, required);
    if (!values) return std::nullopt;
    std::vector<IdType> out;
    out.reserve(values->size());
    for (const std::int64_t v : *values) out.push_back(IdType{v});
    return out;
  }
  // Absent: outer nullopt. null: inner nullopt.
  std::optional<std::optional<std::int64_t>> integer_or_null(std::string_view name);
  bool is_null(std::string_view name);  // marks it as known

  void error(std::string_view name, std::string message);
  std::string path(std::string_view name) const { return prefix_ + std::string(name); }
  std::vector<FieldError>& errors() { return errors_; }
  // Marks a field as known without reading it.
  const boost::json::value* take(std::string_view name);
  // Notes an error for every field that was not asked for.
  void refuse_the_rest();

 private:
  const boost::json::value* find(std::string_view name, bool required);
  std::optional<std::int64_t> raw_id(std::string_view name, bool required);
  std::optional<std::vector<std::int64_t>> raw_ids(std::string_view name, bool required);

  const boost::json::object& object_;
  std::vector<FieldError>& errors_;
  std::string prefix_;
  std::vector<std::string_view> known_;
};

// A body that is read with one Fields: Body b(text); ... if (auto bad = b.finish()) return *bad;
class Body {
 public:
  Body(Body&&) = delete;
  explicit Body(boost::json::object object)
      : object_(std::move(object)), fields_(object_, errors_) {}

  Fields& fields() { return fields_; }
  Fields* operator->() { return &fields_; }
  // Refuses what was not asked for; the errors so far, if any.
  Result<void> finish();

 private:
  boost::json::object object_;
  std::vector<FieldError> errors_;
  Fields fields_;
};

}  // namespace headway::api
