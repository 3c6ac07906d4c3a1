#include <cstdio>

#include <boost/json/serialize.hpp>

#include "app/commands.h"
#include "app/stat_functions.h"

namespace headway::app {

std::string stat_help() {
  std::string text = "\nArms are SUCCESSES/TRIES, blocks of two arms A:B, options key=value.\n";
  for (const StatFunction& f : stat_functions()) {
    text += std::string("\n  ") + f.name + " " + f.arguments + "\n      " + f.what +
            "\n      headway stat " + f.name + " " + f.example + "\n";
  }
  return text;
}

int run_stat(const std::vector<std::string>& words) {
  if (words.empty()) {
    std::fprintf(stderr, "headway: stat needs a name; `headway stat --help` lists them\n");
    return kUsage;
  }
  for (const StatFunction& f : stat_functions()) {
    if (words.front() != f.name) continue;
    StatArguments arguments({words.begin() + 1, words.end()});
    const boost::json::object answer = f.run(arguments);
    if (!arguments.ok()) {
      std::fprintf(
          stderr,
          "headway: stat %s: %s\n  usage: headway stat %s %s\n  for example: headway stat %s %s\n",
          f.name, arguments.finish().c_str(), f.name, f.arguments, f.name, f.example);
      return kUsage;
    }
    std::printf("%s\n", boost::json::serialize(answer).c_str());
    return kDone;
  }
  std::fprintf(stderr, "headway: no method `%s`; `headway stat --help` lists them\n",
               words.front().c_str());
  return kUsage;
}

}  // namespace headway::app
