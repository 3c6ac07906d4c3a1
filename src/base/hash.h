#pragma once
// Hashes used as facts (not for tables in memory). Thread-safe, no global state beyond
// libsodium's one-time initialisation.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace headway {

// SHA-256 as 64 lower-case hex digits (FIPS 180-4).
std::string sha256_hex(std::string_view bytes);

// BLAKE2b keyed with a 32-byte secret, cut to 128 bits: names an address without storing it.
using KeyedDigest = std::array<std::uint8_t, 16>;
using SecretKey = std::array<std::uint8_t, 32>;
KeyedDigest keyed_digest(const SecretKey& key, std::string_view bytes);

// First 8 bytes of a digest as a non-negative 63-bit integer, for an index.
std::int64_t short_digest(const KeyedDigest& digest);

std::string hex(std::span<const std::uint8_t> bytes);

// SplitMix64 finaliser (Steele, Lea, Flood 2014): a fixed, portable mix for draws that must
// come out the same on every machine and in every version.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}
constexpr std::uint64_t mix64(std::uint64_t a, std::uint64_t b) { return mix64(mix64(a) ^ b); }

}  // namespace headway
