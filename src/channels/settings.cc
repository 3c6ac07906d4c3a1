#include "channels/settings.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <boost/json/value.hpp>

#include "base/text.h"

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
  // A character is at most 4 bytes: what is cut here lies behind what is kept.
  std::string clean = to_valid_utf8(text.substr(0, bytes + 4));
  clean.resize(truncate_utf8(clean, bytes).size());
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return clean;
}

}  // namespace headway::channels
