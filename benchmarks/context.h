#pragma once
// What every budget gets: sizes, the folder to work in, the programs, and the report.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "benchmarks/report.h"

namespace headway::bench {

struct Sizes {
  std::int64_t leads = 1'000'000;        // "1M leads" of budgets 1, 4, 5
  std::int64_t leads_big = 10'000'000;   // "10M leads" of budgets 3, 5, 6, 7, 8, 11
  std::int64_t leads_webhook = 100'000;  // one run of budget 2
  std::int64_t events = 200'000;         // told in one run of budget 4
  int repetitions = 3;
  double load_seconds = 5;       // one run of budget 3
  double dispatch_seconds = 60;  // that budget 7 watches
  int pages = 300;               // requests for each kind of filter
};
Sizes quick_sizes();

struct Context {
  Sizes sizes;
  bool quick = false;
  std::filesystem::path folder;   // scratch, deleted at the end
  std::filesystem::path self;     // headway_bench
  std::filesystem::path headway;  // the server
  Report report;

  std::filesystem::path log() const { return folder / "log.txt"; }
  // Runs `headway_bench --child <words>` and returns what it printed.
  std::string child(std::vector<std::string> words) const;
};

struct Budget {
  std::string name;
  std::string what;
  void (*measure)(Context&);
};
const std::vector<Budget>& budgets();

void dispatch_budget(Context&);  // 1
void webhook_budget(Context&);   // 2
void metrics_budget(Context&);   // 3
void events_budget(Context&);    // 4
void import_budget(Context&);    // 5
void pages_budget(Context&);     // 6
void memory_budget(Context&);    // 7
void recovery_budget(Context&);  // 8
void stream_budget(Context&);    // 9
void verdicts_budget(Context&);  // 10
void pause_budget(Context&);     // 11
void start_budget(Context&);     // 12

// The children: bare baselines, each in a process of its own.
int bare_dispatch_main(const std::vector<std::string>& words);
int bare_events_main(const std::vector<std::string>& words);
int bare_import_main(const std::vector<std::string>& words);
int bare_open_main(const std::vector<std::string>& words);
int bare_pages_main(const std::vector<std::string>& words);
int bare_server_main(const std::vector<std::string>& words);
int bare_client_main(const std::vector<std::string>& words);

}  // namespace headway::bench
