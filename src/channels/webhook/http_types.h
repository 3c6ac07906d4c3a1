#pragma once
// What goes into the HTTP client and comes out of it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/time.h"

namespace headway::channels {

// Where connections go. Connections are shared by requests with equal keys.
struct HttpTarget {
  bool tls = false;
  std::string host;  // a name in lower case, or an address without brackets
  std::uint16_t port = 0;
  std::string key;  // of all of the above
};

struct HttpRequest {
  std::shared_ptr<const HttpTarget> target;
  std::string wire;  // request line, headers and body, as sent
  std::chrono::steady_clock::time_point
      deadline;  // of the whole, the wait for a connection included
};

enum class HttpFault : std::uint8_t {
  none,  // there is a complete answer
  // Certainly not processed: no byte of the request was handed to the network.
  refused_target,  // resolves to addresses that are not allowed
  resolve,
  connect,
  connect_timeout,
  tls_certificate,  // the certificate is not valid for this host
  tls_handshake,
  queue_timeout,  // no connection became free in time
  not_written,    // the connection broke, or time ran out, before the first byte
  // May have been processed.
  timeout,
  cut,
  bad_answer,  // not HTTP, or larger than the limit of headers
};

struct HttpOutcome {
  HttpFault fault = HttpFault::none;
  std::string detail;  // of a fault; no secrets, no personal data
  int status = 0;
  std::string retry_after;  // the header, "" when absent
  std::string body;         // "" when it was larger than the limit
};

using HttpDone = std::function<void(HttpOutcome)>;

}  // namespace headway::channels
