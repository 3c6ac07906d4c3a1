// Figures of a campaign: now, as of an instant, of a period, over time, and by what they consist of.

#include <algorithm>

#include "api/figure_cache.h"
#include "api/figures.h"
#include "api/handlers.h"
#include "api/list.h"
#include "api/metric_links.h"
#include "domain/schedule.h"

namespace headway::api {
namespace {

void write_time_to_reply(JsonWriter& w, const domain::TimeToReply& t) {
  w.key("time_to_reply")
      .begin_object()
      .field("n", t.n)
      .field("p25_s", t.p25_s)
      .field("median_s", t.median_s)
      .field("p75_s", t.p75_s)
      .end_object();
}

struct Period {
  Instant from{}, to{};
};
// The same length of time, just before.
Period before(const Period& p) { return {p.from - (p.to - p.from), p.from}; }
constexpr std::chrono::hours kDefaultPeriod{7 * 24};

Result<domain::Counts> counts_of(Services& s, CampaignId id, const Period& p) {
  return s.reader.counts_between(id, p.from, p.to);
}

void write_period(JsonWriter& w, const Period& p, const domain::Counts& counts) {
  w.begin_object().field("from", p.from).field("to", p.to).key("delivery");
  write_rate(w, domain::delivery_rate(counts));
  w.key("response");
  write_rate(w, domain::response_rate(counts));
  w.key("conversion");
  write_rate(w, domain::conversion_rate(counts));
  w.key("opt_out");
  write_rate(w, domain::opt_out_rate(counts));
  w.end_object();
}

// `change`: also the last seven days and the seven before.
Result<Reply> metrics_now(Services& s, CampaignId id, Instant now, bool change = false) {
  domain::Counts current, previous;
  const Period period{now - kDefaultPeriod, now};
  if (change) {
    auto read = counts_of(s, id, period);
    if (!read) return tl::unexpected(read.error());
    current = *read;
    read = counts_of(s, id, before(period));
    if (!read) return tl::unexpected(read.error());
    previous = *read;
  }
  const auto c = s.reader.campaign(id, now);
  if (!c) return tl::unexpected(c.error());
  const auto reply_time = s.reader.time_to_reply(id);
  if (!reply_time) return tl::unexpected(reply_time.error());
  return ok([&](JsonWriter& w) {
    const domain::StatusCounts counts = domain::status_counts(c->counts);
    const Waiting open = waiting(*c, reason_context(s, *c, now));
    w.begin_object()
        .field("campaign_id", c->plan.id)
        .field("as_of", now)
        .field("version", c->figures_version)
        .field("state", domain::to_string(c->plan.state))
        .field("simulated", c->simulated)
        .key("counts");
    write_counts(w, counts);
    write_progress(w, counts);
    w.key("waiting");
    write_waiting(w, open);
    w.field("next_send_at", open.next_send_at);
    write_rates(w, c->counts);
    write_failures(w, c->counts);
    write_time_to_reply(w, *reply_time);
    write_links(w, *c, open);
    if (change) {
      w.key("period");
      write_period(w, period, current);
      w.key("previous");
      write_period(w, before(period), previous);
    }
    w.end_object();
  });
}

// Facts before an instant, or of a period: from the journal, whatever has happened since.
Reply metrics_then(Services& s, CampaignId id, const Request& r) {
  Query q(r.query);
  const auto as_of = q.time("as_of");
  const auto from = q.time("from");
  auto to = q.time("to");
  if (as_of && (!to || *as_of < *to)) to = *as_of + milliseconds{1};  // what happened at it counts
  const bool change = q.boolean("previous").value_or(false);
  if (change && as_of) q.error("previous", "A period has a previous one, an instant has none");
  if (from && *from >= to.value_or(r.now)) q.error("from", "Must be before to and as_of");
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  if (!from && !to) {
    auto now = metrics_now(s, id, r.now, change);
    return now ? std::move(*now) : refuse(now.error());
  }
  const auto c = s.reader.campaign(id, r.now);
  if (!c) return refuse(c.error());
  const auto counts = s.reader.counts_between(id, from, to);
  if (!counts) return refuse(counts.error());
  // A period has one of the same length before it.
  const bool bounded = from && !as_of;
  const Period earlier = bounded ? before({*from, to.value_or(r.now)}) : Period();
  const auto previous = bounded ? counts_of(s, id, earlier) : domain::Counts();
  if (!previous) return refuse(previous.error());
  return ok([&](JsonWriter& w) {
    w.begin_object()
        .field("campaign_id", c->plan.id)
        .field("as_of", as_of ? std::min(*as_of, r.now) : r.now)
        .field("from", from)
        .field("to", to)
        .field("version", c->figures_version)
        .key("counts");
    if (from) {  // a period has facts, not a standing
      w.null().key("progress").null();
    } else {
      const domain::StatusCounts status = domain::status_counts(*counts);
      write_counts(w, status);
      write_progress(w, status);
    }
    w.key("facts").begin_object();
    write_facts(w, *counts);
    w.end_object();
    write_rates(w, *counts);
    write_failures(w, *counts);
    if (bounded) {
      w.key("previous");
      write_period(w, earlier, *previous);
    }
    w.end_object();
  });
}

constexpr std::int64_t kPointsMax = 2000;
constexpr std::chrono::hours kHourlyUpTo{96};

}  // namespace

Reply campaign_metrics(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  if (!r.query.empty()) return metrics_then(s, *id, r);
  std::int64_t commits = 0;
  Reply reply;
  reply.shared_body = s.figures->find(*id, r.now, &commits);
  if (reply.shared_body) return reply;
  auto fresh = metrics_now(s, *id, r.now);
  if (!fresh) return refuse(fresh.error());
  reply.shared_body = std::make_shared<const std::string>(std::move(fresh->body));
  s.figures->put(*id, r.now, commits, reply.shared_body);
  return reply;
}

Reply campaign_series(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  Query q(r.query);
  const auto from_said = q.time("from");
  const auto to_said = q.time("to");
  const auto bucket = q.text("bucket");
  const auto zone_said = q.text("timezone");
  if (bucket && *bucket != "hour" && *bucket != "day") q.error("bucket", "Must be hour or day");
  if (zone_said && !domain::Zone::find(*zone_said)) q.error("timezone", "Unknown time zone");
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());

