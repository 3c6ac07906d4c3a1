// Bare Beast, one thread, one coroutine a connection: the server of budget 3 and the client of budget 2.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include <sys/resource.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "benchmarks/context.h"
#include "benchmarks/http.h"

namespace headway::bench {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

// The whole answer of ours, byte for byte, is the fixed answer of the bare server.
http::response<http::string_body> parse_response(const std::string& text) {
  http::response_parser<http::string_body> parser;
  boost::system::error_code error;
  parser.eager(true);
  parser.put(asio::buffer(text), error);
  if (error && error != http::error::need_more) throw Failure("cannot read the answer to repeat");
  return parser.release();
}

http::request<http::string_body> parse_request(const std::string& text) {
  http::request_parser<http::string_body> parser;
  boost::system::error_code error;
  parser.eager(true);
  parser.put(asio::buffer(text), error);
  if (error && error != http::error::need_more) throw Failure("cannot read the request to repeat");
  return parser.release();
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

asio::awaitable<void> serve_one(tcp::socket socket,
                                const http::response<http::string_body>& fixed) {
  boost::beast::flat_buffer buffer;
  try {
    while (true) {
      http::request<http::string_body> request;
      co_await http::async_read(socket, buffer, request, asio::use_awaitable);
      http::response<http::string_body> response = fixed;
      response.keep_alive(request.keep_alive());
      co_await http::async_write(socket, response, asio::use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    co_return;  // the client has gone
  }
}

asio::awaitable<void> listen(tcp::acceptor& acceptor,
                             const http::response<http::string_body>& fixed) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::awaitable<void> session = serve_one(std::move(socket), fixed);
    asio::co_spawn(acceptor.get_executor(), std::move(session), asio::detached);
  }
}

asio::awaitable<void> post_all(tcp::endpoint to, const http::request<http::string_body>& request,
                               std::int64_t& left) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(to, asio::use_awaitable);
  socket.set_option(tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  while (left > 0) {
    --left;
    http::request<http::string_body> copy = request;
    co_await http::async_write(socket, copy, asio::use_awaitable);
    http::response<http::string_body> response;
    co_await http::async_read(socket, buffer, response, asio::use_awaitable);
    if (response.result() != http::status::ok) throw Failure("the sink refused a post");
  }
}

}  // namespace

// PORT FILE: answers every request with the answer that stands in FILE.
int bare_server_main(const std::vector<std::string>& words) {
  http::response<http::string_body> fixed = parse_response(read_file(words.at(1)));
  asio::io_context io(1);
  tcp::acceptor acceptor(
      io, {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(words.at(0)))});
  asio::co_spawn(io, listen(acceptor, fixed), asio::detached);
  io.run();
  return 0;
}

// PORT FILE COUNT CONNECTIONS: posts what stands in FILE, COUNT times; prints the seconds.
int bare_client_main(const std::vector<std::string>& words) {
  http::request<http::string_body> request = parse_request(read_file(words.at(1)));
  std::int64_t left = std::stoll(words.at(2));
  int connections = std::stoi(words.at(3));
  tcp::endpoint to(asio::ip::address_v4::loopback(),
                   static_cast<std::uint16_t>(std::stoi(words.at(0))));
  asio::io_context io(1);
  auto rethrow = [](std::exception_ptr problem) {
    if (problem) std::rethrow_exception(problem);
  };
  double begin = now_seconds(), cpu = cpu_seconds();
  for (int i = 0; i < connections; ++i) asio::co_spawn(io, post_all(to, request, left), rethrow);
  io.run();
  std::cout << "{\"seconds\":" << now_seconds() - begin
            << ",\"cpu_seconds\":" << cpu_seconds() - cpu << "}" << std::endl;
  return 0;
}

}  // namespace headway::bench
