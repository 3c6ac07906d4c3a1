#include "api/plan_input.h"

#include <limits>

namespace headway::api {
namespace {

namespace json = boost::json;

std::string default_name(std::size_t index) {  // A .. Z, then "27"
  return index < 26 ? std::string(1, static_cast<char>('A' + index)) : std::to_string(index + 1);
}

domain::Variant read_variant(const json::object& object, std::vector<FieldError>& errors,
                             const std::string& path, std::size_t index) {
  Fields f(object, errors, path);
  domain::Variant v;
  v.id = f.id<VariantId>("id").value_or(VariantId{});
  v.name = f.text("name").value_or(default_name(index));
  v.body = f.text("body", true).value_or("");
  v.weight = f.integer("weight").value_or(1);
  f.refuse_the_rest();
  return v;
}

domain::Step read_step(const json::object& object, std::vector<FieldError>& errors,
                       const std::string& path) {
  Fields f(object, errors, path);
  domain::Step step;
  f.take("step");  // as answered; its place in the list is what counts
  if (const auto delay = f.text("delay")) {
    const auto parsed = parse_iso_duration(*delay);
    if (parsed) {
      step.delay = *parsed;
    } else {
      f.error("delay", "Must be a duration like P2D or PT36H");
    }
  }
  if (const json::array* variants = f.array("variants", true)) {
    for (std::size_t i = 0; i < variants->size(); ++i) {
      const std::string here = f.path("variants.") + std::to_string(i);
      if (const json::object* o = (*variants)[i].if_object()) {
        step.variants.push_back(read_variant(*o, errors, here + ".", i));
      } else {
        errors.push_back({here, "Must be an object"});
      }
    }
  }
  f.refuse_the_rest();
  return step;
}

std::vector<domain::Step> read_steps(const json::array& list, Fields& f) {
  std::vector<domain::Step> steps;
  if (list.size() > static_cast<std::size_t>(domain::kStepsMax)) {
    f.error("steps", "At most 20 steps");
    return steps;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string here = f.path("steps.") + std::to_string(i);
    if (const json::object* o = list[i].if_object()) {
      steps.push_back(read_step(*o, f.errors(), here + "."));
    } else {
      f.errors().push_back({here, "Must be an object"});
    }
  }
  return steps;
}

std::optional<domain::OpenRange> read_range(const json::value& value) {
  const json::array* pair = value.if_array();
  if (pair == nullptr || pair->size() != 2) return std::nullopt;
  int minutes[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const json::string* s = (*pair)[i].if_string();
    const auto m =
        s != nullptr ? domain::parse_minute_of_day({s->data(), s->size()}) : std::nullopt;
    if (!m) return std::nullopt;
    minutes[i] = *m;
  }
  return domain::OpenRange{minutes[0], minutes[1]};
}

void read_days(const json::object& days, std::vector<FieldError>& errors, const std::string& path,
               domain::ActiveHours& hours) {
  for (const auto& item : days) {
    const std::string name(item.key());
    const auto day = domain::parse_weekday(name);
    if (!day) {
      errors.push_back({path + name, "Unknown day: mon, tue, wed, thu, fri, sat, sun"});
      continue;
    }
    const json::array* ranges = item.value().if_array();
    if (ranges == nullptr) {
      errors.push_back({path + name, "Must be a list of ranges"});
      continue;
    }
    for (std::size_t i = 0; i < ranges->size(); ++i) {
      if (const auto range = read_range((*ranges)[i])) {
        hours.days[static_cast<std::size_t>(*day)].push_back(*range);
      } else {
        errors.push_back(
            {path + name + "." + std::to_string(i), R"(Must be a pair like ["09:00","17:00"])"});
      }
    }
  }
}

domain::ActiveHours read_hours(const json::object& object, Fields& outer) {
  domain::ActiveHours hours;
  Fields f(object, outer.errors(), outer.path("active_hours."));
  hours.timezone = f.text("timezone", true).value_or("UTC");
  hours.lead_timezone = f.boolean("lead_timezone").value_or(false);
  if (const json::object* days = f.object("days", true)) {
    read_days(*days, outer.errors(), f.path("days."), hours);
  }
  f.refuse_the_rest();
  return hours;
}

std::optional<int> narrow(Fields& f, std::string_view name, std::optional<std::int64_t> value) {
  if (!value) return std::nullopt;
  if (*value < std::numeric_limits<int>::min() || *value > std::numeric_limits<int>::max()) {
    f.error(name, "Is out of range");
    return std::nullopt;
  }
  return static_cast<int>(*value);
}

}  // namespace

CampaignInput read_campaign(Fields& f, bool patch) {
  CampaignInput in;
  in.name = f.text("name", !patch);
  in.collections = f.ids<CollectionId>("collection_ids");
  in.accounts = f.ids<AccountId>("account_ids");
  const json::array* steps = f.array("steps");
  if (steps != nullptr) in.steps = read_steps(*steps, f);
  if (const auto message = f.text("message")) {
    if (steps != nullptr) {
      f.error("message", "Give either message or steps");
    } else {
      domain::Variant v;
      v.name = default_name(0);
      v.body = *message;
      domain::Step step;
      step.variants.push_back(std::move(v));
      in.steps = std::vector<domain::Step>{std::move(step)};
    }
  }
  if (f.is_null("active_hours")) {
    in.active_hours = std::optional<domain::ActiveHours>{};
  } else if (const json::object* hours = f.object("active_hours")) {
    in.active_hours = read_hours(*hours, f);
  }
  in.daily_limit = f.integer_or_null("daily_limit");
  in.attribution_days = narrow(f, "attribution_days", f.integer("attribution_days"));
  if (const auto mode = f.text("variant_mode")) {
    in.variant_mode = domain::parse_variant_mode(*mode);
    if (!in.variant_mode) f.error("variant_mode", "Must be fixed, learn or earn");
  }
  if (const auto metric = f.text("variant_metric")) {
    in.variant_metric = domain::parse_variant_metric(*metric);
    if (!in.variant_metric) f.error("variant_metric", "Must be response, conversion or delivery");
  }
  in.auto_pause = f.boolean("auto_pause");
  in.paused = f.boolean("paused");
  if (patch) in.plan_version = f.integer("plan_version");
  return in;
}

void apply(const CampaignInput& in, domain::CampaignPlan& plan) {
  if (in.name) plan.name = *in.name;
  if (in.collections) {
    for (const CollectionId id : *in.collections) {
      bool known = false;
      for (const CollectionId have : plan.collections) known = known || have == id;
      if (!known) plan.collections.push_back(id);
    }
  }
  if (in.accounts) plan.accounts = *in.accounts;
  if (in.steps) plan.steps = *in.steps;
  if (in.active_hours) plan.active_hours = *in.active_hours;
  if (in.daily_limit) plan.daily_limit = *in.daily_limit;
  if (in.attribution_days) plan.attribution_days = *in.attribution_days;
  if (in.variant_mode) plan.variant_mode = *in.variant_mode;
  if (in.variant_metric) plan.variant_metric = *in.variant_metric;
  if (in.auto_pause) plan.auto_pause = *in.auto_pause;
}

AccountInput read_account(Fields& f, bool patch) {
  AccountInput in;
  in.name = f.text("name", !patch);
  if (!patch) in.channel = f.text("channel", true);
  in.timezone = f.text("timezone");
  in.daily_limit = f.integer_or_null("daily_limit");
  in.rate_per_second = f.number("rate_per_second");
  if (const json::object* settings = f.object("settings")) in.settings = *settings;
  if (patch) {
    if (const auto status = f.text("status")) {
      in.status = domain::parse_account_status(*status);
      if (in.status != domain::AccountStatus::active &&
          in.status != domain::AccountStatus::paused) {
        f.error("status", "Must be active or paused");
      }
    }
  }
  return in;
}

}  // namespace headway::api
