// Signing in and out, and the first user of all. Passwords are hashed here: these run on the pool for
// passwords.

#include "api/handlers.h"
#include "api/json_reader.h"
#include "api/list.h"
#include "api/login_throttle.h"
#include "api/passwords.h"
#include "api/telemetry.h"
#include "api/user_sessions.h"
#include "api/users.h"
#include "base/hash.h"
#include "domain/person.h"
#include "domain/plan_check.h"

namespace headway::api {
namespace {

// Signs the user in: a new session, its cookie, and what the page needs.
Reply signed_in(Services& s, const Request& r, const store::UserRow& user,
                const std::string& password_hash, int status = 200) {
  const std::string token = new_session_token(s.entropy);
  const auto opened = s.users.open_session(sha256_hex(token), user.id, password_hash, r.now);
  if (!opened) return refuse(opened.error());
  Reply reply = ok(
      [&](JsonWriter& w) {
        w.begin_object().key("user");
        write_user(w, user);
        w.field("csrf_token", csrf_token_of(token)).end_object();
      },
      status);
  reply.headers.emplace_back("Set-Cookie", session_cookie(token, r.tls));
  return reply;
}

// nullopt: the guess may be checked.
std::optional<Reply> throttled(Services& s, const Request& r, const std::string& account) {
  const std::chrono::seconds wait = s.throttle->admit(account, r.address, s.clock.steady());
  if (wait == std::chrono::seconds{0}) return std::nullopt;
  Reply reply =
      refuse(429, "Too many wrong passwords: try again in " + std::to_string(wait.count()) + " s");
  reply.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return reply;
}

}  // namespace

Reply setup_state(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto users = s.users.user_count();
  if (!users) return refuse(users.error());
  return ok([&](JsonWriter& w) {
    w.begin_object()
        .field("required", *users == 0)
        .field("key_required", *users == 0 && !r.local)
        .end_object();
  });
}

Reply setup(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  store::NewUser user;
  const auto password = read_new_user(body.fields(), user);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const auto users = s.users.user_count();
  if (!users) return refuse(users.error());
  if (*users > 0) return refuse(409, "The first user is there already: sign in");
  if (r.key && r.role != domain::Role::owner) return refuse(403, "This needs an owner's API key");
  if (!r.key && !r.local) {
    return refuse(401,
                  "From another machine the first user needs the API key: send it as X-API-Key");
  }
  const auto hash = s.passwords->hash(*password);
  if (!hash) return refuse(503, "Not enough memory to hash a password");
  user.password_hash = *hash;
  const auto made = s.users.create_first_user(user, r.now);
  if (!made) return refuse(made.error());
  return signed_in(s, r, *made, *hash, 201);
}

Reply login(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto said = body->text("email", true);
  const auto password = body->text("password", true);
  if (said && said->size() > domain::kEmailBytesMax) {
    body->error("email", "Must be at most 254 bytes");
  }
  if (password && password->size() > domain::kPasswordBytesMax) {
    body->error("password", "Must be at most 1024 bytes");
  }
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const std::string email = domain::normalize_email(*said);
  if (auto wait = throttled(s, r, email)) return std::move(*wait);
  const auto found = s.users.find_login(email);
  if (!found) return refuse(found.error());
  std::optional<std::string> hash;
  if (*found) hash = (*found)->password_hash;
  if (!s.passwords->verify(hash, *password)) {
    s.telemetry->logins_refused.fetch_add(1, std::memory_order_relaxed);
    return refuse(401, "The e-mail address or the password is wrong");
  }
  s.throttle->succeeded(email, r.address);
  return signed_in(s, r, (*found)->user, *hash);
}

Reply logout(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  if (auto closed = s.users.close_session(r.session, r.now); !closed) {
    return refuse(closed.error());
  }
  s.sessions->revoke(r.session);
  Reply reply = done();
  reply.headers.emplace_back("Set-Cookie", session_cookie("", r.tls));
  return reply;
}

Reply get_session(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto user = s.users.user(r.user);
  if (!user) return refuse(401, "The session has ended: sign in again");
  return ok([&](JsonWriter& w) {
    w.begin_object().key("user");
    write_user(w, *user);
    w.field("csrf_token", r.csrf_token).end_object();
  });
}

Reply change_password(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto current = body->text("current_password", true);
  const auto next = body->text("new_password", true);
  if (current && current->size() > domain::kPasswordBytesMax) {
    body->error("current_password", "Must be at most 1024 bytes");
  }
  const auto found = s.users.find_login(r.user);
  if (!found) return refuse(found.error());
  if (!*found) return refuse(401, "The session has ended: sign in again");
  const store::UserRow& user = (*found)->user;
  if (next) domain::check_password(body->errors(), "new_password", *next, user.email, user.name);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto wait = throttled(s, r, r.actor)) return std::move(*wait);
  if (!s.passwords->verify((*found)->password_hash, *current)) {
    const Result<void> wrong = invalid("current_password", "Is not your password");
    return refuse(wrong.error());
  }
  s.throttle->succeeded(r.actor, r.address);
  const auto hash = s.passwords->hash(*next);
  if (!hash) return refuse(503, "Not enough memory to hash a password");
  store::UserChange change;
  change.password_hash = *hash;
  const auto changed = s.users.update_user(user.id, change, r.actor, r.now);
  if (!changed) return refuse(changed.error());
  s.sessions->revoke_user(user.id);
  return signed_in(s, r, *changed, *hash);
}

}  // namespace headway::api
