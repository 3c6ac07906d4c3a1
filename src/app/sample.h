#pragma once
// The sample workspace of a new database: simulated people, two simulated accounts and two
// campaigns, so that a first look shows something alive. Nothing of it leaves the machine.

#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "store/catalog.h"

namespace headway::app {

// On a database that has no sample. Answers the campaigns that are to be started. The people are made up: addresses are under example.org (RFC 2606).
Result<std::vector<CampaignId>> create_sample(store::Catalog& catalog, store::Imports& imports,
                                              Instant now);

}  // namespace headway::app
