#pragma once
// What the connections of a server share. IO thread only.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/server.h"
#include "api/services.h"

namespace headway::api {

class Session;

class Server::Core : public std::enable_shared_from_this<Server::Core> {
 public:
  Core(Services& s, boost::asio::io_context& context, ServerOptions o);

  Result<std::uint16_t> listen();
  void stop(std::function<void()> done);

  void joined(Session& session);
  void left(Session& session);
  std::chrono::nanoseconds steady() const { return services.clock.steady(); }
  // "Date: ...\r\n", as of this second.
  const std::string& date_header();

  Services& services;
  boost::asio::io_context& io;
  const ServerOptions options;
  bool stopping = false;
  std::size_t streams = 0;

 private:
  void accept_next();
  void accepted(const boost::system::error_code& bad, boost::asio::ip::tcp::socket socket);
  void tick();
  void wait_for_tick();
  void render_streams();
  void check_stopped();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer tick_timer_, accept_timer_;
  std::unordered_set<Session*> sessions_;
  bool rendering_ = false;
  std::chrono::nanoseconds stop_limit_{};
  std::function<void()> stop_done_;
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace headway::api
