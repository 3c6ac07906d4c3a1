// 7, 8, 12: what the process as a whole costs: memory, the start after a kill, the first start, the size.

#include <boost/json/parse.hpp>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/server.h"

namespace headway::bench {

void memory_budget(Context& context) {
  const Data& d = big_data(context);
  Server server(context, d.folder, d.key);
  server.start();
  std::int64_t before = counts_of(server, d.campaign).done();
  set_paused(server, d.campaign, false);
  Row row{.budget = "7",
          .what = "resident memory while dispatching " + amount(d.leads) + " leads",
          .unit = "MB",
          .ours = {},
          .baseline = {},
          .judge = Judge::ours_at_most,
          .target = 57,
          .note = ""};
  double begin = now_seconds(), anonymous = 0;
  while (now_seconds() - begin < context.sizes.dispatch_seconds) {
    sleep_seconds(0.2);
    row.ours.push_back(server.process().resident_mb());
    anonymous = std::max(anonymous, server.process().anonymous_mb());
  }
  Counts n = counts_of(server, d.campaign);
  set_paused(server, d.campaign, true);
  double peak = server.process().peak_resident_mb();
  server.stop();
  if (n.done() <= before) throw Failure("nothing was dispatched");
  char note[160];
  std::snprintf(
      note, sizeof note, "%lld messages in %.0f s; peak %.0f MB, of which not files %.0f MB",
      static_cast<long long>(n.done() - before), context.sizes.dispatch_seconds, peak, anonymous);
  row.note = note;
  context.report.add(std::move(row));
}

void recovery_budget(Context& context) {
  const Data& d = big_data(context);
  Row row{.budget = "8",
          .what = "ready after kill -9 at " + amount(d.leads) + " leads",
          .unit = "ms",
          .ours = {},
          .baseline = {},
          .judge = Judge::ours_at_most,
          .target = 1000,
          .note = ""};
  std::int64_t wal = 0;
  for (int i = 0; i < context.sizes.repetitions; ++i) {
    Server server(context, d.folder, d.key);
    server.start();
    set_paused(server, d.campaign, false);
    sleep_seconds(context.quick ? 0.3 : 3);
    server.kill();
    std::filesystem::path log = d.database().string() + "-wal";
    if (std::filesystem::exists(log))
      wal = static_cast<std::int64_t>(std::filesystem::file_size(log));
    double begin = now_seconds();
    context.child({"open", d.database()});
    row.baseline.push_back((now_seconds() - begin) * 1000);
    std::filesystem::remove(d.database().string() + "-shm");
    row.ours.push_back(server.start() * 1000);
    set_paused(server, d.campaign, true);
    server.stop();
  }
  row.note = "baseline: a bare SQLite program opens the same file and its log of " +
             std::to_string(wal >> 20) + " MB, without recovering messages";
  context.report.add(std::move(row));
}

void start_budget(Context& context) {
  Row start{.budget = "12",
            .what = "cold start, no database",
            .unit = "ms",
            .ours = {},
            .baseline = {},
            .judge = Judge::ours_at_most,
            .target = 150,
            .note = ""};
  for (int i = 0; i < 3 * context.sizes.repetitions; ++i) {
    std::filesystem::path folder = context.folder / "empty";
    std::filesystem::remove_all(folder);
    Server server(context, folder, "none");
    start.ours.push_back(server.start() * 1000);
    server.stop();
    std::filesystem::remove_all(folder);
  }
  std::filesystem::path stripped = context.folder / "stripped";
  run({"/usr/bin/strip", "-o", stripped, context.headway});
  double mb = static_cast<double>(std::filesystem::file_size(stripped)) / 1e6;
  context.report.add(std::move(start));
  context.report.add({.budget = "12b",
                      .what = "binary, stripped",
                      .unit = "MB",
                      .ours = {mb},
                      .baseline = {},
                      .judge = Judge::ours_at_most,
                      .target = 20,
                      .note = ""});
}

}  // namespace headway::bench
