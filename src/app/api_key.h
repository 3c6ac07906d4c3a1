#pragma once
#include <string>

#include "runtime/entropy.h"

namespace headway::app {

struct NewApiKey {
  std::string key;     // "mf_" and 32 hex digits: shown once, never stored
  std::string hash;    // SHA-256 of the key, hex: what the store keeps
  std::string prefix;  // its first 7 characters, to tell keys apart
};
NewApiKey make_api_key(runtime::Entropy& entropy);

}  // namespace headway::app
