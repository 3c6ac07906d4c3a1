#include "store/analysis.h"

namespace headway::store {

std::string_view to_string(GuardLevel level) {
  switch (level) {
    case GuardLevel::none: return "none";
    case GuardLevel::alert: return "alert";
    case GuardLevel::pause: return "pause";
  }
  return "none";
}

}  // namespace headway::store
