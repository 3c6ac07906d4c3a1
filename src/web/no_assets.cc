// In place of the generated table when the UI is not built in (-DHEADWAY_UI=OFF).

#include "web/assets.h"

namespace headway::web {

std::span<const Asset> assets() { return {}; }

}  // namespace headway::web
