#pragma once
// The workspace as a whole, and the sample in it. Blocking and thread-safe, as catalog.h; errors as in
// store/ledger.h.
//
// What kSampleActor makes through Catalog and Imports is marked as the sample's, whatever it is: so the
// sample can be taken away without knowing what is in it. A thing stops being the sample's when a person
// put something of their own into it: people into a collection, people or accounts of their own into a
// campaign.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"

namespace headway::store {

inline constexpr std::string_view kSampleActor = "sample";

struct SampleCounts {
  std::int64_t campaigns = 0, accounts = 0, collections = 0;
  bool any() const { return campaigns + accounts + collections > 0; }
};
struct SampleRemoval {
  SampleCounts removed;
  SampleCounts kept;  // things of the sample that became a person's own
  std::int64_t people = 0, leads = 0;
  std::vector<CampaignId> changed;  // campaigns that are gone, or that lost an account
};

class Workspace {
 public:
  virtual ~Workspace() = default;

  virtual Result<std::string> name() = 0;  // [cheap]
  virtual Result<void> rename(const std::string& name, const std::string& actor, Instant now) = 0;

  virtual Result<SampleCounts> sample() = 0;  // [cheap] what a list shows of it
  // Campaigns that remove_sample() would take away and that send: they must be paused before.
  virtual Result<std::vector<CampaignId>> active_sample_campaigns() = 0;
  // One transaction: its size is that of the sample, never of what is a person's own. Campaigns go with
  // leads, messages, conversations, bookings and figures, collections with people and with the opt-outs
  // that the sample itself brought about, accounts with their history. An account or collection that a
  // person's campaign has used is only hidden, as if it was deleted, so that this campaign's history
  // stands. conflict: one of its campaigns is active.
  virtual Result<SampleRemoval> remove_sample(const std::string& actor, Instant now) = 0;
};

}  // namespace headway::store
