#include "channels/sandbox/sandbox_settings.h"

#include <optional>
#include <string>

namespace headway::channels {

namespace {

using domain::FailureClass;

constexpr double kSumMax = 1.0 + 1e-9;  // 0.7 + 0.2 + 0.1 is a little more than 1 in binary

void read_failures(SettingsReader& reader, SandboxSettings& s) {
  const boost::json::object* failures = reader.object("failures");
  if (!failures) return;
  for (const auto& [key, value] : *failures) {
    std::string name{std::string_view{key}};
    std::string field = "failures." + clean_text(name, kCodeBytesMax);
    std::optional<FailureClass> failure = domain::parse_failure_class(name);
    if (!failure) {
      reader.error(field, "Unknown failure class");
    } else if (*failure == FailureClass::outcome_unknown) {
      reader.error(field, "Set unknown_rate instead");
    } else if (*failure == FailureClass::suppressed) {
      reader.error(field, "Decided by the suppression list, never by a channel");
    } else if (double rate = value.is_number() ? value.to_number<double>() : -1;
               !(rate >= 0 && rate <= 1)) {
      reader.error(field, "Must be a number from 0 to 1");
    } else {
      s.failures[static_cast<std::size_t>(*failure)] = rate;
    }
  }
}

void add_up(SandboxSettings& s) {
  for (int i = 0; i < domain::kFailureClasses; ++i) {
    double rate = s.failures[static_cast<std::size_t>(i)];
    switch (static_cast<FailureClass>(i)) {
      case FailureClass::recipient_invalid:
      case FailureClass::recipient_unavailable:
      case FailureClass::opted_out: s.bad_address += rate; break;
      case FailureClass::content_rejected: s.bad_message += rate; break;
      default: s.bad_attempt += rate; break;
    }
  }
  s.bad_attempt += s.unknown_rate;
}

}  // namespace

Result<SandboxSettings> parse_sandbox_settings(const boost::json::object& settings) {
  SandboxSettings s;
  SettingsReader reader(settings);
  s.seed = static_cast<std::uint64_t>(reader.integer("seed", 1, INT64_MIN, INT64_MAX));
  s.latency_ms = reader.range("latency_ms", s.latency_ms, 0, 60'000);
  read_failures(reader, s);
  s.unknown_rate = reader.probability("unknown_rate");
  s.reply_rate = reader.probability("reply_rate");
  s.auto_reply_rate = reader.probability("auto_reply_rate");
  s.opt_out_rate = reader.probability("opt_out_rate");
  s.booking_rate = reader.probability("booking_rate");
  s.reply_delay_s = reader.range("reply_delay_s", s.reply_delay_s, 0, 30 * 86'400);
  s.rate_limit_after = reader.integer("rate_limit_after", 0, 1, 1'000'000'000);
  s.rate_limit_window_s =
      reader.number("rate_limit_window_s", s.rate_limit_window_s, 0.001, 86'400);
  s.idempotent = reader.boolean("idempotent", true);
  s.in_flight_max = static_cast<int>(reader.integer("in_flight_max", s.in_flight_max, 1, 65'536));
  add_up(s);
  if (s.bad_address + s.bad_message + s.bad_attempt > kSumMax) {
    reader.error("failures", "Probabilities and unknown_rate must not add up to more than 1");
  }
  if (s.reply_rate + s.auto_reply_rate + s.opt_out_rate > kSumMax) {
    reader.error("reply_rate",
                 "reply_rate, auto_reply_rate and opt_out_rate must not add up to more than 1");
  }
  if (Result<void> done = reader.finish(); !done) return tl::unexpected(done.error());
  return s;
}

}  // namespace headway::channels
