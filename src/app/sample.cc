#include "app/sample.h"

#include <array>
#include <string>

#include "base/hash.h"
#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/person.h"
#include "store/workspace.h"

namespace headway::app {
namespace {

constexpr int kPeople = 600;
const std::string kActor(store::kSampleActor);  // marks all of it as the sample's

constexpr std::array kFirst{"Ada",  "Ben", "Chiara", "Dimitri", "Esra", "Farid", "Greta", "Hugo",
                            "Ines", "Jan", "Kaya",   "Lena",    "Milo", "Nora",  "Oskar", "Priya"};
constexpr std::array kLast{"Almeida", "Becker",   "Costa",   "Demir",  "Eriksen",  "Fischer",
                           "Garcia",  "Horvat",   "Ivanova", "Jansen", "Kowalski", "Lindgren",
                           "Moreau",  "Nakamura", "Okafor",  "Petrov"};
constexpr std::array kCompany{"Harbour Books", "Nordlicht", "Pixelwerk", "Sage & Sons", "Tandem"};

domain::Person person(int number) {
  const std::uint64_t draw = mix64(2026, static_cast<std::uint64_t>(number));
  domain::Person p;
  const std::string id = std::to_string(number);
  p.external_id = "sample-" + id;
  p.name = std::string(kFirst[draw % kFirst.size()]) + " " + kLast[(draw >> 8) % kLast.size()];
  p.email = "person" + id + "@example.org";
  p.consent = "made up for the sample workspace";
  p.attributes = std::string(R"({"company":")") + kCompany[(draw >> 16) % kCompany.size()] + "\"}";
  return p;
}

domain::Account account(std::string name, double rate, boost::json::object settings) {
  domain::Account a;
  a.name = std::move(name);
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

}  // namespace

Result<std::vector<CampaignId>> create_sample(store::Catalog& catalog, store::Imports& imports,
                                              Instant now) {
  auto job = imports.begin("Sample: trade fair (simulated)", std::nullopt, 0, kActor, now);
  if (!job) return tl::unexpected(job.error());
  std::vector<domain::Person> people;
  people.reserve(kPeople);
  for (int i = 1; i <= kPeople; ++i) people.push_back(person(i));
  if (auto added = imports.append(job->id, people, {}, 0, now); !added) {
    return tl::unexpected(added.error());
  }
  if (auto ended = imports.end(job->id, store::ImportState::done, "", now); !ended) {
    return tl::unexpected(ended.error());
  }

  const auto north = catalog.create_account(
      account("Sample desk North (simulated)", 1.0,
              {{"seed", 1}, {"reply_rate", 0.14}, {"booking_rate", 0.3}, {"opt_out_rate", 0.01}}),
      kActor, now);
  if (!north) return tl::unexpected(north.error());
  const auto south = catalog.create_account(
      account("Sample desk South (simulated)", 0.5,
              {{"seed", 2},
               {"reply_rate", 0.08},
               {"failures", boost::json::object{{"recipient_unavailable", 0.2}}}}),
      kActor, now);
  if (!south) return tl::unexpected(south.error());

  domain::CampaignPlan spring;
  spring.name = "Sample: spring launch (simulated)";
  spring.collections = {job->collection};
  spring.accounts = {north->id, south->id};
  domain::Step opening, follow_up;
  opening.variants = {variant("A", "Hi {{first_name}}, we met at the fair. Shall we talk?"),
                      variant("B", "Hello {{first_name}}, how is {{company}} doing this spring?")};
  follow_up.delay = std::chrono::minutes{5};
  follow_up.variants = {variant("A", "Just a short reminder, {{first_name|there}}.")};
  spring.steps = {opening, follow_up};
  const auto running = catalog.create_campaign(spring, kActor, now);
  if (!running) return tl::unexpected(running.error());

  domain::CampaignPlan autumn = spring;
  autumn.name = "Sample: autumn news (simulated)";
  autumn.accounts = {north->id};
  autumn.steps = {opening};
  autumn.daily_limit = 100;
  const auto waiting = catalog.create_campaign(autumn, kActor, now);
  if (!waiting) return tl::unexpected(waiting.error());
  return std::vector<CampaignId>{running->id};
}

}  // namespace headway::app
