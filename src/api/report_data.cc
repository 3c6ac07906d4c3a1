#include "api/report_data.h"

#include <algorithm>

#include "api/figures.h"

namespace headway::api {
namespace {

constexpr int kTries = 25;
constexpr int kDays = 90;

using By = store::BreakdownBy;

Result<void> read_slices(Services& s, CampaignId id, ReportData& d) {
  for (const auto& [by, slices] :
       {std::pair{By::account, &d.accounts}, std::pair{By::step, &d.steps},
        std::pair{By::variant, &d.variants}, std::pair{By::collection, &d.collections},
        std::pair{By::failure, &d.failures}}) {
    auto read = s.reader.breakdown(id, by);
    if (!read) return tl::unexpected(read.error());
    *slices = std::move(*read);
  }
  return {};
}

void add_figures(ReportData& d) {
  using domain::report::add_slice;
  domain::report::add_totals(d.figures, d.campaign.counts);
  for (const auto& slice : d.accounts)
    add_slice(d.figures, "account." + to_string(slice.account), slice.counts);
  for (const auto& slice : d.steps)
    add_slice(d.figures, "step." + std::to_string(slice.step), slice.counts);
  for (const auto& slice : d.variants)
    add_slice(d.figures, "variant." + to_string(slice.variant), slice.counts);
  d.canonical = domain::report::canonical(d.campaign.plan.id, d.figures);
  d.sha256 = domain::report::seal_of(d.canonical);
}

}  // namespace

Result<ReportData> read_report(Services& s, CampaignId id, Instant now) {
  for (int i = 0; i < kTries; ++i) {
    ReportData d;
    d.as_of = now;
    auto before = s.reader.campaign(id, now);
    if (!before) return tl::unexpected(before.error());
    if (auto read = read_slices(s, id, d); !read) return tl::unexpected(read.error());
    auto after = s.reader.campaign(id, now);
    if (!after) return tl::unexpected(after.error());
    if (after->figures_version != before->figures_version) continue;
    d.campaign = std::move(*after);
    add_figures(d);

    const auto& plan = d.campaign.plan;
    d.zone = plan.active_hours ? plan.active_hours->timezone : "UTC";
    const Instant from = std::max(plan.created_at, now - std::chrono::hours{24 * kDays});
    auto days = s.reader.series(id, from, now + std::chrono::hours{1}, true, d.zone);
    if (!days) return tl::unexpected(days.error());
    d.days = std::move(*days);
    auto reply_time = s.reader.time_to_reply(id);
    if (!reply_time) return tl::unexpected(reply_time.error());
    d.time_to_reply = *reply_time;
    store::Paging paging;
    paging.limit = 200;
    auto activity = s.reader.activity(id, paging);
    if (!activity) return tl::unexpected(activity.error());
    d.timeline = std::move(activity->items);
    std::stable_sort(d.timeline.begin(), d.timeline.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    return d;
  }
  return fail(
      ErrorKind::unavailable,
      "The campaign's figures change faster than a report can be read: try again, or pause it");
}

namespace {

void write_slices(JsonWriter& w, std::string_view name,
                  const std::vector<store::SliceCounts>& slices, By by) {
  w.key(name).begin_array();
  for (const store::SliceCounts& slice : slices) {
    w.begin_object().field("label", slice.label);
    if (by == By::account) w.field("account_id", slice.account);
    if (by == By::step || by == By::variant) w.field("step", slice.step);
    if (by == By::variant) w.field("variant_id", slice.variant);
    if (by == By::collection) w.field("collection_id", slice.collection);
    if (by == By::failure) {
      w.field("class", domain::to_string(slice.failure))
          .field("cause", domain::to_string(domain::cause_of(slice.failure)));
    }
    write_facts(w, slice.counts);
    w.key("delivery");
    write_rate(w, domain::delivery_rate(slice.counts));
    w.key("response");
    write_rate(w, domain::response_rate(slice.counts));
    w.key("conversion");
    write_rate(w, domain::conversion_rate(slice.counts));
    w.end_object();
  }
  w.end_array();
}

void write_seal(JsonWriter& w, std::string_view name, const std::optional<domain::Seal>& seal) {
  w.key(name);
  if (!seal) {
    w.null();
    return;
  }
  w.begin_object()
      .field("at", seal->at)
      .field("sha256", seal->sha256)
      .field("canonical", seal->canonical)
      .end_object();
}

}  // namespace

void write_report(JsonWriter& w, const ReportData& d) {
  const auto& plan = d.campaign.plan;
  const domain::StatusCounts counts = domain::status_counts(d.campaign.counts);
  w.begin_object()
      .field("format", "headway-report/1")
      .field("campaign_id", plan.id)
      .field("name", plan.name)
      .field("state", domain::to_string(plan.state))
      .field("simulated", d.campaign.simulated)
      .field("as_of", d.as_of)
      .field("version", d.campaign.figures_version)
      .field("created_at", plan.created_at)
      .field("started_at", plan.started_at)
      .field("finished_at", plan.finished_at)
      .key("counts");
  write_counts(w, counts);
  write_progress(w, counts);
  write_rates(w, d.campaign.counts);
  write_failures(w, d.campaign.counts);
  w.key("time_to_reply")
      .begin_object()
      .field("n", d.time_to_reply.n)
      .field("p25_s", d.time_to_reply.p25_s)
      .field("median_s", d.time_to_reply.median_s)
      .field("p75_s", d.time_to_reply.p75_s)
      .end_object();
  w.key("breakdowns").begin_object();
  write_slices(w, "account", d.accounts, By::account);
  write_slices(w, "step", d.steps, By::step);
  write_slices(w, "variant", d.variants, By::variant);
  write_slices(w, "collection", d.collections, By::collection);
  write_slices(w, "failure", d.failures, By::failure);
  w.end_object();
  w.field("timezone", d.zone).key("days").begin_array();
  for (const store::SeriesPoint& p : d.days) {
    w.begin_object().field("at", p.from);
    write_facts(w, p.counts);
    w.end_object();
  }
  w.end_array().key("timeline").begin_array();
  for (const store::ActivityEntry& e : d.timeline) write_activity(w, e);
  w.end_array().key("figures").begin_object();
  for (const auto& [name, n] : d.figures.all()) w.key_text(name).number(n);
  w.end_object();
  w.key("seal")
      .begin_object()
      .field("sealed", plan.state == domain::CampaignState::finished)
      .field("sha256", d.sha256)
      .field("canonical", d.canonical)
      .end_object();
  write_seal(w, "delivery_seal", d.campaign.delivery_seal);
  write_seal(w, "outcome_seal", d.campaign.outcome_seal);
  w.end_object();
}

}  // namespace headway::api
