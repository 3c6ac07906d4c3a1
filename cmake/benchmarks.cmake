# benchmarks/*.cc is one program, headway_bench; ./bench runs it. It measures the real `headway`, as a process.
# The test is a smoke test: every benchmark must run through on small figures, whatever its ratios are.
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/benchmarks/*.cc")
if(sources)
  add_executable(headway_bench ${sources})
  target_link_libraries(headway_bench PRIVATE
    headway_test_support Boost::headers Boost::json SQLite::SQLite3 Threads::Threads)
  if(TARGET headway)
    add_dependencies(headway_bench headway)
    add_test(NAME bench_smoke COMMAND headway_bench --quick WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    headway_test_properties(bench_smoke bench 600)
  endif()
endif()

# benchmarks/statistics is a program of its own: seeded simulations through the statistics library. The short form is
# a test; it fails when a row misses its target by more than the error of the simulation.
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/benchmarks/statistics/*.cc")
add_executable(headway_statistics_bench ${sources})
target_link_libraries(headway_statistics_bench PRIVATE headway_domain_statistics Threads::Threads)
add_test(NAME bench_statistics COMMAND headway_statistics_bench WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
headway_test_properties(bench_statistics bench 300)
