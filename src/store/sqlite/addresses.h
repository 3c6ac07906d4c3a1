#pragma once
// The canonical forms and keyed digests of a person's addresses (docs/adr/0003). Pure; thread-safe.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "domain/person.h"

namespace headway::store::sqlite {

// "email", "phone", "messenger_id", "external_id": as in Catalog::suppress.
inline constexpr std::string_view kAddressKinds[] = {"external_id", "email", "phone",
                                                     "messenger_id"};
bool is_address_kind(std::string_view kind);

struct Address {
  std::string_view kind;  // one of kAddressKinds
  std::string value;      // canonical, not empty
};

class Addresses {
 public:
  Addresses() = default;
  explicit Addresses(const SecretKey& key) : key_(key) {}

  // "" when `raw` is no usable address of this kind.
  static std::string canonical(std::string_view kind, const std::string& raw);
  // All usable addresses of a person.
  static std::vector<Address> of(const domain::Person& person);

  // suppression.h
  KeyedDigest digest(std::string_view kind, std::string_view canonical) const;
  // contact_key.h
  std::int64_t key(std::string_view kind, std::string_view canonical) const {
    return short_digest(digest(kind, canonical));
  }

 private:
  SecretKey key_{};
};

}  // namespace headway::store::sqlite
