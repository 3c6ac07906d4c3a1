#include "api/start_check.h"

#include <algorithm>
#include <map>
#include <string>

#include "domain/plan_check.h"
#include "domain/template.h"

namespace headway::api {
namespace {

// Where each field is needed first: "steps.0.variants.1.body" by canonical name.
std::map<std::string, std::string> needed_fields(const domain::CampaignPlan& plan) {
  std::map<std::string, std::string> needed;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto& variants = plan.steps[i].variants;
    for (std::size_t j = 0; j < variants.size(); ++j) {
      if (variants[j].retired || variants[j].weight == 0) continue;
      const auto text = domain::compile_template(variants[j].body);
      if (!text) continue;
      const std::string path =
          "steps." + std::to_string(i) + ".variants." + std::to_string(j) + ".body";
      for (const std::string& field : text->required_fields()) needed.emplace(field, path);
    }
  }
  return needed;
}

std::string as_written(const std::string& field) {
  constexpr std::string_view kPrefix = "attributes.";
  return field.starts_with(kPrefix) ? field.substr(kPrefix.size()) : field;
}

std::int64_t leads_of(const Services& s, const store::CampaignSnapshot& c, Result<void>& problem) {
  std::int64_t n = domain::status_counts(c.counts).total;
  if (n > 0) return n;
  for (const CollectionId id : c.plan.collections) {  // to be enrolled
    const auto row = s.reader.collection(id);
    if (row) {
      n += row->leads;
    } else if (row.error().kind != ErrorKind::not_found) {
      problem = tl::unexpected(row.error());
    }
  }
  return n;
}

}  // namespace

Result<std::vector<FieldError>> start_problems(const Services& s,
                                               const store::CampaignSnapshot& c) {
  Result<void> problem;
  const std::int64_t leads = leads_of(s, c, problem);
  if (!problem) return tl::unexpected(problem.error());
  const auto accounts =
      std::count_if(c.plan.accounts.begin(), c.plan.accounts.end(), [&c](AccountId id) {
        return std::any_of(c.accounts.begin(), c.accounts.end(),
                           [id](const domain::Account& a) { return a.id == id; });
      });
  std::vector<FieldError> errors = domain::missing_to_start(c.plan, leads, accounts);

  const auto needed = needed_fields(c.plan);
  if (needed.empty() || leads == 0) return errors;
  std::vector<std::string> fields;
  for (const auto& [field, path] : needed) fields.push_back(field);
  const auto missing = s.reader.missing_fields(c.plan.collections, fields);
  if (!missing) return tl::unexpected(missing.error());
  for (const auto& [field, n] : *missing) {
    if (n == 0) continue;
    const auto it = needed.find(field);
    const std::string name = as_written(field);
    errors.push_back({it != needed.end() ? it->second : "steps",
                      std::to_string(n) + (n == 1 ? " lead has" : " leads have") +
                          " no value for {{" + name + "}}: give a fallback like {{" + name +
                          "|there}}, or refresh the leads"});
  }
  return errors;
}

}  // namespace headway::api
