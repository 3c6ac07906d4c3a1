#pragma once
// Which addresses a request may go to (SSRF). Pure.

#include <boost/asio/ip/address.hpp>

#include <string_view>

namespace headway::channels {

// True for addresses of the public internet alone. False for: unspecified and "this network"
// (0/8), private (10/8, 172.16/12, 192.168/16), loopback, link-local, CGNAT (100.64/10), IETF
// and documentation blocks, benchmarks (198.18/15), multicast, reserved and broadcast (240/4); of IPv6
// everything but 2000::/3, and in it documentation, ORCHID, Teredo and 6to4. Addresses that carry an IPv4
// address (mapped, compatible, NAT64) are refused: they are never needed to reach a public host.
bool is_public_address(const boost::asio::ip::address& address);

// The names of this machine that need no resolver: "localhost", "x.localhost". Case-insensitive.
bool is_local_name(std::string_view host);

}  // namespace headway::channels
