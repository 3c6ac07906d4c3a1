#include "channels/settings.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <boost/json/value.hpp>

namespace headway::channels {

namespace {

std::string shown(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::string between(double min, double max) {
  return "Must be a number from " + shown(min) + " to " + shown(max);
}

std::optional<double> as_number(const boost::json::value& value) {
  if (!value.is_number()) return std::nullopt;
  double number = value.to_number<double>();
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

// Length of the UTF-8 character at the start of `text`, 0 when it is none (RFC 3629).
std::size_t character_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(0);
  std::size_t length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2
                     : first >= 0xe0 && first < 0xf0                    ? 3
                     : first >= 0xf0 && first < 0xf5                    ? 4
                                                                        : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (first == 0xe0 && byte(1) < 0xa0) return 0;   // overlong
  if (first == 0xed && byte(1) >= 0xa0) return 0;  // surrogates
  if (first == 0xf0 && byte(1) < 0x90) return 0;   // overlong
  if (first == 0xf4 && byte(1) >= 0x90) return 0;  // above U+10FFFF
  return length;
}

}  // namespace

SettingsReader::SettingsReader(const boost::json::object& settings, std::string prefix)
    : settings_(settings), prefix_(std::move(prefix)) {}

const boost::json::value* SettingsReader::find(std::string_view field) {
  known_.push_back(field);
  return settings_.if_contains(field);
}

void SettingsReader::error(std::string_view field, std::string message) {
  errors_.push_back({prefix_ + std::string(field), std::move(message)});
}

std::int64_t SettingsReader::integer(std::string_view field, std::int64_t fallback,
                                     std::int64_t min, std::int64_t max) {
  const boost::json::value* value = find(field);
  if (!value) return fallback;
  std::optional<std::int64_t> number;
  if (value->is_int64()) number = value->get_int64();
  if (!number || *number < min || *number > max) {
    error(field,
          "Must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return fallback;
  }
  return *number;
}

double SettingsReader::number(std::string_view field, double fallback, double min, double max) {
  const boost::json::value* value = find(field);
  if (!value) return fallback;
  std::optional<double> number = as_number(*value);
  if (!number || *number < min || *number > max) {
    error(field, between(min, max));
    return fallback;
  }
  return *number;
}

double SettingsReader::probability(std::string_view field) { return number(field, 0, 0, 1); }

bool SettingsReader::boolean(std::string_view field, bool fallback) {
  const boost::json::value* value = find(field);
  if (!value) return fallback;
  if (!value->is_bool()) {
    error(field, "Must be true or false");
    return fallback;
  }
  return value->get_bool();
}

NumberRange SettingsReader::range(std::string_view field, NumberRange fallback, double min,
                                  double max) {
  const boost::json::value* value = find(field);
  if (!value) return fallback;
  if (const boost::json::object* ends = value->if_object()) {
    SettingsReader reader(*ends, prefix_ + std::string(field) + ".");
    NumberRange range;
    range.min = reader.number("min", fallback.min, min, max);
    range.max = reader.number("max", std::max(fallback.max, range.min), min, max);
    if (reader.errors_.empty() && range.min > range.max) {
      reader.error("max", "Must not be below min");
    }
    if (Result<void> done = reader.finish(); !done) {
      for (FieldError& e : done.error().fields) errors_.push_back(std::move(e));
      return fallback;
    }
    return range;
  }
  std::optional<double> number = as_number(*value);
  if (!number || *number < min || *number > max) {
    error(field, between(min, max) + ", or {\"min\",\"max\"}");
    return fallback;
  }
  return {*number, *number};
}

const boost::json::string* SettingsReader::text(std::string_view field, bool required) {
  const boost::json::value* value = find(field);
  if (!value) {
    if (required) error(field, "Required");
    return nullptr;
  }
  if (!value->is_string()) error(field, "Must be a text");
  return value->if_string();
}

const boost::json::object* SettingsReader::object(std::string_view field) {
  const boost::json::value* value = find(field);
  if (!value) return nullptr;
  if (!value->is_object()) error(field, "Must be an object");
  return value->if_object();
}

Result<void> SettingsReader::finish() {
  for (const auto& [key, value] : settings_) {
    std::string_view name{key};
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      error(clean_text(name, kCodeBytesMax), "Unknown setting");
    }
  }
  if (errors_.empty()) return {};
  return invalid(std::move(errors_));
}

std::string clean_text(std::string_view text, std::size_t bytes) {
  std::string clean;
  while (!text.empty()) {
    std::size_t length = character_length(text);
    std::size_t taken = std::max<std::size_t>(length, 1);
    if (clean.size() + taken > bytes) break;
    unsigned char first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      clean += '?';
    } else if (first < 0x20 || first == 0x7f) {
      clean += ' ';
    } else {
      clean += text.substr(0, length);
    }
    text.remove_prefix(taken);
  }
  return clean;
}

}  // namespace headway::channels
