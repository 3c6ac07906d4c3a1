#include <cstdio>
#include <fstream>

#include "app/commands.h"
#include "domain/report/check.h"

namespace headway::app {
namespace {

constexpr std::size_t kReportBytesMax = 64 << 20;
constexpr std::size_t kLineBytesMax = 1 << 20;

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::not_found, "Cannot open " + path);
  std::string text;
  std::string piece(1 << 16, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    text.append(piece, 0, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kReportBytesMax)
      return fail(ErrorKind::too_large, path + " is larger than 64 MiB");
  }
  return text;
}

Result<domain::report::Recount> recount(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::not_found, "Cannot open " + path);
  domain::report::Recount facts;
  std::string line;
  while (std::getline(in, line)) {
    if (line.size() > kLineBytesMax)
      return fail(ErrorKind::too_large, path + ": a line is larger than 1 MiB");
    if (auto taken = facts.take(line); !taken) return tl::unexpected(taken.error());
  }
  if (auto whole = facts.finish(); !whole) return tl::unexpected(whole.error());
  return facts;
}

}  // namespace

int run_report_check(const ReportCheckOptions& options) {
  const auto text = read_file(options.file);
  if (!text) return report_error(text.error());
  auto checked = domain::report::check_report(*text);
  if (!checked) return report_error(checked.error());
  if (!options.events.empty()) {
    const auto facts = recount(options.events);
    if (!facts) return report_error(facts.error());
    domain::report::check_facts(*checked, *facts);
  }
  if (!checked->problems.empty()) {
    std::printf("The report of campaign %s is not what was sealed:\n",
                to_string(checked->campaign).c_str());
    for (const std::string& problem : checked->problems) std::printf("  %s\n", problem.c_str());
    return kWrong;
  }
  std::printf("The report of campaign %s fits its seal%s.\n  SHA-256 %s\n",
              to_string(checked->campaign).c_str(), options.events.empty() ? "" : " and the facts",
              checked->sha256.c_str());
  return kDone;
}

}  // namespace headway::app
