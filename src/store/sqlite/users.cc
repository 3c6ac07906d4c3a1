#include "store/sqlite/reader_core.h"
#include "store/sqlite/users_impl.h"

namespace headway::store::sqlite {
namespace {

#define HEADWAY_USER "u.id,u.name,u.email,u.role,u.created_at,u.last_login_at"
constexpr int kUserColumns = 6;

// On read connections.
struct UserReadSql {
  Connection& db;
  Statement count{db, "SELECT count(*) FROM user"};
  Statement user{db, "SELECT " HEADWAY_USER ",u.password FROM user u WHERE id=?1"};
  Statement by_email{db, "SELECT " HEADWAY_USER ",u.password FROM user u WHERE email=?1"};
  Statement users{db, "SELECT " HEADWAY_USER
                      " FROM user u WHERE id<?2 AND (name LIKE ?3 ESCAPE '!' OR email LIKE ?3 "
                      "ESCAPE '!') ORDER BY id DESC LIMIT ?4 OFFSET ?5"};
  Statement user_count{
      db, "SELECT count(*) FROM user WHERE name LIKE ?2 ESCAPE '!' OR email LIKE ?2 ESCAPE '!'"};
  Statement session{db, "SELECT " HEADWAY_USER
                        ",s.created_at,s.used_at FROM session s JOIN user u ON u.id=s.user "
                        "WHERE s.hash=?1 AND s.used_at>?2 AND s.created_at>?3"};
};

UserRow read_user(const Rows& q) {
  UserRow u;
  u.id = UserId{q.i64(0)};
  u.name = q.str(1);
  u.email = q.str(2);
  u.role = static_cast<domain::Role>(q.i32(3));
  u.created_at = q.at(4);
  u.last_login_at = q.maybe_at(5);
  return u;
}

std::string object_of(UserId id) { return "user:" + to_string(id); }

tl::unexpected<Error> no_user() { return fail(ErrorKind::not_found, "No such user"); }
tl::unexpected<Error> taken() {
  return fail(ErrorKind::conflict, "Another user has this e-mail address");
}

}  // namespace

// On the write connection.
struct UserSql {
  explicit UserSql(Connection& connection) : db(connection) {}
  Connection& db;
  Statement count{db, "SELECT count(*) FROM user"};
  Statement owners{db, "SELECT count(*) FROM user WHERE role=2"};
  Statement user{db, "SELECT " HEADWAY_USER ",u.password FROM user u WHERE id=?1"};
  Statement by_email{db, "SELECT id FROM user WHERE email=?1"};
  Statement create{db, "INSERT INTO user VALUES(?1,?2,?3,?4,?5,?6,NULL)"};
  Statement update{db, "UPDATE user SET name=?2,email=?3,role=?4,password=?5 WHERE id=?1"};
  Statement remove{db, "DELETE FROM user WHERE id=?1"};
  Statement logged_in{db, "UPDATE user SET last_login_at=?2 WHERE id=?1"};

