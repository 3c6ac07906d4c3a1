#pragma once
// A real `headway serve` on a data folder, spoken to over HTTP only.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "benchmarks/context.h"
#include "benchmarks/http.h"
#include "benchmarks/process.h"

namespace headway::bench {

class Server {
 public:
  // Makes an API key in `data` (created when missing) unless one is given.
  Server(const Context& context, std::filesystem::path data, std::string key = "");

  double start();  // seconds from the start of the process to /readyz 200
  void kill();     // SIGKILL
  void stop();     // SIGTERM; Failure when it does not end well

  // `data` of a successful answer; Failure otherwise.
  boost::json::object call(const std::string& method, const std::string& path,
                           std::string_view body = "",
                           const std::string& type = "application/json");
  // The request line and headers of an authenticated call, without the empty line at the end.
  std::string head(const std::string& method, const std::string& path,
                   const std::string& type = "") const;

  int port() const { return port_; }
  const std::string& key() const { return key_; }
  const Child& process() const { return child_; }
  const std::filesystem::path& data() const { return data_; }

 private:
  const Context& context_;
  std::filesystem::path data_;
  std::string key_;
  int port_ = 0;
  Child child_;
  std::unique_ptr<Connection> connection_;
};

struct Counts {
  std::int64_t sent = 0, failed = 0, pending = 0, partial = 0, total = 0;
  std::int64_t done() const { return sent + failed; }
};
Counts counts_of(Server& server, const std::string& campaign);
void set_paused(Server& server, const std::string& campaign, bool paused);
// Waits until `done() >= done`; seconds since `begin`. Failure when nothing moves for a minute.
double wait_for_done(Server& server, const std::string& campaign, std::int64_t done, double begin);

}  // namespace headway::bench
