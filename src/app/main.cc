// The command line. Each command is in a file of its own; this one only says what there is.

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/serve.h"

namespace {

constexpr const char* kExamples = R"(
Examples:
  headway serve                              the server on http://127.0.0.1:8080, database in ./data
  headway serve --port 9000 --data /srv/hw   elsewhere
  headway import people.csv --name "Fair"    people into the database, without a server
  headway verify                             recount every figure from the ledger
  headway report 4711 --json                 the figures of a campaign
  headway stat wilson 5/100                  a statistical method, as JSON
  headway report --check report.json --events facts.ndjson
                                             whether a report is what the facts say
  headway apikey create --name "my script"   a key for the API, shown once
  headway user add ada@example.org --role owner   somebody who may sign in

Exit codes: 0 done, 1 something is wrong (verify found differences), 2 wrong use, 3 could not be done.
`headway COMMAND --help` explains each command.)";

CLI::Option* data_option(CLI::App* command, std::string& data) {
  return command->add_option("--data", data, "Folder of the database")->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace headway::app;

  CLI::App app{"Headway runs messaging campaigns and shows, live and exactly, how they do."};
  app.name("headway");
  app.footer(kExamples);
  app.require_subcommand(1);
  app.set_version_flag("--version", "headway 0.1.0");
  int code = kDone;

  ServeOptions serve;
  auto* serve_command =
      app.add_subcommand("serve", "Start the server: engine, API and database in one process");
  serve_command->footer(
      "\nThe first start prints an API key, once. SIGTERM or Ctrl-C stops without losing "
      "anything;\n"
      "after a kill, the next start settles what was in flight before it sends anything else.");
  serve_command->set_config("--config", "", "A TOML file with the same option names");
  serve_command->add_option("--host", serve.host, "Address to listen on")->capture_default_str();
  serve_command->add_option("--port", serve.port, "Port to listen on; 0 = any")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  data_option(serve_command, serve.data);
  serve_command->add_flag("--empty", serve.empty, "No sample workspace in a new database");
  serve_command->add_flag(
      "--allow-private-targets", serve.allow_private_targets,
      "Gateways on private and loopback addresses, although the server listens on others");
  serve_command->add_option("--rate-limit", serve.rate_limit, "Requests a minute of the first key")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  serve_command->add_option(
      "--public-host", serve.public_hosts,
      "Name by which browsers reach the server through a proxy; may be repeated");
  serve_command->add_flag("--secure-cookies", serve.secure_cookies,
                          "Browsers come by TLS: sessions are never sent without it");
  serve_command->add_flag(
      "--trust-proxy", serve.trust_proxy,
      "A proxy of yours is in front: believe its X-Forwarded-For and X-Forwarded-Proto");
  serve_command
      ->add_option("--log-level", serve.log_level, "trace, debug, info, warn, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  serve_command->callback([&] { code = run_serve(serve); });

  ImportOptions import_options;
  auto* import_command =
      app.add_subcommand("import", "Import people from a CSV file, while no server runs");
  import_command->footer(
      "\nColumns are recognised by their names (E-mail, Phone, First name, ...); the others become "
      "attributes.\n"
      "Rows that cannot be taken are listed with line, column and reason; the others are kept.\n\n"
      "Example: headway import fair.csv --name \"Trade fair\" --map email:Mail,name:Contact "
      "--encoding latin-1");
  import_command->add_option("file", import_options.file, "The CSV file; - for standard input")
      ->required();
  import_command->add_option("--name", import_options.name,
                             "Name of the new collection; the file's name when not given");
  import_command->add_option("--map", import_options.map,
                             "field:Column,field:Column for columns that are not recognised");
  import_command
      ->add_option("--encoding", import_options.encoding,
                   "utf-8, latin-1 or windows-1252; never guessed")
      ->capture_default_str();
  import_command->add_option("--delimiter", import_options.delimiter,
                             "Between fields; found from the header when not given");
  data_option(import_command, import_options.data);
  import_command->callback([&] { code = run_import(import_options); });

  VerifyOptions verify;
  auto* verify_command = app.add_subcommand(
      "verify", "Recount every figure from the ledger; also beside a running server");
  verify_command->footer(
      "\nExit code 0: no difference. 1: differences, each named with the stored and the recounted "
      "figure.");
  data_option(verify_command, verify.data);
  verify_command->add_flag("--json", verify.json, "As JSON");
  verify_command->callback([&] { code = run_verify(verify); });

  ReportOptions report;
  auto* report_command =
      app.add_subcommand("report", "The figures of a campaign; also beside a running server");
  report_command->footer(
      "\n--check needs no database: it recomputes the SHA-256 of a report and, with --events, "
      "every "
      "figure from the facts.\nExit code 0: the report is what was sealed. 1: it is not; each "
      "difference is named.\n\n"
      "Example: headway report --check report.json --events facts.ndjson");
  ReportCheckOptions report_check;
  auto* report_campaign =
      report_command->add_option("campaign", report.campaign, "Id of the campaign");
  data_option(report_command, report.data);
  report_command->add_flag("--json", report.json, "As JSON");
  auto* check_file =
      report_command
          ->add_option("--check", report_check.file, "Check this report (JSON) instead, offline")
          ->excludes(report_campaign);
  report_command
      ->add_option("--events", report_check.events,
                   "The facts of the campaign, as GET /campaigns/{id}/export gives them")
      ->needs(check_file);
  report_command->callback([&] {
    if (!report_check.file.empty()) {
      code = run_report_check(report_check);
    } else if (report.campaign.empty()) {
      throw CLI::RequiredError("campaign or --check");
    } else {
      code = run_report(report);
    }
  });

  auto* stat_command =
      app.add_subcommand("stat", "A statistical method on figures of your own, as JSON");
  stat_command->footer(stat_help());
  stat_command->prefix_command();  // negative numbers are no options
  stat_command->callback([&] { code = run_stat(stat_command->remaining()); });

  ApiKeyOptions key;
  auto* key_command = app.add_subcommand("apikey", "Make, list and revoke keys of the API");
  key_command->require_subcommand(1);
  key_command->footer(
      "\ncreate and revoke need the database for themselves; beside a running server use POST "
      "/api/v1/api-keys.");
  auto* key_create = key_command->add_subcommand("create", "Make a key and print it, once");
  key_create->add_option("--name", key.name, "What it is for")->required();
  key_create->add_option("--rate-limit", key.rate_limit, "Requests a minute")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  key_create->add_option("--role", key.role, "What it may do: owner, editor or viewer")
      ->check(CLI::IsMember({"owner", "editor", "viewer"}))
      ->capture_default_str();
  data_option(key_create, key.data);
  key_create->callback([&] { code = run_apikey_create(key); });
  auto* key_list = key_command->add_subcommand("list", "List the keys");
  data_option(key_list, key.data);
  key_list->callback([&] { code = run_apikey_list(key); });
  auto* key_revoke = key_command->add_subcommand("revoke", "Revoke a key, at once");
  key_revoke->add_option("id", key.id, "Id of the key, from `headway apikey list`")->required();
  data_option(key_revoke, key.data);
  key_revoke->callback([&] { code = run_apikey_revoke(key); });

  UserOptions user;
  auto* user_command = app.add_subcommand("user", "Who may sign in to the web UI");
  user_command->require_subcommand(1);
  user_command->footer(
      "\nThe password is asked for, or read from standard input or --password-file: never an "
      "argument.\n"
      "All but list need the database for themselves; beside a running server use "
      "/api/v1/users.\n\n"
      "Example: headway user add ada@example.org --name Ada --role editor");
  const auto add_user_command = [&](const char* name, const char* what, bool whose,
                                    int (*run)(const UserOptions&)) {
    auto* command = user_command->add_subcommand(name, what);
    if (whose) command->add_option("email", user.email, "The user's e-mail address")->required();
    data_option(command, user.data);
    command->callback([&user, &code, run] { code = run(user); });
    return command;
  };
  const auto role_option = [&](CLI::App* command) {
    command->add_option("--role", user.role, "owner, editor or viewer")
        ->check(CLI::IsMember({"owner", "editor", "viewer"}))
        ->required();
  };
  const auto password_option = [&](CLI::App* command) {
    command->add_option("--password-file", user.password_file,
                        "File whose first line is the password");
  };
  auto* user_add = add_user_command("add", "Let somebody sign in", true, run_user_add);
  user_add->add_option("--name", user.name, "As others see it; the address when not given");
  role_option(user_add);
  password_option(user_add);
  add_user_command("list", "List the users", false, run_user_list);
  role_option(
      add_user_command("role", "Give another role; ends the user's sessions", true, run_user_role));
  password_option(add_user_command("password", "Set another password; ends the user's sessions",
                                   true, run_user_password));
  add_user_command("remove", "Remove a user; ends the user's sessions", true, run_user_remove);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return code;
}