  Statement open{db, "INSERT INTO session VALUES(?1,?2,?3,?3)"};
  Statement touch{db, "UPDATE session SET used_at=max(used_at,?2) WHERE hash=?1"};
  Statement session{db, "SELECT user FROM session WHERE hash=?1"};
  Statement close{db, "DELETE FROM session WHERE hash=?1"};
  Statement close_all{db, "DELETE FROM session WHERE user=?1"};
  Statement drop_ended{db, "DELETE FROM session WHERE used_at<=?1 OR created_at<=?2"};
  Statement drop_oldest{db,
                        "DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE user=?1 "
                        "ORDER BY used_at DESC LIMIT -1 OFFSET ?2)"};
};

SqliteUsers::SqliteUsers(Connection& write_connection, Writer& writer, ReaderPool& pool)
    : writer_(writer), pool_(pool), sql_(std::make_unique<UserSql>(write_connection)) {}
SqliteUsers::~SqliteUsers() = default;

// ---- users

Result<std::int64_t> SqliteUsers::user_count() {
  ReadLease lease = pool_.lease();
  const std::int64_t n = lease.sql<UserReadSql>().count.value(0);
  return lease.done(n);
}

Result<UserRow> SqliteUsers::insert(WriteContext& c, const NewUser& user, const std::string& actor,
                                    Instant now) {
  if (sql_->by_email.value(0, user.email) != 0) return taken();
  if (sql_->count.value(0) >= kUsersMax) {
    return fail(ErrorKind::conflict, "There are as many users as there can be");
  }
  const UserRow made{UserId{c.new_id()}, user.name, user.email, user.role, now, std::nullopt};
  sql_->create.run(made.id, made.name, made.email, made.role, user.password_hash, now);
  c.audit(actor.empty() ? object_of(made.id) : actor, "user.create", object_of(made.id),
          "{\"role\":\"" + std::string(domain::to_string(made.role)) + "\"}", now);
  return made;
}

Result<UserRow> SqliteUsers::create_user(const NewUser& user, const std::string& actor,
                                         Instant now) {
  return writer_.run<UserRow>([&](WriteContext& c) { return insert(c, user, actor, now); });
}

Result<UserRow> SqliteUsers::create_first_user(const NewUser& user, Instant now) {
  return writer_.run<UserRow>([&](WriteContext& c) -> Result<UserRow> {
    if (sql_->count.value(0) > 0) {
      return fail(ErrorKind::conflict, "The first user is there already: sign in");
    }
    NewUser first = user;
    first.role = domain::Role::owner;
    return insert(c, first, "", now);
  });
}

Result<Page<UserRow>> SqliteUsers::users(const Paging& p) {
  ReadLease lease = pool_.lease();
  return lease.done(list<UserRow>(
      lease.sql<UserReadSql>(), p, &UserReadSql::users, &UserReadSql::user_count,
      [](UserReadSql&, const Rows& q) { return read_user(q); },
      [](const Rows& q) { return q.i64(0); }));
}

Result<UserRow> SqliteUsers::user(UserId id) {
  auto found = find_login(id);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return no_user();
  return std::move((*found)->user);
}

namespace {

template <class Value>
Result<std::optional<LoginRow>> login_of(ReaderPool& pool, Statement UserReadSql::*by,
                                         const Value& value) {
  ReadLease lease = pool.lease();
  std::optional<LoginRow> found;
  Rows row = (lease.sql<UserReadSql>().*by).rows(value);
  if (row.next()) found = LoginRow{read_user(row), row.str(kUserColumns)};
  return lease.done(std::move(found));
}

}  // namespace

Result<std::optional<LoginRow>> SqliteUsers::find_login(const std::string& email) {
  return login_of(pool_, &UserReadSql::by_email, email);
}

Result<std::optional<LoginRow>> SqliteUsers::find_login(UserId id) {
  return login_of(pool_, &UserReadSql::user, id);
}

bool SqliteUsers::is_last_owner(domain::Role role) {
  return role == domain::Role::owner && sql_->owners.value(0) <= 1;
}

Result<UserRow> SqliteUsers::update_user(UserId id, const UserChange& change,
                                         const std::string& actor, Instant now) {
  return writer_.run<UserRow>([&](WriteContext& c) -> Result<UserRow> {
    UserRow u;
    std::string password;
    {
      Rows row = sql_->user.rows(id);
      if (!row.next()) return no_user();
      u = read_user(row);
      password = row.str(kUserColumns);
    }
    const bool other_role = change.role && *change.role != u.role;
    if (other_role && is_last_owner(u.role)) {
      return fail(ErrorKind::conflict, "This is the last owner: make somebody else an owner first");
    }
    if (change.email && *change.email != u.email) {
      if (sql_->by_email.value(0, *change.email) != 0) return taken();
      u.email = *change.email;
    }
    std::string detail = "{\"changed\":[";
    const auto note = [&detail](bool changed, const char* name) {
      if (changed) detail += (detail.back() == '[' ? "\"" : ",\"") + std::string(name) + "\"";
    };
    note(change.name.has_value(), "name");
    note(change.email.has_value(), "email");
    note(other_role, "role");
    note(change.password_hash.has_value(), "password");
    if (change.name) u.name = *change.name;
    if (change.role) u.role = *change.role;
    sql_->update.run(id, u.name, u.email, u.role, change.password_hash.value_or(password));
    if (other_role || change.password_hash) sql_->close_all.run(id);
    c.audit(actor, "user.update", object_of(id), detail + "]}", now);
    return u;
  });
}

Result<void> SqliteUsers::remove_user(UserId id, const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    domain::Role role{};
    {
      Rows row = sql_->user.rows(id);
      if (!row.next()) return no_user();
      role = read_user(row).role;
    }
    if (is_last_owner(role)) {
      return fail(ErrorKind::conflict, "This is the last owner: make somebody else an owner first");
    }
    sql_->close_all.run(id);
    sql_->remove.run(id);
    c.audit(actor, "user.delete", object_of(id), "{}", now);
    return {};
  });
}

// ---- sessions

Result<void> SqliteUsers::open_session(const std::string& token_hash, UserId id,
                                       const std::string& password_hash, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    {
      Rows row = sql_->user.rows(id);
      if (!row.next() || row.text(kUserColumns) != password_hash) {
        return fail(ErrorKind::conflict, "The user was changed meanwhile: sign in again");
      }
    }
    sql_->drop_ended.run(now - kSessionIdle, now - kSessionMost);
    sql_->drop_oldest.run(id, kSessionsPerUser - 1);
    sql_->open.run(token_hash, id, now);
    sql_->logged_in.run(id, now);
    c.audit(object_of(id), "user.login", object_of(id), "{}", now);
    return {};
  });
}

Result<std::optional<SessionRow>> SqliteUsers::find_session(const std::string& token_hash,
                                                            Instant now) {
  ReadLease lease = pool_.lease();
  std::optional<SessionRow> found;
  Rows row =
      lease.sql<UserReadSql>().session.rows(token_hash, now - kSessionIdle, now - kSessionMost);
  if (row.next()) {
    found = SessionRow{read_user(row), row.at(kUserColumns), row.at(kUserColumns + 1)};
  }
  return lease.done(std::move(found));
}

Result<void> SqliteUsers::touch_session(const std::string& token_hash, Instant now) {
  return writer_.run<void>([&](WriteContext&) -> Result<void> {
    sql_->touch.run(token_hash, now);
    return {};
  });
}

Result<void> SqliteUsers::close_session(const std::string& token_hash, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    const UserId user{sql_->session.value(0, token_hash)};
    if (!user) return {};
    sql_->close.run(token_hash);
    c.audit(object_of(user), "user.logout", object_of(user), "{}", now);
    return {};
  });
}

}  // namespace headway::store::sqlite
