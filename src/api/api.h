#pragma once
// The whole of the API: what handlers share, and the server that calls them.

#include <cstdint>
#include <functional>
#include <memory>

#include "api/server.h"
#include "api/services.h"
#include "base/result.h"

namespace headway::api {

struct ApiOptions {
  ServerOptions server;
  int new_key_rate_limit = 6000;  // requests a minute
  int imports_max = 4;            // at a time
  BrowserRules browser{};
};

class Api {
 public:
  // The ports and `io` outlive it; one thread runs `io`.
  Api(Ports ports, boost::asio::io_context& io, ApiOptions options);
  // After stop() has called back and both pools have ended.
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  Result<std::uint16_t> listen();              // the port
  void stop(std::function<void()> done);       // Server::stop
  Services& services();                        // for tests
  std::shared_ptr<engine::ChangeFeed> feed();  // for Engine::subscribe; works until the Api is gone

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace headway::api
