#pragma once
// Checks a report (JSON) against itself and, when given, against the facts that it was made of.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/report/facts.h"

namespace headway::domain::report {

struct Checked {
  CampaignId campaign;
  std::int64_t version = 0;
  Figures figures;
  std::string sha256;                 // as recomputed
  std::vector<std::string> problems;  // sentences; empty = the report is what was sealed
};
// `text`: the report, with or without the envelope of the API. An error: it is no report.
Result<Checked> check_report(std::string_view text);
// What the facts say otherwise.
void check_facts(Checked& report, const Recount& facts);

}  // namespace headway::domain::report
