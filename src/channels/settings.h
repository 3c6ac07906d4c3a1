#pragma once
// Reads an account's settings and collects every error at once, each under "settings.<field>".
// A field that is not there gives its default; a field that nobody asked for is refused by name.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace headway::channels {

struct NumberRange {
  double min = 0;
  double max = 0;
};

class SettingsReader {
 public:
  // `settings` must outlive the reader. `prefix` precedes the field names of errors.
  explicit SettingsReader(const boost::json::object& settings, std::string prefix = "settings.");

  std::int64_t integer(std::string_view field, std::int64_t fallback, std::int64_t min,
                       std::int64_t max);
  double number(std::string_view field, double fallback, double min, double max);
  double probability(std::string_view field);  // 0 when absent
  bool boolean(std::string_view field, bool fallback);
  // A number (both ends alike) or {"min","max"} with min <= max.
  NumberRange range(std::string_view field, NumberRange fallback, double min, double max);
  // nullptr when absent (an error when `required`) or not a text.
  const boost::json::string* text(std::string_view field, bool required);
  const boost::json::object* object(std::string_view field);

  void error(std::string_view field, std::string message);
  // Refuses what was not asked for. The reader is spent afterwards.
  Result<void> finish();

 private:
  const boost::json::value* find(std::string_view field);

  const boost::json::object& settings_;
  std::string prefix_;
  std::vector<std::string_view> known_;
  std::vector<FieldError> errors_;
};

// Cuts to at most `bytes` bytes at a character's edge. Bytes that are not UTF-8 become U+FFFD,
// control characters blanks: what a provider says is stored and shown.
std::string clean_text(std::string_view text, std::size_t bytes);

inline constexpr std::size_t kCodeBytesMax = 200;
inline constexpr std::size_t kTextBytesMax = 1000;
inline constexpr std::size_t kProviderIdBytesMax = 200;

}  // namespace headway::channels
