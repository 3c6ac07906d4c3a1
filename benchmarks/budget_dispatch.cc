// 1: a campaign through the sandbox, against straight-line SQLite that writes the same rows.

#include <boost/json/parse.hpp>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/server.h"

namespace headway::bench {

namespace {

constexpr const char* kBatch = "1000";  // claim_max and record_max of the engine

struct Ours {
  double per_second = 0, cpu_us = 0, peak_mb = 0;
};

Ours dispatch_all(Context& context, const Data& from, bool verify) {
  Data d = from.copy(context.folder / "dispatch");
  Server server(context, d.folder, d.key);
  server.start();
  double cpu = server.process().cpu_seconds();
  double begin = now_seconds();
  set_paused(server, d.campaign, false);
  double seconds = wait_for_done(server, d.campaign, d.leads, begin);
  auto leads = static_cast<double>(d.leads);
  Ours ours{leads / seconds, (server.process().cpu_seconds() - cpu) / leads * 1e6,
            server.process().peak_resident_mb()};
  if (Counts n = counts_of(server, d.campaign); n.sent != d.leads)
    throw Failure("not every lead was sent");
  server.stop();
  if (verify) run({context.headway, "verify", "--data", d.folder});
  std::filesystem::remove_all(d.folder);
  return ours;
}

double bare(Context& context, const Data& from, const char* rows, double* counters) {
  Data d = from.copy(context.folder / "bare");
  boost::json::object o =
      boost::json::parse(context.child({"dispatch", d.database(), kBatch, rows})).as_object();
  std::filesystem::remove_all(d.folder);
  if (counters) *counters = o["counter_rows"].to_number<double>() / static_cast<double>(d.leads);
  return static_cast<double>(d.leads) / o["seconds"].to_number<double>();
}

}  // namespace

void dispatch_budget(Context& context) {
  const Data& d = medium_data(context);
  Row same{.budget = "1",
           .what = "dispatch of " + amount(d.leads) + ", sandbox, same rows",
           .unit = "messages/s",
           .ours = {},
           .baseline = {},
           .judge = Judge::ratio_at_least,
           .target = 0.8,
           .note = ""};
  Row fewest{.budget = "1b",
             .what = "dispatch, against one update, one insert, 24 counters",
             .unit = "messages/s",
             .ours = {},
             .baseline = {},
             .judge = Judge::shown_only,
             .target = 0.8,
             .note = ""};
  double counters = 0;
  Ours last;
  for (int i = 0; i < context.sizes.repetitions; ++i) {
    last = dispatch_all(context, d, i == 0);
    same.ours.push_back(last.per_second);
    same.baseline.push_back(bare(context, d, "same", &counters));
    fewest.ours.push_back(last.per_second);
    fewest.baseline.push_back(bare(context, d, "fewest", nullptr));
  }
  char note[200];
  std::snprintf(note, sizeof note,
                "ours takes %.1f us of processor time a message and %.0f MB at most; the bare "
                "program writes %.2f "
                "counter rows a message beside two lead updates and a message",
                last.cpu_us, last.peak_mb, counters);
  same.note = note;
  context.report.add(std::move(same));
  context.report.add(std::move(fewest));
}

}  // namespace headway::bench
