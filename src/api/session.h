#pragma once
// One connection: reads requests, has them answered, writes the answers; or becomes an event stream.

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "api/body_queue.h"
#include "api/dispatch.h"
#include "api/server_core.h"
#include "api/stream_hub.h"

namespace headway::api {

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Server::Core> core, boost::asio::ip::tcp::socket socket);
  ~Session();

  void start();
  // Called about four times a second: time-outs, and wakes of event streams.
  void tick(std::chrono::nanoseconds now);
  // The server stops: idle connections and streams end now, others with their answer.
  void begin_stop();
  void force_stop();
  void wake_stream(std::uint64_t position);

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
  template <class T>
  using Task = boost::asio::awaitable<T>;

  struct Work;  // a handler on its way through a worker

  Task<void> run(std::shared_ptr<Session> self);
  Task<bool> answer_slowly(Verdict verdict);  // everything but routes that run at once
  Task<bool> read_body(std::int64_t max, bool* too_large);
  Task<bool> run_on_worker(const Route& route);
  Task<bool> run_as_it_comes(const Route& route);
  Task<bool> feed(std::shared_ptr<BodyQueue> queue, std::shared_ptr<Work> work, std::int64_t max);
  Task<bool> write_reply(bool close);
  Task<bool> write_pieces();
  Task<void> run_stream();
  Task<void> stream_events(std::optional<CampaignId> only);
  Task<bool> write_events(const std::vector<StreamHub::Bytes>& events);
  Task<bool> write_text(std::string_view text);
  Task<void> linger();
  Task<void> wait();  // until somebody cancels wake_

  void prepare_request();
  Sender sender() const;
  void write_head(bool close, std::int64_t length);
  bool keep_alive() const;
  void set_deadline(std::chrono::milliseconds after);
  void no_deadline() { deadline_ = std::chrono::nanoseconds::max(); }
  Reply bad_head(const boost::system::error_code& bad) const;
  void close();

  std::shared_ptr<Server::Core> core_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer wake_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Request request_;
  Reply reply_;
  std::optional<Allowance> allowance_;
  KnownKey known_key_;
  std::string address_;  // of the other side
  std::string head_;
  std::shared_ptr<BodyQueue> queue_;  // while a body is worked on as it comes
  std::chrono::nanoseconds deadline_ = std::chrono::nanoseconds::max();
  bool busy_ = false;  // a request has begun and is not answered
  bool timed_out_ = false;
  bool streaming_ = false;
  std::uint64_t stream_position_ = 0;
  std::chrono::nanoseconds stream_written_at_{};
};

}  // namespace headway::api
