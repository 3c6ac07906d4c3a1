// The whole workspace at a glance, over the last 7, 30 or 90 days.

#include <algorithm>

#include "api/figures.h"
#include "api/handlers.h"
#include "api/list.h"

namespace headway::api {
namespace {

struct Period {
  std::string name;
  int days = 7;
};

// nullopt when not said, or wrong.
std::optional<int> read_days(Query& q) {
  const auto name = q.text("period");
  if (!name) return std::nullopt;
  for (const int days : {7, 30, 90}) {
    if (*name == std::to_string(days) + "d") return days;
  }
  q.error("period", "Must be 7d, 30d or 90d");
  return std::nullopt;
}

Result<Period> read_period(const Request& r) {
  Query q(r.query);
  Period p;
  p.days = read_days(q).value_or(7);
  p.name = std::to_string(p.days) + "d";
  if (auto bad = q.finish(); !bad) return tl::unexpected(bad.error());
  return p;
}

// The UTC days of the period, today included.
Result<std::vector<store::SeriesPoint>> days_of(Services& s, const Period& p, Instant now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const Instant from = today - std::chrono::days{p.days - 1};
  return s.reader.workspace_series(from, today + std::chrono::days{1});
}

template <class Write>
Reply chart(Services& s, const Request& r, Write&& write) {
  const auto p = read_period(r);
  if (!p) return refuse(p.error());
  const auto points = days_of(s, *p, r.now);
  if (!points) return refuse(points.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("period", p->name).key("items").begin_array();
    for (const store::SeriesPoint& point : *points) {
      w.begin_object().field("date", format_rfc3339(point.from).substr(0, 10));
      write(w, point.counts);
      w.end_object();
    }
    w.end_array().end_object();
  });
}

void write_figures(JsonWriter& w, const domain::Counts& counts) {
  write_facts(w, counts);
  w.key("delivery");
  write_rate(w, domain::delivery_rate(counts));
  w.key("response");
  write_rate(w, domain::response_rate(counts));
  w.key("conversion");
  write_rate(w, domain::conversion_rate(counts));
}

}  // namespace

Reply dashboard_stats(Services& s, const Request& r) {
  const auto p = read_period(r);
  if (!p) return refuse(p.error());
  const auto t = s.reader.dashboard(r.now, p->days);
  if (!t) return refuse(t.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("period", p->name).key("campaigns").begin_object();
    w.field("active", t->campaigns_active)
        .field("paused", t->campaigns_paused)
        .field("finished", t->campaigns_finished)
        .end_object();
    w.key("accounts")
        .begin_object()
        .field("total", t->accounts)
        .field("active", t->accounts_active)
        .end_object();
    w.field("collections", t->collections)
        .field("people", t->people)
        .field("unread_conversations", t->unread_conversations);
    w.key("current").begin_object();
    write_figures(w, t->counts);
    w.end_object().key("previous").begin_object();
    write_figures(w, t->previous_counts);
    w.end_object().end_object();
  });
}

Reply dashboard_activity(Services& s, const Request& r) {
  Query q(r.query);
  const store::Paging paging = q.paging(false);
  const auto days = read_days(q);
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const Instant since = days ? r.now - std::chrono::days{*days} : Instant{};
  const auto page = s.reader.recent_activity(paging, since);
  if (!page) return refuse(page.error());
  return list(*page, paging.limit, paging.offset, write_activity);
}

namespace {

constexpr int kTop = 5;
constexpr int kLookedAt = 100;  // the newest campaigns

struct Top {
  store::CampaignSnapshot campaign;
  domain::Counts counts;  // in the period
  std::int64_t ended() const {
    return counts[domain::Counter::delivered] + counts[domain::Counter::undelivered];
  }
};

// Campaigns with the most messages in the period.
Result<std::vector<Top>> top_campaigns(Services& s, Instant from, Instant now) {
  store::Paging paging;
  paging.limit = kLookedAt;
  auto page = s.reader.campaigns(paging, now);
  if (!page) return tl::unexpected(page.error());
  std::vector<Top> top;
  for (store::CampaignSnapshot& c : page->items) {
    if (!c.last_activity_at || *c.last_activity_at < from) continue;
    auto counts = s.reader.counts_between(c.plan.id, from, std::nullopt);
    if (!counts) return tl::unexpected(counts.error());
    Top one{std::move(c), *counts};
    if (one.ended() > 0) top.push_back(std::move(one));
  }
  std::stable_sort(top.begin(), top.end(),
                   [](const Top& a, const Top& b) { return a.ended() > b.ended(); });
  if (top.size() > kTop) top.resize(kTop);
  return top;
}

}  // namespace

Reply dashboard_performance(Services& s, const Request& r) {
  const auto p = read_period(r);
  if (!p) return refuse(p.error());
  const auto points = days_of(s, *p, r.now);
  if (!points) return refuse(points.error());
  const Instant today = std::chrono::floor<std::chrono::days>(r.now);
  const Instant from = today - std::chrono::days{p->days - 1};
  const auto before = s.reader.workspace_series(from - std::chrono::days{p->days}, from);
  if (!before) return refuse(before.error());
  const auto top = top_campaigns(s, from, r.now);
  if (!top) return refuse(top.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("period", p->name);
    for (const auto& [name, days] :
         {std::pair{"items", &*points}, std::pair{"previous", &*before}}) {
      w.key(name).begin_array();
      for (const store::SeriesPoint& point : *days) {
        w.begin_object().field("date", format_rfc3339(point.from).substr(0, 10));
        write_figures(w, point.counts);
        w.end_object();
      }
      w.end_array();
    }
    w.key("top_campaigns").begin_array();
    for (const Top& one : *top) {
      w.begin_object()
          .field("id", one.campaign.plan.id)
          .field("name", one.campaign.plan.name)
          .field("state", domain::to_string(one.campaign.plan.state))
          .field("simulated", one.campaign.simulated);
      write_figures(w, one.counts);
      w.end_object();
    }
    w.end_array().end_object();
  });
}

Reply chart_messages(Services& s, const Request& r) {
  return chart(s, r, [](JsonWriter& w, const domain::Counts& c) {
    w.field("delivered", c[domain::Counter::delivered])
        .field("failed", c[domain::Counter::undelivered]);
  });
}

Reply chart_bookings(Services& s, const Request& r) {
  return chart(s, r, [](JsonWriter& w, const domain::Counts& c) {
    w.field("booked", c[domain::Counter::booked]).field("responded", c[domain::Counter::responded]);
  });
}

}  // namespace headway::api
