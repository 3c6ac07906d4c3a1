#pragma once
// Which leads are behind a figure: queries of GET /campaigns/{id}/leads whose `total` is the figure.

#include <string>
#include <string_view>

#include "api/figures.h"
#include "api/json_writer.h"
#include "store/reader.h"

namespace headway::api {

// "links": {figure: query}. Figures that count leads; the value is the query of a list that is as long as
// the figure at the same instant.
// "message_links": figures that count messages. `delivered`: one query for each step, whose totals add up
// to the figure. `undelivered`: by class, with the messages and the leads that failed by it: less leads than
// messages when some of them had replied meanwhile and ended `sent`.
void write_links(JsonWriter& w, const store::CampaignSnapshot& c, const Waiting& open);

// "status=failed&failure_class=rate_limited"
std::string failed_query(domain::FailureClass failure);

}  // namespace headway::api
