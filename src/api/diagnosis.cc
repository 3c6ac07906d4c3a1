// GET /campaigns/{id}/diagnosis: why messages fail, with the evidence, or that it cannot be said.

#include "domain/diagnosis/diagnosis.h"

#include <map>

#include "api/figures.h"
#include "api/handlers.h"
#include "api/labels.h"
#include "api/list.h"
#include "api/metric_links.h"

namespace headway::api {

namespace dx = domain::diagnosis;

namespace {

constexpr int kSamples = 5;

std::vector<dx::Cell> cells_of(const store::FailureCells& read) {
  std::vector<dx::Cell> cells;
  cells.reserve(read.cells.size());
  for (const store::FailureCell& c : read.cells) {
    cells.push_back({c.account, c.collection, c.step, c.variant, c.load, c.failure, c.code, c.n,
                     c.first, c.last});
  }
  return cells;
}

dx::Background background_of(const store::BaselineCounts& counts) {
  dx::Background b{counts.delivered, counts.undelivered, {}};
  for (const auto& cell : counts.failures) b.codes.push_back({cell.failure, cell.code, cell.n});
  return b;
}

using Labels = std::map<std::pair<dx::By, std::int64_t>, std::string>;

Result<Labels> labels_of(Services& s, const store::CampaignSnapshot& c) {
  Labels labels;
  for (const auto by :
       {store::BreakdownBy::account, store::BreakdownBy::collection, store::BreakdownBy::variant}) {
    const auto slices = s.reader.breakdown(c.plan.id, by);
    if (!slices) return tl::unexpected(slices.error());
    for (const store::SliceCounts& slice : *slices) {
      if (slice.account) labels[{dx::By::account, slice.account.value}] = slice.label;
      if (slice.collection) labels[{dx::By::collection, slice.collection.value}] = slice.label;
      if (by == store::BreakdownBy::variant) {
        labels[{dx::By::variant, slice.variant.value}] =
            variant_label(c.plan, slice.variant, slice.label);
      }
    }
  }
  return labels;
}

// The leads that failed in a slice, as the list of leads filters them. Load is no property of a lead: there the
// leads with the commonest class.
struct Leads {
  std::string query;
  store::LeadFilter filter;
};
Leads leads_of(const dx::Slice& slice, const std::vector<dx::Background::Code>& codes) {
  Leads leads{"status=failed", {}};
  leads.filter.status = domain::Status::failed;
  const std::string value = std::to_string(slice.value);
  if (slice.by == dx::By::load) {
    if (!codes.empty()) {
      leads.query = failed_query(codes.front().failure);
      leads.filter.failure = codes.front().failure;
    }
    return leads;
  }
  switch (slice.by) {
    case dx::By::account:
      leads.query += "&account_id=" + value;
      leads.filter.account = AccountId{slice.value};
      break;
    case dx::By::collection:
      leads.query += "&collection_id=" + value;
      leads.filter.collection = CollectionId{slice.value};
      break;
    case dx::By::variant:
      leads.query += "&variant=" + value;
      leads.filter.variant = VariantId{slice.value};
      break;
    case dx::By::step:
      leads.query += "&step=" + value;
      leads.filter.step = static_cast<int>(slice.value);
      break;
    case dx::By::load: break;
  }
  return leads;
}

std::string link_of(CampaignId id, const dx::Cause& cause) {
  const std::string value = std::to_string(cause.slice.value);
  if (cause.slice.by == dx::By::account) return "/accounts/" + value;
  if (cause.slice.by == dx::By::collection) return "/leads/" + value;
  return "/campaigns/" + to_string(id);
}

void write_codes(JsonWriter& w, const std::vector<dx::Background::Code>& codes) {
  w.key("codes").begin_array();
  for (const auto& code : codes) {
    w.begin_object().field("class", domain::to_string(code.failure));
    w.text_or_null("code", code.code).field("n", code.n).end_object();
  }
  w.end_array();
}

void write_slice(JsonWriter& w, const dx::Slice& slice) {
  const bool has_id = slice.by != dx::By::load && slice.by != dx::By::step;
  w.begin_object()
      .field("by", dx::to_string(slice.by))
      .field("value", slice.value)
      .field("label", slice.label)
      .key("id");
  has_id ? w.text(std::to_string(slice.value)) : w.null();
  w.field("attempts", slice.attempts)
      .field("failures", slice.failures)
      .field("expected", slice.expected)
      .key("rate");
  write_rate(w, slice.rate);
  w.field("times_expected", slice.times_expected).end_object();
}

Result<void> write_samples(JsonWriter& w, Services& s, CampaignId id,
                           const store::LeadFilter& filter) {
  store::LeadPaging paging;
  paging.limit = kSamples;
  const auto page = s.reader.leads(id, filter, paging);
  if (!page) return tl::unexpected(page.error());
  w.key("samples").begin_array();
  for (const store::LeadRow& lead : page->items) {
    w.begin_object().field("id", lead.id).field("name", lead.person.name);
    w.text_or_null("text", lead.failure_text.empty() ? lead.failure_code : lead.failure_text);
    w.end_object();
  }
  w.end_array();
  return {};
}

Result<void> write_cause(JsonWriter& w, Services& s, CampaignId id, const dx::Cause& cause) {
  w.begin_object()
      .field("cause", domain::to_string(cause.cause))
      .field("title", cause.title)
      .field("sentence", cause.sentence)
      .field("remedy", cause.remedy)
      .field("probability", cause.probability)
      .key("failures")
      .begin_object()
      .field("n", cause.failures)
      .field("of", cause.of)
      .end_object()
      .field("share", cause.share)
      .key("slice");
  write_slice(w, cause.slice);
  write_codes(w, cause.codes);
  w.field("first_at", cause.first).field("last_at", cause.last);
  Leads leads = leads_of(cause.slice, cause.codes);
  if (auto written = write_samples(w, s, id, leads.filter); !written) return written;
  w.field("leads_query", leads.query).field("link", link_of(id, cause)).end_object();
  return {};
}

Result<void> write_diagnosis(JsonWriter& w, Services& s, const store::CampaignSnapshot& c,
                             const dx::Diagnosis& d, Instant now) {
  w.begin_object()
      .field("campaign_id", c.plan.id)
      .field("as_of", now)
      .field("version", c.figures_version)
      .field("simulated", c.simulated)
      .field("verdict", dx::to_string(d.verdict))
      .field("sentence", d.sentence)
      .key("delivery");
  write_rate(w, d.delivery);
  w.field("band", domain::to_string(d.band))
      .key("baseline")
      .begin_object()
      .field("rate", d.baseline)
      .field("source", d.baseline_source)
      .end_object()
      .field("needed", d.needed)
      .key("causes")
      .begin_array();
  for (const dx::Cause& cause : d.causes) {
    if (auto written = write_cause(w, s, c.plan.id, cause); !written) return written;
  }
  w.end_array().key("slices").begin_array();
  for (const dx::Slice& slice : d.slices) write_slice(w, slice);
  w.end_array().key("others").begin_array();
  for (const dx::Other& other : d.others) {
    w.begin_object()
        .field("class", domain::to_string(other.failure))
        .field("title", other.title)
        .field("n", other.n)
        .field("share", other.share)
        .field("sentence", other.sentence)
        .field("leads_query", failed_query(other.failure))
        .end_object();
  }
  w.end_array().key("ties").begin_array();
  for (const std::string& tie : d.ties) w.text(tie);
  w.end_array().end_object();
  return {};
}

}  // namespace

Reply campaign_diagnosis(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  const auto cells = s.analysis.failure_cells(*id);
  if (!cells) return refuse(cells.error());
  const auto others = s.analysis.workspace_baseline(*id);
  if (!others) return refuse(others.error());
  const auto labels = labels_of(s, *c);
  if (!labels) return refuse(labels.error());
  const auto name = [&](dx::By by, std::int64_t value) {
    const auto at = labels->find({by, value});
    return at == labels->end() ? "No. " + std::to_string(value) : at->second;
  };
  const dx::Diagnosis d = dx::diagnose(cells_of(*cells), background_of(*others), name);
  Result<void> written;
  Reply reply = ok([&](JsonWriter& w) { written = write_diagnosis(w, s, *c, d, r.now); });
  return written ? std::move(reply) : refuse(written.error());
}

}  // namespace headway::api
