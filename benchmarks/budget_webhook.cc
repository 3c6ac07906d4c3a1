// 2: a campaign through the webhook connector, against a bare Beast client that posts the same bytes to the
// same sink over as many connections. 11 uses the sink too: it sees when the last message arrived.

#include <cstdio>
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

struct Run {
  double per_second = 0;
  double cpu_us = 0;   // of processor time a message: of the sender
  double sink_us = 0;  // and of the sink
};

Run dispatch_all(Context& context, const Data& from, const Sink& sink, std::int64_t* connections) {
  Data d = from.copy(context.folder / "dispatch");
  Server server(context, d.folder, d.key);
  server.start();
  std::int64_t before = sink.stats().posts;
  double cpu = server.process().cpu_seconds(), sink_cpu = sink.cpu_seconds();
  double begin = now_seconds();
  set_paused(server, d.campaign, false);
  double seconds = wait_for_done(server, d.campaign, d.leads, begin);
  double posts = static_cast<double>(d.leads);
  Run run{posts / seconds, (server.process().cpu_seconds() - cpu) / posts * 1e6,
          (sink.cpu_seconds() - sink_cpu) / posts * 1e6};
  Sink::Stats after = sink.stats();
  *connections = std::max(*connections, after.connections);
  if (after.posts - before != d.leads) {
    throw Failure("the sink got " + std::to_string(after.posts - before) + " posts for " +
                  std::to_string(d.leads) + " leads");
  }
  server.stop();
  return run;
}

Run bare(Context& context, const Sink& sink, std::int64_t posts, std::int64_t connections) {
  std::filesystem::path sample = context.folder / "sample.txt";
  std::ofstream(sample, std::ios::binary) << sink.sample();
  double sink_cpu = sink.cpu_seconds();
  boost::json::object answer =
      boost::json::parse(context.child({"client", std::to_string(sink.port()), sample,
                                        std::to_string(posts), std::to_string(connections)}))
          .as_object();
  auto n = static_cast<double>(posts);
  return {n / answer["seconds"].to_number<double>(),
          answer["cpu_seconds"].to_number<double>() / n * 1e6,
          (sink.cpu_seconds() - sink_cpu) / n * 1e6};
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
  Row cpu{.budget = "2b",
          .what = "the same, processor time of the sender",
          .unit = "us a message",
          .ours = {},
          .baseline = {},
          .judge = Judge::shown_only,
          .target = 0,
          .note = ""};
  std::int64_t connections = 1;
  Run ours, theirs;
  for (int i = 0; i < context.sizes.repetitions; ++i) {
    ours = dispatch_all(context, d, sink, &connections);
    theirs = bare(context, sink, d.leads, connections);
    row.ours.push_back(ours.per_second);
    row.baseline.push_back(theirs.per_second);
    cpu.ours.push_back(ours.cpu_us);
    cpu.baseline.push_back(theirs.cpu_us);
  }
  row.note = "both over " + std::to_string(connections) + " connections, requests of " +
             std::to_string(sink.sample().size()) + " bytes";
  char note[120];
  std::snprintf(note, sizeof note, "beside it the sink: %.1f us a message, with ours %.1f",
                theirs.sink_us, ours.sink_us);
  cpu.note = note;
  context.report.add(std::move(row));
  context.report.add(std::move(cpu));
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
