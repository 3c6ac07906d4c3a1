// 4: POST /events as NDJSON, leads in random order, against SQLite writing the same facts in key order.

#include <atomic>
#include <mutex>
#include <thread>

#include <boost/json/parse.hpp>

#include "base/time.h"
#include "benchmarks/bare_sqlite.h"
#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/people.h"
#include "benchmarks/server.h"

namespace headway::bench {

namespace {

constexpr int kConnections = 4;

std::int64_t batch_of(const Context& context) { return context.quick ? 1'000 : 10'000; }

std::vector<std::string> bodies(const Data& d, std::int64_t campaign_no, const std::string& account,
                                std::int64_t first, std::int64_t count, std::int64_t batch) {
  Shuffle shuffle(d.leads);
  std::vector<std::string> all;
  std::int64_t now = wall_us() / 1000;
  for (std::int64_t i = 0; i < count; ++i) {
    if (i % batch == 0) all.emplace_back();
    char id[32];
    std::snprintf(id, sizeof id, "e-%012lld", static_cast<long long>(first + i));
    std::int64_t lead = campaign_no << 32 | (1 + shuffle(first + i));
    all.back() += std::string("{\"id\":\"") + id + "\",\"type\":\"sent\",\"campaign_id\":\"" +
                  d.campaign + "\",\"lead_id\":\"" + std::to_string(lead) + "\",\"account_id\":\"" +
                  account + "\",\"at\":\"" + format_rfc3339(from_ms(now - batch + i % batch)) +
                  "\"}\n";
  }
  return all;
}

double post_all(const Server& server, const std::vector<std::string>& all) {
  std::atomic<std::size_t> next = 0;
  std::string problem;
  std::mutex mutex;
  double begin = now_seconds();
  std::vector<std::jthread> threads;
  for (int i = 0; i < kConnections; ++i) {
    threads.emplace_back([&] {
      try {
        Connection c(server.port());
        for (std::size_t at; (at = next++) < all.size();) {
          Answer a = c.exchange(server.head("POST", "/events", "application/x-ndjson"), all[at]);
          if (a.status != 200 || a.body.find("\"rejected\":[]") == std::string::npos) {
            throw Failure(std::to_string(a.status) + " " + a.body.substr(0, 500));
          }
        }
      } catch (const std::exception& e) {
        std::lock_guard lock(mutex);
        problem = e.what();
      }
    });
  }
  threads.clear();
  if (!problem.empty()) throw Failure("POST /events: " + problem);
  return now_seconds() - begin;
}

double bare(const Context& context, const Data& d, std::int64_t first, std::int64_t count,
            const char* rows) {
  std::string answer =
      context.child({"events", d.database(), std::to_string(first), std::to_string(count),
                     std::to_string(batch_of(context)), rows});
  return static_cast<double>(count) /
         boost::json::parse(answer).as_object()["seconds"].to_number<double>();
}

}  // namespace

void events_budget(Context& context) {
  const Data& from = medium_data(context);
  Data d = from.copy(context.folder / "events");
  Data same_copy = from.copy(context.folder / "bare-same"),
       fewest_copy = from.copy(context.folder / "bare-fewest");
  std::int64_t no, account;
  {
    Database db(d.database());
    no = db.number("SELECT max(no) FROM campaign");
    account = db.number("SELECT id FROM account WHERE no=1");
  }
  Server server(context, d.folder, d.key);
  server.start();
  Row same{.budget = "4",
           .what = "POST /events, random leads, same rows",
           .unit = "events/s",
           .ours = {},
           .baseline = {},
           .judge = Judge::ratio_at_least,
           .target = 0.7,
           .note = ""};
  Row fewest{.budget = "4b",
             .what = "POST /events, against lead and message alone",
             .unit = "events/s",
             .ours = {},
             .baseline = {},
             .judge = Judge::shown_only,
             .target = 0,
             .note = ""};
  std::int64_t count = context.sizes.events;
  for (int i = 0; i < context.sizes.repetitions; ++i) {
    std::int64_t first = i * count;
    double seconds =
        post_all(server, bodies(d, no, std::to_string(account), first, count, batch_of(context)));
    same.ours.push_back(static_cast<double>(count) / seconds);
    same.baseline.push_back(bare(context, same_copy, first, count, "same"));
    fewest.ours.push_back(same.ours.back());
    fewest.baseline.push_back(bare(context, fewest_copy, first, count, "fewest"));
  }
  if (Counts n = counts_of(server, d.campaign); n.sent != count * context.sizes.repetitions) {
    throw Failure("not every event was counted");
  }
  server.stop();
  for (const Data* used : {&d, &same_copy, &fewest_copy}) std::filesystem::remove_all(used->folder);
  same.note = "bodies of " + std::to_string(batch_of(context)) + " events, " +
              std::to_string(kConnections) + " connections, each event with an instant of its own";
  context.report.add(std::move(same));
  context.report.add(std::move(fewest));
}

}  // namespace headway::bench
