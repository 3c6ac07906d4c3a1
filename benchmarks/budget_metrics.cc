// 3: GET /campaigns/{id}/metrics, against a bare Beast server that repeats one of its answers.

#include <fstream>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/http.h"
#include "benchmarks/server.h"

namespace headway::bench {

namespace {

constexpr int kConnections = 16;

std::string request_of(const Server& server, const Data& d) {
  return server.head("GET", "/campaigns/" + d.campaign + "/metrics") + "\r\n";
}

// The bare server, repeating `answer`.
class BareServer {
 public:
  BareServer(const Context& context, const Answer& answer) : port_(free_port()) {
    std::filesystem::path file = context.folder / "answer.txt";
    std::ofstream(file, std::ios::binary) << answer.head << answer.body;
    child_ = Child({context.self, "--child", "server", std::to_string(port_), file}, context.log());
    for (int i = 0; i < 500; ++i) {
      try {
        Connection probe(port_);
        return;
      } catch (const Failure&) {
        sleep_seconds(0.01);
      }
    }
    throw Failure("the bare server did not start");
  }
  int port() const { return port_; }

 private:
  int port_;
  Child child_;
};

}  // namespace

void metrics_budget(Context& context) {
  Data few = dispatched_few(context).copy(context.folder / "few-copy");
  const Data& many = dispatched_big(context);
  Server small(context, few.folder, few.key), big(context, many.folder, many.key);
  small.start();
  big.start();
  std::string small_request = request_of(small, few), big_request = request_of(big, many);
  Connection once(small.port());
  once.send_raw(small_request);
  BareServer bare(context, once.receive());
  Row row{.budget = "3",
          .what = "GET metrics, 16 connections",
          .unit = "requests/s",
          .ours = {},
          .baseline = {},
          .judge = Judge::ratio_at_least,
          .target = 0.7,
          .note = ""};
  Row scale{.budget = "3b",
            .what = "time of GET metrics at " + amount(many.leads) + " leads / at 1k",
            .unit = "us",
            .ours = {},
            .baseline = {},
            .judge = Judge::ratio_at_most,
            .target = 1.2,
            .note = ""};
  Row busy{.budget = "3c",
           .what = "GET metrics while that campaign is dispatched",
           .unit = "requests/s",
           .ours = {},
           .baseline = {},
           .judge = Judge::shown_only,
           .target = 0,
           .note = ""};
  double p99 = 0;
  for (int i = 0; i < context.sizes.repetitions; ++i) {
    Load fixed = closed_loop(bare.port(), small_request, kConnections, context.sizes.load_seconds);
    Load little =
        closed_loop(small.port(), small_request, kConnections, context.sizes.load_seconds);
    Load large = closed_loop(big.port(), big_request, kConnections, context.sizes.load_seconds);
    row.baseline.push_back(fixed.per_second());
    row.ours.push_back(little.per_second());
    scale.baseline.push_back(1e6 / little.per_second());
    scale.ours.push_back(1e6 / large.per_second());
    p99 = quantile(large.latency_ms, 0.99);
    set_paused(big, many.campaign, false);
    busy.ours.push_back(
        closed_loop(big.port(), big_request, kConnections, context.sizes.load_seconds / 2)
            .per_second());
    set_paused(big, many.campaign, true);
  }
  small.stop();
  big.stop();
  char note[120];
  std::snprintf(note, sizeof note,
                "closed loop; 99th percentile of the last run at %lld leads: %.2f ms",
                static_cast<long long>(many.leads), p99);
  row.note = note;
  busy.note =
      "every answer is read anew after a commit; without commits an answer may be 100 ms old";
  context.report.add(std::move(row));
  context.report.add(std::move(scale));
  context.report.add(std::move(busy));
}

}  // namespace headway::bench