  using std::chrono::floor, std::chrono::hours;
  const Instant from = from_said.value_or(floor<hours>(c->plan.created_at));
  const Instant to = to_said.value_or(floor<hours>(r.now) + hours{1});
  if (from >= to) return refuse(Result<void>(invalid("from", "Must be before to")).error());
  const bool by_day = bucket ? *bucket == "day" : to - from > kHourlyUpTo;
  if ((to - from) / (by_day ? hours{24} : hours{1}) >= kPointsMax) {
    return refuse(
        Result<void>(invalid("bucket", "At most 2,000 points: take days, or less time")).error());
  }
  const std::string zone =
      zone_said.value_or(c->plan.active_hours ? c->plan.active_hours->timezone : "UTC");
  const auto points = s.reader.series(*id, from, to, by_day, zone);
  if (!points) return refuse(points.error());
  return ok([&](JsonWriter& w) {
    w.begin_object()
        .field("from", from)
        .field("to", to)
        .field("bucket", by_day ? "day" : "hour")
        .field("timezone", zone)
        .key("items")
        .begin_array();
    for (const store::SeriesPoint& p : *points) {
      w.begin_object().field("at", p.from);
      write_facts(w, p.counts);
      w.end_object();
    }
    w.end_array().end_object();
  });
}

namespace {

std::optional<store::BreakdownBy> parse_by(std::string_view text) {
  using By = store::BreakdownBy;
  constexpr std::pair<std::string_view, By> kNames[] = {
      {"account", By::account},       {"variant", By::variant}, {"step", By::step},
      {"collection", By::collection}, {"failure", By::failure}, {"weekday_hour", By::weekday_hour}};
  for (const auto& [name, by] : kNames) {
    if (name == text) return by;
  }
  return std::nullopt;
}

void write_slice(JsonWriter& w, store::BreakdownBy by, const store::SliceCounts& slice) {
  using By = store::BreakdownBy;
  w.begin_object().field("label", slice.label);
  switch (by) {
    case By::account: w.field("account_id", slice.account); break;
    case By::variant: w.field("variant_id", slice.variant).field("step", slice.step); break;
    case By::step: w.field("step", slice.step); break;
    case By::collection: w.field("collection_id", slice.collection); break;
    case By::failure:
      w.field("class", domain::to_string(slice.failure))
          .field("cause", domain::to_string(domain::cause_of(slice.failure)));
      break;
    case By::weekday_hour:
      w.field("weekday", domain::kWeekdays[static_cast<std::size_t>(slice.weekday % 7)])
          .field("hour", slice.hour);
      break;
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

}  // namespace

Reply campaign_breakdown(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  Query q(r.query);
  const auto name = q.text("by", true);
  const auto by = name ? parse_by(*name) : std::nullopt;
  if (name && !by) {
    q.error("by", "Must be account, variant, step, collection, failure or weekday_hour");
  }
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto slices = s.reader.breakdown(*id, *by);
  if (!slices) return refuse(slices.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("by", *name).key("items").begin_array();
    for (const store::SliceCounts& slice : *slices) write_slice(w, *by, slice);
    w.end_array().end_object();
  });
}

}  // namespace headway::api
