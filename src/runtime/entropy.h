#pragma once
#include <cstdint>
#include <span>

namespace headway::runtime {

// Injected chance. Safe to call from any thread.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual std::uint64_t next() = 0;  // uniform 64 bits
  virtual void fill(
      std::span<std::uint8_t> bytes) = 0;  // for keys and ids: cryptographic in production
};

}  // namespace headway::runtime
