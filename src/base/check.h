#pragma once
// HW_CHECK states an invariant of our own code. It stays on in release builds and aborts;
// it is never used on input from outside (that is a Result).

namespace headway {
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;
}

#define HW_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::headway::check_failed(#expression, __FILE__, __LINE__))
