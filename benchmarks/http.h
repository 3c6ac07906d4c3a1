#pragma once
// Plain sockets, so that the measuring side costs little: a blocking client for control calls, a closed-loop
// load generator on epoll, and the sink that webhook messages are posted to.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/process.h"

namespace headway::bench {

struct Answer {
  int status = 0;
  std::string head, body;
};

// One keep-alive connection to 127.0.0.1. Throws Failure when the connection breaks.
class Connection {
 public:
  explicit Connection(int port, double timeout_seconds = 600);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `head`: the request line and headers, each line ended, without the empty line.
  Answer exchange(std::string_view head, std::string_view body);
  void send_raw(std::string_view bytes);
  void send_file(const std::filesystem::path& path);
  Answer receive();
  int socket() const { return socket_; }

 private:
  int socket_ = -1;
  std::string rest_;
};

// Sends the same request over `connections` connections, each the next one when the answer is there,
// from one thread. Answers with another status than 200 are a Failure.
struct Load {
  double seconds = 0;
  std::int64_t answers = 0;
  std::vector<double> latency_ms;
  double per_second() const { return seconds > 0 ? static_cast<double>(answers) / seconds : 0; }
};
Load closed_loop(int port, const std::string& request, int connections, double seconds);

// A child process that answers every POST with 200 and a provider id, and counts.
// GET /stats: {"posts","connections","last_us"}; GET /sample: the first POST, byte for byte.
class Sink {
 public:
  explicit Sink(const std::filesystem::path& log);
  int port() const { return port_; }
  struct Stats {
    std::int64_t posts = 0, connections = 0, last_us = 0;
  };
  Stats stats() const;
  std::string sample() const;
  double cpu_seconds() const { return child_.cpu_seconds(); }

 private:
  int port_;
  Child child_;
};
int sink_main(int port);  // the child

// Number of bytes of the first complete HTTP message of `text` by its Content-Length; 0 = not complete.
std::size_t message_size(std::string_view text);

}  // namespace headway::bench
