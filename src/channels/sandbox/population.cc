#include "channels/sandbox/population.h"

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace headway::channels {

namespace {

using domain::FailureClass;
using Kind = SendResult::Kind;

// One stream of draws for each question asked; the numbers are part of what a seed means.
enum class Question : std::uint64_t {
  address = 1,
  message = 2,
  attempt = 3,
  latency = 4,
  reaction = 5,
  delay = 6,
  booking = 7,
  booking_delay = 8,
  text = 9,
};

double draw(std::uint64_t seed, Question question, LeadId lead, int step = 0, int attempt = 0) {
  std::uint64_t place = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(step)) << 32) |
                        static_cast<std::uint32_t>(attempt);
  std::uint64_t stream = mix64(seed, static_cast<std::uint64_t>(question));
  std::uint64_t bits = mix64(stream ^ static_cast<std::uint64_t>(lead.value), place);
  return static_cast<double>(bits >> 11) * 0x1p-53;  // [0, 1)
}

double within(NumberRange range, double u) { return range.min + u * (range.max - range.min); }

// Which class of a group `u` falls on; none when on no class.
template <std::size_t N>
FailureClass pick(const SandboxSettings& s, const std::array<FailureClass, N>& group, double u) {
  for (FailureClass c : group) {
    u -= s.failures[static_cast<std::size_t>(c)];
    if (u < 0) return c;
  }
  return FailureClass::none;
}

constexpr std::array kAddressClasses{FailureClass::recipient_invalid,
                                     FailureClass::recipient_unavailable, FailureClass::opted_out};
constexpr std::array kAttemptClasses{
    FailureClass::account_auth, FailureClass::account_permission, FailureClass::policy_block,
    FailureClass::rate_limited, FailureClass::recipient_deferred, FailureClass::window_closed,
    FailureClass::transient};

Fate outcome(const SandboxSettings& s, LeadId lead, int step, int attempt) {
  // Later groups are asked only of those that passed the earlier ones, so their rates are scaled up.
  double left = 1.0;
  if (s.bad_address > 0) {
    FailureClass c = pick(s, kAddressClasses, draw(s.seed, Question::address, lead));
    if (c != FailureClass::none) return {Kind::failed, c, {}};
    left -= s.bad_address;
  }
  if (s.bad_message > 0) {
    if (draw(s.seed, Question::message, lead, step) * left < s.bad_message) {
      return {Kind::failed, FailureClass::content_rejected, {}};
    }
    left -= s.bad_message;
  }
  if (s.bad_attempt > 0) {
    double u = draw(s.seed, Question::attempt, lead, step, attempt) * left;
    if (u < s.unknown_rate) return {Kind::unknown, FailureClass::outcome_unknown, {}};
    FailureClass c = pick(s, kAttemptClasses, u - s.unknown_rate);
    if (c == FailureClass::window_closed) return {Kind::held, c, {}};
    if (c != FailureClass::none) return {Kind::retry, c, {}};
  }
  return {};
}

}  // namespace

Fate fate(const SandboxSettings& s, LeadId lead, int step, int attempt) {
  Fate result = outcome(s, lead, step, attempt);
  if (s.latency_ms.max > 0) {
    double ms = within(s.latency_ms, draw(s.seed, Question::latency, lead, step, attempt));
    result.latency = milliseconds{static_cast<std::int64_t>(ms + 0.5)};
  }
  return result;
}

Reaction reaction(const SandboxSettings& s, LeadId lead, int step) {
  Reaction result;
  if (s.reply_rate + s.auto_reply_rate + s.opt_out_rate <= 0) return result;
  double u = draw(s.seed, Question::reaction, lead, step);
  if (u < s.reply_rate) {
    result.kind = Reaction::Kind::reply;
  } else if (u < s.reply_rate + s.auto_reply_rate) {
    result.kind = Reaction::Kind::auto_reply;
  } else if (u < s.reply_rate + s.auto_reply_rate + s.opt_out_rate) {
    result.kind = Reaction::Kind::opt_out;
  } else {
    return result;
  }
  auto delay = [&](Question question) {
    double seconds = within(s.reply_delay_s, draw(s.seed, question, lead, step));
    return milliseconds{static_cast<std::int64_t>(seconds * 1000 + 0.5)};
  };
  result.after = delay(Question::delay);
  if (result.kind == Reaction::Kind::reply && s.booking_rate > 0 &&
      draw(s.seed, Question::booking, lead, step) < s.booking_rate) {
    result.books = true;
    // Strictly after its reply.
    result.books_after = result.after + std::max(milliseconds{1}, delay(Question::booking_delay));
  }
  return result;
}

std::string_view reaction_text(store::EventType type, LeadId lead, int step) {
  static constexpr std::array<std::string_view, 4> kReplies{
      "Thanks, tell me more.", "Sounds interesting. What does it cost?",
      "Not for us right now, sorry.", "Can we talk next week?"};
  switch (type) {
    case store::EventType::reply: {
      double u = draw(0, Question::text, lead, step);
      return kReplies[static_cast<std::size_t>(u * kReplies.size())];
    }
    case store::EventType::auto_reply:
      return "I am out of the office and will answer when I am back.";
    case store::EventType::opted_out: return "stop";
    default: return "";
  }
}

}  // namespace headway::channels
