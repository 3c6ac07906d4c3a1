// GET /campaigns/compare: two to twenty campaigns side by side, and whether one of them does better.

#include <algorithm>
#include <cmath>
#include <set>

#include "api/comparison_codec.h"
#include "api/figures.h"
#include "api/handlers.h"
#include "api/list.h"
#include "domain/wording.h"

namespace headway::api {

namespace cmp = domain::comparison;

namespace {

constexpr std::size_t kArmsMax = 20;
// Leads looked at for people who are in two campaigns: over all of them, and of each.
constexpr int kOverlapLeads = 400, kOverlapMax = 200;
constexpr std::int64_t kAgeApartDays = 7;
constexpr double kOverlapMin = 0.01, kDroppedMin = 0.1;

struct Question {
  std::vector<CampaignId> ids;
  std::optional<cmp::Metric> metric;
  int window_days = 7;
};

void read_ids(Query& q, std::vector<CampaignId>& ids) {
  const auto text = q.text("ids", true);
  if (!text) return;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const auto id = parse_id(part);
    if (!id) {
      q.error("ids", "Must be ids of campaigns, separated by commas");
      return;
    }
    if (std::find(ids.begin(), ids.end(), CampaignId{*id}) == ids.end()) {
      ids.push_back(CampaignId{*id});
    }
  }
  if (ids.size() < 2 || ids.size() > kArmsMax)
    q.error("ids", "Must be 2 to 20 different campaigns");
}

Question read_question(Query& q) {
  Question question;
  read_ids(q, question.ids);
  if (const auto metric = q.text("metric")) {
    question.metric = cmp::parse_metric(*metric);
    if (!question.metric) q.error("metric", "Must be delivery, response or conversion");
  }
  if (const auto window = q.integer("window_days", 1, 30)) {
    question.window_days = static_cast<int>(*window);
    if (!cmp::lags_within(question.window_days)) {
      q.error("window_days", "Must be 1, 3, 7, 14 or 30");
    }
  }
  return question;
}

std::int64_t day_of(Instant t) {
  return std::chrono::floor<std::chrono::days>(t).time_since_epoch().count();
}

struct Compared {
  std::vector<store::CampaignSnapshot> campaigns;
  std::vector<cmp::CampaignArm> arms;
  std::vector<ComparedArm> names;
  std::vector<cmp::MetricResult> results;
  std::vector<Warning> warnings;
};

Result<void> load(Services& s, const Question& question, Instant now, Compared& out) {
  const bool messages = !question.metric || *question.metric == cmp::Metric::delivery;
  const bool leads = question.metric != cmp::Metric::delivery;
  for (const CampaignId id : question.ids) {
    auto c = s.reader.campaign(id, now);
    if (!c) return tl::unexpected(c.error());
    cmp::CampaignArm arm;
    arm.name = c->plan.name;
    arm.timeline.today = day_of(now);
    arm.timeline.finished = c->plan.state == domain::CampaignState::finished;
    if (messages) {
      const auto cells = s.analysis.cohorts(id, true);
      if (!cells) return tl::unexpected(cells.error());
      arm.by_message = comparison_cells(*cells);
    }
    if (leads) {
      const auto cells = s.analysis.cohorts(id, false);
      if (!cells) return tl::unexpected(cells.error());
      arm.by_lead = comparison_cells(*cells);
    }
    arm.timeline.first_day = arm.timeline.today;
    for (const auto* cells : {&arm.by_lead, &arm.by_message}) {
      for (const cmp::Cell& cell : *cells) {
        arm.timeline.first_day = std::min(arm.timeline.first_day, cell.day);
      }
    }
    out.names.push_back({to_string(id), c->plan.name});
    out.arms.push_back(std::move(arm));
    out.campaigns.push_back(std::move(*c));
  }
  return {};
}

// ---- warnings

void warn_of_collections(Compared& c) {
  std::set<CollectionId> all;
  for (const auto& campaign : c.campaigns) {
    all.insert(campaign.plan.collections.begin(), campaign.plan.collections.end());
  }
  std::size_t shared = 0;
  for (const CollectionId id : all) {
    shared += std::all_of(c.campaigns.begin(), c.campaigns.end(), [id](const auto& campaign) {
      const auto& own = campaign.plan.collections;
      return std::find(own.begin(), own.end(), id) != own.end();
    });
  }
  if (shared == all.size()) return;
  c.warnings.push_back(
      {"different_collections",
       shared == 0
           ? "The campaigns write to different collections: a difference may come from the people."
           : "Only " + domain::count_text(static_cast<std::int64_t>(shared)) + " of " +
                 domain::count_text(static_cast<std::int64_t>(all.size()), "collection") +
                 " are in all of the campaigns: a difference may come from the people.",
       1 - static_cast<double>(shared) / static_cast<double>(all.size())});
}

Result<void> warn_of_overlap(Services& s, const Question& question, Compared& c) {
  const int sample = std::min(kOverlapMax, kOverlapLeads / static_cast<int>(question.ids.size()));
  const auto read = s.analysis.overlaps(question.ids, sample);
  if (!read) return tl::unexpected(read.error());
  const store::Overlap* most = nullptr;
  double share = 0;
  for (const store::Overlap& o : *read) {
    if (o.looked_at == 0) continue;
    const double own = static_cast<double>(o.shared) / static_cast<double>(o.looked_at);
    if (own > share) share = own, most = &o;
  }
  if (most == nullptr || share < kOverlapMin) return {};
  const auto name = [&](CampaignId id) {
    const auto at = std::find(question.ids.begin(), question.ids.end(), id);
    return c.names[static_cast<std::size_t>(at - question.ids.begin())].name;
  };
  c.warnings.push_back({"overlapping_leads",
                        std::string(most->exact ? "" : "About ") + domain::percent_text(share) +
                            " of the people of " + name(most->a) + " are in " + name(most->b) +
                            " too: what one campaign sent may have changed how they met the other.",
                        share});
  return {};
}

void warn_of_age(Compared& c) {
  const auto [first, last] = std::minmax_element(
      c.arms.begin(), c.arms.end(),
      [](const auto& a, const auto& b) { return a.timeline.first_day < b.timeline.first_day; });
  const std::int64_t apart = last->timeline.first_day - first->timeline.first_day;
  if (apart <= kAgeApartDays) return;
  c.warnings.push_back({"unequal_age",
                        first->name + " began " + domain::count_text(apart, "day") + " before " +
                            last->name +
                            ": only replies within the same time are compared, but "
                            "other things may have changed meanwhile.",
                        std::nullopt});
}

void warn_of_results(Compared& c) {
  const cmp::Difference* reversed = nullptr;
  const cmp::Difference* dropped = nullptr;
  for (const cmp::MetricResult& r : c.results) {
    for (const cmp::Difference& d : r.differences) {
      if (d.reversed && reversed == nullptr) reversed = &d;
      if (d.dropped >= kDroppedMin && (dropped == nullptr || d.dropped > dropped->dropped)) {
        dropped = &d;
      }
    }
  }
  if (reversed != nullptr) {
    c.warnings.push_back({"mix_reverses",
                          "In total " + c.names[reversed->a].name + " and " +
                              c.names[reversed->b].name +
                              " compare one way, and place by place the other way: they wrote to "
                              "different mixes of people.",
                          std::nullopt});
  }
  if (dropped != nullptr) {
    c.warnings.push_back({"one_armed_strata",
                          domain::percent_text(dropped->dropped) + " of the leads of " +
                              c.names[dropped->a].name + " and " + c.names[dropped->b].name +
                              " have no counterpart in the other campaign and do not decide.",
                          dropped->dropped});
  }
}

Result<void> warn(Services& s, const Question& question, Compared& c) {
  c.warnings.push_back({"observational",
                        "Nobody drew by lot who got which campaign: a difference is observed, not "
                        "proven.",
                        std::nullopt});
  warn_of_collections(c);
  if (auto read = warn_of_overlap(s, question, c); !read) return read;
  warn_of_age(c);
  warn_of_results(c);
  const bool simulated = std::any_of(c.campaigns.begin(), c.campaigns.end(),
                                     [](const auto& campaign) { return campaign.simulated; });
  if (simulated) {
    c.warnings.push_back({"simulated", "Some of these recipients are simulated.", std::nullopt});
  }
  return {};
}

void write_campaign_row(JsonWriter& w, const store::CampaignSnapshot& c,
                        const cmp::CampaignArm& arm) {
  const bool began = arm.timeline.first_day < arm.timeline.today || c.plan.started_at;
  w.begin_object()
      .field("id", c.plan.id)
      .field("name", c.plan.name)
      .field("state", domain::to_string(c.plan.state))
      .field("simulated", c.simulated)
      .field("started_at", c.plan.started_at)
      .key("age_days");
  began ? w.number(arm.timeline.today - arm.timeline.first_day) : w.null();
  w.key("counts");
  write_counts(w, domain::status_counts(c.counts));
  write_rates(w, c.counts);
  w.end_object();
}

}  // namespace

Reply compare_campaigns(Services& s, const Request& r) {
  Query q(r.query);
  const Question question = read_question(q);
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  Compared c;
  if (auto read = load(s, question, r.now, c); !read) return refuse(read.error());
  for (const auto metric :
       {cmp::Metric::delivery, cmp::Metric::response, cmp::Metric::conversion}) {
    if (question.metric && *question.metric != metric) continue;
    c.results.push_back(cmp::compare_campaigns(c.arms, metric, question.window_days));
  }
  if (auto read = warn(s, question, c); !read) return refuse(read.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("as_of", r.now).key("campaigns").begin_array();
    for (std::size_t i = 0; i < c.campaigns.size(); ++i) {
      write_campaign_row(w, c.campaigns[i], c.arms[i]);
    }
    w.end_array().key("metrics").begin_array();
    for (const cmp::MetricResult& result : c.results) write_metric(w, result, c.names);
    w.end_array();
    write_warnings(w, c.warnings);
    w.end_object();
  });
}

}  // namespace headway::api
