#include "api/figures.h"

#include <algorithm>

#include "api/engine_watch.h"
#include "domain/schedule.h"

namespace headway::api {
namespace {

domain::ReasonContext::Hours hours_of(const domain::ActiveHours* hours, const std::string& name,
                                      Instant now) {
  const domain::Zone zone = domain::Zone::find(name).value_or(domain::Zone{});
  domain::ReasonContext::Hours h;
  h.open = domain::open_at(hours, zone, now);
  if (!h.open) h.next_open = domain::next_open(hours, zone, now);
  return h;
}

domain::ReasonContext::AccountView view_of(const Services& s, const engine::EngineStatus& engine,
                                           const domain::Account& account, std::int64_t used,
                                           Instant now) {
  domain::ReasonContext::AccountView v;
  v.id = account.id;
  v.status = account.status;
  v.status_until = account.status_until;
  v.usable = s.channels.contains(account.channel);
  v.exhausted = account.daily_limit && used >= *account.daily_limit;
  v.day_end = domain::day_end(domain::Zone::find(account.timezone).value_or(domain::Zone{}), now);
  for (const engine::AccountPace& pace : engine.accounts) {
    if (pace.account != account.id) continue;
    v.pace_next = pace.next_at;
    if (pace.blocked_until && (!v.pace_next || *v.pace_next < *pace.blocked_until)) {
      v.pace_next = pace.blocked_until;
    }
    break;
  }
  return v;
}

}  // namespace

domain::ReasonContext reason_context(const Services& s, const store::CampaignSnapshot& c,
                                     Instant now) {
  domain::ReasonContext context;
  context.now = now;
  context.state = c.plan.state;
  const domain::ActiveHours* hours = c.plan.active_hours ? &*c.plan.active_hours : nullptr;
  const std::string zone = hours != nullptr ? hours->timezone : "UTC";
  context.zones.push_back(hours_of(hours, zone, now));
  if (hours != nullptr && hours->lead_timezone) {
    for (const domain::WaitCount& group : c.waits) {
      const auto at = static_cast<std::size_t>(std::max(0, group.zone));
      if (at == 0 || at >= c.zones.size()) continue;
      if (context.zones.size() <= at) context.zones.resize(at + 1, context.zones.front());
      context.zones[at] = hours_of(hours, c.zones[at], now);
    }
  }
  context.campaign_exhausted = c.plan.daily_limit && c.campaign_day_used >= *c.plan.daily_limit;
  context.campaign_day_end =
      domain::day_end(domain::Zone::find(zone).value_or(domain::Zone{}), now);
  const auto engine = s.watch->status();
  for (std::size_t i = 0; i < c.accounts.size(); ++i) {
    const domain::Account& account = c.accounts[i];
    // Accounts that leads still belong to, but that the campaign has lost, are none of its own.
    if (std::find(c.plan.accounts.begin(), c.plan.accounts.end(), account.id) ==
        c.plan.accounts.end()) {
      continue;
    }
    const std::int64_t used = i < c.account_day_used.size() ? c.account_day_used[i] : 0;
    context.accounts.push_back(view_of(s, *engine, account, used, now));
  }
  return context;
}

Waiting waiting(const store::CampaignSnapshot& c, const domain::ReasonContext& context) {
  Waiting out;
  for (const domain::WaitCount& group : c.waits) {
    if (group.n == 0) continue;
    const domain::Explanation e = domain::explain(group, context);
    out.n[static_cast<std::size_t>(e.reason)] += group.n;
    std::optional<Instant> next = e.next_at;
    if (e.reason == domain::Reason::due && !next) next = context.now;
    // A group of follow-ups or retries that are not due yet: the store knows the earliest of all.
    if (!next && c.next_due &&
        (e.reason == domain::Reason::follow_up_delay ||
         e.reason == domain::Reason::retry_backoff)) {
      next = c.next_due;
    }
    if (next && (!out.next_send_at || *next < *out.next_send_at)) out.next_send_at = next;
  }
  return out;
}

void write_rate(JsonWriter& w, const domain::Rate& rate) {
  w.begin_object()
      .field("num", rate.num)
      .field("den", rate.den)
      .field("rate", rate.rate)
      .field("lo", rate.lo)
      .field("hi", rate.hi)
      .end_object();
}

void write_counts(JsonWriter& w, const domain::StatusCounts& counts) {
  w.begin_object()
      .field("sent", counts.sent)
      .field("failed", counts.failed)
      .field("pending", counts.pending)
      .field("partial", counts.partial)
      .field("total", counts.total)
      .end_object();
}

void write_progress(JsonWriter& w, const domain::StatusCounts& counts) {
  w.key("progress");
  const auto progress = domain::progress_basis_points(counts);
  progress ? w.hundredths(*progress) : w.null();
}

void write_waiting(JsonWriter& w, const Waiting& waiting) {
  w.begin_object();
  for (int i = 1; i < domain::kReasons; ++i) {
    const std::int64_t n = waiting.n[static_cast<std::size_t>(i)];
    if (n != 0) w.field(domain::to_string(static_cast<domain::Reason>(i)), n);
  }
  w.end_object();
}

void write_rates(JsonWriter& w, const domain::Counts& counts) {
  const domain::Rate delivery = domain::delivery_rate(counts);
  w.key("delivery");
  write_rate(w, delivery);
  w.field("band", domain::to_string(domain::delivery_band(delivery.num, delivery.den)));
  w.field("band_uncertain", domain::band_uncertain(delivery));
  w.key("response");
  write_rate(w, domain::response_rate(counts));
  w.key("conversion");
  write_rate(w, domain::conversion_rate(counts));
  w.key("opt_out");
  write_rate(w, domain::opt_out_rate(counts));
  w.key("bookings_per_responder");
  write_rate(w, domain::bookings_per_responder(counts));
}

namespace {

void write_classes(JsonWriter& w, const std::array<std::int64_t, domain::kFailureClasses>& n) {
  w.begin_object();
  for (int i = 1; i < domain::kFailureClasses; ++i) {
    const std::int64_t count = n[static_cast<std::size_t>(i)];
    if (count != 0) w.field(domain::to_string(static_cast<domain::FailureClass>(i)), count);
  }
  w.end_object();
}

}  // namespace

void write_failures(JsonWriter& w, const domain::Counts& counts) {
  w.key("failures");
  write_classes(w, counts.lead_failures);
  w.key("message_failures");
  write_classes(w, counts.message_failures);
}

void write_facts(JsonWriter& w, const domain::Counts& counts) {
  using domain::Counter;
  w.field("sent", counts[Counter::sent])
      .field("failed", counts[Counter::failed])
      .field("delivered", counts[Counter::delivered])
      .field("undelivered", counts[Counter::undelivered])
      .field("contacted", counts[Counter::contacted])
      .field("responded", counts[Counter::responded])
      .field("booked", counts[Counter::booked])
      .field("opted_out", counts[Counter::opted_out])
      .field("replies", counts[Counter::replies])
      .field("auto_replies", counts[Counter::auto_replies]);
}

namespace {

void write_hours(JsonWriter& w, const std::optional<domain::ActiveHours>& hours) {
  w.key("active_hours");
  if (!hours) {
    w.null();
    return;
  }
  w.begin_object()
      .field("timezone", hours->timezone)
      .field("lead_timezone", hours->lead_timezone)
      .key("days")
      .begin_object();
  for (std::size_t day = 0; day < hours->days.size(); ++day) {
    if (hours->days[day].empty()) continue;
    w.key(domain::kWeekdays[day]).begin_array();
    for (const domain::OpenRange& range : hours->days[day]) {
      w.begin_array()
          .text(domain::format_minute_of_day(range.from))
          .text(domain::format_minute_of_day(range.to))
          .end_array();
    }
    w.end_array();
  }
  w.end_object().end_object();
}

void write_steps(JsonWriter& w, const std::vector<domain::Step>& steps) {
  w.key("steps").begin_array();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    w.begin_object()
        .field("step", static_cast<std::int64_t>(i + 1))
        .field("delay", format_iso_duration(steps[i].delay))
        .key("variants")
        .begin_array();
    for (const domain::Variant& v : steps[i].variants) {
      if (v.retired) continue;
      w.begin_object()
          .field("id", v.id)
          .field("name", v.name)
          .field("body", v.body)
          .field("weight", v.weight)
          .end_object();
    }
    w.end_array().end_object();
  }
  w.end_array();
}

void write_plan(JsonWriter& w, const store::CampaignSnapshot& c) {
  w.key("accounts").begin_array();
  for (const AccountId id : c.plan.accounts) {
    const auto it = std::find_if(c.accounts.begin(), c.accounts.end(),
                                 [id](const domain::Account& a) { return a.id == id; });
    w.begin_object().field("id", id);
    if (it != c.accounts.end()) {
      w.field("name", it->name).field("status", domain::to_string(it->status));
    } else {
      w.field("name", "").field("status", "disabled");
    }
    w.end_object();
  }
  w.end_array().key("collections").begin_array();
  for (std::size_t i = 0; i < c.plan.collections.size(); ++i) {
    w.begin_object()
        .field("id", c.plan.collections[i])
        .field("name", i < c.collection_names.size() ? c.collection_names[i] : std::string())
        .end_object();
  }
  w.end_array();
  write_steps(w, c.plan.steps);
  write_hours(w, c.plan.active_hours);
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
      .field("canonical", seal->canonical);
  w.end_object();
}

}  // namespace

