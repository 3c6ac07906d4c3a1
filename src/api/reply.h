#pragma once
// Answers in the envelope of the API.

#include <string>
#include <string_view>
#include <utility>

#include "api/http.h"
#include "api/json_writer.h"
#include "base/result.h"

namespace headway::api {

// {"success":true,"data":<what `write(JsonWriter&)` writes: one value>}
template <class Write>
Reply ok(Write&& write, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body.reserve(512);
  JsonWriter w(reply.body);
  w.begin_object().field("success", true).key("data");
  std::forward<Write>(write)(w);
  w.end_object();
  return reply;
}
Reply done();  // {"success":true,"data":{}}

Reply refuse(int status, std::string_view message);
Reply refuse(const Error& error);
int status_of(ErrorKind kind);
std::string_view reason_phrase(int status);

}  // namespace headway::api
