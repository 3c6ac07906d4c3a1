// The baseline of budget 5: SQLite inserting people that are parsed and hashed already.

#include <algorithm>
#include <array>
#include <iostream>

#include "benchmarks/bare_sqlite.h"
#include "benchmarks/context.h"
#include "benchmarks/people.h"

namespace headway::bench {

namespace {

struct Ready {
  SomePerson person;
  std::string attributes;
};

}  // namespace

// DATABASE ROWS BATCH: the contact with its name index, and its three address keys, sorted within the batch.
// The clock runs while SQLite works, not while people are made up.
int bare_import_main(const std::vector<std::string>& words) {
  Database db(words.at(0));
  std::int64_t rows = std::stoll(words.at(1)), batch = std::stoll(words.at(2));
  Statement begin(db, "BEGIN IMMEDIATE"), commit(db, "COMMIT");
  Statement contact(db, "INSERT INTO contact VALUES(?,?,?,?,NULL,?,0,NULL,?,0)");
  Statement key(db, "INSERT OR IGNORE INTO contact_key VALUES(?,?)");
  double seconds = 0;
  std::vector<Ready> people;
  std::vector<std::array<std::int64_t, 2>> keys;
  for (std::int64_t first = 1; first <= rows; first += batch) {
    people.clear();
    keys.clear();
    for (std::int64_t i = first; i <= std::min(rows, first + batch - 1); ++i) {
      SomePerson p = some_person(i);
      std::string attributes = "{\"company\":\"" + p.company + "\"}";
      people.push_back({std::move(p), std::move(attributes)});
      for (std::uint64_t k = 0; k < 3; ++k) {
        auto h = static_cast<std::int64_t>(mix(static_cast<std::uint64_t>(i) * 4 + k) >> 1);
        keys.push_back({h, (std::int64_t{1} << 32) + i});
      }
    }
    double started = now_seconds();
    std::sort(keys.begin(), keys.end());
    begin();
    std::int64_t id = (std::int64_t{1} << 32) + first;
    for (const Ready& r : people) {
      contact(id++, std::string_view(r.person.name), std::string_view(r.person.email),
              std::string_view(r.person.phone), std::string_view(r.person.external_id),
              std::string_view(r.attributes));
    }
    for (const auto& k : keys) key(k[0], k[1]);
    commit();
    seconds += now_seconds() - started;
  }
  std::cout << "{\"seconds\":" << seconds << "}" << std::endl;
  return 0;
}

}  // namespace headway::bench
