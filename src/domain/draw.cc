#include "domain/draw.h"

#include "base/check.h"
#include "base/hash.h"

namespace headway::domain {

// Lemire's multiply-and-shift instead of a remainder: no bias worth naming, no loop.
std::int64_t draw_point(CampaignId campaign, std::int64_t lead_number, int step,
                        std::int64_t total) {
  __extension__ using Wide = unsigned __int128;
  HW_CHECK(total >= 1);
  const std::uint64_t h = mix64(
      mix64(static_cast<std::uint64_t>(campaign.value), static_cast<std::uint64_t>(lead_number)),
      static_cast<std::uint64_t>(step));
  return static_cast<std::int64_t>((Wide{h} * static_cast<std::uint64_t>(total)) >> 64U);
}

const Variant* draw_variant(const Step& step_plan, CampaignId campaign, std::int64_t lead_number,
                            int step) {
  bool shared = false;
  for (const Variant& v : step_plan.variants) shared = shared || (!v.retired && v.parts > 0);
  const auto weight_of = [shared](const Variant& v) {
    const std::int64_t parts = shared ? v.parts : v.weight;
    return v.retired || parts < 0 ? 0 : parts;
  };
  std::int64_t total = 0;
  for (const Variant& v : step_plan.variants) total += weight_of(v);
  if (total <= 0) return nullptr;
  std::int64_t point = draw_point(campaign, lead_number, step, total);
  for (const Variant& v : step_plan.variants) {
    if (point < weight_of(v)) return &v;
    point -= weight_of(v);
  }
  return nullptr;
}

}  // namespace headway::domain
