# Everything comes from Debian 12 packages (tools/install); nothing is fetched while building.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
# Debian splits Boost into packages; these two are static so that the binary needs no Boost at run time.
set(Boost_USE_STATIC_LIBS ON)
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS headers json url)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(tl-expected REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)

# cctz has no package description.
find_path(CCTZ_INCLUDE_DIR cctz/time_zone.h REQUIRED)
find_library(CCTZ_LIBRARY cctz REQUIRED)
mark_as_advanced(CCTZ_INCLUDE_DIR CCTZ_LIBRARY)
add_library(Cctz::cctz UNKNOWN IMPORTED)
set_target_properties(Cctz::cctz PROPERTIES
  IMPORTED_LOCATION "${CCTZ_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${CCTZ_INCLUDE_DIR}")

if(HEADWAY_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
  if(EXISTS /usr/bin/python3 AND NOT Python3_EXECUTABLE)
    set(Python3_EXECUTABLE /usr/bin/python3)  # the packaged one, not a shim in PATH
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
endif()
if(HEADWAY_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
