// `headway user ...`: who may sign in to the web UI. Also the way back in when an owner forgot the password.

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>

#include "api/passwords.h"
#include "app/commands.h"
#include "app/local_store.h"
#include "domain/person.h"
#include "domain/plan_check.h"
#include "domain/user.h"

namespace headway::app {
namespace {

constexpr const char* kActor = "cli";

int wrong_use(std::vector<FieldError> errors) {
  const Result<void> refused = invalid(std::move(errors));
  report_error(refused.error());
  return kUsage;
}

// Typed blindly when somebody is there to type.
class NoEcho {
 public:
  NoEcho() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~NoEcho() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

// The first line, without its end. Never an argument of the command: those are seen by everybody.
Result<std::string> read_password(const UserOptions& options) {
  std::string password;
  if (!options.password_file.empty()) {
    std::ifstream file(options.password_file);
    if (!std::getline(file, password)) {
      return fail(ErrorKind::unavailable, "Cannot read " + options.password_file);
    }
  } else {
    const bool terminal = isatty(STDIN_FILENO) != 0;
    if (terminal) std::fputs("Password: ", stderr);
    {
      const NoEcho silent;
      std::getline(std::cin, password);
    }
    if (terminal) std::fputs("\n", stderr);
  }
  if (!password.empty() && password.back() == '\r') password.pop_back();
  return password;
}

Result<std::string> hash_of(const std::string& password) {
  const auto hash = api::Passwords().hash(password);
  if (!hash) return fail(ErrorKind::unavailable, "Not enough memory to hash a password");
  return *hash;
}

Result<store::UserRow> find_user(LocalStore& local, const std::string& email) {
  const auto found = local.store().users().find_login(domain::normalize_email(email));
  if (!found) return tl::unexpected(found.error());
  if (!*found) {
    return fail(ErrorKind::not_found, "There is no user " + email + "; see headway user list");
  }
  return (*found)->user;
}

int change(const UserOptions& options, const store::UserChange& change) {
  const auto local = LocalStore::open(options.data, false);
  if (!local) return report_error(local.error());
  const auto user = find_user(**local, options.email);
  if (!user) return report_error(user.error());
  const auto changed =
      (*local)->store().users().update_user(user->id, change, kActor, (*local)->clock().wall());
  if (!changed) return report_error(changed.error());
  std::printf("%s is %s.\n", changed->email.c_str(),
              std::string(domain::to_string(changed->role)).c_str());
  return kDone;
}

}  // namespace

int run_user_add(const UserOptions& options) {
  store::NewUser user;
  user.email = domain::normalize_email(options.email);
  user.name = options.name.empty() ? user.email : options.name;
  user.role = domain::parse_role(options.role).value_or(domain::Role::viewer);
  std::vector<FieldError> wrong;
  domain::check_email(wrong, "email", user.email);
  domain::check_name(wrong, "name", user.name);
  if (!wrong.empty()) return wrong_use(std::move(wrong));
  const auto password = read_password(options);
  if (!password) return report_error(password.error());
  domain::check_password(wrong, "password", *password, user.email, user.name);
  if (!wrong.empty()) return wrong_use(std::move(wrong));
  auto hash = hash_of(*password);
  if (!hash) return report_error(hash.error());
  user.password_hash = std::move(*hash);
  const auto local = LocalStore::open(options.data, false);
  if (!local) return report_error(local.error());
  const auto made = (*local)->store().users().create_user(user, kActor, (*local)->clock().wall());
  if (!made) return report_error(made.error());
  std::printf("%s may sign in as %s.\n", made->email.c_str(),
              std::string(domain::to_string(made->role)).c_str());
  return kDone;
}

int run_user_list(const UserOptions& options) {
  const auto local = LocalStore::open(options.data, true);
  if (!local) return report_error(local.error());
  store::Paging paging;
  paging.limit = 500;
  std::printf("%-8s %-20s %-32s %s\n", "ROLE", "LAST LOGIN", "E-MAIL", "NAME");
  while (true) {
    const auto page = (*local)->store().users().users(paging);
    if (!page) return report_error(page.error());
    for (const store::UserRow& u : page->items) {
      const std::string last = u.last_login_at ? format_rfc3339(*u.last_login_at) : "never";
      std::printf("%-8s %-20.19s %-32s %s\n", std::string(domain::to_string(u.role)).c_str(),
                  last.c_str(), u.email.c_str(), u.name.c_str());
    }
    if (page->next_cursor.empty()) return kDone;
    paging.cursor = page->next_cursor;
  }
}

int run_user_role(const UserOptions& options) {
  store::UserChange wish;
  wish.role = domain::parse_role(options.role);
  if (!wish.role) return wrong_use({{"role", "Must be owner, editor or viewer"}});
  return change(options, wish);
}

int run_user_password(const UserOptions& options) {
  const auto password = read_password(options);
  if (!password) return report_error(password.error());
  std::vector<FieldError> wrong;
  domain::check_password(wrong, "password", *password, options.email, "");
  if (!wrong.empty()) return wrong_use(std::move(wrong));
  auto hash = hash_of(*password);
  if (!hash) return report_error(hash.error());
  store::UserChange wish;
  wish.password_hash = std::move(*hash);
  return change(options, wish);
}

int run_user_remove(const UserOptions& options) {
  const auto local = LocalStore::open(options.data, false);
  if (!local) return report_error(local.error());
  const auto user = find_user(**local, options.email);
  if (!user) return report_error(user.error());
  const auto gone =
      (*local)->store().users().remove_user(user->id, kActor, (*local)->clock().wall());
  if (!gone) return report_error(gone.error());
  std::printf("%s is removed.\n", user->email.c_str());
  return kDone;
}

}  // namespace headway::app
