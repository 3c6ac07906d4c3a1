#include "domain/user.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "domain/person.h"

namespace headway::domain {
namespace {

constexpr std::size_t kDifferentBytesMin = 4;

bool is_control_or_blank(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::viewer: return "viewer";
    case Role::editor: return "editor";
    case Role::owner: return "owner";
  }
  return "viewer";
}

std::optional<Role> parse_role(std::string_view text) {
  for (const Role role : {Role::viewer, Role::editor, Role::owner}) {
    if (text == to_string(role)) return role;
  }
  return std::nullopt;
}

void check_email(std::vector<FieldError>& errors, const std::string& path,
                 const std::string& email) {
  const std::size_t at = email.find('@');
  const bool shaped = at != std::string::npos && at > 0 && at + 1 < email.size() &&
                      email.find('@', at + 1) == std::string::npos;
  if (!shaped || !is_utf8(email) || std::any_of(email.begin(), email.end(), is_control_or_blank)) {
    errors.push_back({path, "Must be an e-mail address, like ada@example.org"});
  } else if (email.size() > kEmailBytesMax) {
    errors.push_back({path, "Must be at most 254 bytes"});
  }
}

void check_password(std::vector<FieldError>& errors, const std::string& path,
                    std::string_view password, std::string_view email, std::string_view name) {
  const auto refuse = [&](const char* why) { errors.push_back({path, why}); };
  if (password.size() < kPasswordBytesMin) return refuse("Must be at least 10 characters");
  if (password.size() > kPasswordBytesMax) return refuse("Must be at most 1024 bytes");
  const std::string plain = ascii_lower(password);
  if (plain == normalize_email(std::string(email)) || plain == ascii_lower(trim(name))) {
    return refuse("Must not be the name or the e-mail address");
  }
  if (std::set<char>(plain.begin(), plain.end()).size() < kDifferentBytesMin) {
    return refuse("Must have at least 4 different characters");
  }
}

}  // namespace headway::domain
