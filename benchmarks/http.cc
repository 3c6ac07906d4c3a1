#include "benchmarks/http.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace headway::bench {

namespace {

constexpr std::string_view kLength = "Content-Length:";

// Both head and length; npos when the head is not complete.
std::size_t head_size(std::string_view text) {
  std::size_t end = text.find("\r\n\r\n");
  return end == std::string_view::npos ? end : end + 4;
}

std::size_t body_size(std::string_view head) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at + 2)) {
    std::string_view line = head.substr(at + 2);
    if (line.size() < kLength.size()) break;
    if (strncasecmp(line.data(), kLength.data(), kLength.size()) != 0) continue;
    return std::strtoull(line.data() + kLength.size(), nullptr, 10);
  }
  return 0;
}

int connect_to(int port) {
  int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(s, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    int error = errno;
    close(s);
    throw Failure("cannot connect to port " + std::to_string(port) + ": " + std::strerror(error));
  }
  int on = 1;
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return s;
}

void send_all(int s, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = send(s, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw Failure("the connection broke while sending");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

std::size_t message_size(std::string_view text) {
  std::size_t head = head_size(text);
  if (head == std::string_view::npos) return 0;
  std::size_t all = head + body_size(text.substr(0, head));
  return text.size() >= all ? all : 0;
}

Connection::Connection(int port, double timeout_seconds) : socket_(connect_to(port)) {
  timeval limit{static_cast<time_t>(timeout_seconds), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

Connection::~Connection() { close(socket_); }

void Connection::send_raw(std::string_view bytes) { send_all(socket_, bytes); }

void Connection::send_file(const std::filesystem::path& path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw Failure("cannot read " + path.string());
  for (ssize_t n; (n = sendfile(socket_, file, nullptr, 1 << 20)) != 0;) {
    if (n > 0 || errno == EINTR) continue;
    close(file);
    throw Failure("the connection broke while sending a file");
  }
  close(file);
}

Answer Connection::receive() {
  char buffer[65536];
  std::size_t all;
  while ((all = message_size(rest_)) == 0) {
    ssize_t n = recv(socket_, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw Failure("the connection broke while receiving");
    rest_.append(buffer, static_cast<std::size_t>(n));
  }
  std::size_t head = head_size(rest_);
  Answer answer;
  answer.head = rest_.substr(0, head);
  answer.body = rest_.substr(head, all - head);
  rest_.erase(0, all);
  if (answer.head.size() > 12) answer.status = std::atoi(answer.head.c_str() + 9);
  return answer;
}

Answer Connection::exchange(std::string_view head, std::string_view body) {
  std::string request(head);
  if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n";
  request += body;
  send_all(socket_, request);
  return receive();
}

Load closed_loop(int port, const std::string& request, int connections, double seconds) {
  struct Slot {
    int socket = -1;
    std::string text;
    double sent = 0;
  };
  std::vector<Slot> slots(static_cast<std::size_t>(connections));
  int poll = epoll_create1(EPOLL_CLOEXEC);
  Load load;
  double begin = now_seconds();
  auto send_next = [&](Slot& slot) {
    slot.sent = now_seconds();
    send_all(slot.socket, request);
  };
  for (std::size_t i = 0; i < slots.size(); ++i) {
    slots[i].socket = connect_to(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(poll, EPOLL_CTL_ADD, slots[i].socket, &event);
    send_next(slots[i]);
  }
  char buffer[65536];
  epoll_event events[64];
  std::string problem;
  double now = begin;
  while (now - begin < seconds && problem.empty()) {
    int n = epoll_wait(poll, events, 64, 1000);
    now = now_seconds();
    if (n == 0) problem = "no answer within a second";
    for (int i = 0; i < n; ++i) {
      Slot& slot = slots[events[i].data.u64];
      ssize_t got = recv(slot.socket, buffer, sizeof buffer, 0);
      if (got <= 0) {
        problem = "the server closed a connection";
        break;
      }
      slot.text.append(buffer, static_cast<std::size_t>(got));
      if (message_size(slot.text) == 0) continue;
      if (slot.text.compare(9, 3, "200") != 0) {
        problem = "an answer other than 200: " + slot.text.substr(0, 400);
        break;
      }
      slot.text.clear();  // one request at a time: nothing of the next answer is here
      ++load.answers;
      load.latency_ms.push_back((now - slot.sent) * 1000);
      send_next(slot);
    }
  }
  load.seconds = now - begin;
  for (Slot& slot : slots) close(slot.socket);
  close(poll);
  if (!problem.empty()) throw Failure(problem);
  return load;
}

}  // namespace headway::bench
