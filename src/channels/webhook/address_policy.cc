#include "channels/webhook/address_policy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace headway::channels {

namespace {

struct Block4 {
  std::uint32_t network;
  int bits;
};

constexpr std::uint32_t ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA IPv4 Special-Purpose Address Registry, and multicast.
constexpr std::array kRefused4{
    Block4{ip4(0, 0, 0, 0), 8},      Block4{ip4(10, 0, 0, 0), 8},
    Block4{ip4(100, 64, 0, 0), 10},  Block4{ip4(127, 0, 0, 0), 8},
    Block4{ip4(169, 254, 0, 0), 16}, Block4{ip4(172, 16, 0, 0), 12},
    Block4{ip4(192, 0, 0, 0), 24},   Block4{ip4(192, 0, 2, 0), 24},
    Block4{ip4(192, 88, 99, 0), 24}, Block4{ip4(192, 168, 0, 0), 16},
    Block4{ip4(198, 18, 0, 0), 15},  Block4{ip4(198, 51, 100, 0), 24},
    Block4{ip4(203, 0, 113, 0), 24}, Block4{ip4(224, 0, 0, 0), 4},
    Block4{ip4(240, 0, 0, 0), 4},
};

bool is_public(const boost::asio::ip::address_v4& address) {
  std::uint32_t value = address.to_uint();
  return std::none_of(kRefused4.begin(), kRefused4.end(), [value](const Block4& block) {
    return (value >> (32 - block.bits)) == (block.network >> (32 - block.bits));
  });
}

bool is_public(const boost::asio::ip::address_v6& address) {
  if (address.scope_id() != 0) return false;
  auto b = address.to_bytes();
  if ((b[0] & 0xe0) != 0x20)
    return false;  // not global unicast: ::/3, fc00::/7, fe80::/10, ff00::/8
  if (b[0] == 0x20 && b[1] == 0x02) return false;                                  // 6to4
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02) return false;                   // 2001::/23
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) return false;  // documentation
  if (b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10) return false;                   // documentation
  return true;
}

}  // namespace

bool is_public_address(const boost::asio::ip::address& address) {
  return address.is_v4() ? is_public(address.to_v4()) : is_public(address.to_v6());
}

bool is_local_name(std::string_view host) {
  std::string name(host);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  if (name.ends_with('.')) name.pop_back();
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace headway::channels
