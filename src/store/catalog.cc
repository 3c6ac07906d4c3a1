#include "store/catalog.h"

namespace headway::store {

std::string_view to_string(ImportState s) {
  switch (s) {
    case ImportState::running: return "running";
    case ImportState::done: return "done";
    case ImportState::failed: return "failed";
    case ImportState::interrupted: return "interrupted";
    case ImportState::cancelled: return "cancelled";
  }
  return "failed";
}

}  // namespace headway::store
