#include "api/dispatch.h"

#include <exception>

#include <spdlog/spdlog.h>

#include "api/reply.h"
#include "api/telemetry.h"
#include "base/hash.h"

namespace headway::api {
namespace {

Reply method_not_allowed(const Match& m) {
  std::string allowed;
  for (int i = 0; i < m.allowed; ++i) {
    allowed += (i > 0 ? ", " : "");
    allowed += m.allowed_storage[i];
  }
  Reply reply = refuse(405, "This path takes " + allowed);
  reply.headers.emplace_back("Allow", allowed);
  return reply;
}

Result<std::shared_ptr<KeyRing::Key>> find_key(Services& s, std::string_view text,
                                               KnownKey& known) {
  if (known.key && known.text == text && !known.key->revoked) return known.key;
  auto key = s.keys->find(text);
  if (key && *key) {
    known.text = text;
    known.key = *key;
  }
  return key;
}

// nullopt: go on.
std::optional<Reply> check_key(Services& s, Request& r, std::string_view text, KnownKey& known,
                               Verdict& verdict) {
  if (text.empty()) return refuse(401, "An API key is needed: send it as X-API-Key");
  const auto found = find_key(s, text, known);
  if (!found) return refuse(found.error());
  if (!*found) return refuse(401, "The API key is unknown or revoked");
  KeyRing::Key& key = **found;
  r.key = key.id;
  r.actor = key.actor;
  verdict.allowance = s.keys->take(key);
  if (!verdict.allowance->allowed) {
    s.telemetry->rate_limited.fetch_add(1, std::memory_order_relaxed);
    Reply reply = refuse(429, "Too many requests with this key");
    reply.headers.emplace_back("Retry-After", std::to_string(verdict.allowance->retry_after));
    return reply;
  }
  if (s.keys->should_touch(key)) {
    // Missing one is no harm: the next minute brings another.
    (void)s.run(
        [&access = s.access, id = key.id, now = r.now] { (void)access.touch_key(id, now); });
  }
  return std::nullopt;
}

std::optional<Reply> check_body(const Route& route, const Request& r, bool has_body) {
  if (!has_body) return std::nullopt;
  const bool json = r.content_type == kJson;
  const bool other = !route.body_types.empty() && r.content_type == route.body_types;
  if (!json && !other) {
    std::string message = "Send Content-Type: application/json";
    if (!route.body_types.empty()) message += " or " + std::string(route.body_types);
    return refuse(415, message);
  }
  const std::int64_t most = json ? route.body_max : kStreamedBodyMax;
  if (r.content_length > most) {
    return refuse(413, "The body is larger than " + std::to_string(most) + " bytes");
  }
  return std::nullopt;
}

// The request apart from its key, so that the same key with another request is told apart. A body that
// is read as it comes is named by its announced size.
std::string fingerprint(const Request& r) {
  std::string text(to_string(r.method));
  text.append("\n").append(r.path).append("?").append(r.query).append("\n");
  text.append(r.content_type).append("\n").append(std::to_string(r.content_length)).append("\n");
  text.append(r.body);
  return sha256_hex(text);
}

Reply call(Services& s, const Route& route, const Request& r, BodySource* source) noexcept {
  try {
    if (route.body_handler != nullptr && source != nullptr) {
      return route.body_handler(s, r, *source);
    }
    return route.handler(s, r);
  } catch (const std::bad_alloc&) {
    spdlog::error("{} {}: out of memory", to_string(r.method), route.pattern);
    return refuse(503, "Not enough memory for this request");
  } catch (const std::exception& e) {
    spdlog::error("{} {}: {}", to_string(r.method), route.pattern, e.what());
    return refuse(500, "Something went wrong on our side; the log has more");
  }
}

std::optional<Reply> check_idempotency_key(const Route& route, const Request& r) {
  if (route.answer_is_secret) {
    return refuse(400,
                  "Idempotency-Key is not taken here: the answer holds a secret that is never "
                  "stored");
  }
  for (const char c : r.idempotency_key) {
    if (c < 0x20 || c > 0x7e) return refuse(400, "Idempotency-Key must be printable ASCII");
  }
  if (r.idempotency_key.size() > 200) {
    return refuse(400, "Idempotency-Key must be at most 200 bytes");
  }
  return std::nullopt;
}

Reply call_once(Services& s, const Route& route, const Request& r, BodySource* source) {
  if (auto bad = check_idempotency_key(route, r)) return std::move(*bad);
  const std::string print = fingerprint(r);
  const auto before = s.access.reserve_answer(r.key, r.idempotency_key, print, r.now);
  if (!before) return refuse(before.error());
  if (*before) {
    const store::RememberedAnswer& answer = **before;
    if (answer.request_hash != print) {
      return refuse(409, "This Idempotency-Key was used with another request");
    }
    if (answer.status == 0) {
      return refuse(409, "The request with this Idempotency-Key is still being worked on");
    }
    Reply reply;
    reply.status = answer.status;
    reply.body = answer.body;
    reply.headers.emplace_back("Idempotent-Replayed", "true");
    return reply;
  }
  Reply reply = call(s, route, r, source);
  // What can be tried again is not remembered: it was not applied.
  const bool keep = reply.status < 500 && reply.status != 429 && !reply.more;
  const auto noted = keep ? s.access.remember_answer(r.key, r.idempotency_key, reply.status,
                                                     std::string(reply.bytes()))
                          : s.access.forget_answer(r.key, r.idempotency_key);
  if (!noted) spdlog::warn("an answer could not be remembered: {}", noted.error().message);
  return reply;
}

}  // namespace

Verdict decide(Services& s, Request& r, std::string_view api_key, bool has_body, KnownKey& known) {
  Verdict verdict;
  const Match m = match(r.method, r.path);
  if (m.route == nullptr) {
    verdict.refusal = m.allowed > 0 ? method_not_allowed(m) : refuse(404, "There is no such path");
    return verdict;
  }
  verdict.route = m.route;
  r.params = m.params;
  if (m.route->auth == Auth::key) {
    verdict.refusal = check_key(s, r, api_key, known, verdict);
    if (verdict.refusal) return verdict;
  }
  verdict.refusal = check_body(*m.route, r, has_body);
  return verdict;
}

bool runs_at_once(const Route& route, const Request& r) {
  return route.run == Run::at_once || (route.run == Run::at_once_if_bare && r.query.empty());
}

Reply execute(Services& s, const Route& route, const Request& r, BodySource* source) noexcept {
  if (r.method != Method::post || r.idempotency_key.empty()) return call(s, route, r, source);
  try {
    return call_once(s, route, r, source);
  } catch (const std::exception& e) {
    spdlog::error("{} {}: {}", to_string(r.method), route.pattern, e.what());
    return refuse(500, "Something went wrong on our side; the log has more");
  }
}

}  // namespace headway::api
