#include "channels/webhook/http_connection.h"

#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/check.h"

namespace headway::channels {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr int kInterimAnswersMax = 8;  // 1xx before the answer

// SNI and the name that the certificate must carry.
bool expect_host(SSL* ssl, const std::string& host) {
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // SSL_set_tlsext_host_name, spelled out: the macro has a C cast.
  return X509_VERIFY_PARAM_set1_host(param, host.c_str(), host.size()) == 1 &&
         SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

}  // namespace

HttpConnection::HttpConnection(HttpClient& client, HttpClient::Pool& pool, std::size_t place)
    : index(place), client_(client), pool_(pool), socket_(client.io_) {}

template <class F>
void HttpConnection::with_stream(F&& f) {
  if (tls_) {
    f(*tls_);
  } else {
    f(socket_);
  }
}

void HttpConnection::open(HttpClient::Work work) {
  work_ = std::move(work);
  phase_ = Phase::resolving;
  connect_by_ = std::chrono::steady_clock::now() + client_.options_.connect_timeout;
  client_.endpoints_for(shared_from_this());
}

void HttpConnection::connect(const HttpClient::Endpoints& endpoints) {
  if (phase_ != Phase::resolving) return;  // the time-out was faster
  phase_ = Phase::connecting;
  asio::async_connect(
      socket_, endpoints,
      [self = shared_from_this()](const error_code& error, const asio::ip::tcp::endpoint&) {
        if (self->phase_ != Phase::connecting) return;
        if (error) return self->fail(HttpFault::connect, error.message());
        error_code ignored;
        self->socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        if (self->pool_.target->tls) return self->handshake();
        self->write();
      });
}

void HttpConnection::handshake() {
  phase_ = Phase::handshake;
  tls_.emplace(socket_, client_.tls_);
  if (!expect_host(tls_->native_handle(), pool_.target->host)) {
    return fail(HttpFault::tls_handshake, "The host name cannot be used with TLS");
  }
  tls_->async_handshake(
      asio::ssl::stream_base::client, [self = shared_from_this()](const error_code& error) {
        if (self->phase_ != Phase::handshake) return;
        if (!error) return self->write();
        long verified = SSL_get_verify_result(self->tls_->native_handle());
        if (verified != X509_V_OK) {
          return self->fail(HttpFault::tls_certificate, X509_verify_cert_error_string(verified));
        }
        self->fail(HttpFault::tls_handshake, error.message());
      });
}

void HttpConnection::start(HttpClient::Work work, bool reused) {
  work_ = std::move(work);
  reused_ = reused;
  write();
}

void HttpConnection::write() {
  phase_ = Phase::writing;
  timed_out_ = false;
  interim_answers_ = 0;
  with_stream([this](auto& stream) {
    asio::async_write(stream, asio::buffer(work_->request.wire),
                      [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                        self->written(error, bytes);
                      });
  });
}

void HttpConnection::written(const error_code& error, std::size_t bytes) {
  if (phase_ != Phase::writing) return;
  if (!error && !timed_out_) return read();
  if (bytes == 0) {
    if (reused_ && !timed_out_) {
      // The pooled connection was dead and took nothing: as if it had not been there.
      HttpClient::Work work = std::move(*work_);
      work_.reset();
      HttpClient& client = client_;
      HttpClient::Pool& pool = pool_;
      auto self = shared_from_this();
      close();
      return client.dispatch(pool, std::move(work));
    }
    return fail(HttpFault::not_written, timed_out_ ? "Timed out" : error.message());
  }
  if (timed_out_) return fail(HttpFault::timeout, "Timed out while the request was written");
  fail(HttpFault::cut, "While the request was written: " + error.message());
}

void HttpConnection::read() {
  phase_ = Phase::reading;
  parser_.emplace();
  parser_->header_limit(HttpClient::kHeaderBytesMax);
  parser_->body_limit(HttpClient::kBodyBytesMax);
  with_stream([this](auto& stream) {
    http::async_read(stream, buffer_, *parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       self->answered(error);
                     });
  });
}

