#include <cerrno>
#include <cstdio>
#include <unordered_map>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "benchmarks/http.h"

namespace headway::bench {

namespace {

class SinkServer {
 public:
  explicit SinkServer(int port) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, 1024) != 0) {
      throw Failure("the sink cannot listen");
    }
    poll_ = epoll_create1(EPOLL_CLOEXEC);
    watch(listener_);
  }

  [[noreturn]] void serve() {
    epoll_event events[256];
    while (true) {
      int n = epoll_wait(poll_, events, 256, -1);
      for (int i = 0; i < n; ++i) {
        if (events[i].data.fd == listener_) {
          accept_all();
        } else {
          read_from(events[i].data.fd);
        }
      }
    }
  }

 private:
  void watch(int s) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = s;
    epoll_ctl(poll_, EPOLL_CTL_ADD, s, &event);
  }

  void accept_all() {
    for (int s; (s = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
      int on = 1;
      setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      texts_[s].clear();
      watch(s);
    }
  }

  void read_from(int s) {
    char buffer[65536];
    ssize_t n = recv(s, buffer, sizeof buffer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
      texts_.erase(s);
      posting_.erase(s);
      close(s);
      return;
    }
    std::string& text = texts_[s];
    text.append(buffer, static_cast<std::size_t>(n));
    for (std::size_t all; (all = message_size(text)) != 0; text.erase(0, all)) {
      answer(s, std::string_view(text).substr(0, all));
    }
  }

  void answer(int s, std::string_view request) {
    char body[256];
    int size;
    std::string out;
    if (request.starts_with("POST")) {
      ++posts_;
      last_us_ = wall_us();
      posting_[s] = true;
      if (sample_.empty()) sample_ = request;
      size = std::snprintf(body, sizeof body, R"({"provider_id":"p-%012lld"})",
                           static_cast<long long>(posts_));
      out.assign(body, static_cast<std::size_t>(size));
    } else if (request.starts_with("GET /sample")) {
      out = sample_;
    } else {
      size = std::snprintf(body, sizeof body, R"({"posts":%lld,"connections":%zu,"last_us":%lld})",
                           static_cast<long long>(posts_), posting_.size(),
                           static_cast<long long>(last_us_));
      out.assign(body, static_cast<std::size_t>(size));
    }
    char head[160];
    int head_size = std::snprintf(
        head, sizeof head,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
        out.size());
    out.insert(0, head, static_cast<std::size_t>(head_size));
    send(s, out.data(), out.size(), MSG_NOSIGNAL);
  }

  int listener_ = -1, poll_ = -1;
  std::unordered_map<int, std::string> texts_;
  std::unordered_map<int, bool> posting_;  // connections that are open now and have posted
  std::int64_t posts_ = 0, last_us_ = 0;
  std::string sample_;
};

}  // namespace

int sink_main(int port) { SinkServer(port).serve(); }

Sink::Sink(const std::filesystem::path& log)
    : port_(free_port()),
      child_({std::filesystem::read_symlink("/proc/self/exe").string(), "--child", "sink",
              std::to_string(port_)},
             log) {
  for (int i = 0; i < 500; ++i) {
    try {
      Connection probe(port_);
      return;
    } catch (const Failure&) {
      sleep_seconds(0.01);
    }
  }
  throw Failure("the sink did not start");
}

Sink::Stats Sink::stats() const {
  Connection c(port_);
  Answer a = c.exchange("GET /stats HTTP/1.1\r\nHost: sink\r\n", "");
  boost::json::object o = boost::json::parse(a.body).as_object();
  return {o["posts"].as_int64(), o["connections"].as_int64(), o["last_us"].as_int64()};
}

std::string Sink::sample() const {
  Connection c(port_);
  return c.exchange("GET /sample HTTP/1.1\r\nHost: sink\r\n", "").body;
}

}  // namespace headway::bench
