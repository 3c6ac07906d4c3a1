#pragma once
// A finished campaign of the sample: what was sent when, and what came of it, told to the store as facts from
// outside with times in the past.

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/campaign.h"
#include "domain/failure.h"
#include "store/catalog.h"
#include "store/ledger.h"
#include "store/reader.h"

namespace headway::app {

struct SampleStores {
  store::Catalog& catalog;
  store::Imports& imports;
  store::Ledger& ledger;
  store::Reader& reader;
};

// One message, as the story's rules see it.
struct SampleMessage {
  std::uint64_t lead = 0;   // for draws
  std::size_t account = 0;  // index into SampleStory::accounts
  std::string variant;      // its name
  CollectionId collection;
  int in_hour = 0;  // how many the account had sent in that hour before
};
struct SampleOutcome {
  domain::FailureClass failure = domain::FailureClass::none;
  std::string code, text;
};

struct SampleStory {
  std::string name;
  std::vector<CollectionId> collections;
  std::vector<AccountId> accounts;
  std::vector<double> account_shares;  // of the messages; empty = equal
  std::vector<domain::Variant> variants;
  int days_ago = 10;  // begins then, at 08:00 UTC
  int per_hour = 60;  // messages of all accounts together
  int hours_a_day = 10;
  std::uint64_t seed = 1;
  std::function<SampleOutcome(const SampleMessage&)> outcome;
  std::function<double(const SampleMessage&)> reply_rate;  // of delivered ones
  double booking_rate = 0.3;                               // of replies
};

// Creates, starts and plays it to its end. Errors are those of the store.
Result<CampaignId> play_story(SampleStores& stores, const SampleStory& story, Instant now);

}  // namespace headway::app
