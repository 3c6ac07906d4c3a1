// The report of a campaign in its formats, and the facts behind it.

#include <algorithm>

#include "api/handlers.h"
#include "api/list.h"
#include "api/report_data.h"
#include "domain/report/facts.h"

namespace headway::api {
namespace {

using domain::report::append_campaign;

// ---- CSV -------------------------------------------------------------------------------------------

// A cell that a spreadsheet takes for text, never for a formula.
std::string cell(std::string_view text) {
  const bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  std::string out = "\"";
  if (formula) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

void rate_line(std::string& out, const char* section, std::string_view label, const char* name,
               const domain::Rate& r) {
  const auto number = [](const std::optional<double>& x) {
    std::string text;
    if (x) JsonWriter(text).number(*x);
    return text;
  };
  out += std::string(section) + "," + cell(label) + "," + name + ",," + std::to_string(r.num) +
         "," + std::to_string(r.den) + "," + number(r.rate) + "," + number(r.lo) + "," +
         number(r.hi) + "\r\n";
}

void slice_lines(std::string& out, const char* section,
                 const std::vector<store::SliceCounts>& slices) {
  for (const store::SliceCounts& s : slices) {
    const std::string label = s.label.empty() ? std::to_string(s.step) : s.label;
    rate_line(out, section, label, "delivery", domain::delivery_rate(s.counts));
    rate_line(out, section, label, "response", domain::response_rate(s.counts));
    rate_line(out, section, label, "conversion", domain::conversion_rate(s.counts));
  }
}

Reply report_reply(const ReportData& d, const std::string& format) {
  const std::string file = "report-" + to_string(d.campaign.plan.id);
  Reply reply;
  if (format == "csv") {
    reply.body = report_csv(d);
    reply.content_type = "text/csv; charset=utf-8";
    reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + file + ".csv\"");
    return reply;
  }
  if (format == "html") {
    std::string policy;
    reply.body = report_html(d, policy);
    reply.content_type = "text/html; charset=utf-8";
    reply.headers.emplace_back("Content-Security-Policy", policy);
    reply.headers.emplace_back("Content-Disposition", "inline; filename=\"" + file + ".html\"");
    return reply;
  }
  return ok([&](JsonWriter& w) { write_report(w, d); });
}

// ---- facts -----------------------------------------------------------------------------------------

// The facts in the order of leads, a page of leads a piece.
class FactExport {
 public:
  FactExport(store::Reader& reader, const store::CampaignSnapshot& c, Instant now)
      : reader_(reader), id_(c.plan.id), now_(now) {
    append_campaign(first_, id_, c.plan.name, now, c.figures_version);
    filter_.now = now;
    paging_.limit = kPage;
  }

  std::string next() {
    if (ended_) return {};
    std::string out = std::exchange(first_, {});
    const auto page = reader_.leads(id_, filter_, paging_);
    if (!page) return cut_off();
    for (const store::LeadRow& row : page->items) {
      const auto lead = reader_.lead(id_, row.id);
      if (!lead) return cut_off();
      append(out, *lead);
    }
    paging_.cursor = page->next_cursor;
    if (paging_.cursor.empty()) {
      const auto after = reader_.campaign(id_, now_);
      if (!after) return cut_off();
      domain::report::append_end(out, leads_, after->figures_version);
      ended_ = true;
    }
    return out;
  }

 private:
  static constexpr int kPage = 200;

  // Without its last line: who reads it knows that it is not whole.
  std::string cut_off() {
    ended_ = true;
    return {};
  }

  void append(std::string& out, const store::LeadTimeline& t) {
    const LeadId id = t.lead.id;
    ++leads_;
    domain::report::append_lead(out, id, t.lead.state);
    std::vector<const store::MessageRow*> ended;
    for (const store::MessageRow& m : t.messages) {
      if (m.outcome == "delivered" || m.outcome == "failed") ended.push_back(&m);
    }
    std::stable_sort(ended.begin(), ended.end(),
                     [](const auto* a, const auto* b) { return a->step < b->step; });
    int step = 0;
    for (const store::MessageRow* m : ended) {
      if (m->step == step) continue;  // the message and its last try are the same fact
      step = m->step;
      domain::report::append_message(out, id, m->step, m->variant, m->account,
                                     m->outcome == "delivered", m->failure, m->code, m->at);
    }
    for (const auto& e : t.events) domain::report::append_event(out, id, e.kind, e.at);
  }

  store::Reader& reader_;
  CampaignId id_;
  Instant now_;
  std::string first_;
  store::LeadFilter filter_;
  store::LeadPaging paging_;
  std::int64_t leads_ = 0;
  bool ended_ = false;
};

}  // namespace

std::string report_csv(const ReportData& d) {
  std::string out = "section,label,figure,count,num,den,rate,lo,hi\r\n";
  for (const auto& [name, n] : d.figures.all())
    out += "figure,," + name + "," + std::to_string(n) + ",,,,,\r\n";
  const domain::Counts& c = d.campaign.counts;
  rate_line(out, "campaign", d.campaign.plan.name, "delivery", domain::delivery_rate(c));
  rate_line(out, "campaign", d.campaign.plan.name, "response", domain::response_rate(c));
  rate_line(out, "campaign", d.campaign.plan.name, "conversion", domain::conversion_rate(c));
  rate_line(out, "campaign", d.campaign.plan.name, "opt_out", domain::opt_out_rate(c));
  slice_lines(out, "account", d.accounts);
  slice_lines(out, "step", d.steps);
  slice_lines(out, "variant", d.variants);
  slice_lines(out, "collection", d.collections);
  out += "seal,," + cell(d.sha256) + ",,,,,,\r\n";
  return out;
}

Reply campaign_report(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  Query q(r.query);
  const std::string format = q.text("format").value_or("json");
  if (format != "json" && format != "csv" && format != "html") {
    q.error("format", "Must be json, csv or html");
  }
  const bool sealed = q.boolean("sealed").value_or(false);
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto d = read_report(s, *id, r.now);
  if (!d) return refuse(d.error());
  if (sealed && d->campaign.plan.state != domain::CampaignState::finished) {
    return refuse(409, "The campaign is " + std::string(domain::to_string(d->campaign.plan.state)) +
                           ": its results are sealed when it is finished");
  }
  return report_reply(*d, format);
}

Reply campaign_export(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  Reply reply;
  reply.content_type = "application/x-ndjson";
  reply.headers.emplace_back("Content-Disposition",
                             "attachment; filename=\"facts-" + to_string(*id) + ".ndjson\"");
  auto source = std::make_shared<FactExport>(s.reader, *c, r.now);
  reply.more = [source] { return source->next(); };
  return reply;
}

}  // namespace headway::api
