#include "api/reply.h"

#include <vector>

#include "base/text.h"

namespace headway::api {

std::string_view to_string(Method m) {
  switch (m) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::other: break;
  }
  return "OTHER";
}

Reply done() {
  Reply reply;
  reply.body = R"({"success":true,"data":{}})";
  return reply;
}

Reply refuse(int status, std::string_view message) {
  Reply reply;
  reply.status = status;
  JsonWriter(reply.body)
      .begin_object()
      .field("success", false)
      .field("error", message)
      .end_object();
  return reply;
}

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return 400;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::unavailable:
    case ErrorKind::ambiguous:
    case ErrorKind::corrupt: return 503;
    case ErrorKind::too_large: return 413;
    case ErrorKind::forbidden: return 403;
    case ErrorKind::internal: break;
  }
  return 500;
}

Reply refuse(const Error& error) {
  const int status = status_of(error.kind);
  Reply reply;
  if (error.fields.empty()) {
    reply = refuse(status, to_valid_utf8(error.message));
  } else {
    reply.status = status;
    JsonWriter w(reply.body);
    w.begin_object().field("success", false).field("error", to_valid_utf8(error.message));
    w.key("data").begin_object().key("fieldErrors").begin_object();
    // One list a field, in the order in which the fields were first named.
    std::vector<bool> written(error.fields.size(), false);
    for (std::size_t i = 0; i < error.fields.size(); ++i) {
      if (written[i]) continue;
      w.key_text(to_valid_utf8(error.fields[i].field)).begin_array();
      for (std::size_t j = i; j < error.fields.size(); ++j) {
        if (error.fields[j].field != error.fields[i].field) continue;
        written[j] = true;
        w.text(to_valid_utf8(error.fields[j].message));
      }
      w.end_array();
    }
    w.end_object().end_object().end_object();
  }
  if (status == 503) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

}  // namespace headway::api
