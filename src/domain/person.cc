#include "domain/person.h"

#include "base/text.h"

namespace headway::domain {

std::string normalize_email(const std::string& email) { return ascii_lower(trim(email)); }

// Numbers are compared as people write them: "+49 (30) 123-45", "0049 30 12345" and "+493012345"
// are the same. A national number keeps its leading zero, for its country is not known.
std::string normalize_phone(const std::string& phone) {
  const std::string_view text = trim(phone);
  std::string digits;
  for (const char c : text) {
    if (is_ascii_digit(c)) digits += c;
  }
  if (digits.empty()) return {};
  if (text.front() == '+') return "+" + digits;
  if (digits.starts_with("00") && digits.size() > 2) return "+" + digits.substr(2);
  return digits;
}

}  // namespace headway::domain
