#include "channels/webhook/http_client.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "channels/webhook/address_policy.h"
#include "channels/webhook/http_connection.h"

namespace headway::channels {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr milliseconds kSweepEvery{25};
constexpr std::chrono::seconds kEndpointsKept{10};
constexpr std::size_t kEndpointsMax = 8;

}  // namespace

HttpClient::HttpClient(asio::io_context& io, HttpClientOptions options)
    : io_(io),
      options_(std::move(options)),
      tls_(asio::ssl::context::tls_client),
      resolver_(io),
      sweeper_(io) {
  tls_.set_default_verify_paths();  // honours SSL_CERT_FILE and SSL_CERT_DIR
  if (!options_.ca_file.empty()) tls_.load_verify_file(options_.ca_file);
  tls_.set_verify_mode(asio::ssl::verify_peer);
  SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
}

HttpClient::~HttpClient() = default;

void HttpClient::send(HttpRequest request, HttpDone done) {
  auto& slot = pools_[request.target->key];
  if (!slot) {
    slot = std::make_unique<Pool>();
    slot->target = request.target;
  }
  dispatch(*slot, {std::move(request), std::move(done)});
}

void HttpClient::dispatch(Pool& pool, Work work) {
  while (!pool.idle.empty()) {
    std::shared_ptr<HttpConnection> connection = std::move(pool.idle.back());
    pool.idle.pop_back();
    if (connection->usable()) return connection->start(std::move(work), true);
    connection->close();
  }
  if (pool.open < options_.connections_per_target_max && make_room(pool)) {
    auto connection = std::make_shared<HttpConnection>(*this, pool, connections_.size());
    connections_.push_back(connection);
    ++pool.open;
    start_sweeping();
    return connection->open(std::move(work));
  }
  if (waiting_ >= options_.waiting_max) {
    HttpOutcome outcome;
    outcome.fault = HttpFault::queue_timeout;
    outcome.detail = "Too many requests are waiting";
    asio::post(io_, [done = std::move(work.done), outcome = std::move(outcome)]() mutable {
      done(std::move(outcome));
    });
    return;
  }
  ++waiting_;
  pool.waiting.push_back(std::move(work));
  start_sweeping();
}

// True when one more connection may be opened, if need be in place of another target's idle one.
bool HttpClient::make_room(const Pool& for_pool) {
  if (connections_.size() < options_.connections_max) return true;
  Pool* other = other_with_idle(for_pool);
  if (!other) return false;
  std::shared_ptr<HttpConnection> oldest = other->idle.front();
  oldest->close();
  return true;
}

HttpClient::Pool* HttpClient::other_with_idle(const Pool& than) {
  for (auto& [key, pool] : pools_) {
    if (pool.get() != &than && !pool->idle.empty()) return pool.get();
  }
  return nullptr;
}

void HttpClient::endpoints_for(const std::shared_ptr<HttpConnection>& connection) {
  Pool& pool = connection->pool();
  if (!pool.resolving && !pool.endpoints.empty() &&
      std::chrono::steady_clock::now() < pool.endpoints_until) {
    return connection->connect(pool.endpoints);
  }
  pool.want_endpoints.push_back(connection);
  if (!pool.resolving) resolve(pool);
}

void HttpClient::resolve(Pool& pool) {
  pool.resolving = true;
  resolver_.async_resolve(pool.target->host, std::to_string(pool.target->port),
                          asio::ip::tcp::resolver::numeric_service,
                          [this, &pool](const error_code& error, const auto& results) {
                            resolved(pool, error, results);
                          });
}

void HttpClient::resolved(Pool& pool, const error_code& error,
                          const asio::ip::tcp::resolver::results_type& results) {
  pool.resolving = false;
  pool.endpoints.clear();
  bool refused = false;
  if (!error) {
    for (const auto& entry : results) {
      if (!options_.allow_private_targets && !is_public_address(entry.endpoint().address())) {
        refused = true;
      } else if (pool.endpoints.size() < kEndpointsMax) {
        pool.endpoints.push_back(entry.endpoint());
      }
    }
    pool.endpoints_until = std::chrono::steady_clock::now() + kEndpointsKept;
  }
  auto wanting = std::exchange(pool.want_endpoints, {});
  for (const auto& connection : wanting) {
    if (!pool.endpoints.empty()) {
      connection->connect(pool.endpoints);
    } else if (refused) {
      connection->fail(HttpFault::refused_target,
                       "The host is at a private or loopback address, which is not allowed");
    } else {
      connection->fail(HttpFault::resolve, error ? error.message() : "The name has no address");
    }
  }
}

void HttpClient::became_idle(const std::shared_ptr<HttpConnection>& connection) {
  Pool& pool = connection->pool();
  if (!pool.waiting.empty() && connection->usable()) {
    Work work = std::move(pool.waiting.front());
    pool.waiting.pop_front();
    --waiting_;
    return connection->start(std::move(work), true);
  }
  pool.idle.push_back(connection);
  if (waiting_ > 0) serve_all_waiting();
}

void HttpClient::became_closed(HttpConnection& connection) {
  Pool& pool = connection.pool();
  --pool.open;
  auto mine = [&connection](const auto& c) { return c.get() == &connection; };
  std::erase_if(pool.idle, mine);
  std::erase_if(pool.want_endpoints, mine);
  std::size_t index = connection.index;
  if (index + 1 != connections_.size()) {
    connections_[index] = std::move(connections_.back());
    connections_[index]->index = index;
  }
  connections_.pop_back();
  if (waiting_ > 0) serve_all_waiting();
}

void HttpClient::serve_waiting(Pool& pool) {
  while (!pool.waiting.empty()) {
    bool can = !pool.idle.empty() ||
               (pool.open < options_.connections_per_target_max &&
                (connections_.size() < options_.connections_max || other_with_idle(pool)));
    if (!can) return;
    Work work = std::move(pool.waiting.front());
    pool.waiting.pop_front();
    --waiting_;
    dispatch(pool, std::move(work));
  }
}

// Posted, so that a connection that ends never begins another from inside.
void HttpClient::serve_all_waiting() {
  if (serving_) return;
  serving_ = true;
  asio::post(io_, [this] {
    serving_ = false;
    for (auto& [key, pool] : pools_) serve_waiting(*pool);
  });
}

void HttpClient::start_sweeping() {
  if (sweeping_) return;
  sweeping_ = true;
  sweeper_.expires_after(kSweepEvery);
  sweeper_.async_wait([this](const error_code& error) {
    sweeping_ = false;
    if (!error) sweep();
  });
}

// Deadlines are looked at for all connections every 25 ms: two timers less for each request.
void HttpClient::sweep() {
  TimePoint now = std::chrono::steady_clock::now();
  auto all = connections_;  // check() may close some
  for (const auto& connection : all) connection->check(now);
  if (waiting_ > 0) {
    std::vector<HttpDone> late;
    for (auto& [key, pool] : pools_) {
      std::erase_if(pool->waiting, [&](Work& work) {
        if (now < work.request.deadline) return false;
        late.push_back(std::move(work.done));
        --waiting_;
        return true;
      });
    }
    for (HttpDone& done : late) {
      HttpOutcome outcome;
      outcome.fault = HttpFault::queue_timeout;
      outcome.detail = "No connection became free in time";
      done(std::move(outcome));
    }
    serve_all_waiting();
  }
  std::erase_if(pools_, [](const auto& entry) {
    const Pool& pool = *entry.second;
    return pool.open == 0 && pool.waiting.empty() && !pool.resolving;
  });
  if (!connections_.empty() || waiting_ > 0) start_sweeping();
}

}  // namespace headway::channels
