// GET /campaigns/{id}/variants: the texts of each step side by side, how they were drawn, and whether one is better.

#include <algorithm>
#include <map>

#include "api/comparison_codec.h"
#include "api/handlers.h"
#include "api/list.h"
#include "domain/comparison/compare.h"

namespace headway::api {

namespace cmp = domain::comparison;

namespace {

struct StepTexts {
  int step = 0;
  std::vector<const store::AllocationEntry*> history;  // by epoch
  std::vector<const domain::Variant*> texts;           // in use
};

// What became of the messages of one text under one allocation; epoch -1: named from outside, not drawn.
struct Outcome {
  std::int64_t delivered = 0, undelivered = 0, responded = 0, booked = 0;
};
using Outcomes = std::map<std::pair<std::int64_t, int>, Outcome>;  // by variant and epoch

Outcomes outcomes_of(const std::vector<store::CohortCell>& cells, int step) {
  Outcomes out;
  for (const store::CohortCell& c : cells) {
    if (c.step != step) continue;
    Outcome& o = out[{c.variant.value, c.epoch}];
    switch (c.counter) {
      case domain::Counter::contacted: o.delivered += c.n; break;
      case domain::Counter::undelivered: o.undelivered += c.n; break;
      case domain::Counter::responded: o.responded += c.n; break;
      case domain::Counter::booked: o.booked += c.n; break;
      default: break;
    }
  }
  return out;
}

double share_in(const StepTexts& step, int epoch, VariantId variant) {
  for (const store::AllocationEntry* entry : step.history) {
    if (entry->epoch != epoch) continue;
    for (const auto& share : entry->shares) {
      if (share.variant == variant) return share.share;
    }
  }
  return 0;
}

std::vector<cmp::TextArm> arms_of(const StepTexts& step, const Outcomes& outcomes,
                                  cmp::Metric metric) {
  std::vector<cmp::TextArm> arms;
  for (const domain::Variant* v : step.texts) {
    cmp::TextArm arm;
    arm.name = v->name;
    for (auto at = outcomes.lower_bound({v->id.value, -1});
         at != outcomes.end() && at->first.first == v->id.value; ++at) {
      const Outcome& o = at->second;
      cmp::EpochCount e;
      e.epoch = at->first.second;
      e.share = share_in(step, e.epoch, v->id);
      e.drawn = o.delivered + o.undelivered;
      e.n = metric == cmp::Metric::delivery ? e.drawn : o.delivered;
      e.events = metric == cmp::Metric::delivery   ? o.undelivered
                 : metric == cmp::Metric::response ? o.responded
                                                   : o.booked;
      arm.n += e.n;
      arm.good += metric == cmp::Metric::delivery ? o.delivered : e.events;
      if (e.epoch >= 0 && e.share > 0) arm.epochs.push_back(e);
    }
    arms.push_back(std::move(arm));
  }
  return arms;
}

void write_shares(JsonWriter& w, const store::AllocationEntry& entry) {
  w.begin_array();
  for (const auto& share : entry.shares) {
    w.begin_object()
        .field("variant_id", share.variant)
        .field("name", share.name)
        .field("share", share.share)
        .end_object();
  }
  w.end_array();
}

void write_history(JsonWriter& w, const StepTexts& step) {
  w.key("allocation");
  if (step.history.empty()) {
    w.begin_array().end_array();
  } else {
    write_shares(w, *step.history.back());
  }
  w.key("history").begin_array();
  for (const store::AllocationEntry* entry : step.history) {
    w.begin_object()
        .field("epoch", entry->epoch)
        .field("from_at", entry->from_at)
        .field("mode", domain::to_string(entry->mode))
        .field("metric", domain::to_string(entry->metric))
        .key("shares");
    write_shares(w, *entry);
    w.key("evidence").raw(entry->evidence.empty() ? "{}" : entry->evidence).end_object();
  }
  w.end_array();
}

void write_step(JsonWriter& w, const domain::CampaignPlan& plan, const StepTexts& step,
                const std::vector<store::CohortCell>& cells) {
  const Outcomes outcomes = outcomes_of(cells, step.step);
  w.begin_object()
      .field("step", step.step)
      .field("mode", domain::to_string(plan.variant_mode))
      .field("metric", domain::to_string(plan.variant_metric));
  const bool comparable = step.texts.size() >= 2;
  w.key("ratio_check");
  if (comparable) {
    const cmp::RatioCheck check = cmp::check_ratio(arms_of(step, outcomes, cmp::Metric::delivery));
    w.begin_object()
        .field("log_e", check.log_e)
        .field("alarm", check.alarm)
        .field("sentence", check.sentence)
        .end_object();
  } else {
    w.null();
  }
  write_history(w, step);
  w.key("metrics").begin_array();
  if (comparable) {
    std::vector<ComparedArm> names;
    for (const domain::Variant* v : step.texts) names.push_back({to_string(v->id), v->name});
    for (const auto metric :
         {cmp::Metric::delivery, cmp::Metric::response, cmp::Metric::conversion}) {
      write_metric(w, cmp::compare_texts(arms_of(step, outcomes, metric), metric), names);
    }
  }
  w.end_array().key("sentence");
  comparable ? w.null() : w.text("Only one text is in use in this step: nothing to compare.");
  w.end_object();
}

}  // namespace

Reply campaign_variants(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  const auto cells = s.analysis.cohorts(*id, true);
  if (!cells) return refuse(cells.error());
  const auto allocations = s.analysis.allocations(*id);
  if (!allocations) return refuse(allocations.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("campaign_id", *id).field("as_of", r.now).key("steps").begin_array();
    for (std::size_t i = 0; i < c->plan.steps.size(); ++i) {
      StepTexts step;
      step.step = static_cast<int>(i + 1);
      for (const store::AllocationEntry& entry : *allocations) {
        if (entry.step == step.step) step.history.push_back(&entry);
      }
      for (const domain::Variant& v : c->plan.steps[i].variants) {
        if (!v.retired) step.texts.push_back(&v);
      }
      write_step(w, c->plan, step, *cells);
    }
    w.end_array().end_object();
  });
}

}  // namespace headway::api
