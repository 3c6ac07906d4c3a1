#pragma once
// The HTTP server: accepts, bounds, times out, and stops without losing a running request.
//
// Threads: everything of a connection happens on the one thread that runs `io`; handlers run on the
// worker pools of Services, except the few that read some rows and answer at once.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/services.h"
#include "base/result.h"

namespace boost::asio {
class io_context;
}

namespace headway::api {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0 = any free one
  std::size_t connections_max = 4096;
  std::size_t streams_max = 2048;
  std::chrono::milliseconds idle_timeout{75'000};    // between requests
  std::chrono::milliseconds header_timeout{10'000};  // from a head's first byte to its last
  std::chrono::milliseconds body_window{
      30'000};  // a body brings body_window_bytes in each of these
  std::int64_t body_window_bytes = 16 * 1024;
  std::chrono::milliseconds write_timeout{30'000};
  std::chrono::milliseconds heartbeat{15'000};   // of event streams
  std::chrono::milliseconds stop_grace{10'000};  // running requests may take this long at a stop
};

class Server {
 public:
  // `services` and `io` outlive the server. One thread runs `io`.
  Server(Services& services, boost::asio::io_context& io, ServerOptions options);
  ~Server();  // after stop() has called back, or after `io` stopped running
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and begins to accept. The port. Errors: unavailable (in use), invalid (host).
  Result<std::uint16_t> listen();

  // Any thread, once: no new connections or requests; event streams end; running requests are answered, at
  // most `stop_grace` long. `done` is called on the IO thread.
  void stop(std::function<void()> done);

  class Core;

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace headway::api
