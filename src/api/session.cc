// A connection's life and its requests. What takes long is in session_body.cc and session_stream.cc.

#include "api/session.h"

#include <charconv>
#include <exception>

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/verb.hpp>

#include "api/reply.h"
#include "api/telemetry.h"
#include "base/text.h"

namespace headway::api {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kHeaderBytesMax = 16 * 1024;

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::patch: return Method::patch;
    case http::verb::delete_: return Method::del;
    default: return Method::other;
  }
}

std::string media_type(std::string_view value) {
  return ascii_lower(trim(value.substr(0, value.find(';'))));
}

std::string_view view(boost::beast::string_view s) { return {s.data(), s.size()}; }

void append_number(std::string& out, std::int64_t n) {
  std::array<char, 24> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr);
}

}  // namespace

Session::Session(std::shared_ptr<Server::Core> core, asio::ip::tcp::socket socket)
    : core_(std::move(core)), socket_(std::move(socket)), wake_(core_->io) {
  core_->joined(*this);
}

Session::~Session() { core_->left(*this); }

void Session::start() {
  error_code gone;
  if (const auto other = socket_.remote_endpoint(gone); !gone) {
    address_ = other.address().to_string();
  }
  auto life = run(shared_from_this());
  asio::co_spawn(core_->io, std::move(life), [](const std::exception_ptr& problem) {
    if (!problem) return;
    try {
      std::rethrow_exception(problem);
    } catch (const std::exception& e) {
      spdlog::error("a connection ended with an error: {}", e.what());
    }
  });
}

void Session::set_deadline(std::chrono::milliseconds after) { deadline_ = core_->steady() + after; }

void Session::tick(std::chrono::nanoseconds now) {
  if (now >= deadline_) {
    timed_out_ = true;
    no_deadline();
    core_->services.telemetry->timeouts.fetch_add(1, std::memory_order_relaxed);
    error_code ignored;
    socket_.cancel(ignored);
  }
  if (streaming_) wake_.cancel();
}

void Session::wake_stream(std::uint64_t position) {
  if (streaming_ && position != stream_position_) wake_.cancel();
}

void Session::begin_stop() {
  if (busy_ && !streaming_) return;  // ends with its answer
  close();
}

void Session::force_stop() {
  if (queue_) queue_->fail({ErrorKind::unavailable, "the server is stopping", {}});
  close();
}

void Session::close() {
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  wake_.cancel();
}

bool Session::keep_alive() const { return parser_->get().keep_alive() && !core_->stopping; }

Reply Session::bad_head(const error_code& bad) const {
  if (bad == http::error::header_limit) return refuse(431, "The head is larger than 16 KiB");
  return refuse(400, "Not a request that can be read: " + bad.message());
}

void Session::prepare_request() {
  const auto& head = parser_->get();
  request_.method = method_of(head.method());
  std::string_view target = view(head.target());
  if (target.starts_with("http://")) {  // RFC 9112, 3.2.2
    const std::size_t path = target.find('/', 7);
    target = path == target.npos ? std::string_view("/") : target.substr(path);
  }
  const std::size_t question = target.find('?');
  request_.path.assign(target.substr(0, question));
  request_.query.assign(question == target.npos ? std::string_view() : target.substr(question + 1));
  request_.params = {};
  request_.content_type = media_type(view(head[http::field::content_type]));
  request_.idempotency_key.assign(view(head["Idempotency-Key"]));
  request_.last_event_id.assign(view(head["Last-Event-ID"]));
  request_.accept_encoding.clear();
  request_.if_none_match.clear();
  if (!request_.path.starts_with("/api/")) {  // a page
    request_.accept_encoding.assign(view(head[http::field::accept_encoding]));
    request_.if_none_match.assign(view(head[http::field::if_none_match]));
  }
  request_.body.clear();
  const auto length = parser_->content_length();
  request_.content_length = length ? static_cast<std::int64_t>(*length) : -1;
  request_.key = {};
  request_.user = {};
  request_.role = {};
  request_.actor.clear();
  request_.session.clear();
  request_.csrf_token.clear();
  request_.now = core_->services.clock.wall();
}

Sender Session::sender() const {
  const auto& head = parser_->get();
  Sender s;
  s.api_key = view(head["X-API-Key"]);
  s.peer = address_;
  // No page of a stranger can send a key: the rest is for browsers.
  if (!s.api_key.empty() && !request_.path.starts_with("/api/v1/auth/")) return s;
  s.cookie = view(head[http::field::cookie]);
  s.csrf_token = view(head["X-CSRF-Token"]);
  s.origin = view(head[http::field::origin]);
  s.fetch_site = view(head["Sec-Fetch-Site"]);
  s.host = view(head[http::field::host]);
  s.forwarded_for = view(head["X-Forwarded-For"]);
  s.forwarded_proto = view(head["X-Forwarded-Proto"]);
  return s;
}

