#pragma once
// The pages of the web UI: files that were compressed when the binary was built and lie in it. Nothing is
// read from disk, and a path names a file or nothing.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/http.h"
#include "web/assets.h"

namespace headway::api {

enum class Coding : std::uint8_t { identity, gzip, brotli };

// What to send to a client that says this in Accept-Encoding (RFC 9110, 12.5.3), given what there is: the
// highest weight, and of equals the smallest. identity when it accepts nothing that there is.
Coding choose_coding(std::string_view accept_encoding, bool gzip, bool brotli);

// Whether a client that says this in If-None-Match has the representation with this ETag ("\"...\"").
bool has_it_already(std::string_view if_none_match, std::string_view etag);

// The answer to a GET or HEAD for a page or a file of it; nullopt: there is none. Paths without a dot in
// their last part are pages of the UI, which is index.html for all of them, but never below /api and the
// other places of the server's own.
std::optional<Reply> static_reply(std::span<const web::Asset> files, const Request& r);

}  // namespace headway::api
