// 9: a thousand live streams on a campaign at full dispatch: what each gets, and what it costs the dispatch.

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <tuple>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/server.h"

namespace headway::bench {

namespace {

// Holds the streams and counts the updates of each.
class Streams {
 public:
  Streams(const Server& server, const std::string& path, int count) {
    poll_ = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < count; ++i) {
      auto c = std::make_unique<Connection>(server.port());
      c->send_raw(server.head("GET", path) + "Accept: text/event-stream\r\n\r\n");
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = connections_.size();
      epoll_ctl(poll_, EPOLL_CTL_ADD, c->socket(), &event);
      connections_.push_back(std::move(c));
      updates_.push_back(0);
    }
    begin_ = now_seconds();
    thread_ = std::jthread([this](const std::stop_token& stop) { listen(stop); });
  }
  ~Streams() {
    thread_ = {};
    close(poll_);
  }

  // Updates a second of the busiest and the idlest stream, up to now.
  std::pair<double, double> end() {
    double seconds = now_seconds() - begin_;
    thread_ = {};
    auto [low, high] = std::minmax_element(updates_.begin(), updates_.end());
    return {static_cast<double>(*high) / seconds, static_cast<double>(*low) / seconds};
  }
  std::int64_t broken() const { return broken_; }

 private:
  void listen(const std::stop_token& stop) {
    char buffer[65536];
    epoll_event events[256];
    while (!stop.stop_requested()) {
      int n = epoll_wait(poll_, events, 256, 100);
      for (int i = 0; i < n; ++i) {
        std::size_t at = events[i].data.u64;
        ssize_t got = recv(connections_[at]->socket(), buffer, sizeof buffer, 0);
        if (got <= 0) {
          ++broken_;
          epoll_ctl(poll_, EPOLL_CTL_DEL, connections_[at]->socket(), nullptr);
          continue;
        }
        std::string_view text(buffer, static_cast<std::size_t>(got));
        for (std::size_t p = text.find("data:"); p != text.npos; p = text.find("data:", p + 5))
          ++updates_[at];
      }
    }
  }

  int poll_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::int64_t> updates_;
  std::atomic<std::int64_t> broken_ = 0;
  double begin_ = 0;
  std::jthread thread_;
};

struct Dispatched {
  double per_second = 0, busiest = 0, idlest = 0;
};

Dispatched dispatch(Context& context, const Data& from, int streams) {
  Data d = from.copy(context.folder / "streams");
  Server server(context, d.folder, d.key);
  server.start();
  Streams all(server, "/stream?campaign_id=" + d.campaign, streams);
  double begin = now_seconds();
  set_paused(server, d.campaign, false);
  double seconds = wait_for_done(server, d.campaign, d.leads, begin);
  Dispatched result{.per_second = static_cast<double>(d.leads) / seconds};
  if (streams > 0 && seconds < 1)
    sleep_seconds(1 - seconds);  // a small campaign ends within one update
  if (streams > 0) std::tie(result.busiest, result.idlest) = all.end();
  if (streams > 0 && result.idlest == 0) throw Failure("a stream was told nothing");
  if (all.broken() > 0) throw Failure(std::to_string(all.broken()) + " streams were cut");
  server.kill();  // a graceful stop is not what is measured
  std::filesystem::remove_all(d.folder);
  return result;
}

}  // namespace

void stream_budget(Context& context) {
  const Data& d = medium_data(context);
  int streams = context.quick ? 50 : 1000;
  Row speed{.budget = "9",
            .what = "dispatch with " + std::to_string(streams) + " streams / without",
            .unit = "messages/s",
            .ours = {},
            .baseline = {},
            .judge = Judge::ratio_at_least,
            .target = 0.9,
            .note = ""};
  Row updates{.budget = "9b",
              .what = "updates a second of the busiest stream",
              .unit = "1/s",
              .ours = {},
              .baseline = {},
              .judge = Judge::ours_at_most,
              .target = 4.05,
              .note = ""};
  double idlest = 0;
  for (int i = 0; i < context.sizes.repetitions; ++i) {
    Dispatched with = dispatch(context, d, streams), without = dispatch(context, d, 0);
    speed.ours.push_back(with.per_second);
    speed.baseline.push_back(without.per_second);
    updates.ours.push_back(with.busiest);
    idlest = with.idlest;
  }
  char note[120];
  std::snprintf(note, sizeof note, "%d streams; the idlest got %.2f a second", streams, idlest);
  updates.note = note;
  context.report.add(std::move(speed));
  context.report.add(std::move(updates));
}

}  // namespace headway::bench
