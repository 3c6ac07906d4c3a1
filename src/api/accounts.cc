#include <algorithm>

#include <boost/json/serialize.hpp>

#include "api/figures.h"
#include "api/handlers.h"
#include "api/list.h"
#include "api/plan_input.h"
#include "api/target.h"
#include "domain/plan_check.h"

namespace headway::api {
namespace {

constexpr std::string_view kMask = "********";

channels::Channel* channel_of(const Services& s, const std::string& name) {
  const auto it = s.channels.find(name);
  return it != s.channels.end() ? it->second : nullptr;
}

std::vector<std::string> secrets_of(const Services& s, const std::string& channel) {
  const channels::Channel* c = channel_of(s, channel);
  return c != nullptr ? c->secret_settings() : std::vector<std::string>{};
}

void write_account(JsonWriter& w, const Services& s, const domain::Account& a) {
  boost::json::object settings = a.settings;
  if (channel_of(s, a.channel) == nullptr) {
    settings.clear();  // of a channel that is switched off: which of them are secret is not known
  }
  for (const std::string& name : secrets_of(s, a.channel)) {
    if (boost::json::value* value = settings.if_contains(name)) *value = kMask;
  }
  w.begin_object()
      .field("id", a.id)
      .field("name", a.name)
      .field("channel", a.channel)
      .field("timezone", a.timezone)
      .field("daily_limit", a.daily_limit)
      .field("rate_per_second", a.rate_per_second)
      .key("settings")
      .raw(boost::json::serialize(settings))
      .field("simulated", a.simulated)
      .field("status", domain::to_string(a.status))
      .text_or_null("status_reason", a.status_reason)
      .field("status_since", a.status_since)
      .field("status_until", a.status_until)
      .field("created_at", a.created_at)
      .field("version", a.version)
      .end_object();
}

// A secret that comes back as it was shown keeps its value.
void put_secrets_back(const Services& s, const domain::Account& stored,
                      boost::json::object& settings) {
  for (const std::string& name : secrets_of(s, stored.channel)) {
    boost::json::value* value = settings.if_contains(name);
    if (value == nullptr || !value->is_string() || value->as_string() != kMask) continue;
    if (const boost::json::value* kept = stored.settings.if_contains(name)) {
      *value = *kept;
    } else {
      settings.erase(name);
    }
  }
}

void check(const Services& s, const domain::Account& a, std::vector<FieldError>& errors) {
  for (FieldError& e : domain::check_account(a)) {
    // What the reader has said about a field stands.
    const bool said = std::any_of(errors.begin(), errors.end(),
                                  [&e](const FieldError& have) { return have.field == e.field; });
    if (!said) errors.push_back(std::move(e));
  }
  const channels::Channel* channel = channel_of(s, a.channel);
  if (channel == nullptr) {
    const bool said = std::any_of(errors.begin(), errors.end(),
                                  [](const FieldError& have) { return have.field == "channel"; });
    std::string names;
    for (const auto& [name, unused] : s.channels) names += (names.empty() ? "" : ", ") + name;
    if (!said) errors.push_back({"channel", "Unknown channel. There are: " + names});
    return;
  }
  if (auto valid = channel->validate(a); !valid) {
    if (valid.error().fields.empty()) errors.push_back({"settings", valid.error().message});
    for (FieldError& e : valid.error().fields) errors.push_back(std::move(e));
  }
}

Reply answer(const Services& s, const domain::Account& a, int status = 200) {
  return ok([&](JsonWriter& w) { write_account(w, s, a); }, status);
}

}  // namespace

Result<void> no_query(const Request& r) {
  if (r.query.empty()) return {};
  return Query(r.query).finish();
}

Reply list_accounts(Services& s, const Request& r) {
  return plain_list(
      r, true, [&](const store::Paging& p) { return s.reader.accounts(p); },
      [&](JsonWriter& w, const domain::Account& a) { write_account(w, s, a); });
}

Reply get_account(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<AccountId>(r);
  if (!id) return refuse(id.error());
  const auto account = s.reader.account(*id);
  return account ? answer(s, *account) : refuse(account.error());
}

Reply create_account(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const AccountInput in = read_account(body.fields(), false);
  domain::Account a;
  a.name = in.name.value_or("");
  a.channel = in.channel.value_or("");
  a.timezone = in.timezone.value_or("UTC");
  a.daily_limit = in.daily_limit.value_or(std::nullopt);
  a.rate_per_second = in.rate_per_second.value_or(domain::kDefaultRatePerSecond);
  a.settings = in.settings.value_or(boost::json::object{});
  check(s, a, body->errors());
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  a.simulated = channel_of(s, a.channel)->traits(a).simulated;
  const auto made = s.catalog.create_account(a, r.actor, r.now);
  if (!made) return refuse(made.error());
  s.engine.plan_changed();
  return answer(s, *made, 201);
}

Reply change_account(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto id = target<AccountId>(r, body.fields());
  if (!id) return refuse(id.error());
  AccountInput in = read_account(body.fields(), true);
  if (!*id) return refuse(body.finish().error());
  const auto stored = s.reader.account(**id);
  if (!stored) return refuse(stored.error());
  if (in.settings) put_secrets_back(s, *stored, *in.settings);

  domain::Account next = *stored;
  if (in.name) next.name = *in.name;
  if (in.timezone) next.timezone = *in.timezone;
  if (in.daily_limit) next.daily_limit = *in.daily_limit;
  if (in.rate_per_second) next.rate_per_second = *in.rate_per_second;
  if (in.settings) next.settings = *in.settings;
  check(s, next, body->errors());
  if (auto bad = body.finish(); !bad) return refuse(bad.error());

  store::AccountChange change;
  change.name = in.name;
  change.timezone = in.timezone;
  change.daily_limit = in.daily_limit;
  change.rate_per_second = in.rate_per_second;
  change.settings = in.settings;
  change.status = in.status;
  const auto changed = s.catalog.update_account(**id, change, r.actor, r.now);
  if (!changed) return refuse(changed.error());
  s.engine.plan_changed();
  return answer(s, *changed);
}

Reply delete_account(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto id = target<AccountId>(r, body.fields());
  if (!id) return refuse(id.error());
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto gone = s.catalog.delete_account(**id, r.actor, r.now); !gone)
    return refuse(gone.error());
  s.engine.plan_changed();
  return done();
}

