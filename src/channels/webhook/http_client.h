#pragma once
// A small HTTP/1.1 client for POST requests to a few targets, with keep-alive.
//
// Invariants
//  * `done` is called exactly once for each request, from a handler of the io_context, or never when the
//    client is destroyed first.
//  * A fault is told as "certainly not processed" only when no byte of the request was accepted by the
//    network stack (of TLS: no complete record, so that the peer could not decrypt any of it).
//  * Every address is judged by the policy before a connection to exactly that address is opened.
//  * A pooled connection is used again only when its last answer was complete, allowed keep-alive and
//    left no byte over, and a peek shows neither data nor end at the moment of use. The peer may still
//    close it in the same instant: then the outcome is `cut`, never a second try on our own.
//  * Connections, waiting requests, headers and bodies are bounded.
//
// Everything on the one thread that runs the io_context, which must outlive the client and must
// not run any more when the client is destroyed.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "channels/webhook/http_types.h"

namespace headway::channels {

struct HttpClientOptions {
  bool allow_private_targets = false;
  std::string ca_file;                   // trusted beside the system's roots; "" = none
  milliseconds connect_timeout{10'000};  // resolving, connecting and the TLS handshake
  // Short, because a server that closes an idle connection just as we write makes the outcome unknown.
  // Common servers close after 2 s or more.
  milliseconds idle_timeout{1'500};
  std::size_t connections_per_target_max = 256;
  std::size_t connections_max = 1024;
  std::size_t waiting_max = 65'536;
};

class HttpConnection;

class HttpClient {
 public:
  static constexpr std::uint32_t kHeaderBytesMax = 16 * 1024;
  static constexpr std::uint64_t kBodyBytesMax = 64 * 1024;

  HttpClient(boost::asio::io_context& io, HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(HttpRequest request, HttpDone done);

 private:
  friend class HttpConnection;
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Work {
    HttpRequest request;
    HttpDone done;
  };
  struct Pool {  // of one target
    std::shared_ptr<const HttpTarget> target;
    std::vector<std::shared_ptr<HttpConnection>> idle;  // the last one in is the first one out
    std::deque<Work> waiting;
    std::size_t open = 0;
    Endpoints endpoints;  // allowed ones
    TimePoint endpoints_until{};
    bool resolving = false;
    std::vector<std::shared_ptr<HttpConnection>> want_endpoints;
  };

  void dispatch(Pool& pool, Work work);
  bool make_room(const Pool& for_pool);
  Pool* other_with_idle(const Pool& than);
  void resolve(Pool& pool);
  void resolved(Pool& pool, const boost::system::error_code& error,
                const boost::asio::ip::tcp::resolver::results_type& results);
  void serve_waiting(Pool& pool);
  void serve_all_waiting();

  // From connections.
  void endpoints_for(const std::shared_ptr<HttpConnection>& connection);
  void became_idle(const std::shared_ptr<HttpConnection>& connection);
  void became_closed(HttpConnection& connection);

  void start_sweeping();
  void sweep();

  boost::asio::io_context& io_;
  const HttpClientOptions options_;
  boost::asio::ssl::context tls_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer sweeper_;
  bool sweeping_ = false;
  bool serving_ = false;
  std::unordered_map<std::string, std::unique_ptr<Pool>> pools_;
  std::vector<std::shared_ptr<HttpConnection>> connections_;
  std::size_t waiting_ = 0;
};

}  // namespace headway::channels
