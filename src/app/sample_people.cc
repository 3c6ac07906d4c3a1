#include "app/sample_people.h"

#include <array>

#include "base/hash.h"

namespace headway::app {
namespace {

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

}  // namespace

Result<CollectionId> make_sample_people(store::Imports& imports, const std::string& name, int first,
                                        int count, Instant now) {
  auto job = imports.begin(name, std::nullopt, 0, kSampleActor, now);
  if (!job) return tl::unexpected(job.error());
  std::vector<domain::Person> people;
  people.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) people.push_back(person(first + i));
  if (auto added = imports.append(job->id, people, {}, 0, now); !added) {
    return tl::unexpected(added.error());
  }
  if (auto ended = imports.end(job->id, store::ImportState::done, "", now); !ended) {
    return tl::unexpected(ended.error());
  }
  return job->collection;
}

double sample_draw(std::uint64_t what, std::uint64_t whom) {
  return static_cast<double>(mix64(what, whom) >> 11) * 0x1.0p-53;
}

}  // namespace headway::app
