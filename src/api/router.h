#pragma once
// The one table of what the API answers to. A test compares it with docs/api/openapi.yaml, both ways.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "api/http.h"
#include "api/services.h"

namespace headway::api {

using Handler = Reply (*)(Services&, const Request&);
using BodyHandler = Reply (*)(Services&, const Request&, BodySource&);

enum class Run : std::uint8_t {
  worker,           // on the pool; the body has been read
  at_once,          // on the IO thread: reads a few rows
  at_once_if_bare,  // on the IO thread when there is no query, else on the pool
  as_it_comes,      // on the pool, reading the body as it comes: `body_handler`
  password,         // on the pool for passwords; the body has been read
  stream,           // becomes an event stream: the answer never ends
};

// Bytes of a body that is not JSON and is worked on as it comes (CSV, NDJSON): memory stays flat, but
// nothing from outside is without a limit.
inline constexpr std::int64_t kStreamedBodyMax = std::int64_t{16} << 30;

enum class Auth : std::uint8_t {
  none,     // anybody
  page,     // anybody whose page is ours (browser.h); a key is looked at when there is one
  session,  // somebody who is signed in
  caller,   // a key or somebody who is signed in
};

// The least role that may call it.
enum class Need : std::uint8_t {
  by_method,
  viewer,
  editor,
  owner
};  // by_method: GET viewer, else editor

struct Route {
  Method method;
  std::string_view pattern;  // "/api/v1/campaigns/{id}/leads"
  Handler handler = nullptr;
  Run run = Run::worker;
  Auth auth = Auth::caller;
  std::int64_t body_max = 1 << 20;  // bytes
  BodyHandler body_handler = nullptr;
  std::string_view body_types = "";  // with as_it_comes: the types that it takes, beside JSON
  bool answer_is_secret = false;     // never remembered under an Idempotency-Key: so are its bodies
  Need need = Need::by_method;
};

std::span<const Route> routes();
domain::Role needed_role(const Route& route);

struct Match {
  const Route* route = nullptr;  // nullptr: 404, or 405 when `allowed` is not empty
  std::array<std::string_view, 3> params;
  std::string_view allowed_storage[4];
  int allowed = 0;  // other methods of this path
};
Match match(Method method, std::string_view path);

}  // namespace headway::api
