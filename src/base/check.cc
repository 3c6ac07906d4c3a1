#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace headway {

void check_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "HW_CHECK failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace headway
