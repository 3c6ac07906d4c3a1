#include "engine/text_cache.h"

#include <utility>

namespace headway::engine {

std::shared_ptr<const CompiledVariant> TextCache::get(const domain::CampaignPlan& plan, int step,
                                                      VariantId id) {
  if (const auto it = texts_.find(id); it != texts_.end()) return it->second;
  if (step < 1 || static_cast<std::size_t>(step) > plan.steps.size()) return nullptr;
  for (const domain::Variant& v : plan.steps[static_cast<std::size_t>(step - 1)].variants) {
    if (v.id != id) continue;
    if (texts_.size() >= kMax) texts_.clear();
    auto text = std::make_shared<const CompiledVariant>(
        CompiledVariant{v.name, domain::compile_template(v.body)});
    texts_.emplace(id, text);
    return text;
  }
  return nullptr;
}

}  // namespace headway::engine
