#pragma once
// argon2id by libsodium (crypto_pwhash_str, the limits for interactive use): about a tenth of a second and
// 64 MiB each time. So it is called on the pool for passwords only (Ports::run_password), whose two
// threads bound the memory, and never on a thread that others wait for.

#include <optional>
#include <string>
#include <string_view>

namespace headway::api {

class Passwords {
 public:
  enum class Cost { interactive, lowest };  // `lowest`: for tests
  explicit Passwords(Cost cost = Cost::interactive);

  // nullopt: there is not enough memory.
  std::optional<std::string> hash(std::string_view password) const;
  // Whether `hash` is of this password. Without a hash (there is no such user) the same work is done and
  // the answer is no, so that the time does not tell who is a user.
  bool verify(const std::optional<std::string>& hash, std::string_view password) const;

 private:
  unsigned long long operations_;
  std::size_t memory_;
  std::string nobody_;  // the hash of no password that anybody knows
};

}  // namespace headway::api
