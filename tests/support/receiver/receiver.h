#pragma once
// A gateway for tests and benchmarks: an HTTP(S) server on 127.0.0.1 in this process, on a thread of
// its own, whose answers, delays and faults are scripted, and which remembers what it was told.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace headway::testing {

struct ReceivedRequest {
  std::string method, target, body;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string idempotency_key;                 // webhook-id
  int connection = 0;                          // 1 for the first one accepted
  int number = 0;                              // 1 for the first request
};

struct ScriptedReply {
  enum class Action {
    answer,
    answer_and_close,  // closes afterwards without having said so
    hang,              // never answers
    cut,               // closes without an answer
    cut_in_headers,    // after half of the status line and headers
    cut_in_body,       // after half of the body
    raw,               // sends `body` as it is and closes
    drip,              // one byte each `delay`
  };
  int status = 200;
  std::string body = R"({"provider_id":"p-1"})";
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds delay{0};  // before the answer
  Action action = Action::answer;
};

struct ReceiverOptions {
  std::function<ScriptedReply(const ReceivedRequest&)>
      script;                               // on the thread of the receiver; none = 200
  std::string certificate_file, key_file;   // PEM; both = HTTPS
  bool record = true;                       // false: counts only
  bool cut_on_accept = false;               // resets each connection before anything is read
  bool never_handshake = false;             // HTTPS: accepts and says nothing
  std::size_t cut_after_bytes = 0;          // > 0: reads so much of each connection, then resets it
  std::chrono::milliseconds idle_close{0};  // > 0: closes connections that were idle for so long
  int port = 0;                             // 0 = any free one
};

class Receiver {
 public:
  explicit Receiver(ReceiverOptions options = {});
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  int port() const;
  std::string url(const std::string& path = "/send") const;  // http(s)://127.0.0.1:<port><path>

  std::vector<ReceivedRequest> requests() const;
  std::map<std::string, int> by_key() const;  // requests by idempotency key
  std::int64_t request_count() const;
  int connection_count() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

// A self-signed certificate for `host` (a name or an IPv4 address), made on the spot.
// Writes <folder>/cert.pem and <folder>/key.pem.
struct SelfSigned {
  std::string certificate_file, key_file;
};
SelfSigned make_self_signed(const std::string& folder, const std::string& host,
                            bool expired = false);

}  // namespace headway::testing
