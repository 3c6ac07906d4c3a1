// 5: a CSV file over HTTP, against SQLite inserting the same people, parsed and hashed beforehand.

#include <boost/json/parse.hpp>

#include "benchmarks/context.h"
#include "benchmarks/data.h"
#include "benchmarks/people.h"
#include "benchmarks/server.h"

namespace headway::bench {

namespace {

constexpr const char* kBatch = "5000";

double ours(Context& context, const std::filesystem::path& csv, std::int64_t rows,
            double* peak_mb) {
  std::filesystem::path folder = context.folder / "import";
  Server server(context, folder);
  server.start();
  std::string collection;
  double seconds = import_csv(server, "people", csv, collection, peak_mb);
  boost::json::object job = server.call("GET", "/leads/" + collection).at("job").as_object();
  if (job.at("accepted").to_number<std::int64_t>() != rows)
    throw Failure("not every row was accepted");
  server.stop();
  std::filesystem::remove_all(folder);
  return static_cast<double>(rows) / seconds;
}

double bare(Context& context, std::int64_t rows) {
  std::filesystem::path folder = context.folder / "bare";
  { Server schema(context, folder); }  // makes the empty database
  std::string answer =
      context.child({"import", folder / "headway.db", std::to_string(rows), kBatch});
  std::filesystem::remove_all(folder);
  return static_cast<double>(rows) /
         boost::json::parse(answer).as_object()["seconds"].to_number<double>();
}

}  // namespace

void import_budget(Context& context) {
  std::int64_t rows = context.sizes.leads;
  std::filesystem::path csv = context.folder / "rows.csv";
  std::int64_t bytes = write_csv(csv, rows);
  Row speed{.budget = "5",
            .what = "CSV import, " + amount(rows) + " rows",
            .unit = "rows/s",
            .ours = {},
            .baseline = {},
            .judge = Judge::ratio_at_least,
            .target = 0.6,
            .note = ""};
  Row memory{.budget = "5b",
             .what = "peak memory of an import, " + amount(context.sizes.leads_big) + " rows / " +
                     amount(rows),
             .unit = "MB",
             .ours = {},
             .baseline = {},
             .judge = Judge::ratio_at_most,
             .target = 1.1,
             .note = ""};
  double peak = 0;
  for (int i = 0; i < context.sizes.repetitions; ++i) {
    speed.ours.push_back(ours(context, csv, rows, &peak));
    speed.baseline.push_back(bare(context, rows));
  }
  speed.note = std::to_string(bytes / rows) + " bytes a row, three addresses each";
  memory.baseline.push_back(peak);
  write_csv(csv, context.sizes.leads_big);
  double speed_big = ours(context, csv, context.sizes.leads_big, &peak);
  memory.ours.push_back(peak);
  memory.note =
      "the large one at " + std::to_string(static_cast<std::int64_t>(speed_big)) + " rows/s";
  std::filesystem::remove(csv);
  context.report.add(std::move(speed));
  context.report.add(std::move(memory));
}

}  // namespace headway::bench
