# Style and architecture as tests: tools/tidy over all sources and over the archives of the layers that
# must not touch time, chance, threads or files.
set(archives "")
foreach(module base domain domain/statistics domain/diagnosis domain/comparison engine)
  headway_target_name(target "${module}")
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND archives "--archive=${module}=$<TARGET_FILE:${target}>")
    headway_labelled_target(${target} style)
  endif()
endforeach()
if(HEADWAY_SANITIZE)
  set(archives "")  # sanitizers call what they like
endif()
add_test(NAME tidy COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tools/tidy" ${archives}
  WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
add_test(NAME tidy_sees COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tools/tidy/selftest.py"
  WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
headway_test_properties(tidy tidy 120)
headway_test_properties(tidy_sees tidy 120)

# clang-tidy takes about a second for each file: not in ./test --fast.
find_program(HEADWAY_CLANG_TIDY run-clang-tidy-14)
if(HEADWAY_CLANG_TIDY AND NOT HEADWAY_SANITIZE)
  add_test(NAME lint COMMAND "${CMAKE_SOURCE_DIR}/tools/lint" WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  headway_test_properties(lint lint 900)
  set_tests_properties(lint PROPERTIES RUN_SERIAL ON)  # it uses every core by itself
endif()
