# Functions that turn a folder into a target. Sources are globbed with CONFIGURE_DEPENDS: a new
# file needs no edit here and is picked up by the next build.

# store/sqlite -> headway_store_sqlite; sim -> headway_simulator, for headway_sim is its program
function(headway_target_name out folder)
  string(REPLACE "/" "_" name "${folder}")
  if(name STREQUAL "sim")
    set(name simulator)
  endif()
  set(${out} "headway_${name}" PARENT_SCOPE)
endfunction()

function(headway_target_names out)
  set(names "")
  foreach(folder IN LISTS ARGN)
    headway_target_name(name "${folder}")
    list(APPEND names "${name}")
  endforeach()
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

# headway_module(<folder> [ROOT] [DEPS folders...] [LIBS targets...] [PCH header])
# A static library of src/<folder>/*.cc (or <folder>/*.cc with ROOT), without main.cc. PCH is used
# where one Beast include costs more than the rest of the file.
function(headway_module folder)
  cmake_parse_arguments(arg "ROOT" "PCH" "DEPS;LIBS" ${ARGN})
  headway_target_name(target "${folder}")
  set(dir "${CMAKE_SOURCE_DIR}/src/${folder}")
  if(arg_ROOT)
    set(dir "${CMAKE_SOURCE_DIR}/${folder}")
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/*.cc")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  headway_target_names(deps ${arg_DEPS})
  if(NOT sources)
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE headway_options ${deps} ${arg_LIBS})
    return()
  endif()
  add_library(${target} STATIC ${sources})
  target_link_libraries(${target} PUBLIC headway_options ${deps} ${arg_LIBS})
  list(LENGTH sources count)
  if(arg_PCH AND HEADWAY_PCH AND count GREATER 1)
    target_precompile_headers(${target} PRIVATE "${CMAKE_SOURCE_DIR}/${arg_PCH}")
    target_compile_options(${target} PRIVATE -fpch-preprocess)  # for ccache
  endif()
endfunction()

# headway_binary(<name> <folder>): the executable of <folder>/main.cc, once there is one.
function(headway_binary name folder)
  headway_target_name(module "${folder}")
  file(GLOB main CONFIGURE_DEPENDS
    "${CMAKE_SOURCE_DIR}/src/${folder}/main.cc" "${CMAKE_SOURCE_DIR}/${folder}/main.cc")
  if(main)
    add_executable(${name} ${main})
    target_link_libraries(${name} PRIVATE ${module})
  endif()
endfunction()

set(HEADWAY_REPORT_DIR "${CMAKE_BINARY_DIR}/reports")
set(HEADWAY_TEST_ENVIRONMENT
  "HEADWAY_BIN_DIR=${CMAKE_BINARY_DIR}/bin"
  "HEADWAY_SOURCE_DIR=${CMAKE_SOURCE_DIR}")

# headway_test_suite(<folder below tests/> LABEL label [THREADS] [TIMEOUT seconds]
#                    [DEPS folders...] [LIBS targets...])
# One executable and one ctest entry of tests/<folder>/*.cc. The test runs in the root of the repository
# with HEADWAY_BIN_DIR set and writes reports/<name>.json, from which ./test counts the cases.
# THREADS marks suites that TSan should see.
function(headway_test_suite folder)
  cmake_parse_arguments(arg "THREADS" "LABEL;TIMEOUT" "DEPS;LIBS" ${ARGN})
  set_property(GLOBAL APPEND PROPERTY HEADWAY_SUITES "${folder}")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${folder}/*.cc")
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" name "${folder}")
  headway_target_names(deps ${arg_DEPS})
  add_executable(test_${name} ${sources})
  target_link_libraries(test_${name} PRIVATE
    headway_options headway_test_support ${deps} ${arg_LIBS} GTest::gmock GTest::gmock_main rapidcheck)
  add_test(NAME ${name}
    COMMAND test_${name} --gtest_brief=1 "--gtest_output=json:${HEADWAY_REPORT_DIR}/${name}.json"
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set(labels "${arg_LABEL}")
  if(arg_THREADS)
    list(APPEND labels threads)
  endif()
  headway_test_properties(${name} "${labels}" "${arg_TIMEOUT}")
  headway_labelled_target(test_${name} ${labels})
endfunction()

# Remembers which labels a target serves; headway_build_target turns labels into one target to build.
function(headway_labelled_target target)
  foreach(label IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY HEADWAY_LABEL_${label} ${target})
  endforeach()
endfunction()

# headway_build_target(<name> labels...): builds what the tests with one of these labels need.
function(headway_build_target name)
  set(targets "")
  foreach(label IN LISTS ARGN)
    get_property(labelled GLOBAL PROPERTY HEADWAY_LABEL_${label})
    list(APPEND targets ${labelled})
  endforeach()
  list(REMOVE_DUPLICATES targets)
  add_custom_target(${name} DEPENDS ${targets})
endfunction()

function(headway_test_properties name label timeout)
  if(NOT timeout)
    set(timeout 120)
  endif()
  if(HEADWAY_SANITIZE)
    math(EXPR timeout "${timeout} * 6")
  endif()
  set_tests_properties(${name} PROPERTIES
    LABELS "${label}" TIMEOUT ${timeout} ENVIRONMENT "${HEADWAY_TEST_ENVIRONMENT}")
endfunction()

# headway_script_tests(<folder below tests/> LABEL label [TIMEOUT seconds])
# Each tests/<folder>/*_test.py is one ctest entry, called with the binary as its argument.
function(headway_script_tests folder)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "" ${ARGN})
  file(GLOB scripts CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${folder}/*_test.py")
  foreach(script IN LISTS scripts)
    get_filename_component(stem "${script}" NAME_WE)
    string(REPLACE "/" "_" prefix "${folder}")
    add_test(NAME ${prefix}_${stem} COMMAND Python3::Interpreter "${script}" "${CMAKE_BINARY_DIR}/bin/headway"
      WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    headway_test_properties(${prefix}_${stem} "${arg_LABEL}" "${arg_TIMEOUT}")
  endforeach()
endfunction()
