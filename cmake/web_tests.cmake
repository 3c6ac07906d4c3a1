# Checks of the web UI, label `web`: types as the API's description gives them, svelte-check, unit tests, and the size of
# what the first page loads. They need Node, so they are there when the UI is built in.
if(NOT HEADWAY_UI)
  return()
endif()
function(headway_web_test name timeout)
  add_test(NAME web_${name} COMMAND "${CMAKE_SOURCE_DIR}/tools/web" run ${ARGN} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  headway_test_properties(web_${name} web ${timeout})
endfunction()
headway_web_test(types 300 check:types)
headway_web_test(check 600 check)
headway_web_test(unit 300 test)
headway_web_test(size 120 check:size -- "${CMAKE_BINARY_DIR}/web/dist")
headway_labelled_target(headway_web web)
