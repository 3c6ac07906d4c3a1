#pragma once
// The leads of a campaign under a filter as a CSV file, page after page: memory does not grow with them.

#include "api/http.h"
#include "domain/reason.h"
#include "store/reader.h"

namespace headway::api {

// For people and their spreadsheets: quoted where it must be, and a text that a spreadsheet would run as a
// formula is led by an apostrophe. Numbers with a sign ("+49 30 1234", "-5") are left alone.
std::string spreadsheet_cell(std::string_view text);

// All of them, or none of those of `nothing`. An error on the way breaks the answer off, so that a part
// never passes for the whole.
Reply export_leads(store::Reader& reader, CampaignId id, const store::LeadFilter& filter,
                   const domain::ReasonContext& context, int steps, bool nothing);

}  // namespace headway::api
