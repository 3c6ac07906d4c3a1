#pragma once
// Whether a campaign may start, and what is in the way.

#include <vector>

#include "api/services.h"
#include "store/reader.h"

namespace headway::api {

// One entry for each thing that is missing: leads, accounts, a message, and each field that a text
// needs and that some leads have no value for, with their number. Empty = it may start. One scan of its
// people at worst.
Result<std::vector<FieldError>> start_problems(const Services& s, const store::CampaignSnapshot& c);

}  // namespace headway::api
