#include "domain/template.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/text.h"
#include "domain/campaign.h"

namespace headway::domain {
namespace {

constexpr std::array<std::string_view, 7> kPersonFields{
    "name", "first_name", "last_name", "email", "phone", "external_id", "messenger_id"};
constexpr std::string_view kAttributes = "attributes.";

// "line 2, column 5" of an offset.
std::string position(std::string_view source, std::size_t offset) {
  const std::string_view before = source.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = start == std::string_view::npos ? offset : offset - start - 1;
  return "line " + std::to_string(lines + 1) + ", column " + std::to_string(column + 1);
}

tl::unexpected<Error> broken(std::string_view source, std::size_t offset, std::string message) {
  return fail(ErrorKind::invalid, std::move(message) + " at " + position(source, offset));
}

// Letters of any script (bytes above 127), digits, and _ - . inside.
bool is_name(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '_' ||
           c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  });
}

std::string_view person_field(const Person& p, std::string_view field) {
  if (field == "name") return p.name;
  if (field == "first_name") return first_name_of(p.name);
  if (field == "last_name") return last_name_of(p.name);
  if (field == "email") return p.email;
  if (field == "phone") return p.phone;
  if (field == "external_id") return p.external_id;
  return p.messenger_id;
}

template <class Number>
std::string shortest(Number value) {
  std::array<char, 64> out{};
  const auto [end, error] = std::to_chars(out.data(), out.data() + out.size(), value);
  return error == std::errc{} ? std::string(out.data(), end) : std::string{};
}

// Reads a person's values; the attributes are parsed when the first of them is asked for.
class Values {
 public:
  explicit Values(const Person& person) : person_(person) {}

  std::string get(std::string_view field) {
    if (!field.starts_with(kAttributes)) return std::string(person_field(person_, field));
    if (!attributes_) {
      boost::system::error_code error;
      attributes_ = boost::json::parse(person_.attributes, error);
      if (error) attributes_ = nullptr;
    }
    const boost::json::object* const object = attributes_->if_object();
    if (object == nullptr) return {};
    const std::string_view key = field.substr(kAttributes.size());
    const boost::json::value* const value =
        object->if_contains(boost::json::string_view(key.data(), key.size()));
    if (value == nullptr) return {};
    switch (value->kind()) {
      case boost::json::kind::string: return std::string(value->get_string());
      case boost::json::kind::int64: return shortest(value->get_int64());
      case boost::json::kind::uint64: return shortest(value->get_uint64());
      case boost::json::kind::double_: return shortest(value->get_double());
      case boost::json::kind::bool_: return value->get_bool() ? "true" : "false";
      default: return {};  // null, lists and objects are no text
    }
  }

 private:
  const Person& person_;
  std::optional<boost::json::value> attributes_;
};

// One tag, without its braces. `offset` is where it begins in the source.
Result<Template::Segment> parse_tag(std::string_view source, std::size_t offset,
                                    std::string_view inside) {
  if (inside.find("{{") != std::string_view::npos) {
    return broken(source, offset, "A field inside a field: `{{` before the `}}` of the one");
  }
  const std::size_t bar = inside.find('|');
  const std::string_view name = trim(inside.substr(0, bar));
  if (name.empty()) return broken(source, offset, "A field without a name");
  if (std::string_view("#/^!>&=").find(name.front()) != std::string_view::npos) {
    return broken(source, offset,
                  "`{{" + std::string(1, name.front()) +
                      "` is not supported (only {{field}} and {{field|fallback}})");
  }
  if (name.size() > kFieldNameBytesMax)
    return broken(source, offset, "A field name over 100 bytes");
  if (!is_name(name)) {
    return broken(source, offset,
                  "A field name has letters, digits, `_`, `-` and `.` only; this one has others");
  }
  Template::Segment segment;
  segment.field = canonical_field(name);
  segment.has_fallback = bar != std::string_view::npos;
  if (segment.has_fallback) segment.text = trim(inside.substr(bar + 1));
  return segment;
}

}  // namespace

std::string_view first_name_of(std::string_view name) {
  name = trim(name);
  return name.substr(0, std::min(name.find(' '), name.size()));
}

std::string_view last_name_of(std::string_view name) {
  name = trim(name);
  const std::size_t space = name.find(' ');
  return space == std::string_view::npos ? std::string_view{} : trim(name.substr(space));
}

std::string canonical_field(std::string_view name) {
  const bool known =
      std::find(kPersonFields.begin(), kPersonFields.end(), name) != kPersonFields.end();
  if (known || name.starts_with(kAttributes)) return std::string(name);
  return std::string(kAttributes) + std::string(name);
}

std::string field_value(const Person& person, std::string_view field) {
  return Values(person).get(field);
}

Result<Template> compile_template(std::string_view source) {
  if (source.size() > kBodyBytesMax) return fail(ErrorKind::invalid, "Longer than 64 KiB");
  if (const std::size_t bad = find_invalid_utf8(source); bad != std::string_view::npos) {
    return broken(source, bad, "Not UTF-8");
  }
  Template t;
  std::size_t fields = 0;
  std::size_t at = 0;
  while (at < source.size()) {
    const std::size_t open = std::min(source.find("{{", at), source.size());
    if (open > at) t.segments_.push_back({std::string(source.substr(at, open - at)), {}, false});
    if (open == source.size()) break;
    if (source.substr(open).starts_with("{{{")) {
      return broken(source, open, "`{{{` is not supported: two braces suffice, nothing is escaped");
    }
    const std::size_t close = source.find("}}", open + 2);
    if (close == std::string_view::npos) return broken(source, open, "`{{` without `}}`");
    auto segment = parse_tag(source, open, source.substr(open + 2, close - open - 2));
    if (!segment) return tl::unexpected(std::move(segment.error()));
    if (++fields > kTemplateFieldsMax) return broken(source, open, "More than 500 fields");
    t.segments_.push_back(std::move(*segment));
    at = close + 2;
  }
  return t;
}

std::vector<std::string> Template::required_fields() const {
  std::vector<std::string> out;
  for (const Segment& s : segments_) {
    if (s.field.empty() || s.has_fallback) continue;
    if (std::find(out.begin(), out.end(), s.field) == out.end()) out.push_back(s.field);
  }
  return out;
}

Result<std::string> render(const Template& t, const Person& person) {
  std::string out;
  Values values(person);
  for (const Template::Segment& s : t.segments()) {
    if (s.field.empty()) {
      out += s.text;
    } else if (const std::string value = values.get(s.field); !trim(value).empty()) {
      out += value;
    } else if (s.has_fallback) {
      out += s.text;
    } else {
      return fail(ErrorKind::invalid, "No value for {{" + s.field + "}}");
    }
    if (out.size() > kRenderedBytesMax) {
      return fail(ErrorKind::too_large, "The text for this person is longer than 64 KiB");
    }
  }
  return out;
}

}  // namespace headway::domain
