#include "api/server.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "api/engine_watch.h"
#include "api/reply.h"
#include "api/server_core.h"
#include "api/session.h"
#include "api/stream_hub.h"
#include "api/telemetry.h"

namespace headway::api {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Instant now) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
  std::array<char, 64> text;
  const int n = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(n));
}

}  // namespace

Server::Core::Core(Services& s, asio::io_context& context, ServerOptions o)
    : services(s),
      io(context),
      options(std::move(o)),
      acceptor_(context),
      tick_timer_(context),
      accept_timer_(context) {}

Result<std::uint16_t> Server::Core::listen() {
  boost::system::error_code bad;
  const auto address =
      asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, bad);
  if (bad) return invalid("host", "Must be an IP address of this machine, like 127.0.0.1 or ::1");
  const tcp::endpoint endpoint(address, options.port);
  acceptor_.open(endpoint.protocol(), bad);
  if (!bad) acceptor_.set_option(asio::socket_base::reuse_address(true), bad);
  if (!bad) acceptor_.bind(endpoint, bad);
  if (!bad) acceptor_.listen(1024, bad);
  if (bad) {
    return fail(ErrorKind::unavailable, "Cannot listen on " + options.host + ":" +
                                            std::to_string(options.port) + ": " + bad.message());
  }
  const std::uint16_t port = acceptor_.local_endpoint(bad).port();
  asio::post(io, [self = shared_from_this()] {
    self->services.watch->refresh();
    self->accept_next();
    self->wait_for_tick();
  });
  return port;
}

void Server::Core::accept_next() {
  if (stopping) return;
  acceptor_.async_accept(
      [self = shared_from_this()](const boost::system::error_code& bad, tcp::socket socket) {
        self->accepted(bad, std::move(socket));
      });
}

void Server::Core::accepted(const boost::system::error_code& bad, tcp::socket socket) {
  if (stopping) return;
  if (bad) {  // no descriptors left, most likely: a moment later some are free
    accept_timer_.expires_after(std::chrono::milliseconds{100});
    accept_timer_.async_wait(
        [self = shared_from_this()](const boost::system::error_code& cancelled) {
          if (!cancelled) self->accept_next();
        });
    return;
  }
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (sessions_.size() >= options.connections_max) {
    services.telemetry->connections_refused.fetch_add(1, std::memory_order_relaxed);
    socket.non_blocking(true, ignored);
    const std::string body = refuse(503, "Too many connections").body;
    const std::string text =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
        "Connection: close\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    socket.send(asio::buffer(text), 0, ignored);
  } else {
    std::make_shared<Session>(shared_from_this(), std::move(socket))->start();
  }
  accept_next();
}

void Server::Core::joined(Session& session) {
  sessions_.insert(&session);
  services.telemetry->connections_total.fetch_add(1, std::memory_order_relaxed);
  services.telemetry->connections.store(static_cast<std::int64_t>(sessions_.size()));
}

void Server::Core::left(Session& session) {
  sessions_.erase(&session);
  services.telemetry->connections.store(static_cast<std::int64_t>(sessions_.size()));
  check_stopped();
}

void Server::Core::wait_for_tick() {
  tick_timer_.expires_after(StreamHub::kTick);
  tick_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
    if (!cancelled) self->tick();
  });
}

void Server::Core::tick() {
  if (stopping && !stop_done_) return;
  services.watch->refresh();
  services.telemetry->streams.store(static_cast<std::int64_t>(streams));
  render_streams();
  const std::chrono::nanoseconds now = steady();
  const std::vector<Session*> all(sessions_.begin(), sessions_.end());
  for (Session* session : all) {
    if (sessions_.contains(session)) session->tick(now);
  }
  if (stop_done_ && now > stop_limit_) {
    for (Session* session : all) {
      if (sessions_.contains(session)) session->force_stop();
    }
  }
  wait_for_tick();
}

void Server::Core::render_streams() {
  if (streams == 0 || rendering_ || !services.hub->has_work()) return;
  rendering_ = services.run([self = shared_from_this()] {
    self->services.hub->render();
    asio::post(self->io, [self] {
      self->rendering_ = false;
      const std::uint64_t position = self->services.hub->position();
      for (Session* session : self->sessions_) session->wake_stream(position);
    });
  });
}

const std::string& Server::Core::date_header() {
  const Instant now = services.clock.wall();
  const std::int64_t second = to_ms(now) / 1000;
  if (second != date_second_) {
    date_second_ = second;
    date_ = "Date: " + http_date(now) + "\r\n";
  }
  return date_;
}

void Server::Core::stop(std::function<void()> done) {
  if (stopping) return;
  stopping = true;
  stop_done_ = std::move(done);
  stop_limit_ = steady() + options.stop_grace;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  accept_timer_.cancel();
  const std::vector<Session*> all(sessions_.begin(), sessions_.end());
  for (Session* session : all) {
    if (sessions_.contains(session)) session->begin_stop();
  }
  check_stopped();
}

void Server::Core::check_stopped() {
  if (!stopping || !sessions_.empty() || !stop_done_) return;
  tick_timer_.cancel();
  asio::post(io, std::exchange(stop_done_, nullptr));
}

Server::Server(Services& services, asio::io_context& io, ServerOptions options)
    : core_(std::make_shared<Core>(services, io, std::move(options))) {}

Server::~Server() = default;

Result<std::uint16_t> Server::listen() { return core_->listen(); }

void Server::stop(std::function<void()> done) {
  asio::post(core_->io,
             [core = core_, done = std::move(done)]() mutable { core->stop(std::move(done)); });
}

}  // namespace headway::api
