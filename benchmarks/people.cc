#include "benchmarks/people.h"

#include <array>
#include <cstdio>

#include "benchmarks/process.h"

namespace headway::bench {

namespace {

constexpr std::array kFirst{"Ada",   "Alan",    "Barbara", "Claude",  "Dorothy", "Edsger",
                            "Emmy",  "Frances", "Grace",   "Hedy",    "Ivan",    "Jean",
                            "Kurt",  "Leslie",  "Mary",    "Niklaus", "Olga",    "Pafnuty",
                            "Rózsa", "Sofia",   "Tim",     "Ursula",  "Vint",    "Zuse"};
constexpr std::array kLast{"Lovelace", "Turing",        "Liskov",    "Shannon", "Vaughan",
                           "Dijkstra", "Noether",       "Allen",     "Hopper",  "Lamarr",
                           "Petrov",   "Bartik",        "Gödel",     "Lamport", "Jackson",
                           "Wirth",    "Ladyzhenskaya", "Chebyshev", "Péter",   "Kovalevskaya",
                           "Lee",      "Franklin",      "Cerf",      "Konrad"};

}  // namespace

std::uint64_t mix(std::uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

SomePerson some_person(std::int64_t number) {
  std::uint64_t h = mix(static_cast<std::uint64_t>(number));
  const char* first = kFirst[h % kFirst.size()];
  const char* last = kLast[h / 64 % kLast.size()];
  std::string n = std::to_string(number);
  SomePerson p;
  p.external_id = "c-" + n;
  p.name = std::string(first) + " " + last + " " + std::to_string(h / 4096 % 100'000);
  p.email = "person." + n + "@mail" + std::to_string(h / 1024 % 40) + ".example.org";
  p.phone = "+49151" + std::to_string(100'000'000 + number);
  p.company = "Company " + std::to_string(h / 2048 % 5'000);
  return p;
}

std::int64_t write_csv(const std::filesystem::path& path, std::int64_t rows) {
  std::FILE* f = std::fopen(path.c_str(), "wb");
  if (!f) throw Failure("cannot write " + path.string());
  std::fputs(kCsvHeader, f);
  for (std::int64_t i = 1; i <= rows; ++i) {
    SomePerson p = some_person(i);
    std::string line =
        p.external_id + "," + p.name + "," + p.email + "," + p.phone + "," + p.company + "\n";
    std::fwrite(line.data(), 1, line.size(), f);
  }
  std::int64_t size = std::ftell(f);
  if (std::fclose(f) != 0) throw Failure("cannot write " + path.string());
  return size;
}

// A Feistel network on the next even number of bits, walked until the value is in range.
Shuffle::Shuffle(std::int64_t n) : half_bits_(1), n_(static_cast<std::uint64_t>(n)) {
  while (std::uint64_t{1} << 2 * half_bits_ < n_) ++half_bits_;
}

std::int64_t Shuffle::operator()(std::int64_t i) const {
  std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  auto x = static_cast<std::uint64_t>(i);
  do {
    std::uint64_t left = x >> half_bits_, right = x & mask;
    for (std::uint64_t round = 0; round < 4; ++round) {
      std::uint64_t next = left ^ (mix(right + round * 0x1000003) & mask);
      left = right;
      right = next;
    }
    x = left << half_bits_ | right;
  } while (x >= n_);
  return static_cast<std::int64_t>(x);
}

}  // namespace headway::bench
