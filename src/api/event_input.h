#pragma once
// Events as clients write them.

#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "store/ledger.h"

namespace headway::api {

inline constexpr std::size_t kEventLineBytesMax = 64 * 1024;

// `id` of what was read so far is set even when the rest is wrong. `now`: for events without `at`.
Result<void> read_event(const boost::json::object& object, Instant now, store::InboundEvent& event);

}  // namespace headway::api
