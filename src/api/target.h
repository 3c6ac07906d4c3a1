#pragma once
#include "api/json_reader.h"
#include "api/list.h"

namespace headway::api {

// What a PATCH or DELETE is about: the id of the path, or the `id` of the body. Both may be given when
// they are the same. Errors of the body are noted in `f`; nullopt then.
template <class IdType>
Result<std::optional<IdType>> target(const Request& r, Fields& f) {
  const bool by_path = !r.params[0].empty();
  const std::optional<IdType> said = f.id<IdType>("id", !by_path);
  if (!by_path) return said;
  const auto id = path_id<IdType>(r);
  if (!id) return tl::unexpected(id.error());
  if (said && *said != *id) f.error("id", "Is not the id of the path");
  return std::optional<IdType>(*id);
}

}  // namespace headway::api
