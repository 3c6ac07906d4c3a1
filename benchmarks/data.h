#pragma once
// Databases to measure on: people, accounts and one paused campaign, built once a run and copied.

#include <cstdint>
#include <filesystem>
#include <string>

#include <boost/json/object.hpp>

#include "benchmarks/context.h"
#include "benchmarks/server.h"

namespace headway::bench {

struct DataSpec {
  std::string name;  // of the folder
  std::int64_t leads = 0;
  int accounts = 10;
  std::string channel = "sandbox";
  double rate_per_second = 1e6;    // of each account
  boost::json::object settings{};  // of each account
  std::string body = "Hi {{first_name|there}}, how is {{company|work}}?";
};

struct Data {
  std::filesystem::path folder;
  std::string key, campaign;
  std::int64_t leads = 0;

  std::filesystem::path database() const { return folder / "headway.db"; }
  Data copy(const std::filesystem::path& to) const;  // of a stopped server's; flushed to the disk
};

// Builds it, or answers the one that an earlier budget of this run has built. The server is stopped.
const Data& data(Context& context, const DataSpec& spec);

// The campaign of 10 million leads that several budgets share and change: a sandbox that fails some. Whoever
// uses it leaves it paused.
const Data& big_data(Context& context);
const Data& medium_data(Context& context);  // 1 million, everything is delivered

// The same, with every third lead or more dispatched; and a thousand leads, all dispatched.
const Data& dispatched_big(Context& context);
const Data& dispatched_few(Context& context);

// Free bytes needed for the largest of them.
std::int64_t bytes_needed(const Sizes& sizes);

// Sends `rows` people as a CSV file and waits for the end of the job; seconds.
double import_csv(Server& server, const std::string& name, const std::filesystem::path& csv,
                  std::string& collection, double* peak_mb = nullptr);

}  // namespace headway::bench
