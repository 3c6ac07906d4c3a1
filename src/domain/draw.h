#pragma once
// Which text a lead gets. The draw depends on nothing but campaign, lead number, step and weights, so that
// every node, every restart and the simulator draw alike, and no draw has to be stored beforehand.

#include <cstdint>

#include "base/strong_id.h"
#include "domain/campaign.h"

namespace headway::domain {

// A point in [0, total), total >= 1, uniform up to total / 2^64.
std::int64_t draw_point(CampaignId campaign, std::int64_t lead_number, int step,
                        std::int64_t total);

// The variant of `step` (1-based) for this lead, among those that are not retired: by `parts` where any has some,
// else by weight. nullptr when all are 0. It points into `step_plan`.
const Variant* draw_variant(const Step& step_plan, CampaignId campaign, std::int64_t lead_number,
                            int step);

}  // namespace headway::domain
