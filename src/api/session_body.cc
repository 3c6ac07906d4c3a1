// Bodies and workers: requests that are read whole, and those that are worked on as they come.

#include <cstdio>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include "api/reply.h"
#include "api/session.h"
#include "api/telemetry.h"

namespace headway::api {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

// Shared by the connection, which waits, and the worker, which works: whoever goes first.
struct Session::Work {
  std::shared_ptr<Session> session;  // keeps what the handler reads alive
  Reply reply;
  bool done = false;  // IO thread

  // From the worker: the connection goes on.
  static void finish(std::shared_ptr<Work> work) {
    asio::io_context& io = work->session->core_->io;
    asio::post(io, [work = std::move(work)] {
      work->done = true;
      work->session->wake_.cancel();
      work->session.reset();
    });
  }
};

Session::Task<bool> Session::read_body(std::int64_t max, bool* too_large) {
  std::array<char, 16384> piece;
  std::int64_t window_bytes = 0;
  set_deadline(core_->options.body_window);
  if (request_.content_length > 0) {
    request_.body.reserve(static_cast<std::size_t>(std::min(request_.content_length, max)));
  }
  while (!parser_->is_done()) {
    auto& body = parser_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    body.more = true;
    error_code bad;
    co_await http::async_read_some(socket_, buffer_, *parser_,
                                   asio::redirect_error(asio::use_awaitable, bad));
    if (bad && bad != http::error::need_buffer) co_return false;
    const std::size_t n = piece.size() - parser_->get().body().size;
    request_.body.append(piece.data(), n);
    if (static_cast<std::int64_t>(request_.body.size()) > max) {
      *too_large = true;
      co_return false;
    }
    window_bytes += static_cast<std::int64_t>(n);
    if (window_bytes >= core_->options.body_window_bytes) {
      window_bytes = 0;
      set_deadline(core_->options.body_window);
    }
  }
  no_deadline();
  core_->services.telemetry->bytes_in.fetch_add(static_cast<std::int64_t>(request_.body.size()),
                                                std::memory_order_relaxed);
  co_return true;
}

Session::Task<bool> Session::run_on_worker(const Route& route) {
  auto work = std::make_shared<Work>();
  work->session = shared_from_this();
  const auto& pool =
      route.run == Run::password ? core_->services.run_password : core_->services.run;
  const bool taken = pool([work, &route] {
    Session& self = *work->session;
    work->reply = execute(self.core_->services, route, self.request_, nullptr);
    Work::finish(work);
  });
  if (!taken) {
    core_->services.telemetry->busy_refused.fetch_add(1, std::memory_order_relaxed);
    reply_ = refuse(503, "All workers are busy: try again in a moment");
    reply_.headers.emplace_back("Retry-After", "1");
    work->session.reset();
    co_return co_await write_reply(false);
  }
  while (!work->done) co_await wait();
  reply_ = std::move(work->reply);
  co_return co_await write_reply(false);
}

Session::Task<bool> Session::run_as_it_comes(const Route& route) {
  auto work = std::make_shared<Work>();
  work->session = shared_from_this();
  auto queue = std::make_shared<BodyQueue>([work_io = &core_->io, weak = weak_from_this()] {
    asio::post(*work_io, [weak] {
      if (const auto self = weak.lock()) self->wake_.cancel();
    });
  });
  const bool taken = core_->services.run_body([work, queue, &route] {
    Session& self = *work->session;
    work->reply = execute(self.core_->services, route, self.request_, queue.get());
    Work::finish(work);
  });
  if (!taken) {
    core_->services.telemetry->busy_refused.fetch_add(1, std::memory_order_relaxed);
    reply_ = refuse(503, "Too many uploads at a time: try again in a moment");
    reply_.headers.emplace_back("Retry-After", "5");
    work->session.reset();
    co_await write_reply(true);
    co_await linger();
    co_return false;
  }
  queue_ = queue;
  const bool json = request_.content_type == kJson;
  const bool whole = co_await feed(queue, work, json ? route.body_max : kStreamedBodyMax);
  while (!work->done) co_await wait();
  queue_.reset();
  reply_ = std::move(work->reply);
  const bool open = co_await write_reply(!whole);
  if (!whole) co_await linger();
  co_return open&& whole;
}

// True when the body was read to its end.
Session::Task<bool> Session::feed(std::shared_ptr<BodyQueue> queue, std::shared_ptr<Work> work,
                                  std::int64_t max) {
  constexpr std::size_t kPiece = 64 * 1024;
  std::int64_t total = 0, window_bytes = 0;
  timed_out_ = false;
  std::chrono::nanoseconds window_end = core_->steady() + core_->options.body_window;
  while (!parser_->is_done() && !work->done) {
    std::string piece(kPiece, '\0');
    auto& body = parser_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    body.more = true;
    error_code bad;
    deadline_ = window_end;
    co_await http::async_read_some(socket_, buffer_, *parser_,
                                   asio::redirect_error(asio::use_awaitable, bad));
    no_deadline();
    if (bad && bad != http::error::need_buffer) {
      queue->fail({ErrorKind::unavailable,
                   timed_out_ ? "the body did not come in time" : "the connection was closed",
                   {}});
      co_return false;
    }
    piece.resize(kPiece - parser_->get().body().size);
    total += static_cast<std::int64_t>(piece.size());
    window_bytes += static_cast<std::int64_t>(piece.size());
    core_->services.telemetry->bytes_in.fetch_add(static_cast<std::int64_t>(piece.size()),
                                                  std::memory_order_relaxed);
    if (max >= 0 && total > max) {
      queue->fail(
          {ErrorKind::too_large, "The body is larger than " + std::to_string(max) + " bytes", {}});
      co_return false;
    }
    if (piece.empty()) continue;
    // A full queue is our slowness, not the sender's.
    const std::chrono::nanoseconds before = core_->steady();
    while (!queue->offer(piece) && !work->done) co_await wait();
    window_end += core_->steady() - before;
    if (window_bytes < core_->options.body_window_bytes) continue;
    window_bytes = 0;
    window_end = core_->steady() + core_->options.body_window;
  }
  queue->finish();
  co_return parser_->is_done();
}

Session::Task<bool> Session::write_pieces() {
  const bool close = !keep_alive();
  const bool chunked = parser_->get().version() >= 11;
  write_head(close || !chunked, -1);
  if (!chunked) {  // HTTP/1.0: the end of the connection is the end of the body
    const std::size_t at = head_.find("\r\nTransfer-Encoding: chunked");
    head_.erase(at, std::string_view("\r\nTransfer-Encoding: chunked").size());
  }
  bool sent = co_await write_text(head_);
  auto next = std::move(reply_.more);
  while (sent) {
    auto work = std::make_shared<Work>();
    work->session = shared_from_this();
    const bool taken = core_->services.run([work, &next] {
      try {
        work->reply.body = next();
      } catch (const std::exception&) {
        work->reply.status = 500;  // the answer breaks off, which the client sees
      }
      Work::finish(work);
    });
    if (!taken) {
      work->session.reset();
      co_return false;
    }
    while (!work->done) co_await wait();
    if (work->reply.status == 500) co_return false;
    const std::string& piece = work->reply.body;
    if (!chunked) {
      if (piece.empty()) co_return false;
      sent = co_await write_text(piece);
      continue;
    }
    std::array<char, 24> size;
    const int n = std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    std::string chunk(size.data(), static_cast<std::size_t>(n));
    chunk.append(piece).append("\r\n");
    sent = co_await write_text(chunk);
    if (piece.empty()) break;
  }
  co_return sent && !close;
}

}  // namespace headway::api
