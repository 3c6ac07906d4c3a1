#include "runtime/asio/system_entropy.h"

#include <sodium.h>

#include "base/check.h"

namespace headway::runtime {

SystemEntropy::SystemEntropy() { HW_CHECK(sodium_init() >= 0); }

std::uint64_t SystemEntropy::next() {
  std::uint64_t value = 0;
  randombytes_buf(&value, sizeof value);
  return value;
}

void SystemEntropy::fill(std::span<std::uint8_t> bytes) {
  randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace headway::runtime
