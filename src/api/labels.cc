#include "api/labels.h"

namespace headway::api {

std::string variant_label(const domain::CampaignPlan& plan, VariantId id, const std::string& name) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    for (const domain::Variant& v : plan.steps[i].variants) {
      if (v.id != id) continue;
      const std::string label = "Variant " + v.name;
      return plan.steps.size() > 1 ? label + " of step " + std::to_string(i + 1) : label;
    }
  }
  return name.empty() ? "A variant that is gone" : "Variant " + name + " (no longer used)";
}

}  // namespace headway::api
