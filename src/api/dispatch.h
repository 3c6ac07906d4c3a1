#pragma once
// From a request's head to its route, and from a route to its answer. No sockets.

#include <memory>
#include <optional>
#include <string_view>

#include "api/browser.h"
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
  std::optional<Reply> refusal;        // answer this without reading the body
  std::optional<Allowance> allowance;  // of the key or session, for the headers
};

// Route, caller, role, rate, type and announced size, in this order; or a page of the UI. Sets what `r`
// says of its sender, and the params. IO thread.
Verdict decide(Services& s, Request& r, const Sender& sender, bool has_body, KnownKey& known);

// Whether whoever began an event stream may still have it. Asked now and then. IO thread.
bool may_go_on(Services& s, const Request& r, std::string_view token, const KnownKey& known);

// Whether the handler may run on the IO thread.
bool runs_at_once(const Route& route, const Request& r);

// The answer, whatever happens: exceptions are caught here, and POSTs with an Idempotency-Key are applied
// once. Worker thread (or the IO thread for routes that run at once).
Reply execute(Services& s, const Route& route, const Request& r, BodySource* source) noexcept;

}  // namespace headway::api
