#include "api/passwords.h"

#include <array>

#include <sodium.h>

#include "base/check.h"

namespace headway::api {

Passwords::Passwords(Cost cost)
    : operations_(cost == Cost::lowest ? crypto_pwhash_OPSLIMIT_MIN
                                       : crypto_pwhash_OPSLIMIT_INTERACTIVE),
      memory_(cost == Cost::lowest ? crypto_pwhash_MEMLIMIT_MIN
                                   : crypto_pwhash_MEMLIMIT_INTERACTIVE) {
  HW_CHECK(sodium_init() >= 0);
  // Salt and digest are all zero: verifying costs what it costs for anybody, and never succeeds.
  nobody_ = "$argon2id$v=19$m=" + std::to_string(memory_ / 1024) +
            ",t=" + std::to_string(operations_) + ",p=1$" + std::string(22, 'A') + "$" +
            std::string(43, 'A');
}

std::optional<std::string> Passwords::hash(std::string_view password) const {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str(out.data(), password.data(), password.size(), operations_, memory_) != 0) {
    return std::nullopt;
  }
  return std::string(out.data());
}

bool Passwords::verify(const std::optional<std::string>& hash, std::string_view password) const {
  const bool same = crypto_pwhash_str_verify((hash ? *hash : nobody_).c_str(), password.data(),
                                             password.size()) == 0;
  return same && hash.has_value();
}

}  // namespace headway::api
