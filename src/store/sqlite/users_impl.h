#pragma once
// store::Users on SQLite.

#include <memory>
#include <string>

#include "store/sqlite/reader_pool.h"
#include "store/sqlite/writer.h"
#include "store/users.h"

namespace headway::store::sqlite {

struct UserSql;

class SqliteUsers final : public Users {
 public:
  // Made before the writer starts: prepares its statements on the write connection (a failure
  // sticks to it).
  SqliteUsers(Connection& write_connection, Writer& writer, ReaderPool& pool);
  ~SqliteUsers() override;

  Result<std::int64_t> user_count() override;
  Result<UserRow> create_user(const NewUser& user, const std::string& actor, Instant now) override;
  Result<UserRow> create_first_user(const NewUser& user, Instant now) override;
  Result<Page<UserRow>> users(const Paging& p) override;
  Result<UserRow> user(UserId id) override;
  Result<std::optional<LoginRow>> find_login(const std::string& email) override;
  Result<std::optional<LoginRow>> find_login(UserId id) override;
  Result<UserRow> update_user(UserId id, const UserChange& change, const std::string& actor,
                              Instant now) override;
  Result<void> remove_user(UserId id, const std::string& actor, Instant now) override;

  Result<void> open_session(const std::string& token_hash, UserId id,
                            const std::string& password_hash, Instant now) override;
  Result<std::optional<SessionRow>> find_session(const std::string& token_hash,
                                                 Instant now) override;
  Result<void> touch_session(const std::string& token_hash, Instant now) override;
  Result<void> close_session(const std::string& token_hash, Instant now) override;

 private:
  Result<UserRow> insert(WriteContext& c, const NewUser& user, const std::string& actor,
                         Instant now);
  bool is_last_owner(domain::Role role);

  Writer& writer_;
  ReaderPool& pool_;
  std::unique_ptr<UserSql> sql_;  // used on the writer thread only
};

}  // namespace headway::store::sqlite
