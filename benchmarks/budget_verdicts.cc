// 10: GET /campaigns/{id}/diagnosis of the large campaign, and the comparison of it with 19 others. All twenty have
// two weeks of days with closed reply windows, told as events, so that there is something to decide.

#include <ctime>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/http.h"
#include "benchmarks/people.h"
#include "benchmarks/server.h"

namespace headway::bench {

namespace {

namespace json = boost::json;

constexpr int kCampaigns = 20, kDays = 14, kAday = 70, kPeople = kDays * kAday;
constexpr double kBudgetMs = 50;
constexpr std::int64_t kDay = 86'400;

std::string stamp(std::int64_t second) {
  const std::time_t t = static_cast<std::time_t>(second);
  std::tm parts{};
  gmtime_r(&t, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::vector<std::string> accounts_of(Server& server, const std::string& campaign) {
  std::vector<std::string> ids;
  const json::object answer = server.call("GET", "/campaigns/" + campaign);
  for (const json::value& account : answer.at("accounts").as_array()) {
    ids.emplace_back(account.as_object().at("id").as_string());
  }
  return ids;
}

// Two weeks that ended nine days ago: every day each account contacts some, of whom some reply or fail.
void tell_history(Server& server, const std::string& campaign, std::int64_t first_person,
                  const std::vector<std::string>& accounts, int number) {
  const std::int64_t start = (static_cast<std::int64_t>(std::time(nullptr)) / kDay - 23) * kDay;
  std::string lines;
  for (std::int64_t i = 0; i < kPeople; ++i) {
    const std::string who = some_person(first_person + i).external_id;
    const std::string& account = accounts[static_cast<std::size_t>(i) % accounts.size()];
    const std::uint64_t luck = mix(static_cast<std::uint64_t>(i * 64 + number)) % 100;
    const std::int64_t at = start + i / kAday * kDay + i % kAday * 300;
    const std::string common = "\",\"campaign_id\":\"" + campaign + "\",\"external_id\":\"" + who +
                               "\",\"account_id\":\"" + account + "\",\"step\":1,\"at\":\"";
    const std::string id = std::to_string(number) + "-" + std::to_string(i);
    const bool failed = luck < 4;
    lines += "{\"id\":\"s" + id + common + stamp(at) + "\",\"type\":\"" +
             (failed ? "failed\",\"failure_class\":\"recipient_invalid" : "sent") + "\"}\n";
    if (!failed && luck < 10 + static_cast<std::uint64_t>(number % 5)) {
      lines += "{\"id\":\"r" + id + common + stamp(at + 7'200) + "\",\"type\":\"reply\"}\n";
    }
  }
  const json::object answer = server.call("POST", "/events", lines, "application/x-ndjson");
  if (answer.at("rejected_total").to_number<std::int64_t>() != 0) {
    throw Failure("events were rejected: " + json::serialize(answer));
  }
}

std::vector<std::string> campaigns(Context& context, Server& server, const Data& d) {
  const std::vector<std::string> accounts = accounts_of(server, d.campaign);
  const std::filesystem::path csv = context.folder / "verdicts.csv";
  write_csv(csv, kPeople);
  std::string collection;
  import_csv(server, "Compared", csv, collection);
  json::array desks;
  for (const std::string& id : accounts) desks.emplace_back(id);
  std::vector<std::string> ids{d.campaign};
  // The last leads of the large campaign: nothing was sent to them yet.
  tell_history(server, d.campaign, d.leads - kPeople + 1, accounts, 0);
  for (int i = 1; i < kCampaigns; ++i) {
    const json::object wish{{"name", "Compared " + std::to_string(i)},
                            {"collection_ids", json::array{collection}},
                            {"account_ids", desks},
                            {"message", "Hi {{name}}"}};
    const json::object made = server.call("POST", "/campaigns", json::serialize(wish));
    ids.emplace_back(made.at("id").as_string());
    tell_history(server, ids.back(), 1, accounts, i);
  }
  return ids;
}

void measure(Context& context, Server& server, const std::string& name, const std::string& what,
             const std::string& path) {
  Connection c(server.port());
  const std::string head = server.head("GET", path);
  std::vector<double> ms;
  std::size_t bytes = 0;
  for (int i = 0; i < context.sizes.pages; ++i) {
    const double begin = now_seconds();
    const Answer answer = c.exchange(head, "");
    ms.push_back(1e3 * (now_seconds() - begin));
    if (answer.status != 200) throw Failure(path + ": " + answer.body);
    bytes = answer.body.size();
  }
  for (const auto& [share, title] :
       {std::pair{0.5, "median"}, std::pair{0.99, "99th percentile"}}) {
    const bool judged = share > 0.9;
    context.report.add({.budget = "10." + name,
                        .what = what + ", " + title,
                        .unit = "ms",
                        .ours = {quantile(ms, share)},
                        .baseline = {},
                        .judge = judged ? Judge::ours_at_most : Judge::shown_only,
                        .target = judged ? kBudgetMs : 0,
                        .note = judged ? std::to_string(bytes / 1024) + " kB" : ""});
  }
}

}  // namespace

void verdicts_budget(Context& context) {
  const Data& d = dispatched_big(context);
  Server server(context, d.folder, d.key);
  server.start();
  const std::vector<std::string> ids = campaigns(context, server, d);
  std::string all;
  for (const std::string& id : ids) all += (all.empty() ? "" : ",") + id;
  const std::string size = " at " + amount(d.leads) + " leads";
  measure(context, server, "diagnosis", "diagnosis" + size,
          "/campaigns/" + d.campaign + "/diagnosis");
  measure(context, server, "advice", "advice" + size, "/campaigns/" + d.campaign + "/advice");
  measure(context, server, "compare", "comparison of 20" + size,
          "/campaigns/compare?metric=response&ids=" + all);
  measure(context, server, "compare_all", "the same by all three metrics",
          "/campaigns/compare?ids=" + all);
  server.stop();
}

}  // namespace headway::bench
