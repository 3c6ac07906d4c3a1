#include "api/comparison_codec.h"

#include <array>

#include "api/figures.h"

namespace headway::api {

namespace cmp = domain::comparison;

std::vector<cmp::Cell> comparison_cells(const std::vector<store::CohortCell>& cells) {
  std::vector<cmp::Cell> out;
  out.reserve(cells.size());
  for (const store::CohortCell& c : cells) {
    cmp::Cell cell{c.day, c.account, c.collection, c.step, c.variant, c.epoch, c.lag, {}, c.n};
    switch (c.counter) {
      case domain::Counter::contacted: cell.what = cmp::What::delivered; break;
      case domain::Counter::undelivered: cell.what = cmp::What::undelivered; break;
      case domain::Counter::responded: cell.what = cmp::What::responded; break;
      case domain::Counter::booked: cell.what = cmp::What::booked; break;
      default: continue;
    }
    out.push_back(cell);
  }
  return out;
}

namespace {

void write_arms(JsonWriter& w, const cmp::MetricResult& result,
                const std::vector<ComparedArm>& arms) {
  w.key("arms").begin_array();
  for (std::size_t i = 0; i < result.arms.size(); ++i) {
    const cmp::Arm& arm = result.arms[i];
    w.begin_object().field("id", arms[i].id).field("name", arms[i].name).key("rate");
    write_rate(w, arm.rate);
    w.key("so_far");
    write_rate(w, arm.so_far);
    w.key("cs");
    if (arm.cs) {
      w.begin_object().field("lo", arm.cs->lo).field("hi", arm.cs->hi).end_object();
    } else {
      w.null();
    }
    w.field("p_best", arm.p_best).field("expected_loss", arm.expected_loss).end_object();
  }
  w.end_array();
}

void write_difference(JsonWriter& w, const cmp::Difference& d,
                      const std::vector<ComparedArm>& arms) {
  w.begin_object()
      .field("a", arms[d.a].id)
      .field("b", arms[d.b].id)
      .field("difference", d.difference)
      .field("lo", d.lo)
      .field("hi", d.hi)
      .key("odds_ratio")
      .begin_object()
      .field("crude", d.odds.crude)
      .field("mh", d.odds.mh)
      .field("lo", d.odds.lo)
      .field("hi", d.odds.hi)
      .field("same_everywhere_p", d.odds.same_everywhere_p)
      .end_object()
      .field("log_e", d.log_e)
      .key("better");
  d.better ? w.text(arms[*d.better].id) : w.null();
  w.field("decided", d.decided)
      .field("compared_by", cmp::to_string(d.cut))
      .field("dropped", d.dropped)
      .field("reversed", d.reversed)
      .field("differs_by_place", d.differs_by_place)
      .end_object();
}

}  // namespace

void write_metric(JsonWriter& w, const cmp::MetricResult& result,
                  const std::vector<ComparedArm>& arms) {
  w.begin_object()
      .field("metric", cmp::to_string(result.metric))
      .field("unit", result.metric == cmp::Metric::delivery ? "messages" : "leads");
  write_arms(w, result, arms);
  w.key("differences").begin_array();
  for (const cmp::Difference& d : result.differences) write_difference(w, d, arms);
  w.end_array().field("verdict", cmp::to_string(result.verdict)).key("winner_id");
  result.winner ? w.text(arms[*result.winner].id) : w.null();
  w.field("sentence", result.sentence)
      .field("needed_per_arm", result.needed)
      .key("maturity")
      .begin_object()
      .field("window_days", result.maturity.window_days)
      .field("blocks_closed", result.maturity.closed)
      .field("blocks_open", result.maturity.open)
      .field("share_of_leads", result.maturity.share)
      .end_object()
      .end_object();
}

void write_warnings(JsonWriter& w, const std::vector<Warning>& warnings) {
  w.key("warnings").begin_array();
  for (const Warning& warning : warnings) {
    w.begin_object()
        .field("kind", warning.kind)
        .field("sentence", warning.sentence)
        .field("share", warning.share)
        .end_object();
  }
  w.end_array();
}

}  // namespace headway::api
