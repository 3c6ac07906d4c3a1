#pragma once
// The made-up people of the sample.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/person.h"
#include "store/catalog.h"
#include "store/workspace.h"

namespace headway::app {

inline const std::string kSampleActor{store::kSampleActor};  // marks all of it as the sample's

// A collection of `count` people, numbered from `first`. Addresses are under example.org (RFC 2606).
Result<CollectionId> make_sample_people(store::Imports& imports, const std::string& name, int first,
                                        int count, Instant now);

// A fixed draw for what happens to somebody: in [0, 1).
double sample_draw(std::uint64_t what, std::uint64_t whom);

}  // namespace headway::app
