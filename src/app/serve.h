#pragma once
// `headway serve`: the database, the engine, the channels and the HTTP server in one process.

#include <string>
#include <vector>

namespace headway::app {

struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string data = "data";
  bool empty = false;  // no sample workspace in a new database
  bool allow_private_targets =
      false;  // gateways on private addresses although we do not listen on loopback only
  int rate_limit = 6000;  // requests a minute of the key made on the first start, and of sessions
  std::vector<std::string> public_hosts;  // names by which browsers reach us through a proxy
  bool secure_cookies = false;            // browsers come by TLS
  bool trust_proxy = false;               // X-Forwarded-For and -Proto are our proxy's
  std::string log_level = "info";
};

// Returns after SIGTERM or SIGINT, when everything is written. Exit codes as in commands.h.
int run_serve(const ServeOptions& options);

}  // namespace headway::app
