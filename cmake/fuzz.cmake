# Each fuzz/<name>.cc defines LLVMFuzzerTestOneInput. With HEADWAY_FUZZ (clang) it becomes the
# libFuzzer program fuzz_<name>; otherwise it is linked with a small driver that replays
# fuzz/corpus/<name>/ and fixed mutations of it, as a test.
file(GLOB fuzzers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/fuzz/*.cc")
foreach(source IN LISTS fuzzers)
  get_filename_component(name "${source}" NAME_WE)
  if(HEADWAY_FUZZ)
    add_executable(fuzz_${name} "${source}")
    target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  elseif(HEADWAY_TESTS)
    add_executable(fuzz_${name} "${source}" "${CMAKE_SOURCE_DIR}/fuzz/driver/replay.cc")
    add_test(NAME fuzz_${name}
      COMMAND fuzz_${name} --mutations=20000 "${CMAKE_SOURCE_DIR}/fuzz/corpus/${name}")
    headway_test_properties(fuzz_${name} fuzz 120)
    headway_labelled_target(fuzz_${name} fuzz)
  else()
    continue()
  endif()
  target_link_libraries(fuzz_${name} PRIVATE
    headway_options headway_api headway_channels_webhook headway_channels_sandbox headway_engine)
endforeach()
