# Language, warnings and instrumentation, in one INTERFACE target that every target of ours links.

option(HEADWAY_TESTS "build the tests" ON)
option(HEADWAY_BENCHMARKS "build headway_bench" ON)
option(HEADWAY_FUZZ "build libFuzzer targets (clang 14)" OFF)
option(HEADWAY_WERROR "warnings in our code are errors" ON)
set(HEADWAY_SIM_SEEDS 2000 CACHE STRING "seeds that the simulation tests run")
set(HEADWAY_SANITIZE "" CACHE STRING "sanitizers for all targets: address,undefined or thread")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

# Line tables only (-g1): usable stack traces at a fraction of the size and link time.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g")

add_library(headway_options INTERFACE)
target_include_directories(headway_options INTERFACE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}")
target_compile_options(headway_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  -Wcast-qual -Wextra-semi -Wduplicated-cond -Wlogical-op -Wimplicit-fallthrough -Wvla
  # GCC 12 reports these falsely on inlined std::string and std::optional (GCC PR 105329, 105651, 105562).
  -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
  $<$<BOOL:${HEADWAY_WERROR}>:-Werror>
  -fstack-protector-strong
  # Sources are named from the root of the repository, in traces as in __FILE__.
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
target_compile_definitions(headway_options INTERFACE
  _GLIBCXX_ASSERTIONS
  BOOST_ASIO_NO_DEPRECATED
  HEADWAY_VERSION="${PROJECT_VERSION}")

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(headway_options INTERFACE
    -Wno-unknown-warning-option -Wno-unused-command-line-argument)
endif()

if(HEADWAY_SANITIZE)
  add_compile_options("-fsanitize=${HEADWAY_SANITIZE}" -fno-omit-frame-pointer)
  add_link_options("-fsanitize=${HEADWAY_SANITIZE}")
  # With sanitizers GCC 12 no longer sees that Asio's coroutine frames come from their own operator new.
  add_compile_options(-Wno-mismatched-new-delete)
  if(HEADWAY_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=all)
    add_link_options(-fno-sanitize-recover=all)
  endif()
  if(HEADWAY_SANITIZE MATCHES "thread")
    # Asio uses atomic_thread_fence, which GCC's TSan does not model and warns about.
    add_compile_options(-Wno-tsan)
  endif()
endif()

find_program(HEADWAY_CCACHE ccache)
if(HEADWAY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # CCACHE_BASEDIR: clones in different places share the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND}" -E env
    "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${HEADWAY_CCACHE}")
endif()

# No precompiled headers: measured on two cores with GCC 12, they lose. channels/webhook: 15 s without,
# 22 s with (writing the header of Beast takes 8.5 s and 289 MB, and saves 2.5 s for each file that
# includes it: what costs there is instantiation). A suite of ten test files: 8.6 s and 9.7 s; the
# same from a warm ccache: 0.2 s and 1.3 s.
