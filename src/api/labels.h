#pragma once
// How the calls that judge name things to people.

#include <string>

#include "domain/campaign.h"

namespace headway::api {

// "Variant B", with its step when there are several: "Variant B of step 2". `name`: of one that is gone.
std::string variant_label(const domain::CampaignPlan& plan, VariantId id, const std::string& name);

}  // namespace headway::api
