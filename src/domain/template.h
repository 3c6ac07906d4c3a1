#pragma once
// Message templates: text with places for a person's data.
//
//   Hi {{first_name|there}}, how are things at {{ company }}?
//
// A name is one of the person's fields (name, first_name, last_name, email, phone, external_id,
// messenger_id) or an attribute, written `company` or `attributes.company`. What follows the first `|` is used
// when the value is missing or empty; it may be empty itself. Plain text: nothing is escaped. Other
// forms of mustache ({{{x}}}, {{#x}}, {{/x}}, {{^x}}, {{!x}}, {{>x}}, {{&x}}, {{=x}}) are errors, not text.
// A single brace and a `}}` without a beginning are text.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/person.h"

namespace headway::domain {

inline constexpr std::size_t kRenderedBytesMax = 65536;
inline constexpr std::size_t kFieldNameBytesMax = 100;
inline constexpr std::size_t kTemplateFieldsMax = 500;

class Template {
 public:
  struct Segment {
    std::string text;   // literal text; of a field: its fallback
    std::string field;  // empty = literal; else the canonical name: "email", "attributes.company"
    bool has_fallback = false;
    bool operator==(const Segment&) const = default;
  };

  const std::vector<Segment>& segments() const { return segments_; }
  // Canonical names without a fallback, each once, in order of appearance: these must have a value.
  std::vector<std::string> required_fields() const;

 private:
  friend Result<Template> compile_template(std::string_view source);
  std::vector<Segment> segments_;
};

// ErrorKind::invalid; the message says what is wrong and where (line and column, in bytes, from 1).
// Source of at most kBodyBytesMax bytes of UTF-8.
Result<Template> compile_template(std::string_view source);

// The text for this person. ErrorKind::invalid naming the field when a value is missing or empty and
// has no fallback; too_large above kRenderedBytesMax.
Result<std::string> render(const Template& t, const Person& person);

// The value of a field by canonical name, "" when there is none: what render() would put in. For one
// field of many people; a whole text is cheaper with render(), which parses the attributes once.
std::string field_value(const Person& person, std::string_view field);
// The canonical name of what a template or a client calls a field: "company" -> "attributes.company".
std::string canonical_field(std::string_view name);

// Of "Ada King Lovelace": "Ada" and "King Lovelace".
std::string_view first_name_of(std::string_view name);
std::string_view last_name_of(std::string_view name);

}  // namespace headway::domain
