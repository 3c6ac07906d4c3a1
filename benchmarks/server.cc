#include "benchmarks/server.h"

#include <csignal>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace headway::bench {

namespace {

std::string find_key(const std::string& text) {
  std::size_t at = text.find("mf_");
  if (at == std::string::npos || text.size() < at + 35) throw Failure("no API key in: " + text);
  return text.substr(at, 35);
}

}  // namespace

Server::Server(const Context& context, std::filesystem::path data, std::string key)
    : context_(context), data_(std::move(data)), key_(std::move(key)), port_(free_port()) {
  std::filesystem::create_directories(data_);
  if (key_.empty()) {
    key_ = find_key(run({context.headway, "apikey", "create", "--name", "bench", "--rate-limit",
                         "100000000", "--data", data_}));
  }
}

double Server::start() {
  connection_.reset();
  double begin = now_seconds();
  child_ = Child({context_.headway, "serve", "--host", "127.0.0.1", "--port", std::to_string(port_),
                  "--data", data_, "--empty"},
                 context_.log());
  while (now_seconds() - begin < 120) {
    if (!child_.running()) throw Failure("headway serve ended; see " + context_.log().string());
    try {
      Connection probe(port_);
      if (probe.exchange("GET /readyz HTTP/1.1\r\nHost: bench\r\n", "").status == 200) {
        return now_seconds() - begin;
      }
    } catch (const Failure&) {
      // not listening yet
    }
    sleep_seconds(0.001);
  }
  throw Failure("headway serve is not ready after two minutes");
}

void Server::kill() {
  connection_.reset();
  child_.signal(SIGKILL);
  child_.wait();
}

void Server::stop() {
  connection_.reset();
  child_.signal(SIGTERM);
  if (int status = child_.wait(); status != 0) {
    throw Failure("headway serve ended with " + std::to_string(status));
  }
}

std::string Server::head(const std::string& method, const std::string& path,
                         const std::string& type) const {
  std::string text =
      method + " /api/v1" + path + " HTTP/1.1\r\nHost: bench\r\nX-API-Key: " + key_ + "\r\n";
  if (!type.empty()) text += "Content-Type: " + type + "\r\n";
  return text;
}

boost::json::object Server::call(const std::string& method, const std::string& path,
                                 std::string_view body, const std::string& type) {
  if (!connection_) connection_ = std::make_unique<Connection>(port_);
  Answer answer;
  try {
    answer = connection_->exchange(head(method, path, body.empty() ? "" : type), body);
  } catch (const Failure&) {
    connection_ = std::make_unique<Connection>(port_);  // an idle connection was closed
    answer = connection_->exchange(head(method, path, body.empty() ? "" : type), body);
  }
  if (answer.status < 200 || answer.status >= 300) {
    throw Failure(method + " " + path + ": " + std::to_string(answer.status) + " " +
                  answer.body.substr(0, 2000));
  }
  boost::json::value parsed = boost::json::parse(answer.body);
  boost::json::value& data = parsed.as_object()["data"];
  return data.is_object() ? data.as_object() : boost::json::object{{"value", data}};
}

Counts counts_of(Server& server, const std::string& campaign) {
  boost::json::object c = server.call("GET", "/campaigns/" + campaign);
  boost::json::object& n = c.at("counts").as_object();
  auto get = [&](const char* name) { return n.at(name).to_number<std::int64_t>(); };
  return {get("sent"), get("failed"), get("pending"), get("partial"), get("total")};
}

void set_paused(Server& server, const std::string& campaign, bool paused) {
  server.call("PATCH", "/campaigns",
              boost::json::serialize(boost::json::object{{"id", campaign}, {"paused", paused}}));
}

double wait_for_done(Server& server, const std::string& campaign, std::int64_t done, double begin) {
  std::int64_t before = -1;
  double moved = now_seconds();
  while (true) {
    std::int64_t n = counts_of(server, campaign).done();
    double now = now_seconds();
    if (n >= done) return now - begin;
    if (n != before) moved = now;
    before = n;
    if (now - moved > 60) throw Failure("dispatch stands still at " + std::to_string(n) + " leads");
    sleep_seconds(0.02);
  }
}

}  // namespace headway::bench
