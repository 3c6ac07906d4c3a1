#include "api/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace headway::api {

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  out_.push_back('"');
  out_.append(name);
  out_.append("\":");
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::key_text(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_string(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  separate();
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  std::array<char, 40> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_.append(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_.append("null");
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

JsonWriter& JsonWriter::time(Instant value) {
  separate();
  out_.push_back('"');
  out_.append(format_rfc3339(value));
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::hundredths(std::int64_t value) {
  number(value / 100);
  const std::int64_t rest = value % 100;
  if (rest == 0) return *this;
  out_.push_back('.');
  out_.push_back(static_cast<char>('0' + rest / 10));
  if (rest % 10 != 0) out_.push_back(static_cast<char>('0' + rest % 10));
  return *this;
}

JsonWriter& JsonWriter::quoted(std::int64_t value) {
  separate();
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.push_back('"');
  out_.append(digits.data(), end);
  out_.push_back('"');
  return *this;
}

}  // namespace headway::api
