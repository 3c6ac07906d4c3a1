#pragma once
// What an answer of a gateway means (docs/api, "Webhook connector"). Pure.
//
//   2xx                            delivered; {"provider_id"} when the body has one
//   422 {"class","code","text"}    failed for good; an unknown class counts as content_rejected
//   429, 503 with Retry-After      retry, rate_limited, for the time said (seconds or a date)
//   other 5xx, 408, 425            retry, transient: the gateway says that it did not do it
//   401, 403, 407                  retry, account_auth: the account stops, the lead waits
//   3xx, 404, 405, 410, 101        retry, account_permission: the URL is wrong, the list must not burn
//   other 4xx                      failed for good, content_rejected
//   not resolved, refused, time-out or TLS failure before the request was begun: retry, transient
//   certificate not valid, target not allowed: retry, account_permission: time does not heal these
//   time-out, cut or garbage after the request was begun: unknown

#include <optional>
#include <string_view>

#include "base/time.h"
#include "channels/channel.h"
#include "channels/webhook/http_types.h"

namespace headway::channels {

SendResult interpret(const HttpOutcome& outcome, Instant now);

// RFC 9110 10.2.3: seconds, or an IMF-fixdate. At most 24 h; nullopt when it is neither.
std::optional<milliseconds> parse_retry_after(std::string_view value, Instant now);

}  // namespace headway::channels
