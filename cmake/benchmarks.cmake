# benchmarks/*.cc is one program, headway_bench; ./bench runs it. The test is a smoke test: every
# benchmark must run through on small figures, whatever its ratios are.
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/benchmarks/*.cc")
if(sources)
  add_executable(headway_bench ${sources})
  target_link_libraries(headway_bench PRIVATE
    headway_options headway_api headway_store_sqlite headway_channels_sandbox headway_channels_webhook
    headway_runtime_asio Boost::json SQLite::SQLite3 benchmark::benchmark)
  if(HEADWAY_TESTS)
    add_test(NAME bench_smoke COMMAND headway_bench --smoke WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    headway_test_properties(bench_smoke bench 600)
  endif()
endif()
