#include "domain/import_row.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/serialize.hpp>

#include "base/text.h"
#include "domain/schedule.h"

namespace headway::domain {
namespace {

constexpr std::string_view kAttributes = "attributes.";
constexpr std::string_view kLeftOut = "-";
constexpr std::array<std::string_view, 9> kFields{"external_id",  "name",     "first_name",
                                                  "last_name",    "email",    "phone",
                                                  "messenger_id", "timezone", "consent"};
// Any one of these tells a person from another.
constexpr std::array<std::string_view, 4> kKeys{"external_id", "email", "phone", "messenger_id"};

struct Spelling {
  std::string_view letters;  // of the header, lower case, letters and digits only
  std::string_view field;
};
constexpr std::array kSpellings{
    Spelling{"email", "email"},
    Spelling{"emailaddress", "email"},
    Spelling{"mail", "email"},
    Spelling{"mailaddress", "email"},
    Spelling{"emailadresse", "email"},
    Spelling{"name", "name"},
    Spelling{"fullname", "name"},
    Spelling{"contactname", "name"},
    Spelling{"firstname", "first_name"},
    Spelling{"givenname", "first_name"},
    Spelling{"forename", "first_name"},
    Spelling{"vorname", "first_name"},
    Spelling{"lastname", "last_name"},
    Spelling{"surname", "last_name"},
    Spelling{"familyname", "last_name"},
    Spelling{"nachname", "last_name"},
    Spelling{"phone", "phone"},
    Spelling{"phonenumber", "phone"},
    Spelling{"mobile", "phone"},
    Spelling{"mobilephone", "phone"},
    Spelling{"mobilenumber", "phone"},
    Spelling{"telephone", "phone"},
    Spelling{"tel", "phone"},
    Spelling{"telefon", "phone"},
    Spelling{"cell", "phone"},
    Spelling{"cellphone", "phone"},
    Spelling{"externalid", "external_id"},
    Spelling{"id", "external_id"},
    Spelling{"contactid", "external_id"},
    Spelling{"customerid", "external_id"},
    Spelling{"messengerid", "messenger_id"},
    Spelling{"psid", "messenger_id"},
    Spelling{"timezone", "timezone"},
    Spelling{"tz", "timezone"},
    Spelling{"consent", "consent"},
    Spelling{"consentbasis", "consent"},
    Spelling{"consentsource", "consent"},
};

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string_view guess(std::string_view column) {
  std::string letters;
  for (const char c : column) {
    const char l = ascii_lower(c);
    if ((l >= 'a' && l <= 'z') || is_ascii_digit(l)) {
      letters += l;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      return {};  // another script: not one of ours
    }
  }
  for (const Spelling& s : kSpellings) {
    if (s.letters == letters) return s.field;
  }
  return {};
}

// "company" and "attributes.company" mean the attribute.
std::string target_of(std::string_view written) {
  if (contains(kFields, written) || written.starts_with(kAttributes)) return std::string(written);
  return std::string(kAttributes) + attribute_key(written);
}

tl::unexpected<Error> bad_map(std::string message) { return invalid("map", std::move(message)); }

std::string* member(Person& p, std::string_view field) {
  if (field == "external_id") return &p.external_id;
  if (field == "name") return &p.name;
  if (field == "email") return &p.email;
  if (field == "phone") return &p.phone;
  if (field == "messenger_id") return &p.messenger_id;
  if (field == "timezone") return &p.timezone;
  if (field == "consent") return &p.consent;
  return nullptr;
}

void add_attribute(std::string& json, std::string_view key, std::string_view value) {
  json += json.empty() ? '{' : ',';
  append_json_string(json, key);
  json += ':';
  append_json_string(json, value);
}

// Reads "target:Column" pairs. Column names may contain colons, not commas.
Result<void> apply_explicit(std::string_view map, const std::vector<std::string>& columns,
                            std::vector<std::string>& targets) {
  while (!map.empty()) {
    const std::size_t comma = std::min(map.find(','), map.size());
    const std::string_view pair = trim(map.substr(0, comma));
    map.remove_prefix(std::min(comma + 1, map.size()));
    if (pair.empty()) continue;
    const std::size_t colon = pair.find(':');
    const std::string_view target = trim(pair.substr(0, colon));
    if (colon == std::string_view::npos || target.empty()) {
      return bad_map("Write field:Column, separated by commas");
    }
    const std::string_view column = trim(pair.substr(colon + 1));
    const auto found = std::find(columns.begin(), columns.end(), column);
    if (found == columns.end()) {
      return bad_map("The file has no column \"" + std::string(column) + "\"");
    }
    std::string& slot = targets[static_cast<std::size_t>(found - columns.begin())];
    if (!slot.empty()) return bad_map("\"" + std::string(column) + "\" is named twice");
    const std::string wanted = target == kLeftOut ? std::string(kLeftOut) : target_of(target);
    if (wanted != kLeftOut && contains(targets, wanted)) {
      return bad_map("\"" + std::string(target) + "\" is given two columns");
    }
    if (wanted == kAttributes) return bad_map("An attribute needs a name");
    slot = wanted;
  }
  return {};
}

}  // namespace

std::string attribute_key(std::string_view column) {
  std::string out;
  bool gap = false;
  char before = ' ';
  for (const char c : trim(column)) {
    const char l = ascii_lower(c);
    const bool upper = c != l;
    const bool word =
        (l >= 'a' && l <= 'z') || is_ascii_digit(l) || static_cast<unsigned char>(c) >= 0x80;
    const bool hump = upper && before >= 'a' && before <= 'z';  // companyName
    if (!word) {
      gap = true;
    } else {
      if ((gap || hump) && !out.empty()) out += '_';
      gap = false;
      out += l;
    }
    before = c;
  }
  return std::string(truncate_utf8(out, 100));
}

bool plausible_email(std::string_view email) {
  if (email.size() > kEmailBytesMax) return false;
  const std::size_t at = email.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view local = email.substr(0, at);
  std::string_view domain = email.substr(at + 1);
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) {
    return false;
  }
  for (const char c : local) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return false;
    if (std::string_view("<>()[],;:\\\"").find(c) != std::string_view::npos) return false;
  }
  if (ascii_lower(domain) == "localhost") return true;
  if (domain.find('.') == std::string_view::npos) return false;
  while (true) {
    const std::size_t dot = std::min(domain.find('.'), domain.size());
    const std::string_view label = domain.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    for (const char c : label) {
      const char l = ascii_lower(c);
      const bool good = (l >= 'a' && l <= 'z') || is_ascii_digit(l) || l == '-' ||
                        static_cast<unsigned char>(c) >= 0x80;
      if (!good) return false;
    }
    if (dot == domain.size()) return true;
    domain.remove_prefix(dot + 1);
  }
}

