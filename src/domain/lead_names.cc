// Names of the enums of domain/lead.h: those of docs/METRICS.md, in the order of their numbers.
#include <array>

#include "domain/lead.h"

namespace headway::domain {
namespace {

constexpr std::array<std::string_view, 4> kStatus{"pending", "partial", "sent", "failed"};
constexpr std::array<std::string_view, 7> kWait{
    "none", "fresh", "retry", "follow_up", "in_flight", "in_doubt", "window_closed"};
constexpr std::array<std::string_view, 7> kEndedBy{"none",      "completed",  "replied", "booked",
                                                   "opted_out", "suppressed", "failed"};
constexpr std::array<std::string_view, 13> kLastAction{
    "enrolled",   "claimed",  "delivered",        "failed", "retry_scheduled",
    "released",   "in_doubt", "replied",          "booked", "opted_out",
    "suppressed", "held",     "booking_cancelled"};
constexpr std::array<std::string_view, kReasons> kReason{"none",
                                                         "due",
                                                         "in_flight",
                                                         "active_hours",
                                                         "campaign_daily_limit",
                                                         "account_daily_limit",
                                                         "rate",
                                                         "follow_up_delay",
                                                         "window_closed",
                                                         "account_unhealthy",
                                                         "no_account",
                                                         "campaign_paused",
                                                         "retry_backoff",
                                                         "in_doubt"};

template <class Enum, std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
  const auto i = static_cast<std::size_t>(value);
  return i < N ? names[i] : "unknown";
}

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Status s) { return name_of(kStatus, s); }
std::string_view to_string(Wait w) { return name_of(kWait, w); }
std::string_view to_string(EndedBy e) { return name_of(kEndedBy, e); }
std::string_view to_string(LastAction a) { return name_of(kLastAction, a); }
std::string_view to_string(Reason r) { return name_of(kReason, r); }
std::optional<Status> parse_status(std::string_view text) { return parse<Status>(kStatus, text); }
std::optional<Reason> parse_reason(std::string_view text) { return parse<Reason>(kReason, text); }
std::optional<EndedBy> parse_ended_by(std::string_view text) {
  const auto ended = parse<EndedBy>(kEndedBy, text);
  return ended == EndedBy::none ? std::nullopt : ended;
}

}  // namespace headway::domain
