#pragma once
// People who sign in: what they may do, and what a name, an address and a password must be.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"

namespace headway {
using UserId = Id<struct UserTag>;
}

namespace headway::domain {

// In the order of power: each may all that the one before may.
enum class Role : std::uint8_t {
  viewer = 0,  // reads
  editor = 1,  // everything but users and keys
  owner = 2,   // everything
};
std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view text);

inline constexpr std::size_t kPasswordBytesMin = 10;
inline constexpr std::size_t kPasswordBytesMax = 1024;
inline constexpr std::size_t kEmailBytesMax = 254;  // RFC 5321

// One '@' with something on both sides, no blanks or control characters, at most kEmailBytesMax bytes.
// `email` is normalised (normalize_email).
void check_email(std::vector<FieldError>& errors, const std::string& path,
                 const std::string& email);

// Long enough, not the address or the name itself, and not the same few characters again and again.
// Length is what makes a password hard to guess: no rule asks for digits or signs.
void check_password(std::vector<FieldError>& errors, const std::string& path,
                    std::string_view password, std::string_view email, std::string_view name);

}  // namespace headway::domain
