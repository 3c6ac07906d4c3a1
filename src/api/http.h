#pragma once
// A request and its answer as handlers see them: no sockets, no Beast.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/user.h"

namespace headway::api {

enum class Method : std::uint8_t { get, head, post, patch, del, other };
std::string_view to_string(Method m);

inline constexpr std::string_view kJson = "application/json";

struct Request {
  Method method = Method::other;
  std::string path;   // as sent, without the query
  std::string query;  // as sent, without '?'
  std::array<std::string_view, 3>
      params;                // parts of the path, in the order of the pattern's {..}; in `path`
  std::string content_type;  // lower case, without parameters
  std::string idempotency_key, last_event_id;
  std::string accept_encoding, if_none_match;  // of pages
  std::string body;
  std::int64_t content_length = -1;  // -1 = not said
  // Who asks. `key` is the id of a key or, as a key of remembered answers, of a user: both come from one
  // sequence.
  ApiKeyId key;
  UserId user;             // 0 with a key
  domain::Role role{};     // may at most
  std::string actor;       // "key:12", "user:7"
  std::string session;     // hash of the session's token; "" without one
  std::string csrf_token;  // of the session
  std::string address;     // of the person's machine, as far as it is known
  bool tls = false;        // the browser came by TLS
  bool local = false;      // somebody at this very machine, through no proxy
  Instant now{};
};

struct Reply {
  int status = 200;
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // used instead of `body` when set
  std::string_view fixed_body;                     // used instead of both when not empty; static
  std::string_view content_type = kJson;           // a literal
  std::string_view cache_control = "no-store";     // a literal
  std::vector<std::pair<std::string_view, std::string>> headers;
  // When set, the body is what it gives, piece after piece, until "": asked on a worker thread.
  std::function<std::string()> more;
  std::string_view bytes() const {
    if (!fixed_body.empty()) return fixed_body;
    return shared_body ? std::string_view(*shared_body) : body;
  }
};

// The pieces of a body that comes while it is worked on. Blocking; called from one worker thread.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece, never empty; "" at the end. Errors: the sender was cut off, was too slow, sent
  // more than allowed, or the server is stopping.
  virtual Result<std::string> next() = 0;
};

}  // namespace headway::api
