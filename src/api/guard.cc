// The guard of a campaign's accounts: what it sees, what it would have seen, and "I know".

#include <algorithm>
#include <map>

#include "api/figures.h"
#include "api/handlers.h"
#include "api/json_reader.h"
#include "api/list.h"
#include "domain/diagnosis/backtest.h"

namespace headway::api {

namespace dx = domain::diagnosis;

namespace {

constexpr std::int64_t kBacktestMax = 500'000;  // messages

bool serves(const store::CampaignSnapshot& c, AccountId account) {
  return std::any_of(c.accounts.begin(), c.accounts.end(),
                     [account](const domain::Account& a) { return a.id == account; });
}

std::string sentence_of(const store::GuardRow& row) {
  dx::GuardFigures g;
  g.name = row.name;
  g.alerted = row.level != store::GuardLevel::none;
  g.paused = row.level == store::GuardLevel::pause;
  g.today = row.n_day;
  g.failed_today = row.failed_day;
  g.f0 = row.f0;
  g.statistic = row.statistic;
  g.alert_at = row.alert_at;
  g.since = row.since;
  return dx::guard_sentence(g);
}

void write_row(JsonWriter& w, const store::GuardRow& row) {
  w.begin_object()
      .field("id", row.account)
      .field("name", row.name)
      .field("level", store::to_string(row.level))
      .field("statistic", row.statistic)
      .field("alert_at", row.alert_at)
      .field("threshold", row.alert_at * domain::statistics::kGuardPause)
      .field("f0", row.f0)
      .field("rho", row.rho)
      .field("since", row.since)
      .field("alerted_at", row.alerted_at)
      .field("paused_at", row.paused_at)
      .field("acknowledged_at", row.acknowledged_at)
      .text_or_null("acknowledged_by", row.acknowledged_by)
      .field("sentence", sentence_of(row))
      .end_object();
}

Reply guard_answer(Services& s, CampaignId id, Instant now) {
  const auto c = s.reader.campaign(id, now);
  if (!c) return refuse(c.error());
  const auto rows = s.analysis.guards();
  if (!rows) return refuse(rows.error());
  const auto settings = s.analysis.guard_settings(now);
  if (!settings) return refuse(settings.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("campaign_id", id).field("as_of", now).key("accounts").begin_array();
    for (const store::GuardRow& row : *rows) {
      if (serves(*c, row.account)) write_row(w, row);
    }
    w.end_array()
        .field("auto_pause", c->plan.auto_pause)
        .field("false_alarms_per_year", settings->false_alarms_per_year)
        .end_object();
  });
}

struct Trial {
  double false_alarms = 1;
  Instant from{}, to{};
};

Result<Trial> read_trial(const Request& r, double usual) {
  auto object = parse_object(r.body);
  if (!object) return tl::unexpected(object.error());
  Body body(std::move(*object));
  Trial t;
  t.false_alarms = body->number("false_alarms_per_year").value_or(usual);
  if (!(t.false_alarms >= 0.01 && t.false_alarms <= 1000)) {
    body->error("false_alarms_per_year", "Must be a number from 0.01 to 1000");
  }
  t.from = body->time("from").value_or(Instant{});
  t.to = body->time("to").value_or(r.now + milliseconds{1});
  if (t.from >= t.to) body->error("from", "Must be before to");
  if (auto bad = body.finish(); !bad) return tl::unexpected(bad.error());
  return t;
}

}  // namespace

void write_alerts(JsonWriter& w, const Services& s, const store::CampaignSnapshot& c) {
  w.key("alerts").begin_array();
  if (const auto rows = s.analysis.guards()) {
    for (const store::GuardRow& row : *rows) {
      if (row.level == store::GuardLevel::none || !serves(c, row.account)) continue;
      w.begin_object()
          .field("kind", "guard")
          .field("level", store::to_string(row.level))
          .field("account_id", row.account)
          .field("sentence", sentence_of(row))
          .field("since", row.alerted_at.value_or(row.since))
          .end_object();
    }
  }
  w.end_array();
}

Reply campaign_guard(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  return guard_answer(s, *id, r.now);
}

Reply acknowledge_guard(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto account = body->id<AccountId>("account_id", true);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  if (!serves(*c, *account)) {
    return refuse(Result<void>(invalid("account_id", "Is no account of this campaign")).error());
  }
  if (auto known = s.catalog.acknowledge_guard(*account, r.actor, r.now); !known) {
    return refuse(known.error());
  }
  return guard_answer(s, *id, r.now);
}

Reply backtest_guard(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  const auto settings = s.analysis.guard_settings(r.now);
  if (!settings) return refuse(settings.error());
  const auto trial = read_trial(r, settings->false_alarms_per_year);
  if (!trial) return refuse(trial.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  const auto rows = s.analysis.guards();
  if (!rows) return refuse(rows.error());
  std::map<AccountId, dx::GuardSetting> own;
  std::map<AccountId, std::string> names;
  for (const store::GuardRow& row : *rows) {
    own[row.account] = {row.f0, row.rho};
    names[row.account] = row.name;
  }
  for (const domain::Account& a : c->accounts) names[a.id] = a.name;
  dx::Backtest test(
      domain::statistics::guard_threshold(settings->messages_per_year, trial->false_alarms), own,
      {});
  store::MessageScope scope;
  scope.campaign = *id;
  const auto scan = s.analysis.each_message(
      scope, trial->from, trial->to, kBacktestMax, [&](const store::MessageFact& m) {
        test.add(m.account, m.at, m.failure != domain::FailureClass::none);
        return true;
      });
  if (!scan) return refuse(scan.error());
  std::vector<std::string> called;
  for (const dx::PastAlarm& a : test.alarms()) called.push_back(names[a.account]);
  return ok([&](JsonWriter& w) {
    w.begin_object()
        .field("campaign_id", *id)
        .field("false_alarms_per_year", trial->false_alarms)
        .field("messages", test.messages())
        .field("truncated", scan->truncated)
        .key("alarms")
        .begin_array();
    for (std::size_t i = 0; i < called.size(); ++i) {
      const dx::PastAlarm& a = test.alarms()[i];
      w.begin_object()
          .field("account_id", a.account)
          .field("name", called[i])
          .field("at", a.at)
          .field("statistic", a.statistic)
          .field("level", a.pause ? "pause" : "alert")
          .field("failures_before", a.failures_before)
          .field("messages_before", a.messages_before)
          .field("delay_messages", a.delay_messages)
          .end_object();
    }
    w.end_array()
        .field("sentence",
               dx::backtest_sentence(test, called, trial->false_alarms, scan->truncated))
        .end_object();
  });
}

}  // namespace headway::api
