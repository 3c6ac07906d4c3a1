#pragma once
// The simulated people: what becomes of a message depends only on the settings (their seed) and on
// (lead, step, attempt), never on time, order or chance. Pure.

#include "base/strong_id.h"
#include "base/time.h"
#include "channels/channel.h"
#include "channels/sandbox/sandbox_settings.h"

namespace headway::channels {

struct Fate {
  SendResult::Kind kind = SendResult::Kind::delivered;
  domain::FailureClass failure = domain::FailureClass::none;
  milliseconds latency{0};
};

// A bad address stays bad over all steps and attempts; a rejected text over all attempts of its
// step; everything else is drawn anew for each attempt. The share of first attempts that end in a class
// is the rate that was set for it.
Fate fate(const SandboxSettings& settings, LeadId lead, int step, int attempt);

struct Reaction {
  enum class Kind : std::uint8_t { none, reply, auto_reply, opt_out };
  Kind kind = Kind::none;
  milliseconds after{0};  // the delivery
  bool books = false;
  milliseconds books_after{0};  // the delivery
};

// What the person does about a delivered message; the same for every attempt.
Reaction reaction(const SandboxSettings& settings, LeadId lead, int step);

// One of a few texts such a person writes.
std::string_view reaction_text(store::EventType type, LeadId lead, int step);

}  // namespace headway::channels