void write_campaign(JsonWriter& w, const Services& s, const store::CampaignSnapshot& c, Instant now,
                    bool with_plan, std::string_view more) {
  const domain::StatusCounts counts = domain::status_counts(c.counts);
  const Waiting open = waiting(c, reason_context(s, c, now));
  w.begin_object()
      .field("id", c.plan.id)
      .field("name", c.plan.name)
      .field("state", domain::to_string(c.plan.state))
      .field("paused", c.plan.state == domain::CampaignState::paused)
      .field("simulated", c.simulated)
      .key("counts");
  write_counts(w, counts);
  write_progress(w, counts);
  w.key("waiting");
  write_waiting(w, open);
  write_rates(w, c.counts);
  if (with_plan) {
    write_plan(w, c);
    write_alerts(w, s, c);
    w.field("daily_limit", c.plan.daily_limit)
        .field("attribution_days", c.plan.attribution_days)
        .field("variant_mode", domain::to_string(c.plan.variant_mode))
        .field("variant_metric", domain::to_string(c.plan.variant_metric))
        .field("auto_pause", c.plan.auto_pause)
        .field("plan_version", c.plan.version);
    write_seal(w, "delivery_seal", c.delivery_seal);
    write_seal(w, "outcome_seal", c.outcome_seal);
  }
  w.field("enrolling", c.plan.enrolling).text_or_null("pause_reason", c.plan.pause_reason);
  w.field("created_at", c.plan.created_at)
      .field("started_at", c.plan.started_at)
      .field("finished_at", c.plan.finished_at)
      .field("next_send_at", open.next_send_at)
      .field("last_activity_at", c.last_activity_at)
      .field("version", c.figures_version);
  if (!more.empty()) w.raw(more);
  w.end_object();
}

}  // namespace headway::api
