#include <cstdio>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/commands.h"
#include "app/local_store.h"
#include "domain/figures.h"

namespace headway::app {
namespace {

std::string percent(const domain::Rate& rate) {
  if (!rate.rate) return "-";
  char text[96];
  if (rate.lo && rate.hi) {
    std::snprintf(text, sizeof text, "%.2f %% (95 %%: %.2f to %.2f)", *rate.rate * 100,
                  *rate.lo * 100, *rate.hi * 100);
  } else {
    std::snprintf(text, sizeof text, "%.2f %%", *rate.rate * 100);
  }
  return text;
}

void print_rate(const char* name, const domain::Rate& rate, const std::string& more = "") {
  std::printf("  %-11s %s  %lld of %lld%s\n", name, percent(rate).c_str(),
              static_cast<long long>(rate.num), static_cast<long long>(rate.den), more.c_str());
}

void print_text(const store::CampaignSnapshot& c) {
  const domain::StatusCounts n = domain::status_counts(c.counts);
  const auto progress = domain::progress_basis_points(n);
  std::printf("%s%s\n", c.plan.name.c_str(), c.simulated ? "  (simulated)" : "");
  std::printf("  %-11s %s\n", "state", std::string(domain::to_string(c.plan.state)).c_str());
  if (progress) {
    std::printf("  %-11s %d.%02d %%\n", "progress", *progress / 100, *progress % 100);
  } else {
    std::printf("  %-11s -\n", "progress");
  }
  std::printf("  %-11s %lld sent, %lld failed, %lld pending, %lld partial, %lld total\n", "leads",
              static_cast<long long>(n.sent), static_cast<long long>(n.failed),
              static_cast<long long>(n.pending), static_cast<long long>(n.partial),
              static_cast<long long>(n.total));
  const domain::Rate delivery = domain::delivery_rate(c.counts);
  print_rate(
      "delivery", delivery,
      "  " + std::string(domain::to_string(domain::delivery_band(delivery.num, delivery.den))));
  print_rate("response", domain::response_rate(c.counts));
  print_rate("conversion", domain::conversion_rate(c.counts));
  print_rate("opt-out", domain::opt_out_rate(c.counts));
  for (int i = 1; i < domain::kFailureClasses; ++i) {
    const std::int64_t failures = c.counts.lead_failures[static_cast<std::size_t>(i)];
    if (failures == 0) continue;
    std::printf("  failed: %-22s %lld\n",
                std::string(domain::to_string(static_cast<domain::FailureClass>(i))).c_str(),
                static_cast<long long>(failures));
  }
  if (c.delivery_seal) {
    std::printf("  sealed %s  SHA-256 %s\n", format_rfc3339(c.delivery_seal->at).c_str(),
                c.delivery_seal->sha256.c_str());
  }
}

boost::json::object to_json(const domain::Rate& rate) {
  const auto number = [](const std::optional<double>& value) {
    return value ? boost::json::value(*value) : boost::json::value(nullptr);
  };
  return {{"num", rate.num},
          {"den", rate.den},
          {"rate", number(rate.rate)},
          {"lo", number(rate.lo)},
          {"hi", number(rate.hi)}};
}

void print_json(const store::CampaignSnapshot& c) {
  const domain::StatusCounts n = domain::status_counts(c.counts);
  const auto progress = domain::progress_basis_points(n);
  const domain::Rate delivery = domain::delivery_rate(c.counts);
  boost::json::object failures;
  for (int i = 1; i < domain::kFailureClasses; ++i) {
    const std::int64_t count = c.counts.lead_failures[static_cast<std::size_t>(i)];
    if (count != 0) failures[domain::to_string(static_cast<domain::FailureClass>(i))] = count;
  }
  boost::json::object answer{
      {"id", to_string(c.plan.id)},
      {"name", c.plan.name},
      {"state", domain::to_string(c.plan.state)},
      {"simulated", c.simulated},
      {"counts",
       {{"sent", n.sent},
        {"failed", n.failed},
        {"pending", n.pending},
        {"partial", n.partial},
        {"total", n.total}}},
      {"progress", progress ? boost::json::value(*progress / 100.0) : boost::json::value(nullptr)},
      {"delivery", to_json(delivery)},
      {"band", domain::to_string(domain::delivery_band(delivery.num, delivery.den))},
      {"response", to_json(domain::response_rate(c.counts))},
      {"conversion", to_json(domain::conversion_rate(c.counts))},
      {"opt_out", to_json(domain::opt_out_rate(c.counts))},
      {"failures", std::move(failures)}};
  if (c.delivery_seal) {
    answer["sealed"] = {{"at", format_rfc3339(c.delivery_seal->at)},
                        {"canonical", c.delivery_seal->canonical},
                        {"sha256", c.delivery_seal->sha256}};
  }
  std::printf("%s\n", boost::json::serialize(answer).c_str());
}

}  // namespace

int run_report(const ReportOptions& options) {
  const auto id = parse_id(options.campaign);
  if (!id) {
    std::fprintf(stderr, "headway: '%s' is not the id of a campaign\n", options.campaign.c_str());
    return kUsage;
  }
  const auto local = LocalStore::open(options.data, true);
  if (!local) return report_error(local.error());
  const auto snapshot =
      (*local)->store().reader().campaign(CampaignId{*id}, (*local)->clock().wall());
  if (!snapshot) return report_error(snapshot.error());
  options.json ? print_json(*snapshot) : print_text(*snapshot);
  return kDone;
}

}  // namespace headway::app
