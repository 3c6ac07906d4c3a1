#pragma once
// What a snapshot of a campaign says at one instant: reasons of what is open, and the codec of it all.

#include <array>
#include <optional>
#include <string>

#include "api/json_writer.h"
#include "api/services.h"
#include "domain/figures.h"
#include "domain/reason.h"
#include "store/reader.h"

namespace headway::api {

domain::ReasonContext reason_context(const Services& s, const store::CampaignSnapshot& c,
                                     Instant now);

struct Waiting {
  std::array<std::int64_t, domain::kReasons> n{};
  std::optional<Instant> next_send_at;  // the earliest time at which any open lead may go out
};
Waiting waiting(const store::CampaignSnapshot& c, const domain::ReasonContext& context);

void write_rate(JsonWriter& w, const domain::Rate& rate);
void write_counts(JsonWriter& w, const domain::StatusCounts& counts);
void write_progress(JsonWriter& w,
                    const domain::StatusCounts& counts);    // "progress": number or null
void write_waiting(JsonWriter& w, const Waiting& waiting);  // {reason: n}, without zeros
// "delivery", "band", "band_uncertain", "response", "conversion", "opt_out", "bookings_per_responder"
void write_rates(JsonWriter& w, const domain::Counts& counts);
// "failures": leads that failed, by class; "message_failures": messages
void write_failures(JsonWriter& w, const domain::Counts& counts);
// Facts of a slice: what happened, as plain counts.
void write_facts(JsonWriter& w, const domain::Counts& counts);

// The campaign as GET /campaigns/{id} answers it, and as the stream tells it (without plan). One object.
void write_campaign(JsonWriter& w, const Services& s, const store::CampaignSnapshot& c, Instant now,
                    bool with_plan = true, std::string_view more = "");

// "alerts": what the guard alerts about accounts of this campaign (guard.cc).
void write_alerts(JsonWriter& w, const Services& s, const store::CampaignSnapshot& c);

// One entry of an activity list or an account's log.
void write_activity(JsonWriter& w, const store::ActivityEntry& e);

}  // namespace headway::api
