#pragma once
// A person as one collection describes them. Immutable once imported.

#include <string>

#include "base/strong_id.h"

namespace headway::domain {

struct Person {
  ContactId id;
  CollectionId collection;
  std::string external_id;
  std::string name;
  std::string email;  // as given, trimmed
  std::string phone;  // as given, trimmed
  std::string messenger_id;
  std::string timezone;    // IANA name, or empty
  std::string consent;     // the basis as the user recorded it; empty = none recorded
  std::string attributes;  // a JSON object of strings, numbers and booleans; "{}" when none
};

// Canonical forms under which two addresses are the same address. Empty when unusable.
std::string normalize_email(const std::string& email);  // trimmed, lower case (ASCII)
std::string normalize_phone(
    const std::string& phone);  // digits with a leading '+' if given; "00" -> "+"

}  // namespace headway::domain
