#pragma once
// What comparisons of campaigns and of texts have in common: their input and their codec.

#include <string>
#include <vector>

#include "api/json_writer.h"
#include "domain/comparison/compare.h"
#include "store/analysis.h"

namespace headway::api {

std::vector<domain::comparison::Cell> comparison_cells(const std::vector<store::CohortCell>& cells);

// One metric of a comparison; `ids` beside the result's arms.
struct ComparedArm {
  std::string id, name;
};
void write_metric(JsonWriter& w, const domain::comparison::MetricResult& result,
                  const std::vector<ComparedArm>& arms);

struct Warning {
  std::string kind, sentence;
  std::optional<double> share;
};
void write_warnings(JsonWriter& w, const std::vector<Warning>& warnings);

}  // namespace headway::api