bool plausible_phone(std::string_view phone) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < phone.size(); ++i) {
    if (is_ascii_digit(phone[i])) {
      ++digits;
    } else if (!(phone[i] == '+' && i == 0) &&
               std::string_view(" -().\t/").find(phone[i]) == std::string_view::npos) {
      return false;
    }
  }
  return digits >= 3 && digits <= 20 && phone.size() <= kPhoneBytesMax;
}

std::optional<FieldError> check_person(const Person& p) {
  const auto too_long = [](std::string_view field, std::size_t max) {
    return FieldError{std::string(field), "Longer than " + std::to_string(max) + " bytes"};
  };
  if (p.external_id.empty() && p.email.empty() && p.phone.empty() && p.messenger_id.empty()) {
    return FieldError{"", "Needs an external_id, email, phone or messenger_id"};
  }
  if (p.external_id.size() > kExternalIdBytesMax) {
    return too_long("external_id", kExternalIdBytesMax);
  }
  if (p.name.size() > kPersonNameBytesMax) return too_long("name", kPersonNameBytesMax);
  if (p.email.size() > kEmailBytesMax) return too_long("email", kEmailBytesMax);
  if (!p.email.empty() && !plausible_email(p.email))
    return FieldError{"email", "No e-mail address"};
  if (p.phone.size() > kPhoneBytesMax) return too_long("phone", kPhoneBytesMax);
  if (!p.phone.empty() && !plausible_phone(p.phone)) return FieldError{"phone", "No phone number"};
  if (p.messenger_id.size() > kMessengerIdBytesMax) {
    return too_long("messenger_id", kMessengerIdBytesMax);
  }
  if (!p.timezone.empty() && !Zone::find(p.timezone)) {
    return FieldError{"timezone", "No such time zone (use an IANA name such as Europe/Berlin)"};
  }
  if (p.consent.size() > kConsentBytesMax) return too_long("consent", kConsentBytesMax);
  if (p.attributes.size() > kAttributesBytesMax) return too_long("attributes", kAttributesBytesMax);
  return std::nullopt;
}

