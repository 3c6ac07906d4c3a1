#include <cstdio>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/commands.h"
#include "app/local_store.h"
#include "app/progress_bar.h"

namespace headway::app {

int report_error(const Error& error) {
  std::fprintf(stderr, "headway: %s\n", error.message.c_str());
  for (const FieldError& field : error.fields) {
    std::fprintf(stderr, "  %s: %s\n", field.field.c_str(), field.message.c_str());
  }
  return kFailed;
}

namespace {

void print_json(const store::VerifyReport& report) {
  boost::json::array differences;
  for (const store::Difference& d : report.differences) {
    differences.push_back({{"what", d.what}, {"stored", d.stored}, {"recounted", d.recounted}});
  }
  const boost::json::object answer{{"leads", report.leads},
                                   {"messages", report.messages},
                                   {"counters", report.counters},
                                   {"differences_total", report.differences_total},
                                   {"differences", std::move(differences)}};
  std::printf("%s\n", boost::json::serialize(answer).c_str());
}

void print_text(const store::VerifyReport& report) {
  std::printf("Recounted %lld leads and %lld messages against %lld counters.\n",
              static_cast<long long>(report.leads), static_cast<long long>(report.messages),
              static_cast<long long>(report.counters));
  if (report.differences_total == 0) {
    std::puts("No difference.");
    return;
  }
  std::printf("%lld differences:\n", static_cast<long long>(report.differences_total));
  for (const store::Difference& d : report.differences) {
    std::printf("  %s: stored %lld, recounted %lld\n", d.what.c_str(),
                static_cast<long long>(d.stored), static_cast<long long>(d.recounted));
  }
}

}  // namespace

int run_verify(const VerifyOptions& options) {
  const auto local = LocalStore::open(options.data, true);
  if (!local) return report_error(local.error());
  ProgressBar bar("Recounting");
  const auto report =
      (*local)->store().verifier().verify([&bar](std::int64_t done, std::int64_t total) {
        bar.show(done, total);
        return true;
      });
  if (!report) return report_error(report.error());
  options.json ? print_json(*report) : print_text(*report);
  return report->differences_total == 0 ? kDone : kWrong;
}

}  // namespace headway::app