void HttpConnection::answered(const error_code& error) {
  if (phase_ != Phase::reading) return;
  const auto& message = parser_->get();
  bool whole = !error;
  if (error == http::error::body_limit)
    whole = true;  // the status is known; the rest is not wanted
  // Many servers end TLS without close_notify. Where only the end of the connection ends the body, that
  // leaves its length in doubt, not the status.
  bool cut_tail = error == asio::ssl::error::stream_truncated && parser_->is_header_done() &&
                  !parser_->chunked() && !parser_->content_length();
  if (!whole && !cut_tail) {
    bool connection = error.category() == asio::error::get_system_category() ||
                      error.category() == asio::error::get_misc_category() ||
                      error.category() == asio::error::get_ssl_category() ||
                      error.category() == asio::ssl::error::get_stream_category() ||
                      error == http::error::end_of_stream || error == http::error::partial_message;
    return fail(connection ? HttpFault::cut : HttpFault::bad_answer, error.message());
  }
  int status = static_cast<int>(message.result_int());
  if (status >= 100 && status < 200 && status != 101) {
    if (++interim_answers_ > kInterimAnswersMax) {
      return fail(HttpFault::bad_answer, "Too many interim answers");
    }
    return read();
  }
  HttpOutcome outcome;
  outcome.status = status;
  auto retry_after = message.find(http::field::retry_after);
  if (retry_after != message.end()) outcome.retry_after = std::string(retry_after->value());
  bool keep = !error && status != 101 && message.keep_alive() && buffer_.size() == 0;
  if (!error) outcome.body = std::move(parser_->get().body());
  auto self = shared_from_this();
  HttpDone done = std::move(work_->done);
  work_.reset();
  finish(keep);
  done(std::move(outcome));
}

void HttpConnection::finish(bool keep) {
  parser_.reset();
  if (!keep) return close();
  phase_ = Phase::idle;
  idle_since_ = std::chrono::steady_clock::now();
  client_.became_idle(shared_from_this());
}

void HttpConnection::fail(HttpFault fault, std::string detail) {
  auto self = shared_from_this();
  std::optional<HttpClient::Work> work = std::exchange(work_, std::nullopt);
  close();
  if (!work) return;
  HttpOutcome outcome;
  outcome.fault = fault;
  outcome.detail = std::move(detail);
  work->done(std::move(outcome));
}

// TLS is not shut down in order: every answer that counts was complete.
void HttpConnection::close() {
  if (phase_ == Phase::closed) return;
  HW_CHECK(!work_);
  phase_ = Phase::closed;
  error_code ignored;
  socket_.close(ignored);
  client_.became_closed(*this);
}

void HttpConnection::check(TimePoint now) {
  switch (phase_) {
    case Phase::resolving:
    case Phase::connecting:
    case Phase::handshake:
      if (now < std::min(connect_by_, work_->request.deadline)) return;
      return fail(HttpFault::connect_timeout,
                  phase_ == Phase::resolving    ? "While resolving the name"
                  : phase_ == Phase::connecting ? "While connecting"
                                                : "During the TLS handshake");
    case Phase::writing: {
      if (now < work_->request.deadline || timed_out_) return;
      timed_out_ = true;
      error_code ignored;
      socket_.close(ignored);  // written() follows
      return;
    }
    case Phase::reading:
      if (now >= work_->request.deadline) fail(HttpFault::timeout, "No complete answer in time");
      return;
    case Phase::idle:
      if (now - idle_since_ >= client_.options_.idle_timeout || !usable()) close();
      return;
    case Phase::closed: return;
  }
}

bool HttpConnection::usable() {
  if (phase_ != Phase::idle) return false;
  char byte = 0;
  ssize_t n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && errno == EAGAIN;
}

}  // namespace headway::channels