Result<std::string> encode_attributes(const boost::json::object& attributes) {
  boost::json::object kept;
  for (const auto& [key, value] : attributes) {
    const std::string path = std::string(kAttributes) + std::string(key);
    if (key.empty() || key.size() > 100) return invalid(path, "A name has 1 to 100 bytes");
    if (value.is_object() || value.is_array()) {
      return invalid(path, "Must be a string, a number or true or false");
    }
    if (!value.is_null()) kept.emplace(key, value);
  }
  return boost::json::serialize(kept);
}

Result<ImportMap> ImportMap::make(const std::vector<std::string>& columns,
                                  std::string_view explicit_map) {
  ImportMap m;
  m.columns_ = columns;
  m.targets_.resize(columns.size());
  if (auto ok = apply_explicit(explicit_map, columns, m.targets_); !ok) {
    return tl::unexpected(std::move(ok.error()));
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::string& target = m.targets_[i];
    if (!target.empty()) continue;
    const std::string_view field = guess(columns[i]);
    if (!field.empty() && !contains(m.targets_, field)) {
      target = field;
      continue;
    }
    std::string key = attribute_key(columns[i]);
    if (key.empty()) key = "column_" + std::to_string(i + 1);
    const std::string base = std::string(kAttributes) + key;
    target = base;
    // Two columns of one name are kept apart.
    const auto taken = [&] { return std::count(m.targets_.begin(), m.targets_.end(), target) > 1; };
    for (int n = 2; taken(); ++n) target = base + "_" + std::to_string(n);
  }
  for (std::string& target : m.targets_) {
    if (target == kLeftOut) target.clear();
  }
  const bool tells_apart = std::any_of(
      kKeys.begin(), kKeys.end(), [&](std::string_view key) { return contains(m.targets_, key); });
  if (!tells_apart) {
    return bad_map(
        "No column is an external_id, email, phone or messenger_id: name it with map=email:Column");
  }
  return m;
}

std::string ImportMap::column_of(std::string_view field) const {
  const auto found = std::find(targets_.begin(), targets_.end(), field);
  if (found == targets_.end()) return std::string(field);
  return columns_[static_cast<std::size_t>(found - targets_.begin())];
}

std::variant<Person, ImportMap::Rejection> ImportMap::row(
    const std::vector<std::string>& fields) const {
  Person p;
  std::string_view first;
  std::string_view last;
  for (std::size_t i = 0; i < fields.size() && i < targets_.size(); ++i) {
    const std::string_view value = trim(fields[i]);
    const std::string_view target = targets_[i];
    if (value.empty() || target.empty()) continue;
    if (target.starts_with(kAttributes)) {
      add_attribute(p.attributes, target.substr(kAttributes.size()), value);
    } else if (target == "first_name") {
      first = value;
    } else if (target == "last_name") {
      last = value;
    } else {
      *member(p, target) = value;
    }
  }
  p.attributes += p.attributes.empty() ? "{}" : "}";
  if (p.name.empty()) {
    p.name = first;
    if (!first.empty() && !last.empty()) p.name += ' ';
    p.name += last;
  }
  if (auto wrong = check_person(p)) {
    return Rejection{wrong->field.empty() ? std::string{} : column_of(wrong->field),
                     std::move(wrong->message)};
  }
  return p;
}

}  // namespace headway::domain
