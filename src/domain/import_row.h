#pragma once
// From a row of a file to a person: which column is what, and whether the values can be what they
// are said to be.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "domain/person.h"
#include "domain/user.h"  // kEmailBytesMax: one limit for every address

namespace headway::domain {

inline constexpr std::size_t kExternalIdBytesMax = 200;
inline constexpr std::size_t kPersonNameBytesMax = 200;
inline constexpr std::size_t kPhoneBytesMax = 40;
inline constexpr std::size_t kMessengerIdBytesMax = 200;
inline constexpr std::size_t kConsentBytesMax = 1000;
inline constexpr std::size_t kAttributesBytesMax = 65536;

// Syntax only, and only what every mail system agrees on: one @, a local part of up to 64 bytes without blanks
// and specials, a domain of labels with a dot in it (or "localhost").
bool plausible_email(std::string_view email);
// 3 to 20 digits, a leading +, and the usual separators.
bool plausible_phone(std::string_view phone);

// What is wrong with a person to be imported, by field ("email"); none = fine. `attributes` is expected to be
// an object made by row() or encode_attributes(). At least one of external_id, email, phone,
// messenger_id must be there.
std::optional<FieldError> check_person(const Person& person);

// A client's attributes as stored: strings, numbers and booleans; nulls are left out. The error names
// the attribute: "attributes.company".
Result<std::string> encode_attributes(const boost::json::object& attributes);

// "Company Name", "companyName", "company-name" -> "company_name".
std::string attribute_key(std::string_view column);

// Which column is what.
class ImportMap {
 public:
  // `explicit_map`: "email:E-Mail (work),external_id:Nr,-:Notes": field or attribute ("attributes.x", or any
  // other name), colon, column name as in the header; "-" leaves the column out. The columns not named there are
  // known by common spellings; of two for the same field the first counts; every other one becomes an attribute.
  // Errors (invalid, field "map") for a column that does not exist or is named twice, and for a header by which no
  // person could be told from another.
  static Result<ImportMap> make(const std::vector<std::string>& columns,
                                std::string_view explicit_map);

  struct Rejection {
    std::string column;  // as in the header; "" = the row as a whole
    std::string reason;
  };
  // `fields`: as many as there are columns, UTF-8.
  std::variant<Person, Rejection> row(const std::vector<std::string>& fields) const;

  // By column: "email", "attributes.company", or "" when left out.
  const std::vector<std::string>& targets() const { return targets_; }

 private:
  std::string column_of(std::string_view field) const;

  std::vector<std::string> columns_, targets_;
};

}  // namespace headway::domain
