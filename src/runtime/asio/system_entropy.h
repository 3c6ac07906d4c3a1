#pragma once
#include "runtime/entropy.h"

namespace headway::runtime {

// The kernel's random bytes, by way of libsodium: fit for keys.
class SystemEntropy final : public Entropy {
 public:
  SystemEntropy();
  std::uint64_t next() override;
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace headway::runtime
