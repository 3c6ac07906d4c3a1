#pragma once
// The commands besides `serve`. Each prints for a person (or JSON where asked) and returns the exit
// code of the process:
//   0 done    1 checked, and something is wrong (verify found differences, a report's hash does not match,
//   an import rejected everything)    2 wrong use    3 could not be done (the message says why)

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace headway::app {

enum ExitCode : int { kDone = 0, kWrong = 1, kUsage = 2, kFailed = 3 };

// Prints "headway: <message>" and the field errors to stderr; returns kFailed.
int report_error(const Error& error);

struct VerifyOptions {
  std::string data = "data";
  bool json = false;
};
int run_verify(const VerifyOptions& options);

struct ApiKeyOptions {
  std::string data = "data";
  std::string name;            // create
  int rate_limit = 6000;       // create: requests a minute
  std::string role = "owner";  // create
  std::string id;              // revoke
};
int run_apikey_create(const ApiKeyOptions& options);
int run_apikey_list(const ApiKeyOptions& options);
int run_apikey_revoke(const ApiKeyOptions& options);

struct UserOptions {
  std::string data = "data";
  std::string email;  // whose
  std::string name, role;
  std::string password_file;  // "" = asked for, or the first line of standard input
};
int run_user_add(const UserOptions& options);
int run_user_list(const UserOptions& options);
int run_user_role(const UserOptions& options);
int run_user_password(const UserOptions& options);
int run_user_remove(const UserOptions& options);

struct ReportOptions {
  std::string data = "data";
  std::string campaign;  // id
  bool json = false;
};
int run_report(const ReportOptions& options);

struct ReportCheckOptions {
  std::string file;    // the report as JSON, as GET /campaigns/{id}/report answers it
  std::string events;  // the exported facts; "" = the report alone
};
int run_report_check(const ReportCheckOptions& options);

struct ImportOptions {
  std::string data = "data";
  std::string file;
  std::string name;  // of the collection; the file's name when empty
  std::string map, encoding = "utf-8", delimiter;
};
int run_import(const ImportOptions& options);

// The statistical methods from a shell: the name of one and its arguments. Prints JSON; wrong arguments: kUsage.
int run_stat(const std::vector<std::string>& words);
std::string stat_help();  // all of them, each with an example

}  // namespace headway::app
