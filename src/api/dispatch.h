#pragma once
// From a request's head to its route, and from a route to its answer. No sockets.

#include <memory>
#include <optional>
#include <string_view>

#include "api/http.h"
#include "api/key_ring.h"
#include "api/router.h"
#include "api/services.h"

namespace headway::api {

// The key that a connection presented last: most connections present one only.
struct KnownKey {
  std::string text;
  std::shared_ptr<KeyRing::Key> key;
};

struct Verdict {
  const Route* route = nullptr;
  std::optional<Reply> refusal;                 // answer this without reading the body
  std::optional<KeyRing::Allowance> allowance;  // of the key, for the headers
};

// Route, key, rate, type and announced size, in this order. Sets params, key and actor of `r`. IO thread.
Verdict decide(Services& s, Request& r, std::string_view api_key, bool has_body, KnownKey& known);

// Whether the handler may run on the IO thread.
bool runs_at_once(const Route& route, const Request& r);

// The answer, whatever happens: exceptions are caught here, and POSTs with an Idempotency-Key are applied
// once. Worker thread (or the IO thread for routes that run at once).
Reply execute(Services& s, const Route& route, const Request& r, BodySource* source) noexcept;

}  // namespace headway::api
