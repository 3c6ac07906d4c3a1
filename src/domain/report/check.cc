#include "domain/report/check.h"

#include <boost/json/parse.hpp>

namespace headway::domain::report {
namespace {

namespace json = boost::json;

const json::object* object_in(const json::object& o, std::string_view name) {
  const json::value* v = o.if_contains(name);
  return v != nullptr ? v->if_object() : nullptr;
}

std::string text_in(const json::object& o, std::string_view name) {
  const json::value* v = o.if_contains(name);
  return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string{};
}

void expect(std::vector<std::string>& problems, const std::string& what, std::int64_t shown,
            std::int64_t sealed) {
  if (shown == sealed) return;
  problems.push_back(what + " is shown as " + std::to_string(shown) + ", the figures say " +
                     std::to_string(sealed));
}

// The rates shown are made of the figures.
void check_rate(Checked& c, const json::object& report, const char* name, const std::string& num,
                std::int64_t den) {
  const json::object* rate = object_in(report, name);
  if (rate == nullptr) return;
  for (const auto& [part, sealed] : {std::pair{"num", c.figures[num]}, std::pair{"den", den}}) {
    const json::value* shown = rate->if_contains(part);
    if (shown == nullptr || !shown->is_int64()) continue;
    expect(c.problems, std::string(name) + "." + part, shown->get_int64(), sealed);
  }
}

}  // namespace

Result<Checked> check_report(std::string_view text) {
  boost::system::error_code bad;
  const json::value value = json::parse(text, bad);
  const json::object* report = bad ? nullptr : value.if_object();
  if (report == nullptr) return fail(ErrorKind::invalid, "The file is no JSON object");
  if (const json::object* data = object_in(*report, "data")) report = data;
  if (text_in(*report, "format") != "headway-report/1") {
    return fail(ErrorKind::invalid, "The file is no report of Headway (format headway-report/1)");
  }
  const json::object* figures = object_in(*report, "figures");
  const json::object* seal = object_in(*report, "seal");
  const auto id = parse_id(text_in(*report, "campaign_id"));
  if (figures == nullptr || seal == nullptr || !id) {
    return fail(ErrorKind::invalid, "The report has no figures, no seal or no campaign");
  }
  Checked c;
  c.campaign = CampaignId{*id};
  if (const json::value* v = report->if_contains("version"); v != nullptr && v->is_int64()) {
    c.version = v->get_int64();
  }
  for (const auto& [name, n] : *figures) {
    if (!n.is_int64())
      return fail(ErrorKind::invalid, "The figure " + std::string(name) + " is no integer");
    c.figures.add(std::string(name), n.get_int64());
  }
  const std::string bytes = canonical(c.campaign, c.figures);
  c.sha256 = seal_of(bytes);
  if (const std::string told = text_in(*seal, "sha256"); told != c.sha256) {
    c.problems.push_back("The figures have the SHA-256 " + c.sha256 + ", the seal says " + told);
  }
  if (text_in(*seal, "canonical") != bytes) {
    c.problems.emplace_back("The canonical text is not that of the figures");
  }
  const std::int64_t contacted = c.figures["leads.contacted"];
  check_rate(c, *report, "delivery", "messages.delivered",
             c.figures["messages.delivered"] + c.figures["messages.undelivered"]);
  check_rate(c, *report, "response", "leads.responded", contacted);
  check_rate(c, *report, "conversion", "leads.booked", contacted);
  check_rate(c, *report, "opt_out", "leads.opted_out", contacted);
  if (const json::object* delivery = object_in(*report, "delivery_seal")) {
    if (seal_of(text_in(*delivery, "canonical")) != text_in(*delivery, "sha256")) {
      c.problems.emplace_back("The seal of the delivery results does not fit its text");
    }
  }
  return c;
}

void check_facts(Checked& report, const Recount& facts) {
  if (facts.campaign() != report.campaign) {
    report.problems.push_back("The facts are of campaign " + to_string(facts.campaign()) +
                              ", the report is of " + to_string(report.campaign));
    return;
  }
  for (const Difference& d : differences(report.figures, facts.figures())) {
    report.problems.push_back(d.name + ": reported " + std::to_string(d.reported) + ", recounted " +
                              std::to_string(d.recounted));
  }
  if (report.problems.empty()) return;
  if (facts.version() != report.version || facts.end_version() != facts.version()) {
    report.problems.emplace_back(
        "The campaign went on between the report and the facts (their versions differ): export "
        "both again when it rests, or pause it before");
  }
}

}  // namespace headway::domain::report
