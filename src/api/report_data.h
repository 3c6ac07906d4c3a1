#pragma once
// Everything that a report of a campaign tells, read so that all of it belongs together.

#include <string>
#include <vector>

#include "api/json_writer.h"
#include "api/services.h"
#include "domain/report/figures.h"
#include "store/reader.h"

namespace headway::api {

struct ReportData {
  store::CampaignSnapshot campaign;
  Instant as_of{};
  domain::report::Figures figures;
  std::string canonical, sha256;
  std::vector<store::SliceCounts> accounts, steps, variants, collections, failures;
  std::vector<store::SeriesPoint> days;  // the last 90 at most, on the campaign's clock
  std::string zone;                      // of `days`
  domain::TimeToReply time_to_reply;
  std::vector<store::ActivityEntry> timeline;  // oldest first, the latest 200
};

// Reads again while the campaign goes on between the reads; unavailable when it never rests.
Result<ReportData> read_report(Services& s, CampaignId id, Instant now);

void write_report(JsonWriter& w, const ReportData& d);
std::string report_csv(const ReportData& d);
// A page without scripts or anything from elsewhere: charts are SVG in it; light, dark and print. `policy`: the
// Content-Security-Policy that it is to be sent with.
std::string report_html(const ReportData& d, std::string& policy);

}  // namespace headway::api
