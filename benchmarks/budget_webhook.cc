// 2: a campaign through the webhook connector, against a bare Beast client that posts the same bytes to the
// same sink over as many connections. 11 uses the sink too: it sees when the last message arrived.

#include <fstream>

#include <boost/json/parse.hpp>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/http.h"
#include "benchmarks/server.h"

namespace headway::bench {

namespace {

const Data& webhook_data(Context& context, const Sink& sink) {
  std::string url = "http://127.0.0.1:" + std::to_string(sink.port()) + "/messages";
  return data(context,
              {.name = "webhook-" + std::to_string(sink.port()),
               .leads = context.sizes.leads_webhook,
               .channel = "webhook",
               .settings = {{"url", url}, {"secret", "whsec_aGVhZHdheS1iZW5jaG1hcmstc2VjcmV0"}}});
}

double dispatch_all(Context& context, const Data& from, const Sink& sink,
                    std::int64_t* connections) {
  Data d = from.copy(context.folder / "dispatch");
  Server server(context, d.folder, d.key);
  server.start();
  std::int64_t before = sink.stats().posts;
  double begin = now_seconds();
  set_paused(server, d.campaign, false);
  double seconds = wait_for_done(server, d.campaign, d.leads, begin);
  Sink::Stats after = sink.stats();
  *connections = std::max(*connections, after.connections);
  if (after.posts - before != d.leads) {
    throw Failure("the sink got " + std::to_string(after.posts - before) + " posts for " +
                  std::to_string(d.leads) + " leads");
  }
  server.stop();
  return static_cast<double>(d.leads) / seconds;
}

double bare(Context& context, const Sink& sink, std::int64_t posts, std::int64_t connections) {
  std::filesystem::path sample = context.folder / "sample.txt";
  std::ofstream(sample, std::ios::binary) << sink.sample();
  std::string answer = context.child({"client", std::to_string(sink.port()), sample,
                                      std::to_string(posts), std::to_string(connections)});
  return static_cast<double>(posts) /
         boost::json::parse(answer).as_object()["seconds"].to_number<double>();
}

}  // namespace

void webhook_budget(Context& context) {
  Sink sink(context.log());
  const Data& d = webhook_data(context, sink);
  Row row{.budget = "2",
          .what = "dispatch, webhook, loopback sink",
          .unit = "messages/s",
          .ours = {},
          .baseline = {},
          .judge = Judge::ratio_at_least,
          .target = 0.7,
          .note = ""};
  std::int64_t connections = 1;
  for (int i = 0; i < context.sizes.repetitions; ++i) {
    row.ours.push_back(dispatch_all(context, d, sink, &connections));
    row.baseline.push_back(bare(context, sink, d.leads, connections));
  }
  row.note = "both over " + std::to_string(connections) + " connections, requests of " +
             std::to_string(sink.sample().size()) + " bytes";
  context.report.add(std::move(row));
}

void pause_budget(Context& context) {
  Sink sink(context.log());
  Data d = webhook_data(context, sink).copy(context.folder / "pause");
  Row row{.budget = "11",
          .what = "pause to the last message handed over, webhook",
          .unit = "ms",
          .ours = {},
          .baseline = {},
          .judge = Judge::ours_at_most,
          .target = 1000,
          .note = "until the sink has got the last message; 0 = before the request was written"};
  Row answered{.budget = "11b",
               .what = "pause to its answer, durable",
               .unit = "ms",
               .ours = {},
               .baseline = {},
               .judge = Judge::shown_only,
               .target = 0,
               .note = ""};
  Server server(context, d.folder, d.key);
  server.start();
  for (int i = 0; i < 2 * context.sizes.repetitions - 1; ++i) {
    std::int64_t enough = counts_of(server, d.campaign).done() + d.leads / 50;
    set_paused(server, d.campaign, false);
    wait_for_done(server, d.campaign, enough, now_seconds());
    std::int64_t asked = wall_us();
    set_paused(server, d.campaign, true);
    answered.ours.push_back(static_cast<double>(wall_us() - asked) / 1000);
    sleep_seconds(1.5);
    Sink::Stats stats = sink.stats();
    sleep_seconds(0.5);
    if (sink.stats().posts != stats.posts)
      throw Failure("messages still go out two seconds after the pause");
    row.ours.push_back(std::max<double>(0, static_cast<double>(stats.last_us - asked) / 1000));
  }
  server.stop();
  context.report.add(std::move(row));
  context.report.add(std::move(answered));
}

}  // namespace headway::bench
