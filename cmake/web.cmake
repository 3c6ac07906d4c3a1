# The web UI: `headway_web` builds web/ with Node (tools/web brings one where Debian's is too old) and
# packs what it makes; `headway_web_assets` is the library that holds the pack, with web/assets.h.
option(HEADWAY_UI "build the web UI into the binary; OFF needs no Node" ON)

if(NOT HEADWAY_UI)
  add_library(headway_web_assets STATIC "${CMAKE_SOURCE_DIR}/src/web/no_assets.cc")
  target_link_libraries(headway_web_assets PUBLIC headway_options)
  add_custom_target(headway_web)
  return()
endif()

set(web "${CMAKE_SOURCE_DIR}/web")
set(web_out "${CMAKE_BINARY_DIR}/web")
file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS "${web}/src/*" "${web}/public/*" "${web}/scripts/*")
add_custom_command(
  OUTPUT "${web_out}/assets.cc" "${web_out}/assets.pack"
  COMMAND "${CMAKE_SOURCE_DIR}/tools/web" build "${web_out}"
  DEPENDS ${web_sources} "${web}/index.html" "${web}/package.json" "${web}/package-lock.json"
          "${web}/vite.config.ts" "${web}/svelte.config.js" "${web}/tsconfig.json"
          "${CMAKE_SOURCE_DIR}/tools/web"
  COMMENT "Building the web UI"
  VERBATIM)
add_custom_target(headway_web DEPENDS "${web_out}/assets.cc" "${web_out}/assets.pack")
add_library(headway_web_assets STATIC "${web_out}/assets.cc")
target_link_libraries(headway_web_assets PUBLIC headway_options)
# The compiler does not see that .incbin reads the pack.
set_source_files_properties("${web_out}/assets.cc" PROPERTIES OBJECT_DEPENDS "${web_out}/assets.pack")
