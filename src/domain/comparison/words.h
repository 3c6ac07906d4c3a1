#pragma once
// The sentences of a comparison. Numbers first, no statistics in the words. Not for anybody else.

#include <string>
#include <vector>

#include "domain/comparison/compare.h"

namespace headway::domain::comparison {

// Sets `sentence` from everything else in `r`. `names` beside r.arms; `drawn`: texts drawn by lot.
void put_into_words(MetricResult& r, const std::vector<std::string>& names, bool drawn);

std::string ratio_sentence(const std::vector<TextArm>& arms, bool alarm);

}  // namespace headway::domain::comparison
