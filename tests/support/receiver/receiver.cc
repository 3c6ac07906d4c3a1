#include "tests/support/receiver/receiver.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

namespace headway::testing {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Action = ScriptedReply::Action;

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string render(const ScriptedReply& reply) {
  if (reply.action == Action::raw) return reply.body;
  std::string wire = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
  for (const auto& [name, value] : reply.headers) wire += name + ": " + value + "\r\n";
  return wire + "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" + reply.body;
}

}  // namespace

class Receiver::Server {
 public:
  explicit Server(ReceiverOptions o)
      : options(std::move(o)),
        tls(asio::ssl::context::tls_server),
        acceptor_(io, {asio::ip::make_address_v4("127.0.0.1"),
                       static_cast<std::uint16_t>(options.port)}) {
    if (!options.certificate_file.empty()) {
      tls.use_certificate_chain_file(options.certificate_file);
      tls.use_private_key_file(options.key_file, asio::ssl::context::pem);
    }
    port = acceptor_.local_endpoint().port();
    accept();
    thread_ = std::thread([this] { io.run(); });
  }
  ~Server() {
    io.stop();
    thread_.join();
  }

  bool secure() const { return !options.certificate_file.empty(); }

  // The reply to a request, which is remembered on the way.
  ScriptedReply take(ReceivedRequest request) {
    std::lock_guard lock(mutex);
    request.number = static_cast<int>(++count);
    ScriptedReply reply = options.script ? options.script(request) : ScriptedReply{};
    if (options.record) requests.push_back(std::move(request));
    return reply;
  }

  ReceiverOptions options;
  asio::io_context io{1};
  asio::ssl::context tls;
  int port = 0;
  std::atomic<int> connections{0};
  mutable std::mutex mutex;
  std::vector<ReceivedRequest> requests;  // guarded by mutex
  std::int64_t count = 0;                 // guarded by mutex

 private:
  class Session;
  void accept();

  tcp::acceptor acceptor_;
  std::thread thread_;
};

class Receiver::Server::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Server& server, tcp::socket socket, int number)
      : server_(server), socket_(std::move(socket)), timer_(server.io), number_(number) {}

  void begin() {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    if (server_.options.cut_on_accept) return reset();
    if (server_.options.never_handshake) return wait_for_end();
    if (server_.options.cut_after_bytes > 0 && !server_.secure()) return read_and_reset();
    if (!server_.secure()) return read();
    tls_.emplace(socket_, server_.tls);
    tls_->async_handshake(asio::ssl::stream_base::server,
                          [self = shared_from_this()](const error_code& error) {
                            if (!error) self->read();
                          });
  }

 private:
  template <class F>
  void with_stream(F&& f) {
    if (tls_) {
      f(*tls_);
    } else {
      f(socket_);
    }
  }

  void reset() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);  // RST
    socket_.close(ignored);
  }

  void end() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
  }

  void wait_for_end() {
    scratch_.resize(4096);
    socket_.async_read_some(asio::buffer(scratch_),
                            [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (!error) self->wait_for_end();
                            });
  }

  void read_and_reset() {
    scratch_.resize(server_.options.cut_after_bytes);
    asio::async_read(
        socket_, asio::buffer(scratch_),
        [self = shared_from_this()](const error_code&, std::size_t) { self->reset(); });
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(8 * 1024 * 1024);
    if (server_.options.idle_close.count() > 0) {
      timer_.expires_after(server_.options.idle_close);
      timer_.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error) self->end();
      });
    }
    with_stream([this](auto& stream) {
      http::async_read(stream, buffer_, *parser_,
                       [self = shared_from_this()](const error_code& error, std::size_t) {
                         if (!error) self->answer();
                       });
    });
  }

  void answer() {
    timer_.cancel();
    auto message = parser_->release();
    ReceivedRequest request;
    request.connection = number_;
    if (server_.options.record || server_.options.script) {
      request.method = std::string(message.method_string());
      request.target = std::string(message.target());
      request.body = std::move(message.body());
      for (const auto& field : message) {
        request.headers[lower(field.name_string())] = std::string(field.value());
      }
      request.idempotency_key = request.headers["webhook-id"];
    }
    reply_ = server_.take(std::move(request));
    wire_ = render(reply_);
    std::size_t head = wire_.size() - (reply_.action == Action::raw ? 0 : reply_.body.size());
    if (reply_.action == Action::hang) return wait_for_end();
    if (reply_.action == Action::cut) wire_.clear();
    if (reply_.action == Action::cut_in_headers) wire_.resize(head / 2);
    if (reply_.action == Action::cut_in_body) wire_.resize(head + reply_.body.size() / 2);
    if (reply_.action == Action::drip) return drip(0);
    if (reply_.delay.count() == 0) return write();
    timer_.expires_after(reply_.delay);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->write();
    });
  }

  void write() {
    bool keep = reply_.action == Action::answer;
    with_stream([this, keep](auto& stream) {
      asio::async_write(stream, asio::buffer(wire_),
                        [self = shared_from_this(), keep](const error_code& error, std::size_t) {
                          if (error || !keep) return self->end();
                          self->read();
                        });
    });
  }

  void drip(std::size_t at) {
    if (at == wire_.size()) return read();
    with_stream([this, at](auto& stream) {
      asio::async_write(stream, asio::buffer(wire_.data() + at, 1),
                        [self = shared_from_this(), at](const error_code& error, std::size_t) {
                          if (error) return;
                          self->timer_.expires_after(self->reply_.delay);
                          self->timer_.async_wait([self, at](const error_code& late) {
                            if (!late) self->drip(at + 1);
                          });
                        });
    });
  }

  Server& server_;
  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  asio::steady_timer timer_;
  const int number_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  ScriptedReply reply_;
  std::string wire_, scratch_;
};

void Receiver::Server::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      std::make_shared<Session>(*this, std::move(socket), ++connections)->begin();
    }
    accept();
  });
}

Receiver::Receiver(ReceiverOptions options)
    : server_(std::make_unique<Server>(std::move(options))) {}
Receiver::~Receiver() = default;

int Receiver::port() const { return server_->port; }

std::string Receiver::url(const std::string& path) const {
  return std::string(server_->secure() ? "https" : "http") +
         "://127.0.0.1:" + std::to_string(port()) + path;
}

std::vector<ReceivedRequest> Receiver::requests() const {
  std::lock_guard lock(server_->mutex);
  return server_->requests;
}

std::map<std::string, int> Receiver::by_key() const {
  std::map<std::string, int> keys;
  for (const ReceivedRequest& request : requests()) ++keys[request.idempotency_key];
  return keys;
}

std::int64_t Receiver::request_count() const {
  std::lock_guard lock(server_->mutex);
  return server_->count;
}

int Receiver::connection_count() const { return server_->connections.load(); }

}  // namespace headway::testing
