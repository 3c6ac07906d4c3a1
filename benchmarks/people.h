#pragma once
// Invented people, the same for the same number: of the CSV files, the databases and the bare import.

#include <cstdint>
#include <filesystem>
#include <string>

namespace headway::bench {

struct SomePerson {
  std::string external_id, name, email, phone, company;
};
SomePerson some_person(std::int64_t number);

inline constexpr const char* kCsvHeader = "external_id,name,email,phone,company\n";
// Writes `rows` people; answers the size of the file in bytes.
std::int64_t write_csv(const std::filesystem::path& path, std::int64_t rows);

// A fixed random-looking order without a table: the i-th of 0 .. n-1, each once.
class Shuffle {
 public:
  explicit Shuffle(std::int64_t n);
  std::int64_t operator()(std::int64_t i) const;

 private:
  std::uint64_t half_bits_, n_;
};

std::uint64_t mix(std::uint64_t x);

}  // namespace headway::bench
