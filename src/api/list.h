#pragma once
// Lists as every call answers them: {items, total, limit, offset, next_cursor}.

#include "api/json_writer.h"
#include "api/query.h"
#include "api/reply.h"
#include "store/reader.h"

namespace headway::api {

// `write(JsonWriter&, const Item&)` writes one item.
template <class T, class Write>
Reply list(const store::Page<T>& page, int limit, std::int64_t offset, Write&& write) {
  return ok([&](JsonWriter& w) {
    w.begin_object().key("items").begin_array();
    for (const T& item : page.items) write(w, item);
    w.end_array().field("total", page.total).field("limit", limit).field("offset", offset);
    w.text_or_null("next_cursor", page.next_cursor).end_object();
  });
}

// A GET of a list whose query holds nothing but paging: `read(paging)` gives the page.
template <class Read, class Write>
Reply plain_list(const Request& r, bool with_search, Read&& read, Write&& write) {
  Query q(r.query);
  const store::Paging paging = q.paging(with_search);
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto page = read(paging);
  if (!page) return refuse(page.error());
  return list(*page, paging.limit, paging.offset, write);
}

// The id that stands in the path; a path with anything else names nothing.
template <class IdType>
Result<IdType> path_id(const Request& r, std::size_t index = 0) {
  if (const auto id = parse_id(r.params[index])) return IdType{*id};
  return fail(ErrorKind::not_found, "There is nothing with this id");
}

Result<void> no_query(const Request& r);

}  // namespace headway::api
