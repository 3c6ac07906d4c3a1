#pragma once
// The files of the web UI that are built into the binary: what `npm run build` left in web/, each as
// it is and compressed. cmake/web.cmake generates the table; with -DHEADWAY_UI=OFF it is empty.
// Constant data: any thread.

#include <cstddef>
#include <span>
#include <string_view>

namespace headway::web {

struct Asset {
  std::string_view path;  // of the URL: "/index.html", "/assets/main-3f9a1c.js"
  std::string_view type;  // Content-Type
  // Of the identity bytes: 16 hex digits without quotes. An encoding is another representation: who
  // serves one adds its name.
  std::string_view etag;
  bool immutable = false;  // its name holds a hash of its content: it may be kept for ever
  std::span<const std::byte> identity;
  // Empty where compression gains less than a tenth (fonts, pictures).
  std::span<const std::byte> gzip, brotli;
};

// Sorted by path, bytewise.
std::span<const Asset> assets();

}  // namespace headway::web
