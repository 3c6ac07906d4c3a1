#include "store/sqlite/addresses.h"

#include <algorithm>

#include "base/text.h"

namespace headway::store::sqlite {

bool is_address_kind(std::string_view kind) {
  return std::find(std::begin(kAddressKinds), std::end(kAddressKinds), kind) !=
         std::end(kAddressKinds);
}

std::string Addresses::canonical(std::string_view kind, const std::string& raw) {
  if (kind == "email") return domain::normalize_email(raw);
  if (kind == "phone") return domain::normalize_phone(raw);
  return std::string(trim(raw));
}

std::vector<Address> Addresses::of(const domain::Person& person) {
  const std::string* raw[] = {&person.external_id, &person.email, &person.phone,
                              &person.messenger_id};
  std::vector<Address> out;
  for (std::size_t i = 0; i < std::size(kAddressKinds); ++i) {
    if (raw[i]->empty()) continue;
    std::string value = canonical(kAddressKinds[i], *raw[i]);
    if (!value.empty()) out.push_back({kAddressKinds[i], std::move(value)});
  }
  return out;
}

KeyedDigest Addresses::digest(std::string_view kind, std::string_view canonical) const {
  std::string text;
  text.reserve(kind.size() + 1 + canonical.size());
  text.append(kind).append(":").append(canonical);
  return keyed_digest(key_, text);
}

}  // namespace headway::store::sqlite
