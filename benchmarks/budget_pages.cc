// 6: pages of 50 leads of a campaign of 10 million, by filter; first, middle, last and jumps.

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/people.h"
#include "benchmarks/server.h"
#include "tests/support/seed_store.h"

namespace headway::bench {

namespace {

struct Kind {
  std::string name, query;
};

std::vector<Kind> kinds(Server& server) {
  boost::json::object accounts = server.call("GET", "/accounts?limit=10");
  auto account =
      std::string(accounts.at("items").as_array().at(3).as_object().at("id").as_string());
  return {
      {"no filter", ""},
      {"status=sent", "&status=sent"},
      {"status=failed", "&status=failed"},
      {"status=pending", "&status=pending"},
      {"reason=campaign_paused", "&reason=campaign_paused"},
      {"failure_class=content_rejected", "&failure_class=content_rejected"},
      {"account", "&account_id=" + account},
      {"account and failure", "&account_id=" + account + "&failure_class=recipient_unavailable"},
      {"step=1", "&step=1"}};
}

// Milliseconds of one page; `total` is of the filter.
double page(Connection& c, const Server& server, const std::string& path, std::int64_t* total) {
  double begin = now_seconds();
  Answer answer = c.exchange(server.head("GET", path), "");
  double ms = (now_seconds() - begin) * 1000;
  if (answer.status != 200) throw Failure(path + ": " + answer.body.substr(0, 300));
  if (total) {
    boost::json::value parsed = boost::json::parse(answer.body);
    *total = parsed.at("data").at("total").to_number<std::int64_t>();
  }
  return ms;
}

std::vector<double> pages_of(Connection& c, const Server& server, const std::string& base,
                             int count) {
  std::int64_t total = 0;
  page(c, server, base, &total);
  std::vector<double> ms;
  for (int i = 0; i < count; ++i) {
    std::uint64_t h = mix(static_cast<std::uint64_t>(i) + 77);
    std::int64_t last = std::max<std::int64_t>(0, total - 50);
    std::int64_t at = 0;  // first, middle, last, anywhere
    if (i % 4 == 1) at = total / 2;
    if (i % 4 == 2) at = last;
    if (i % 4 == 3 && total > 0)
      at = static_cast<std::int64_t>(h % static_cast<std::uint64_t>(total));
    std::string where = at == 0 ? "" : "&at=" + std::to_string(at);
    ms.push_back(page(c, server, base + where, nullptr));
  }
  return ms;
}

std::vector<double> searches(Connection& c, const Server& server, const std::string& base,
                             int count) {
  std::vector<double> ms;
  for (int i = 0; i < count; ++i) {
    std::string name =
        test::seeded_name(1 + static_cast<std::int64_t>(mix(static_cast<std::uint64_t>(i)) % 1000));
    // From two letters to nearly the whole name.
    std::string prefix = name.substr(0, 2 + static_cast<std::size_t>(i) % (name.size() - 2));
    std::string encoded;
    for (char ch : prefix) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "%%%02X",
                    static_cast<unsigned>(static_cast<unsigned char>(ch)));
      encoded += hex;
    }
    ms.push_back(page(c, server, base + "&search=" + encoded, nullptr));
  }
  return ms;
}

}  // namespace

void pages_budget(Context& context) {
  const Data& d = dispatched_big(context);
  Server server(context, d.folder, d.key);
  server.start();
  Connection c(server.port());
  std::string base = "/campaigns/" + d.campaign + "/leads?limit=50";
  for (const Kind& kind : kinds(server)) {
    std::vector<double> ms = pages_of(c, server, base + kind.query, context.sizes.pages);
    double p99 = quantile(ms, 0.99);
    context.report.add({.budget = "6." + kind.name,
                        .what = "page, median",
                        .unit = "ms",
                        .ours = {quantile(ms, 0.5)},
                        .baseline = {},
                        .judge = Judge::shown_only,
                        .target = 0,
                        .note = ""});
    context.report.add({.budget = "6." + kind.name,
                        .what = "page, 99th percentile",
                        .unit = "ms",
                        .ours = {p99},
                        .baseline = {},
                        .judge = Judge::ours_at_most,
                        .target = 10,
                        .note = ""});
  }
  std::vector<double> found = searches(c, server, base, context.sizes.pages);
  context.report.add({.budget = "6.search",
                      .what = "name prefix, median",
                      .unit = "ms",
                      .ours = {quantile(found, 0.5)},
                      .baseline = {},
                      .judge = Judge::shown_only,
                      .target = 0,
                      .note = ""});
  context.report.add({.budget = "6.search",
                      .what = "name prefix, 99th percentile",
                      .unit = "ms",
                      .ours = {quantile(found, 0.99)},
                      .baseline = {},
                      .judge = Judge::ours_at_most,
                      .target = 50,
                      .note = ""});
  server.stop();
  std::vector<double> bare;
  boost::json::value answer = boost::json::parse(
      context.child({"pages", d.database(), std::to_string(context.sizes.pages)}));
  for (const boost::json::value& v : answer.at("ms").as_array())
    bare.push_back(v.to_number<double>());
  context.report.add({.budget = "6.bare",
                      .what = "bare SQLite, 50 leads and people by key, 99th percentile",
                      .unit = "ms",
                      .ours = {quantile(bare, 0.99)},
                      .baseline = {},
                      .judge = Judge::shown_only,
                      .target = 0,
                      .note = ""});
}

}  // namespace headway::bench
