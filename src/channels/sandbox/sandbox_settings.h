#pragma once
// What an account of the sandbox may set. All rates are probabilities from 0 to 1.

#include <array>
#include <cstdint>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "channels/settings.h"
#include "domain/failure.h"

namespace headway::channels {

struct SandboxSettings {
  std::uint64_t seed = 1;
  NumberRange latency_ms{0, 0};  // from sending to the answer; at most 60,000
  // By class, as {"failures":{"transient":0.1}}; with unknown_rate they add up to at most 1.
  std::array<double, domain::kFailureClasses> failures{};
  double unknown_rate = 0;     // the answer is lost
  double reply_rate = 0;       // of delivered messages; the three reactions add up to at most 1
  double auto_reply_rate = 0;  // out of office
  double opt_out_rate = 0;     // "stop"
  double booking_rate = 0;     // of human replies
  NumberRange reply_delay_s{30,
                            300};  // from delivery to the reaction, and from a reply to its booking
  std::int64_t rate_limit_after = 0;  // messages of one account per window; 0 = no limit
  double rate_limit_window_s = 60;
  bool idempotent = true;
  int in_flight_max = 4096;

  // Sums, so that a rate that is 0 costs no draw.
  double bad_address = 0;  // recipient_invalid, recipient_unavailable, opted_out: of the person
  double bad_message = 0;  // content_rejected: of the person and the step
  double bad_attempt = 0;  // all others, unknown_rate too: of the attempt
};

Result<SandboxSettings> parse_sandbox_settings(const boost::json::object& settings);

}  // namespace headway::channels