Session::Task<void> Session::run([[maybe_unused]] std::shared_ptr<Session> self) {
  error_code bad;
  bool open = true;
  while (open && !core_->stopping) {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(boost::none);
    allowance_.reset();
    timed_out_ = false;
    busy_ = buffer_.size() > 0;
    set_deadline(busy_ ? core_->options.header_timeout : core_->options.idle_timeout);
    bad = {};
    while (true) {
      if (buffer_.size() > 0) {
        buffer_.consume(parser_->put(buffer_.data(), bad));
        if (bad == http::error::need_more) bad = {};
        if (bad || parser_->is_header_done()) break;
      }
      const auto space = buffer_.prepare(4096);
      const std::size_t n =
          co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, bad));
      if (bad) break;
      buffer_.commit(n);
      if (!busy_) {
        busy_ = true;
        set_deadline(core_->options.header_timeout);
      }
    }
    no_deadline();
    if (!parser_->is_header_done()) {
      const bool spoken =
          bad.category() == http::make_error_code(http::error::need_more).category();
      if (!busy_ || (!spoken && !timed_out_)) break;  // it went away
      reply_ = timed_out_ ? refuse(408, "The head did not come in time") : bad_head(bad);
      co_await write_reply(true);
      co_await linger();
      break;
    }
    prepare_request();
    const bool has_body =
        !parser_->is_done() && (request_.content_length > 0 || parser_->chunked());
    Verdict verdict = decide(core_->services, request_, sender(), has_body, known_key_);
    allowance_ = verdict.allowance;
    const bool at_once = !verdict.refusal && !has_body && runs_at_once(*verdict.route, request_);
    if (at_once) {
      reply_ = execute(core_->services, *verdict.route, request_, nullptr);
      write_head(!keep_alive(), static_cast<std::int64_t>(reply_.bytes().size()));
      const std::array<asio::const_buffer, 2> bytes{asio::buffer(head_),
                                                    asio::buffer(reply_.bytes())};
      set_deadline(core_->options.write_timeout);
      co_await asio::async_write(socket_, bytes, asio::redirect_error(asio::use_awaitable, bad));
      open = !bad && keep_alive();
    } else {
      open = co_await answer_slowly(std::move(verdict));
    }
    busy_ = false;
  }
  no_deadline();
  close();
}

Session::Task<bool> Session::answer_slowly(Verdict verdict) {
  const Route* route = verdict.route;
  const bool unread = !parser_->is_done();
  if (verdict.refusal) {
    reply_ = std::move(*verdict.refusal);
    const bool open = co_await write_reply(unread);
    if (unread) co_await linger();
    co_return open && !unread;
  }
  if (unread && ascii_lower(view(parser_->get()[http::field::expect])) == "100-continue") {
    const bool sent = co_await write_text("HTTP/1.1 100 Continue\r\n\r\n");
    if (!sent) co_return false;
  }
  if (route->run == Run::stream) {
    co_await run_stream();
    co_return false;
  }
  if (route->run == Run::as_it_comes) co_return co_await run_as_it_comes(*route);
  bool too_large = false;
  const bool read = co_await read_body(route->body_max, &too_large);
  if (!read) {
    if (too_large) {
      reply_ = refuse(413, "The body is larger than " + std::to_string(route->body_max) + " bytes");
    } else if (timed_out_) {
      reply_ = refuse(408, "The body did not come in time");
    } else {
      co_return false;
    }
    co_await write_reply(true);
    co_await linger();
    co_return false;
  }
  co_return co_await run_on_worker(*route);
}

void Session::write_head(bool close, std::int64_t length) {
  head_.assign("HTTP/1.1 ");
  append_number(head_, reply_.status);
  head_.append(" ").append(reason_phrase(reply_.status)).append("\r\n");
  head_.append(core_->date_header());
  head_.append("X-Content-Type-Options: nosniff\r\nCache-Control: ").append(reply_.cache_control);
  if (reply_.status != 304) {
    head_.append("\r\nContent-Type: ").append(reply_.content_type);
    if (length >= 0) {
      head_.append("\r\nContent-Length: ");
      append_number(head_, length);
    } else {
      head_.append("\r\nTransfer-Encoding: chunked");
    }
  }
  if (allowance_) {
    head_.append("\r\nX-RateLimit-Limit: ");
    append_number(head_, allowance_->limit);
    head_.append("\r\nX-RateLimit-Remaining: ");
    append_number(head_, allowance_->remaining);
    head_.append("\r\nX-RateLimit-Reset: ");
    append_number(head_, allowance_->reset);
  }
  for (const auto& [name, value] : reply_.headers) {
    head_.append("\r\n").append(name).append(": ").append(value);
  }
  head_.append(close ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
  core_->services.telemetry->answered(reply_.status);
}

Session::Task<bool> Session::write_reply(bool close) {
  if (reply_.more) co_return co_await write_pieces();
  close = close || !parser_->is_header_done() || !keep_alive();
  write_head(close, static_cast<std::int64_t>(reply_.bytes().size()));
  // The answer to HEAD, and one that says that nothing changed, have none.
  const bool no_body =
      reply_.status == 304 || (parser_->is_header_done() && request_.method == Method::head);
  const std::array<asio::const_buffer, 2> bytes{
      asio::buffer(head_), no_body ? asio::const_buffer() : asio::buffer(reply_.bytes())};
  set_deadline(core_->options.write_timeout);
  timed_out_ = false;
  error_code bad;
  co_await asio::async_write(socket_, bytes, asio::redirect_error(asio::use_awaitable, bad));
  no_deadline();
  co_return !bad && !close;
}

Session::Task<bool> Session::write_text(std::string_view text) {
  set_deadline(core_->options.write_timeout);
  error_code bad;
  co_await asio::async_write(socket_, asio::buffer(text),
                             asio::redirect_error(asio::use_awaitable, bad));
  no_deadline();
  co_return !bad;
}

// Closing while the client still sends would destroy the answer before it is read: what comes is read
// and dropped for a while.
Session::Task<void> Session::linger() {
  error_code bad;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, bad);
  set_deadline(std::chrono::seconds{5});
  std::int64_t left = 64 << 20;
  buffer_.clear();
  while (!bad && left > 0) {
    const auto space = buffer_.prepare(65536);
    const std::size_t n =
        co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, bad));
    left -= static_cast<std::int64_t>(n);
  }
  no_deadline();
}

Session::Task<void> Session::wait() {
  error_code cancelled;
  wake_.expires_at(std::chrono::steady_clock::time_point::max());
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace headway::api
