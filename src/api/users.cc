// Who may sign in: for owners.

#include "api/users.h"

#include "api/handlers.h"
#include "api/list.h"
#include "api/passwords.h"
#include "api/user_sessions.h"
#include "domain/person.h"
#include "domain/plan_check.h"

namespace headway::api {
namespace {

std::optional<domain::Role> read_role(Fields& f, bool required) {
  const auto said = f.text("role", required);
  if (!said) return std::nullopt;
  const auto role = domain::parse_role(*said);
  if (!role) f.error("role", "Must be owner, editor or viewer");
  return role;
}

std::optional<std::string> read_name(Fields& f, bool required) {
  auto name = f.text("name", required);
  if (name) domain::check_name(f.errors(), f.path("name"), *name);
  return name;
}

std::optional<std::string> read_email(Fields& f, bool required) {
  const auto said = f.text("email", required);
  if (!said) return std::nullopt;
  std::string email = domain::normalize_email(*said);
  domain::check_email(f.errors(), f.path("email"), email);
  return email;
}

Reply answer(const store::UserRow& user, int status = 200) {
  return ok([&](JsonWriter& w) { write_user(w, user); }, status);
}

}  // namespace

void write_user(JsonWriter& w, const store::UserRow& user) {
  w.begin_object()
      .field("id", user.id)
      .field("name", user.name)
      .field("email", user.email)
      .field("role", domain::to_string(user.role))
      .field("created_at", user.created_at)
      .field("last_login_at", user.last_login_at)
      .end_object();
}

std::optional<std::string> read_new_user(Fields& f, store::NewUser& user) {
  user.name = read_name(f, true).value_or("");
  user.email = read_email(f, true).value_or("");
  auto password = f.text("password", true);
  if (password) {
    domain::check_password(f.errors(), f.path("password"), *password, user.email, user.name);
  }
  return password;
}

Reply list_users(Services& s, const Request& r) {
  return plain_list(
      r, true, [&](const store::Paging& p) { return s.users.users(p); }, write_user);
}

Reply create_user(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  store::NewUser user;
  const auto password = read_new_user(body.fields(), user);
  user.role = read_role(body.fields(), true).value_or(domain::Role::viewer);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const auto hash = s.passwords->hash(*password);
  if (!hash) return refuse(503, "Not enough memory to hash a password");
  user.password_hash = *hash;
  const auto made = s.users.create_user(user, r.actor, r.now);
  return made ? answer(*made, 201) : refuse(made.error());
}

Reply change_user(Services& s, const Request& r) {
  const auto id = path_id<UserId>(r);
  if (!id) return refuse(id.error());
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  store::UserChange change;
  change.name = read_name(body.fields(), false);
  change.email = read_email(body.fields(), false);
  change.role = read_role(body.fields(), false);
  const auto password = body->text("password");
  if (password && r.user == *id) {
    body->error("password", "Change your own with POST /api/v1/auth/password");
  }
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const auto before = s.users.user(*id);
  if (!before) return refuse(before.error());
  if (password) {
    std::vector<FieldError> weak;
    domain::check_password(weak, "password", *password, change.email.value_or(before->email),
                           change.name.value_or(before->name));
    if (!weak.empty()) return refuse(Result<void>(invalid(std::move(weak))).error());
    change.password_hash = s.passwords->hash(*password);
    if (!change.password_hash) return refuse(503, "Not enough memory to hash a password");
  }
  const auto changed = s.users.update_user(*id, change, r.actor, r.now);
  if (!changed) return refuse(changed.error());
  if (password || changed->role != before->role) s.sessions->revoke_user(*id);
  return answer(*changed);
}

Reply delete_user(Services& s, const Request& r) {
  const auto id = path_id<UserId>(r);
  if (!id) return refuse(id.error());
  if (auto gone = s.users.remove_user(*id, r.actor, r.now); !gone) return refuse(gone.error());
  s.sessions->revoke_user(*id);
  return done();
}

}  // namespace headway::api
