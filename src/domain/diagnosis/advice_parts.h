#pragma once
// The nine pieces of advice, each with its trigger: parts of advise(). Not for anybody else.

#include "domain/diagnosis/advice.h"

namespace headway::domain::diagnosis {

// Messages, or leads, below which nothing is compared.
inline constexpr std::int64_t kEnough = 20;
// A class of failures is worth naming with this many messages and this share of all failures.
inline constexpr std::int64_t kFailuresMin = 10;
inline constexpr double kFailuresShareMin = 0.10;
// Chance to call two equal rates different, when one part is compared with the rest.
inline constexpr double kAlpha = 0.001;

void advise_delivery(const AdviceInput& in, std::vector<Advice>& out);
void advise_response(const AdviceInput& in, std::vector<Advice>& out);
void advise_conversion(const AdviceInput& in, const Rate& per_responder, std::vector<Advice>& out);

// One part against all the others together.
struct Contrast {
  const AdviceInput::Part* part = nullptr;
  Rate own, rest;
};
using RateOf = Rate (*)(const Counts&);
// The part whose rate is most clearly below that of the others, if any is.
Contrast worst(const std::vector<AdviceInput::Part>& parts, RateOf rate);
std::string rate_text(const Rate& r);  // "50 of 300 (17 %)"

}  // namespace headway::domain::diagnosis
