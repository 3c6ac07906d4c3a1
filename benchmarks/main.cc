// headway_bench: measures the budgets of docs/performance.md. Exit status 1 when something broke, not when
// a budget is missed.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

#include <sys/resource.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/http.h"

namespace headway::bench {

namespace {

constexpr const char* kHelp =
    "Usage: ./bench [budget...] [--quick] [--big N] [--keep] [--json FILE]\n\n"
    "Measures budgets by number; without any, all of them.\n"
    "  --quick      small sizes: shows that everything runs, in less than a minute\n"
    "  --big N      leads of the large campaign (10,000,000)\n"
    "  --keep       leaves the databases in the scratch folder\n"
    "  --json FILE  where the figures go (benchmarks/results.json; with --quick nowhere)\n"
    "The databases lie in a scratch folder below $TMPDIR or /tmp. Progress goes to standard "
    "error.\n\n";

int child_main(const std::string& name, const std::vector<std::string>& words) {
  static const std::map<std::string, int (*)(const std::vector<std::string>&)> children{
      {"dispatch", bare_dispatch_main}, {"events", bare_events_main}, {"import", bare_import_main},
      {"open", bare_open_main},         {"pages", bare_pages_main},   {"server", bare_server_main},
      {"client", bare_client_main}};
  if (name == "sink") return sink_main(std::stoi(words.at(0)));
  return children.at(name)(words);
}

struct Arguments {
  std::vector<std::string> chosen;
  bool quick = false, keep = false, help = false;
  std::int64_t big = 0;
  std::string json;
};

Arguments parse(const std::vector<std::string>& words) {
  Arguments a;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& w = words[i];
    if (w == "--quick" || w == "--smoke") {
      a.quick = true;
    } else if (w == "--keep") {
      a.keep = true;
    } else if (w == "--help" || w == "-h") {
      a.help = true;
    } else if (w == "--big" && i + 1 < words.size()) {
      a.big = std::stoll(words[++i]);
    } else if (w == "--json" && i + 1 < words.size()) {
      a.json = words[++i];
    } else if (std::any_of(budgets().begin(), budgets().end(),
                           [&](const Budget& b) { return b.name == w; })) {
      a.chosen.push_back(w);
    } else {
      throw Failure("unknown: " + w + " (see --help)");
    }
  }
  if (a.json.empty() && !a.quick) a.json = "benchmarks/results.json";
  return a;
}

std::filesystem::path scratch_folder() {
  const char* base = std::getenv("TMPDIR");
  std::string name = "headway-bench-" + std::to_string(getpid());
  return std::filesystem::path(base && *base ? base : "/tmp") / name;
}

void need_space(const Context& context) {
  auto free = static_cast<std::int64_t>(std::filesystem::space(context.folder).available);
  std::int64_t needed = bytes_needed(context.sizes);
  if (free < needed) {
    throw Failure(context.folder.string() + " has " + std::to_string(free >> 20) + " MB free, " +
                  std::to_string(needed >> 20) + " MB are needed (set TMPDIR)");
  }
}

bool measure_all(Context& context, const Arguments& arguments) {
  bool good = true;
  for (const Budget& b : budgets()) {
    const auto& chosen = arguments.chosen;
    if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), b.name) == chosen.end())
      continue;
    std::cerr << "== " << b.name << " " << b.what << std::endl;
    try {
      b.measure(context);
    } catch (const std::exception& e) {
      std::cerr << "[" << b.name << "] FAILED: " << e.what() << std::endl;
      good = false;
    }
  }
  return good;
}

int bench_main(const std::vector<std::string>& words) {
  Arguments arguments = parse(words);
  if (arguments.help) {
    std::cout << kHelp;
    for (const Budget& b : budgets()) std::cout << "  " << b.name << "\t" << b.what << '\n';
    return 0;
  }
  Context context;
  context.self = std::filesystem::read_symlink("/proc/self/exe");
  context.headway = context.self.parent_path() / "headway";
  if (!std::filesystem::exists(context.headway))
    throw Failure(context.headway.string() + " is not built");
  context.quick = arguments.quick;
  if (arguments.quick) context.sizes = quick_sizes();
  if (arguments.big > 0) context.sizes.leads_big = arguments.big;
  context.folder = scratch_folder();
  std::filesystem::create_directories(context.folder);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  bool good = false;
  try {
    need_space(context);
    good = measure_all(context, arguments);
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
  }
  context.report.print_table();
  if (!arguments.json.empty()) {
    std::ofstream(arguments.json) << boost::json::serialize(context.report.to_json()) << '\n';
  }
  if (good && !arguments.keep) {
    std::filesystem::remove_all(context.folder);
  } else {
    std::cerr << "left in " << context.folder.string() << std::endl;
  }
  return good ? 0 : 1;
}

}  // namespace

Sizes quick_sizes() {
  return {.leads = 20'000,
          .leads_big = 50'000,
          .leads_webhook = 3'000,
          .events = 8'000,
          .repetitions = 1,
          .load_seconds = 0.5,
          .dispatch_seconds = 1,
          .pages = 20};
}

const std::vector<Budget>& budgets() {
  static const std::vector<Budget> all{
      {"1", "dispatch through the sandbox", dispatch_budget},
      {"2", "dispatch through the webhook connector", webhook_budget},
      {"3", "GET metrics", metrics_budget},
      {"4", "POST /events in random order", events_budget},
      {"5", "CSV import", import_budget},
      {"8", "ready after kill -9", recovery_budget},
      {"11", "pause at full dispatch", pause_budget},
      {"7", "memory while dispatching", memory_budget},
      {"9", "1,000 streams at full dispatch", stream_budget},
      {"6", "pages of leads", pages_budget},
      {"10", "diagnosis and comparison", verdicts_budget},
      {"12", "cold start and size", start_budget},
  };
  return all;
}

std::string Context::child(std::vector<std::string> words) const {
  words.insert(words.begin(), {self.string(), "--child"});
  return run(words);
}

}  // namespace headway::bench

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() >= 2 && words[0] == "--child") {
      return headway::bench::child_main(words[1], {words.begin() + 2, words.end()});
    }
    return headway::bench::bench_main(words);
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}
