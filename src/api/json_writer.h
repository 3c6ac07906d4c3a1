#pragma once
// Writes JSON by appending to one string: no tree, no allocation but the string's own growth.
// Commas are the writer's business; that begin and end match is the caller's.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/strong_id.h"
#include "base/time.h"

namespace headway::api {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  // `name` needs no escaping: it is one of ours. Use key_text() for names from outside.
  JsonWriter& key(std::string_view name);
  JsonWriter& key_text(std::string_view name);

  JsonWriter& text(std::string_view value);  // UTF-8
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(double value);  // shortest form that reads back the same; null when not finite
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);      // one complete value
  JsonWriter& time(Instant value);             // RFC 3339 UTC
  JsonWriter& hundredths(std::int64_t value);  // 1234 -> 12.34, 1200 -> 12
  template <class Tag>
  JsonWriter& id(Id<Tag> value) {  // a decimal string; null when none
    return value ? quoted(value.value) : null();
  }

  // key and value at once
  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& field(std::string_view name, const char* value) { return key(name).text(value); }
  JsonWriter& field(std::string_view name, const std::string& value) {
    return key(name).text(value);
  }
  JsonWriter& field(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonWriter& field(std::string_view name, int value) {
    return key(name).number(std::int64_t{value});
  }
  JsonWriter& field(std::string_view name, std::same_as<bool> auto value) {
    return key(name).boolean(value);
  }
  JsonWriter& field(std::string_view name, double value) { return key(name).number(value); }
  JsonWriter& field(std::string_view name, Instant value) { return key(name).time(value); }
  template <class Tag>
  JsonWriter& field(std::string_view name, Id<Tag> value) {
    return key(name).id(value);
  }
  template <class T>
  JsonWriter& field(std::string_view name, const std::optional<T>& value) {
    return value ? field(name, *value) : key(name).null();
  }
  JsonWriter& text_or_null(std::string_view name, std::string_view value) {
    return value.empty() ? key(name).null() : key(name).text(value);
  }

 private:
  void separate() {
    if (!out_.empty() && comma_) out_.push_back(',');
    comma_ = true;
  }
  JsonWriter& open(char c) {
    separate();
    out_.push_back(c);
    comma_ = false;
    return *this;
  }
  JsonWriter& close(char c) {
    out_.push_back(c);
    comma_ = true;
    return *this;
  }
  JsonWriter& quoted(std::int64_t value);

  std::string& out_;
  bool comma_ = false;
};

}  // namespace headway::api
