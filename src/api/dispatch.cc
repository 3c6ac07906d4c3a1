#include "api/dispatch.h"

#include <exception>

#include <spdlog/spdlog.h>

#include "api/reply.h"
#include "api/static_files.h"
#include "api/telemetry.h"
#include "api/user_sessions.h"
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

std::optional<Reply> check_rate(Services& s, const Allowance& allowance, const char* whose) {
  if (allowance.allowed) return std::nullopt;
  s.telemetry->rate_limited.fetch_add(1, std::memory_order_relaxed);
  Reply reply = refuse(429, std::string("Too many requests ") + whose);
  reply.headers.emplace_back("Retry-After", std::to_string(allowance.retry_after));
  return reply;
}

// nullopt: go on. So for all of these.
std::optional<Reply> check_key(Services& s, Request& r, std::string_view text, KnownKey& known,
                               Verdict& verdict) {
  const auto found = find_key(s, text, known);
  if (!found) return refuse(found.error());
  if (!*found) return refuse(401, "The API key is unknown or revoked");
  KeyRing::Key& key = **found;
  r.key = key.id;
  r.actor = key.actor;
  r.role = key.role;
  verdict.allowance = s.keys->take(key);
  if (auto slow = check_rate(s, *verdict.allowance, "with this key")) return slow;
  if (s.keys->should_touch(key)) {
    // Missing one is no harm: the next minute brings another.
    (void)s.run(
        [&access = s.access, id = key.id, now = r.now] { (void)access.touch_key(id, now); });
  }
  return std::nullopt;
}

std::optional<Reply> check_host(const Services& s, const Sender& sender) {
  if (host_allowed(s.browser, sender.host)) return std::nullopt;
  return refuse(403,
                "This server does not know itself by the name in this address. Use localhost, or "
                "start it with --public-host and the name");
}

std::optional<Reply> check_origin(const Services& s, const Sender& sender) {
  if (same_origin(s.browser, sender)) return std::nullopt;
  return refuse(403, "The request comes from a page of another site");
}

std::optional<Reply> check_session(Services& s, Request& r, const Sender& sender,
                                   std::string_view token, Verdict& verdict) {
  if (auto strange = check_host(s, sender)) return strange;
  const auto found = s.sessions->find(token);
  if (!found) return refuse(found.error());
  if (!*found) return refuse(401, "The session has ended: sign in again");
  UserSessions::Session& session = **found;
  const bool reads = r.method == Method::get;
  if (!reads) {
    if (auto foreign = check_origin(s, sender)) return foreign;
    if (!same_secret(sender.csrf_token, session.csrf_token)) {
      return refuse(403, "X-CSRF-Token is missing or is not the session's");
    }
  }
  r.key = ApiKeyId{session.user.value};
  r.user = session.user;
  r.role = session.role;
  r.actor = session.actor;
  r.session = session.token_hash;
  r.csrf_token = session.csrf_token;
  verdict.allowance = s.sessions->take(session);
  if (auto slow = check_rate(s, *verdict.allowance, "in this session")) return slow;
  if (s.sessions->should_touch(session)) {
    (void)s.run([&users = s.users, hash = session.token_hash, now = r.now] {
      (void)users.touch_session(hash, now);
    });
  }
  return std::nullopt;
}

std::optional<Reply> check_page(Services& s, Request& r, const Sender& sender, KnownKey& known,
                                Verdict& verdict) {
  if (auto strange = check_host(s, sender)) return strange;
  if (r.method != Method::get) {
    if (auto foreign = check_origin(s, sender)) return foreign;
  }
  if (sender.api_key.empty()) return std::nullopt;
  return check_key(s, r, sender.api_key, known, verdict);
}

std::optional<Reply> check_caller(Services& s, Request& r, const Sender& sender, KnownKey& known,
                                  Verdict& verdict) {
  const Route& route = *verdict.route;
  if (route.auth == Auth::none) return std::nullopt;
  if (route.auth == Auth::page) return check_page(s, r, sender, known, verdict);
  std::optional<Reply> refusal;
  if (route.auth == Auth::caller && !sender.api_key.empty()) {
    refusal = check_key(s, r, sender.api_key, known, verdict);
  } else if (const auto token = cookie_value(sender.cookie, kSessionCookie); !token.empty()) {
    refusal = check_session(s, r, sender, token, verdict);
  } else {
    refusal = refuse(401, route.auth == Auth::caller ? "Sign in, or send an API key as X-API-Key"
                                                     : "Sign in: there is no session");
  }
  if (!refusal && r.role < needed_role(route)) {
    refusal = refuse(403, "This needs the role " + std::string(to_string(needed_role(route))) +
                              "; yours is " + std::string(to_string(r.role)));
  }
  return refusal;
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

Verdict decide(Services& s, Request& r, const Sender& sender, bool has_body, KnownKey& known) {
  Verdict verdict;
  r.address = client_address(s.browser, sender);
  r.tls = came_by_tls(s.browser, sender);
  r.local = at_this_machine(s.browser, sender);
  const Match m = match(r.method, r.path);
  if (m.route == nullptr) {
    if (m.allowed > 0) {
      verdict.refusal = method_not_allowed(m);
    } else if (auto page = static_reply(s.pages, r)) {
      auto strange = check_host(s, sender);
      verdict.refusal = strange ? std::move(strange) : std::move(page);
    } else {
      verdict.refusal = refuse(404, s.pages.empty() && r.path == "/"
                                        ? "This build has no web UI. The API is under /api/v1"
                                        : "There is no such path");
    }
    return verdict;
  }
  verdict.route = m.route;
  r.params = m.params;
  verdict.refusal = check_caller(s, r, sender, known, verdict);
  if (!verdict.refusal) verdict.refusal = check_body(*m.route, r, has_body);
  return verdict;
}

bool may_go_on(Services& s, const Request& r, std::string_view token, const KnownKey& known) {
  if (r.session.empty()) return known.key && !known.key->revoked;
  const auto session = s.sessions->find(token);
  if (!session) return true;  // the store does not answer now: not the client's fault
  if (*session && s.sessions->should_touch(**session)) {
    (void)s.run([&users = s.users, hash = r.session, now = s.clock.wall()] {
      (void)users.touch_session(hash, now);
    });
  }
  return *session != nullptr;
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
