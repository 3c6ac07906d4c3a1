#pragma once
// What a forecast is made of, read from the store.

#include "api/services.h"
#include "domain/forecast/input.h"
#include "store/reader.h"

namespace headway::api {

// A few reads whose cost does not grow with leads. `c` was read at `now`.
Result<domain::forecast::Input> forecast_input(Services& s, const store::CampaignSnapshot& c,
                                               Instant now);
// As an account of the campaign; nothing used today.
domain::forecast::AccountInput forecast_account(const Services& s, const domain::Account& account);

}  // namespace headway::api
