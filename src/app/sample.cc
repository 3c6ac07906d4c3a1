#include "app/sample.h"

#include <string>

#include "app/sample_people.h"
#include "domain/account.h"
#include "domain/campaign.h"

namespace headway::app {
namespace {

using domain::FailureClass;

domain::Account account(std::string name, double rate, boost::json::object settings) {
  domain::Account a;
  a.name = "Sample desk " + std::move(name) + " (simulated)";
  a.channel = "sandbox";
  a.rate_per_second = rate;
  a.simulated = true;
  a.settings = std::move(settings);
  return a;
}

domain::Variant variant(std::string name, std::string body) {
  domain::Variant v;
  v.name = std::move(name);
  v.body = std::move(body);
  return v;
}

// What goes wrong everywhere: a little.
SampleOutcome usual(const SampleMessage& m, double rate = 0.02) {
  const double draw = sample_draw(1077, m.lead);
  if (draw < rate * 0.6) return {FailureClass::recipient_unavailable, "450", "Mailbox busy"};
  if (draw < rate) return {FailureClass::recipient_invalid, "550", "No such user"};
  return {};
}

struct Cast {
  CollectionId visitors, readers, old_list, live;
  std::vector<AccountId> desks;  // North, South, East, West
  AccountId warm, cold;
};

std::vector<SampleStory> weak_deliveries(const Cast& cast) {
  const std::vector<domain::Variant> plain{variant("A", "Hi {{first_name}}, shall we talk?")};
  const auto replies = [](const SampleMessage&) { return 0.06; };
  SampleStory blocked;
  blocked.name = sample_names::kAccount;
  blocked.collections = {cast.visitors, cast.readers};
  blocked.accounts = cast.desks;
  blocked.variants = plain;
  blocked.days_ago = 60;
  blocked.per_hour = 80;
  blocked.seed = 11;
  blocked.outcome = [](const SampleMessage& m) -> SampleOutcome {
    if (m.account == 3 && sample_draw(1012, m.lead) < 0.7) {
      return {FailureClass::account_permission, "sender_blocked", "This sender is blocked"};
    }
    return usual(m);
  };
  blocked.reply_rate = replies;

  SampleStory list = blocked;
  list.name = sample_names::kList;
  list.collections = {cast.visitors, cast.old_list};
  list.days_ago = 50;
  list.seed = 21;
  list.outcome = [old = cast.old_list](const SampleMessage& m) -> SampleOutcome {
    if (m.collection == old && sample_draw(1022, m.lead) < 0.55) {
      return {FailureClass::recipient_invalid, "5.1.1", "User unknown"};
    }
    return usual(m);
  };

  SampleStory pace = blocked;
  pace.name = sample_names::kPace;
  pace.collections = {cast.readers};
  pace.accounts = {cast.desks[0], cast.desks[1]};
  pace.days_ago = 40;
  pace.per_hour = 400;  // 200 an account; the provider takes 64
  pace.seed = 31;
  pace.outcome = [](const SampleMessage& m) -> SampleOutcome {
    if (m.in_hour >= 63 && sample_draw(1032, m.lead) < 0.6) {
      return {FailureClass::rate_limited, "429", "Too many messages"};
    }
    return usual(m);
  };

  SampleStory text = blocked;
  text.name = sample_names::kText;
  text.collections = {cast.visitors, cast.readers};
  text.variants = {variant("A", "Hi {{first_name}}, here is what is new."),
                   variant("B", "FREE VOUCHER {{first_name}}!!! Click now!!!")};
  text.days_ago = 33;
  text.seed = 41;
  text.outcome = [](const SampleMessage& m) -> SampleOutcome {
    if (m.variant == "B" && sample_draw(1042, m.lead) < 0.5) {
      return {FailureClass::content_rejected, "554 5.7.1", "Message looks like spam"};
    }
    return usual(m);
  };

  SampleStory healthy = blocked;
  healthy.name = sample_names::kHealthy;
  healthy.days_ago = 26;
  healthy.seed = 51;
  healthy.outcome = [](const SampleMessage& m) { return usual(m); };
  healthy.reply_rate = [](const SampleMessage&) { return 0.14; };
  return {blocked, list, pace, text, healthy};
}

// Both of a pair run on the same days, accounts and people, so that nothing but the text tells them apart.
std::vector<SampleStory> pairs(const Cast& cast) {
  SampleStory plain;
  plain.name = sample_names::kWinnerA;
  plain.collections = {cast.readers};
  plain.accounts = {cast.desks[0], cast.desks[1]};
  plain.variants = {variant("A", "You are invited.")};
  plain.days_ago = 22;
  plain.per_hour = 60;
  plain.seed = 61;
  plain.outcome = [](const SampleMessage& m) { return usual(m); };
  plain.reply_rate = [](const SampleMessage&) { return 0.05; };
  SampleStory personal = plain;
  personal.name = sample_names::kWinnerB;
  personal.variants = {variant("A", "{{first_name}}, I would like to see you there.")};
  personal.seed = 62;
  personal.reply_rate = [](const SampleMessage&) { return 0.12; };

  SampleStory morning = plain;
  morning.name = sample_names::kTieA;
  morning.collections = {cast.visitors};
  morning.variants = {variant("A", "Good morning {{first_name}}, a short reminder.")};
  morning.days_ago = 18;
  morning.seed = 71;
  morning.reply_rate = [](const SampleMessage&) { return 0.08; };
  SampleStory evening = morning;
  evening.name = sample_names::kTieB;
  evening.variants = {variant("A", "Good evening {{first_name}}, a short reminder.")};
  evening.seed = 72;
  evening.reply_rate = [](const SampleMessage&) { return 0.085; };

  // The first text is better on each account; but most of it went out through the one that strangers get.
  SampleStory first = plain;
  first.name = sample_names::kMixA;
  first.collections = {cast.readers};
  first.accounts = {cast.warm, cast.cold};
  first.account_shares = {0.2, 0.8};
  first.variants = {variant("A", "{{first_name}}, thirty minutes that help you.")};
  first.days_ago = 14;
  first.seed = 81;
  first.reply_rate = [](const SampleMessage& m) { return m.account == 0 ? 0.30 : 0.07; };
  SampleStory second = first;
  second.name = sample_names::kMixB;
  second.account_shares = {0.8, 0.2};
  second.variants = {variant("A", "Webinar on Thursday.")};
  second.seed = 82;
  second.reply_rate = [](const SampleMessage& m) { return m.account == 0 ? 0.20 : 0.025; };
  return {plain, personal, morning, evening, first, second};
}

Result<std::vector<CampaignId>> live(SampleStores& stores, const Cast& cast, Instant now) {
  const auto make = [&](const domain::Account& draft) {
    return stores.catalog.create_account(draft, kSampleActor, now);
  };
  const auto north = make(
      account("Harbour", 1.0,
              {{"seed", 1}, {"reply_rate", 0.14}, {"booking_rate", 0.3}, {"opt_out_rate", 0.01}}));
  if (!north) return tl::unexpected(north.error());
  const auto south = make(account("Station", 0.5, {{"seed", 2}, {"reply_rate", 0.08}}));
  if (!south) return tl::unexpected(south.error());
  // Its provider takes ten messages a minute: the account is told to slow down again and again.
  const auto failing =
      make(account("Airport", 1.0,
                   {{"seed", 3},
                    {"reply_rate", 0.05},
                    {"rate_limit_after", 10},
                    {"failures", boost::json::object{{"recipient_unavailable", 0.3}}}}));
  if (!failing) return tl::unexpected(failing.error());

  domain::CampaignPlan spring;
  spring.name = "Sample: spring launch (simulated)";
  spring.collections = {cast.live};
  spring.accounts = {north->id, south->id};
  domain::Step opening, follow_up;
  opening.variants = {variant("A", "Hi {{first_name}}, we met at the fair. Shall we talk?"),
                      variant("B", "Hello {{first_name}}, how is {{company}} doing this spring?")};
  follow_up.delay = std::chrono::minutes{5};
  follow_up.variants = {variant("A", "Just a short reminder, {{first_name|there}}.")};
  spring.steps = {opening, follow_up};
  const auto running = stores.catalog.create_campaign(spring, kSampleActor, now);
  if (!running) return tl::unexpected(running.error());

  domain::CampaignPlan airport = spring;
  airport.name = "Sample: airport desk (simulated)";
  airport.accounts = {failing->id};
  airport.steps = {opening};
  const auto limited = stores.catalog.create_campaign(airport, kSampleActor, now);
  if (!limited) return tl::unexpected(limited.error());

  domain::CampaignPlan autumn = spring;
  autumn.name = "Sample: autumn news (simulated)";
  autumn.accounts = {north->id};
  autumn.steps = {opening};
  autumn.daily_limit = 100;
  if (const auto waiting = stores.catalog.create_campaign(autumn, kSampleActor, now); !waiting) {
    return tl::unexpected(waiting.error());
  }
  return std::vector<CampaignId>{running->id, limited->id};
}

}  // namespace

Result<std::vector<CampaignId>> create_sample(SampleStores stores, Instant now) {
  const Instant before = now - std::chrono::hours{24 * 70};
  Cast cast;
  struct List {
    const char* name;
    int first, count;
    CollectionId* id;
    Instant at;
  };
  for (const List& list :
       {List{"Sample: trade fair visitors (simulated)", 1001, 1200, &cast.visitors, before},
        List{"Sample: newsletter readers (simulated)", 3001, 2000, &cast.readers, before},
        List{"Sample: bought list of 2019 (simulated)", 6001, 500, &cast.old_list, before},
        List{"Sample: trade fair (simulated)", 1, 600, &cast.live, now}}) {
    const auto made =
        make_sample_people(stores.imports, list.name, list.first, list.count, list.at);
    if (!made) return tl::unexpected(made.error());
    *list.id = *made;
  }
  for (const char* name : {"North", "South", "East", "West", "Warm", "Cold"}) {
    const auto made = stores.catalog.create_account(
        account(name, 1.0, {{"seed", 9}, {"reply_rate", 0.1}}), kSampleActor, before);
    if (!made) return tl::unexpected(made.error());
    if (cast.desks.size() < 4) {
      cast.desks.push_back(made->id);
    } else {
      (cast.warm ? cast.cold : cast.warm) = made->id;
    }
  }
  for (const auto& stories : {weak_deliveries(cast), pairs(cast)}) {
    for (const SampleStory& story : stories) {
      if (auto played = play_story(stores, story, now); !played)
        return tl::unexpected(played.error());
    }
  }
  return live(stores, cast, now);
}

}  // namespace headway::app
