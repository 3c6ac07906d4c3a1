// When a campaign will be done, as it is and as it would be.

#include <algorithm>
#include <charconv>

#include "api/figures.h"
#include "api/forecast_input.h"
#include "api/handlers.h"
#include "api/json_reader.h"
#include "api/list.h"
#include "api/plan_input.h"
#include "domain/forecast/forecast.h"
#include "domain/plan_check.h"

namespace headway::api {
namespace {

namespace forecast = domain::forecast;

constexpr int kMoreAccountsMax = 100;
constexpr std::int64_t kLimitMax = 1'000'000'000;

// What the question changes in the plan.
struct WhatIf {
  int more_accounts = 0;
  std::optional<std::vector<AccountId>> accounts;
  std::optional<std::int64_t> daily_limit, account_limit;  // 0 = none at all
  std::optional<domain::ActiveHours> hours;
  std::vector<std::string> changed;  // sentences
  bool any() const { return !changed.empty(); }
};

void read_accounts(Query& q, const std::string& text, WhatIf& what) {
  std::string_view rest = text;
  // A plus sign that was not encoded arrives as a blank.
  if (!rest.empty() && (rest.front() == '+' || rest.front() == ' ')) {
    rest.remove_prefix(1);
    int n = 0;
    const auto [end, bad] = std::from_chars(rest.data(), rest.data() + rest.size(), n);
    if (bad != std::errc{} || end != rest.data() + rest.size() || n < 1 || n > kMoreAccountsMax) {
      q.error("accounts", "Must be +1 to +100, or ids with commas between");
      return;
    }
    what.more_accounts = n;
    return;
  }
  what.accounts.emplace();
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    const auto id = parse_id(rest.substr(0, comma));
    if (!id) {
      q.error("accounts", "Must be +1 to +100, or ids with commas between");
      return;
    }
    const AccountId account{*id};
    if (std::find(what.accounts->begin(), what.accounts->end(), account) == what.accounts->end()) {
      what.accounts->push_back(account);
    }
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
}

void read_hours(Query& q, const std::string& text, WhatIf& what) {
  const auto parsed = parse_object(text);
  if (!parsed) {
    q.error("active_hours", "Must be a JSON object like active_hours of a campaign");
    return;
  }
  const boost::json::object body{{"active_hours", *parsed}};
  std::vector<FieldError> errors;
  Fields f(body, errors);
  CampaignInput in = read_campaign(f, true);
  if (errors.empty() && in.active_hours && *in.active_hours) {
    domain::CampaignPlan plan;
    plan.name = "x";
    plan.active_hours = **in.active_hours;
    errors = domain::check_campaign(plan);
  }
  for (FieldError& e : errors) q.error(e.field, std::move(e.message));
  if (errors.empty() && in.active_hours) what.hours = *in.active_hours;
}

WhatIf read_what_if(Query& q) {
  WhatIf what;
  if (const auto accounts = q.text("accounts")) read_accounts(q, *accounts, what);
  what.daily_limit = q.integer("daily_limit", 0, kLimitMax);
  what.account_limit = q.integer("account_limit", 0, kLimitMax);
  if (const auto hours = q.text("active_hours")) read_hours(q, *hours, what);
  return what;
}

std::string limit_words(const std::optional<std::int64_t>& limit) {
  return limit ? std::to_string(*limit) + " messages a day" : "no limit";
}

// Like the campaign's own accounts on average, so that "one more" means what one would expect.
forecast::AccountInput typical(const forecast::Input& in) {
  forecast::AccountInput a;
  double rate = 0;
  std::int64_t limit = 0, limited = 0, n = 0;
  for (const auto& own : in.accounts) {
    if (!own.serves) continue;
    ++n;
    rate += own.rate_per_second;
    if (own.daily_limit) {
      limit += *own.daily_limit;
      ++limited;
    }
    a.zone = own.zone;
  }
  a.rate_per_second = n > 0 ? rate / static_cast<double>(n) : domain::kDefaultRatePerSecond;
  if (limited == n && n > 0) a.daily_limit = std::max<std::int64_t>(1, limit / n);
  return a;
}

Result<void> change(Services& s, WhatIf& what, forecast::Input& in) {
  if (what.more_accounts > 0) {
    const forecast::AccountInput like = typical(in);
    for (int i = 1; i <= what.more_accounts; ++i) {
      in.accounts.push_back(like);
      in.accounts.back().name = "another account";
    }
    what.changed.push_back(std::to_string(what.more_accounts) +
                           (what.more_accounts == 1 ? " more account" : " more accounts") +
                           " like those it has (" + limit_words(like.daily_limit) + ")");
  }
  if (what.accounts) {
    for (auto& account : in.accounts) account.serves = false;
    std::string names;
    for (std::size_t i = 0; i < what.accounts->size(); ++i) {
      const AccountId id = (*what.accounts)[i];
      auto known = std::find_if(in.accounts.begin(), in.accounts.end(),
                                [id](const auto& a) { return a.id == id; });
      if (known == in.accounts.end()) {
        const auto account = s.reader.account(id);
        if (!account) {
          if (account.error().kind != ErrorKind::not_found) return tl::unexpected(account.error());
          return invalid("accounts", "There is no account " + to_string(id));
        }
        in.accounts.push_back(forecast_account(s, *account));
        known = std::prev(in.accounts.end());
      }
      known->serves = true;
      names += (i == 0 ? "" : ", ") + known->name;
    }
    what.changed.push_back("Sent by " + (names.empty() ? std::string("no account") : names));
  }
  if (what.daily_limit) {
    what.changed.push_back("Campaign: " + limit_words(what.daily_limit) + " instead of " +
                           limit_words(in.daily_limit));
    in.daily_limit = what.daily_limit;
  }
  if (what.account_limit) {
    for (auto& account : in.accounts) account.daily_limit = what.account_limit;
    what.changed.push_back("Each account: " + limit_words(what.account_limit));
  }
  if (what.hours) {
    in.hours = what.hours;
    if (const auto zone = domain::Zone::find(what.hours->timezone)) in.zones.front() = *zone;
    what.changed.emplace_back("Other active hours");
  }
  return {};
}

void write_range(JsonWriter& w, std::string_view name, const std::optional<forecast::Range>& r) {
  w.key(name);
  if (!r) {
    w.null();
    return;
  }
  w.begin_object().field("p10", r->p10).field("p50", r->p50).field("p90", r->p90).end_object();
}

void write_three(JsonWriter& w, std::string_view name, const std::array<std::int64_t, 3>& n) {
  w.key(name).begin_object().field("p10", n[0]).field("p50", n[1]).field("p90", n[2]).end_object();
}

std::string lead_query(const forecast::Stuck& stuck) {
  if (stuck.reason == "no_account" || stuck.reason == "account_unhealthy") {
    return "reason=" + stuck.reason +
           (stuck.account ? "&account_id=" + to_string(stuck.account) : "");
  }
  return stuck.reason == "window_closed" || stuck.reason == "active_hours"
             ? "reason=" + stuck.reason
             : "";
}

void write_never(JsonWriter& w, const std::vector<forecast::Stuck>& never) {
  w.key("never");
  if (never.empty()) {
    w.null();
    return;
  }
  const auto write = [&w](const forecast::Stuck& stuck) {
    w.field("reason", stuck.reason)
        .field("sentence", stuck.sentence)
        .field("leads", stuck.leads)
        .field("account_id", stuck.account)
        .field("lead_query", lead_query(stuck));
  };
  w.begin_object();
  write(never.front());
  w.key("others").begin_array();
  for (std::size_t i = 1; i < never.size(); ++i) {
    w.begin_object();
    write(never[i]);
    w.end_object();
  }
  w.end_array().end_object();
}

void write_strings(JsonWriter& w, std::string_view name, const std::vector<std::string>& texts) {
  w.key(name).begin_array();
  for (const std::string& text : texts) w.text(text);
  w.end_array();
}

void write_series(JsonWriter& w, const forecast::Forecast& f, const domain::Zone& zone) {
  w.key("series").begin_array();
  for (const forecast::SeriesPoint& p : f.series) {
    const auto day = domain::day_number(zone, p.at - milliseconds{1});
    w.begin_object()
        .field("date", format_rfc3339(from_ms(day * 86'400'000)).substr(0, 10))
        .field("p10", p.processed[0])
        .field("p50", p.processed[1])
        .field("p90", p.processed[2])
        .end_object();
  }
  w.end_array();
}

}  // namespace

Reply campaign_forecast(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  Query q(r.query);
  WhatIf what = read_what_if(q);
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  const auto base = forecast_input(s, *c, r.now);
  if (!base) return refuse(base.error());
  forecast::Input in = *base;
  if (auto changed = change(s, what, in); !changed) return refuse(changed.error());
  const forecast::Forecast f = forecast::make_forecast(in);
  std::optional<forecast::Forecast> unchanged;
  if (what.any()) unchanged = forecast::make_forecast(*base);
  const domain::Zone zone = in.zones.empty() ? domain::Zone{} : in.zones.front();
  const Waiting open = waiting(*c, reason_context(s, *c, r.now));
  return ok([&](JsonWriter& w) {
    w.begin_object()
        .field("campaign_id", c->plan.id)
        .field("as_of", r.now)
        .field("version", c->figures_version)
        .field("state", domain::to_string(c->plan.state))
        .field("simulated", c->simulated)
        .field("sentence", forecast::sentence_of(f, zone, r.now));
    write_range(w, "finish", f.finish);
    w.field("already", f.already);
    write_never(w, f.never);
    write_range(w, "rest", f.rest);
    w.field("horizon", f.horizon).field("next_send_at", open.next_send_at);
    w.key("remaining").begin_object().field("leads", f.open_leads);
    write_three(w, "messages_expected", f.messages);
    w.end_object();
    write_series(w, f, zone);
    write_strings(w, "assumptions", f.assumptions);
    w.key("paused_note");
    if (f.if_resumed) {
      w.text("The campaign is paused: this is what would happen if it were resumed now.");
    } else {
      w.null();
    }
    w.key("what_if");
    if (what.any()) {
      w.begin_object();
      write_strings(w, "changed", what.changed);
      write_range(w, "base_finish", unchanged->finish);
      w.field("base_sentence", forecast::sentence_of(*unchanged, zone, r.now)).end_object();
    } else {
      w.null();
    }
    w.field("futures", f.paths).end_object();
  });
}

}  // namespace headway::api