namespace {

void write_window(JsonWriter& w, std::string_view name, const store::AccountStats::Window& window) {
  w.key(name).begin_object().field("sent", window.sent).field("failed", window.failed);
  w.key("success");
  write_rate(w, domain::make_rate(window.sent, window.sent + window.failed));
  w.field("responses", window.responses).field("bookings", window.bookings).end_object();
}

void write_change(JsonWriter& w, const store::StatusChange& c) {
  w.begin_object()
      .field("at", c.at)
      .text_or_null("from", c.from)
      .text_or_null("to", c.to)
      .text_or_null("reason", c.reason)
      .field("until", c.until)
      .field("actor", c.actor)
      .end_object();
}

}  // namespace

Reply account_stats(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<AccountId>(r);
  if (!id) return refuse(id.error());
  const auto stats = s.reader.account_stats(*id, r.now);
  if (!stats) return refuse(stats.error());
  store::Paging latest;
  latest.limit = 20;
  const auto history = s.reader.status_history(*id, {}, r.now + milliseconds{1}, latest);
  if (!history) return refuse(history.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("id", stats->account.id);
    write_window(w, "lifetime", stats->lifetime);
    write_window(w, "last_30_days", stats->last_30_days);
    w.key("today")
        .begin_object()
        .field("used", stats->used_today)
        .field("limit", stats->account.daily_limit)
        .end_object();
    w.key("days").begin_array();
    for (const store::AccountStats::Day& d : stats->days) {
      w.begin_object()
          .field("date", format_rfc3339(d.from).substr(0, 10))
          .field("sent", d.sent)
          .field("failed", d.failed)
          .field("responses", d.responses)
          .field("bookings", d.bookings)
          .end_object();
    }
    w.end_array().key("by_class").begin_array();
    for (const store::AccountStats::ByClass& c : stats->by_class) {
      w.begin_object()
          .field("class", domain::to_string(c.failure))
          .field("cause", domain::to_string(domain::cause_of(c.failure)))
          .text_or_null("code", c.code)
          .field("n", c.n)
          .field("first_at", c.first)
          .field("last_at", c.last)
          .key("sample");
      if (c.sample && c.sample_campaign) {
        w.begin_object()
            .field("campaign_id", c.sample_campaign)
            .field("lead_id", c.sample)
            .end_object();
      } else {
        w.null();
      }
      w.end_object();
    }
    w.end_array()
        .field("status", domain::to_string(stats->account.status))
        .text_or_null("status_reason", stats->account.status_reason)
        .key("status_history")
        .begin_array();
    for (const store::StatusChange& change : history->items) write_change(w, change);
    w.end_array().end_object();
  });
}

Reply account_status_history(Services& s, const Request& r) {
  const auto id = path_id<AccountId>(r);
  if (!id) return refuse(id.error());
  Query q(r.query);
  const store::Paging paging = q.paging(false);
  const Instant since = q.time("since").value_or(Instant{});
  const Instant until = q.time("until").value_or(r.now + milliseconds{1});
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto page = s.reader.status_history(*id, since, until, paging);
  if (!page) return refuse(page.error());
  return list(*page, paging.limit, paging.offset, write_change);
}

Reply account_logs(Services& s, const Request& r) {
  const auto id = path_id<AccountId>(r);
  if (!id) return refuse(id.error());
  return plain_list(
      r, false, [&](const store::Paging& p) { return s.reader.account_log(*id, p); },
      [](JsonWriter& w, const store::ActivityEntry& e) { write_activity(w, e); });
}

}  // namespace headway::api
