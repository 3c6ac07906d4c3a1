// headway_sim: runs seeds, and repeats one.

#include <charconv>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/bugs.h"
#include "sim/world.h"

namespace {

using headway::sim::Bug;
using headway::sim::Options;
using headway::sim::Report;

constexpr std::string_view kHelp =
    R"(headway_sim: the engine under simulated faults, decided by a seed.

  --seed=N       run one seed, twice (the second run must go the same way)
  --log          with --seed: print what happens
  --seeds=N      run N seeds (default 1000) ...
  --from=K       ... beginning with K (default 1); --seed=K --count=N is the same
  --commit=HASH  run the seed that a commit's hash gives
  --bug=NAME     plant a bug: it must be found. --bug=all: each in turn, within --seeds (default 200)
  --list-bugs    print their names

Exit code 0: all promises kept (with --bug: the bug was found). 1: not. 2: bad arguments.
)";

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

std::string repeat(const Options& o) {
  std::string command = "headway_sim --seed=" + std::to_string(o.seed) + " --log";
  if (o.bug != Bug::none) command += " --bug=" + std::string(headway::sim::to_string(o.bug));
  return command;
}

// The seed of the first failure, if any.
std::optional<std::uint64_t> run_range(Options o, std::uint64_t from, std::uint64_t n, bool twice) {
  const auto factory = headway::sim::model_store_factory();
  for (std::uint64_t seed = from; seed < from + n; ++seed) {
    o.seed = seed;
    const Report r = twice ? run_twice(o, factory) : run_seed(o, factory);
    if (r.ok()) continue;
    std::cout << "seed " << seed << ": " << r.problem << "\n  repeat with: " << repeat(o) << '\n';
    return seed;
  }
  return std::nullopt;
}

int find_bugs(std::optional<Bug> one, std::uint64_t from, std::uint64_t n) {
  bool all_found = true;
  for (const Bug bug : headway::sim::all_bugs()) {
    if (one && *one != bug) continue;
    Options o;
    o.bug = bug;
    const auto seed = run_range(o, from, n, false);
    std::cout << headway::sim::to_string(bug) << (seed ? ": found\n" : ": NOT FOUND\n");
    all_found = all_found && seed.has_value();
  }
  return all_found ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::optional<std::uint64_t> seed, seeds, from, count;
  std::string bug;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    const auto eq = arg.find('=');
    const std::string_view key = arg.substr(0, eq);
    const std::string_view value = eq == std::string_view::npos ? "" : arg.substr(eq + 1);
    if (arg == "--help") {
      std::cout << kHelp;
      return 0;
    }
    if (arg == "--list-bugs") {
      for (const Bug b : headway::sim::all_bugs()) std::cout << headway::sim::to_string(b) << '\n';
      return 0;
    }
    bool good = true;
    if (arg == "--log") {
      options.log = true;
    } else if (key == "--seed") {
      good = (seed = number(value)).has_value();
    } else if (key == "--seeds") {
      good = (seeds = number(value)).has_value();
    } else if (key == "--from") {
      good = (from = number(value)).has_value();
    } else if (key == "--count") {
      good = (count = number(value)).has_value();
    } else if (key == "--commit") {
      // FNV-1a over the hash's text.
      std::uint64_t h = 14695981039346656037ULL;
      for (const char c : value) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
      seed = h;
      good = !value.empty();
    } else if (key == "--bug") {
      bug = value;
      good = value == "all" || headway::sim::parse_bug(value).has_value();
    } else {
      good = false;
    }
    if (!good) {
      std::cerr << "headway_sim: what is " << arg << "?\n\n" << kHelp;
      return 2;
    }
  }
  if (seed && count) {
    from = std::exchange(seed, std::nullopt);
    seeds = count;
  }
  if (seed) {
    options.seed = *seed;
    if (!bug.empty() && bug != "all") options.bug = *headway::sim::parse_bug(bug);
    const Report r = run_twice(options, headway::sim::model_store_factory());
    std::cout << "seed " << *seed << ": " << r.events << " events, " << r.crashes << " crashes, "
              << r.handovers << " handed over, " << r.arrivals << " arrived, hash " << std::hex
              << r.hash << std::dec << '\n';
    if (!r.ok()) std::cout << r.problem << "\n  repeat with: " << repeat(options) << '\n';
    return r.ok() == (options.bug == Bug::none) ? 0 : 1;
  }
  if (!bug.empty()) {
    return find_bugs(bug == "all" ? std::nullopt : headway::sim::parse_bug(bug), from.value_or(1),
                     seeds.value_or(200));
  }
  const std::uint64_t n = seeds.value_or(1000);
  const auto failed = run_range(options, from.value_or(1), n, true);
  if (failed) return 1;
  std::cout << n << " seeds, each twice, all promises kept\n";
  return 0;
}
