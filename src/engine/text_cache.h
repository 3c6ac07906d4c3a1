#pragma once
// Compiled texts by VariantId: an edited text has a new id, so an entry never goes stale.

#include <memory>
#include <string>
#include <unordered_map>

#include "base/strong_id.h"
#include "domain/campaign.h"
#include "domain/person.h"
#include "domain/template.h"

namespace headway::engine {

struct CompiledVariant {
  std::string name;
  Result<domain::Template> text;
};

class TextCache {
 public:
  // Null when the step has no such variant.
  std::shared_ptr<const CompiledVariant> get(const domain::CampaignPlan& plan, int step,
                                             VariantId id);

 private:
  static constexpr std::size_t kMax = 4096;  // at 64 KiB a text; forgotten all at once when full
  std::unordered_map<VariantId, std::shared_ptr<const CompiledVariant>> texts_;
};

}  // namespace headway::engine
