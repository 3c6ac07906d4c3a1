#pragma once
// A campaign's lead as the API answers it.

#include "api/json_writer.h"
#include "domain/reason.h"
#include "store/reader.h"

namespace headway::api {

// `more`: further fields, "" or `"a":1,"b":2`.
void write_lead(JsonWriter& w, const store::LeadRow& lead, int steps,
                const domain::ReasonContext& context, std::string_view more = "");

// The places whose leads wait for `reason` at the instant of `context`. `any_wait` false in `f`
// afterwards; no place = no such lead.
void filter_by_reason(store::LeadFilter& f, domain::Reason reason, const store::CampaignSnapshot& c,
                      const domain::ReasonContext& context);

void write_person(JsonWriter& w, const domain::Person& person);

}  // namespace headway::api
