#include "benchmarks/data.h"

#include <map>

#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "benchmarks/bare_sqlite.h"
#include "benchmarks/people.h"
#include "tests/support/seed_store.h"

namespace headway::bench {

namespace {

namespace json = boost::json;

std::string id_of(const json::object& answer) { return std::string(answer.at("id").as_string()); }

json::array make_accounts(Server& server, const DataSpec& spec) {
  json::array ids;
  for (int i = 1; i <= spec.accounts; ++i) {
    json::object account{{"name", "Desk " + std::to_string(i)},
                         {"channel", spec.channel},
                         {"rate_per_second", spec.rate_per_second},
                         {"settings", spec.settings}};
    ids.push_back(json::value(id_of(server.call("POST", "/accounts", json::serialize(account)))));
  }
  return ids;
}

// In bulk, by the generator of the tests; then the accounts get their channel's settings and pace.
Data seed(Context& context, const DataSpec& spec) {
  Data d;
  d.folder = context.folder / spec.name;
  d.leads = spec.leads;
  std::filesystem::create_directories(d.folder);
  test::SeedOptions options;
  options.path = d.database();
  options.leads = spec.leads;
  options.accounts = spec.accounts;
  options.steps = 1;
  options.variants = 1;
  options.paused = true;
  options.now = from_ms(wall_us() / 1000);
  auto made = test::seed_store(options);
  if (!made) throw Failure(made.error().message);
  d.campaign = to_string(made->campaign);
  Server server(context, d.folder);
  d.key = server.key();
  server.start();
  for (AccountId id : made->accounts) {
    server.call("PATCH", "/accounts",
                json::serialize(json::object{{"id", to_string(id)},
                                             {"rate_per_second", spec.rate_per_second},
                                             {"settings", spec.settings}}));
  }
  server.stop();
  return d;
}

// By way of the API: a CSV file, accounts, a campaign.
Data create(Context& context, const DataSpec& spec) {
  Data d;
  d.folder = context.folder / spec.name;
  d.leads = spec.leads;
  Server server(context, d.folder);
  d.key = server.key();
  server.start();
  std::filesystem::path csv = context.folder / "people.csv";
  write_csv(csv, spec.leads);
  std::string collection;
  import_csv(server, "people", csv, collection);
  std::filesystem::remove(csv);
  json::object campaign{{"name", "Benchmark"},
                        {"collection_ids", json::array{collection}},
                        {"account_ids", make_accounts(server, spec)},
                        {"message", spec.body},
                        {"paused", true}};
  d.campaign = id_of(server.call("POST", "/campaigns", json::serialize(campaign)));
  double enrolling = now_seconds();
  while (counts_of(server, d.campaign).total < spec.leads) {
    sleep_seconds(0.1);
    if (now_seconds() - enrolling > 3600) throw Failure("enrolment does not end");
  }
  server.stop();
  return d;
}

Data build(Context& context, const DataSpec& spec) {
  double begin = now_seconds();
  context.report.say("making " + spec.name + ": " + std::to_string(spec.leads) + " leads");
  Data d = spec.channel == "sandbox" ? seed(context, spec) : create(context, spec);
  Database(d.database()).run("PRAGMA wal_checkpoint(TRUNCATE)");
  sync();
  context.report.say("made " + spec.name + " in " +
                     std::to_string(static_cast<int>(now_seconds() - begin)) + " s");
  return d;
}

json::object failing() {
  return {{"failures", json::object{{"recipient_invalid", 0.03},
                                    {"recipient_unavailable", 0.02},
                                    {"content_rejected", 0.005}}}};
}

void dispatch_some(Context& context, const Data& d, std::int64_t leads) {
  Server server(context, d.folder, d.key);
  server.start();
  if (counts_of(server, d.campaign).done() < leads) {
    set_paused(server, d.campaign, false);
    wait_for_done(server, d.campaign, leads, now_seconds());
    if (leads < d.leads) set_paused(server, d.campaign, true);
  }
  server.stop();
}

}  // namespace

Data Data::copy(const std::filesystem::path& to) const {
  std::filesystem::remove_all(to);
  std::filesystem::copy(folder, to, std::filesystem::copy_options::recursive);
  sync();
  Data d = *this;
  d.folder = to;
  return d;
}

const Data& data(Context& context, const DataSpec& spec) {
  static std::map<std::string, Data> built;
  auto found = built.find(spec.name);
  if (found == built.end()) found = built.emplace(spec.name, build(context, spec)).first;
  return found->second;
}

const Data& medium_data(Context& context) {
  return data(context, {.name = "medium", .leads = context.sizes.leads, .settings = {}});
}

const Data& big_data(Context& context) {
  // The small one is slowed down, so that it is still sending when it is to be killed and paused.
  return data(context, {.name = "big",
                        .leads = context.sizes.leads_big,
                        .rate_per_second = context.quick ? 500.0 : 1e6,
                        .settings = failing()});
}

const Data& dispatched_big(Context& context) {
  const Data& d = big_data(context);
  dispatch_some(context, d, d.leads / 3);
  return d;
}

const Data& dispatched_few(Context& context) {
  const Data& d = data(context, {.name = "few", .leads = 1'000, .settings = failing()});
  dispatch_some(context, d, d.leads);
  return d;
}

std::int64_t bytes_needed(const Sizes& sizes) {
  return 1'000 * sizes.leads_big + 3'000 * sizes.leads + (std::int64_t{1} << 28);
}

double import_csv(Server& server, const std::string& name, const std::filesystem::path& csv,
                  std::string& collection, double* peak_mb) {
  auto size = static_cast<std::int64_t>(std::filesystem::file_size(csv));
  double begin = now_seconds();
  Connection upload(server.port(), 7200);
  upload.send_raw(server.head("POST", "/leads/import?name=" + name, "text/csv") +
                  "Content-Length: " + std::to_string(size) + "\r\n\r\n");
  upload.send_file(csv);
  Answer answer = upload.receive();
  if (answer.status != 202) throw Failure("the import was refused: " + answer.body);
  std::size_t at = answer.body.find("\"id\":\"");
  collection = answer.body.substr(at + 6, answer.body.find('"', at + 6) - at - 6);
  while (true) {
    json::object job = server.call("GET", "/leads/" + collection).at("job").as_object();
    if (peak_mb) *peak_mb = server.process().peak_resident_mb();
    if (job.at("state").as_string() == "done") break;
    if (job.at("state").as_string() != "running")
      throw Failure("the import failed: " + json::serialize(job));
    sleep_seconds(0.02);
  }
  return now_seconds() - begin;
}

}  // namespace headway::bench
