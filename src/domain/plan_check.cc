#include "domain/plan_check.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "domain/schedule.h"
#include "domain/template.h"

namespace headway::domain {
namespace {

class Findings {
 public:
  void add(std::string path, std::string message) {
    errors_.push_back({std::move(path), std::move(message)});
  }
  std::vector<FieldError>& list() { return errors_; }

 private:
  std::vector<FieldError> errors_;
};

std::string at(const std::string& path, std::size_t index) {
  return path + "." + std::to_string(index);
}

void check_limit(Findings& f, const std::optional<std::int64_t>& limit) {
  if (!limit) return;
  if (*limit < 1) f.add("daily_limit", "Must be at least 1 (leave it out for no limit)");
  if (*limit > kDailyLimitMax) f.add("daily_limit", "Must be at most 1,000,000,000");
}

void check_day(Findings& f, const std::string& path, const std::vector<OpenRange>& ranges) {
  if (ranges.size() > kRangesPerDayMax) f.add(path, "At most 24 ranges a day");
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const OpenRange& r = ranges[i];
    if (r.from < 0 || r.to > 1440) {
      f.add(at(path, i), "Must lie between 00:00 and 24:00");
      continue;
    }
    if (r.from >= r.to) {
      f.add(at(path, i), "Must end after it begins");
      continue;
    }
    // Named once, at the later of the two as written.
    const bool overlaps =
        std::any_of(ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const OpenRange& o) { return o.from < r.to && r.from < o.to; });
    if (overlaps) f.add(at(path, i), "Overlaps another range of this day");
  }
}

void check_hours(Findings& f, const ActiveHours& hours) {
  check_zone(f.list(), "active_hours.timezone", hours.timezone);
  bool any = false;
  for (std::size_t day = 0; day < hours.days.size(); ++day) {
    any = any || !hours.days[day].empty();
    check_day(f, "active_hours.days." + std::string(kWeekdays[day]), hours.days[day]);
  }
  if (!any)
    f.add("active_hours.days", "Must have at least one range (leave active_hours out for always)");
}

void check_variants(Findings& f, const std::string& path, const Step& step) {
  std::set<std::string_view> names;
  std::int64_t total = 0;
  std::size_t drawable = 0;
  for (std::size_t i = 0; i < step.variants.size(); ++i) {
    const Variant& v = step.variants[i];
    if (v.retired) continue;
    ++drawable;
    const std::string here = at(path + ".variants", i);
    if (!v.name.empty()) check_name(f.list(), here + ".name", v.name);
    if (!v.name.empty() && !names.insert(v.name).second) {
      f.add(here + ".name", "Another variant of this step has the same name");
    }
    if (v.weight < 0 || v.weight > kWeightMax) {
      f.add(here + ".weight", "Must be between 0 and 1,000,000");
    } else {
      total += v.weight;
    }
    if (trim(v.body).empty()) {
      f.add(here + ".body", "Required");
    } else if (v.body.size() > kBodyBytesMax) {
      f.add(here + ".body", "Must be at most 64 KiB");
    } else if (auto t = compile_template(v.body); !t) {
      f.add(here + ".body", t.error().message);
    }
  }
  if (drawable == 0) {
    f.add(path + ".variants", "Must have at least one variant");
  } else if (total == 0) {
    f.add(path + ".variants", "The weights must not all be 0");
  }
  if (drawable > static_cast<std::size_t>(kVariantsMax)) {
    f.add(path + ".variants", "At most 20 variants");
  }
}

template <class Ids>
void check_ids(Findings& f, const std::string& path, const Ids& ids, std::size_t max) {
  if (ids.size() > max) f.add(path, "At most " + std::to_string(max));
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!seen.insert(ids[i].value).second) f.add(at(path, i), "Named twice");
  }
}

}  // namespace

void check_name(std::vector<FieldError>& errors, const std::string& path, const std::string& name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (trim(name).empty()) {
    errors.push_back({path, "Required"});
  } else if (name.size() > kNameBytesMax) {
    errors.push_back({path, "Must be at most 200 bytes"});
  } else if (!is_utf8(name) || std::any_of(name.begin(), name.end(), is_control)) {
    errors.push_back({path, "Must be text without control characters"});
  }
}

void check_zone(std::vector<FieldError>& errors, const std::string& path, const std::string& zone) {
  if (!Zone::find(zone)) {
    errors.push_back({path, "No such time zone (use an IANA name such as Europe/Berlin)"});
  }
}

std::vector<FieldError> check_campaign(const CampaignPlan& plan) {
  Findings f;
  check_name(f.list(), "name", plan.name);
  check_ids(f, "collection_ids", plan.collections, kCampaignCollectionsMax);
  check_ids(f, "account_ids", plan.accounts, kCampaignAccountsMax);
  if (plan.steps.size() > static_cast<std::size_t>(kStepsMax)) f.add("steps", "At most 20 steps");
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const std::string path = at("steps", i);
    const Step& step = plan.steps[i];
    if (step.delay.count() < 0 || step.delay > std::chrono::hours{24} * kDelayDaysMax) {
      f.add(path + ".delay", "Must be between 0 and 365 days");
    } else if (i == 0 && step.delay.count() != 0) {
      f.add(path + ".delay", "The first step has no delay");
    }
    check_variants(f, path, step);
  }
  if (plan.active_hours) check_hours(f, *plan.active_hours);
  check_limit(f, plan.daily_limit);
  if (plan.attribution_days < 1 || plan.attribution_days > kAttributionDaysMax) {
    f.add("attribution_days", "Must be between 1 and 365");
  }
  return std::move(f.list());
}

std::vector<FieldError> check_account(const Account& account) {
  Findings f;
  check_name(f.list(), "name", account.name);
  check_zone(f.list(), "timezone", account.timezone);
  check_limit(f, account.daily_limit);
  const double rate = account.rate_per_second;
  if (!std::isfinite(rate) || rate <= 0 || rate > kRatePerSecondMax) {
    f.add("rate_per_second", "Must be above 0 and at most 1,000,000");
  }
  return std::move(f.list());
}

std::vector<FieldError> missing_to_start(const CampaignPlan& plan, std::int64_t leads,
                                         std::int64_t accounts) {
  Findings f;
  if (plan.collections.empty()) {
    f.add("collection_ids", "The campaign has no leads: add a collection");
  } else if (leads <= 0) {
    f.add("collection_ids", "The campaign has no leads: its collections are empty");
  }
  if (accounts <= 0) f.add("account_ids", "The campaign has no account to send from");
  if (plan.steps.empty()) f.add("steps", "The campaign has no message");
  return std::move(f.list());
}

}  // namespace headway::domain
