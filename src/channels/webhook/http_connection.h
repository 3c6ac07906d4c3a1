#pragma once
// One connection and the request on it. See http_client.h for the rules.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>

#include "channels/webhook/http_client.h"

namespace headway::channels {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using TimePoint = HttpClient::TimePoint;

  HttpConnection(HttpClient& client, HttpClient::Pool& pool, std::size_t index);

  // Opens the connection for this request, or puts it on an idle one.
  void open(HttpClient::Work work);
  void start(HttpClient::Work work, bool reused);
  void connect(const HttpClient::Endpoints& endpoints);

  // Ends the connection; a request that is on it ends with this fault.
  void fail(HttpFault fault, std::string detail);
  void close();
  // Looks at the deadlines.
  void check(TimePoint now);
  // Idle, and the peer has neither closed it nor said anything.
  bool usable();
  bool idle() const { return phase_ == Phase::idle; }

  HttpClient::Pool& pool() { return pool_; }
  std::size_t index = 0;  // in the client's list

 private:
  enum class Phase { resolving, connecting, handshake, writing, reading, idle, closed };
  // Bound to the io_context by type: no call through a type-erased executor for each operation.
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;
  using Stream = boost::asio::ssl::stream<Socket&>;

  void handshake();
  void write();
  void written(const boost::system::error_code& error, std::size_t bytes);
  void read();
  void answered(const boost::system::error_code& error);
  void finish(bool keep);
  void complete(HttpOutcome outcome);
  template <class F>
  void with_stream(F&& f);

  HttpClient& client_;
  HttpClient::Pool& pool_;
  Phase phase_ = Phase::resolving;
  Socket socket_;
  std::optional<Stream> tls_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::response_parser<boost::beast::http::string_body>> parser_;
  std::optional<HttpClient::Work> work_;
  TimePoint connect_by_{};
  TimePoint idle_since_{};
  bool reused_ = false;
  bool timed_out_ = false;  // while writing: the handler tells how far it came
  int interim_answers_ = 0;
};

}  // namespace headway::channels
