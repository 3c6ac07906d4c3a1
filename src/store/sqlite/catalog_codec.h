#pragma once
// Stored text forms of the parts of a plan: active hours and account settings, as the API takes
// them.

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "domain/campaign.h"

namespace headway::store::sqlite {

// {"timezone":"Europe/Berlin","lead_timezone":false,"days":{"mon":[["09:00","12:00"]]}}
std::string encode_active_hours(const domain::ActiveHours& hours);
// corrupt when the text is not what encode_active_hours writes.
Result<domain::ActiveHours> decode_active_hours(std::string_view text);

std::string encode_settings(const boost::json::object& settings);
Result<boost::json::object> decode_settings(std::string_view text);

}  // namespace headway::store::sqlite
