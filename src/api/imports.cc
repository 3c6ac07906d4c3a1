// POST /leads/import: a list of leads, a CSV text, or the raw file, read as it comes.

#include <boost/json/serialize.hpp>

#include "api/collections.h"
#include "api/gate.h"
#include "api/handlers.h"
#include "api/import_job.h"
#include "api/json_reader.h"
#include "api/list.h"
#include "domain/plan_check.h"

namespace headway::api {
namespace {

namespace json = boost::json;

Reply accepted(const store::ImportJob& job) {
  return ok(
      [&](JsonWriter& w) {
        w.begin_object().field("id", job.collection);
        write_job(w, job);
        w.end_object();
      },
      202);
}

Result<void> check_target(Services& s, const std::optional<CollectionId>& into) {
  if (!into) return {};
  const auto row = s.reader.collection(*into);
  if (row) return {};
  if (row.error().kind != ErrorKind::not_found) return tl::unexpected(row.error());
  return invalid("collection_id", "There is no such collection");
}

Reply import_file(Services& s, const Request& r, BodySource& source) {
  Query q(r.query);
  ImportRequest request;
  request.actor = r.actor;
  request.into = q.id<CollectionId>("collection_id");
  request.name = q.text("name", !request.into).value_or("");
  request.map = q.text("map").value_or("");
  std::vector<FieldError> errors;
  if (!request.name.empty()) domain::check_name(errors, "name", request.name);
  read_csv_options(q.text("encoding").value_or(""), q.text("delimiter").value_or(""), request.csv,
                   errors);
  for (FieldError& e : errors) q.error(e.field, std::move(e.message));
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  if (auto there = check_target(s, request.into); !there) return refuse(there.error());
  if (r.content_length > 0) request.bytes_total = r.content_length;

  CsvImport import(std::move(request), s.imports, s.clock);
  while (true) {
    auto piece = source.next();
    if (!piece) {
      import.abandon(
          store::ImportState::interrupted,
          "The upload broke off: " + piece.error().message +
              ". What was read before is kept; send the file again into this collection");
      return refuse(piece.error());
    }
    if (piece->empty()) break;
    if (auto fed = import.feed(*piece); !fed) {
      import.abandon(store::ImportState::failed, fed.error().message);
      return refuse(fed.error());
    }
  }
  const auto job = import.finish();
  if (!job) {
    import.abandon(store::ImportState::failed, job.error().message);
    return refuse(job.error());
  }
  return accepted(*job);
}

std::string text_of(Fields& f, std::string_view name) {
  const json::value* value = f.take(name);
  if (value == nullptr || value->is_null()) return {};
  if (const json::string* s = value->if_string()) return std::string(s->data(), s->size());
  if (value->is_int64() || value->is_uint64()) return json::serialize(*value);  // "external_id": 17
  f.error(name, "Must be a text");
  return {};
}

// One lead of a list. The first thing that is wrong with it.
Result<domain::Person> read_person(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return invalid("", "Must be an object");
  std::vector<FieldError> errors;
  Fields f(*object, errors);
  domain::Person p;
  p.external_id = text_of(f, "external_id");
  p.name = text_of(f, "name");
  p.email = text_of(f, "email");
  p.phone = text_of(f, "phone");
  p.messenger_id = text_of(f, "messenger_id");
  p.timezone = text_of(f, "timezone");
  p.consent = text_of(f, "consent");
  p.attributes = "{}";
  if (!f.is_null("attributes")) {
    if (const json::object* attributes = f.object("attributes")) {
      auto encoded = domain::encode_attributes(*attributes);
      if (!encoded) return tl::unexpected(encoded.error());
      p.attributes = std::move(*encoded);
    }
  }
  f.refuse_the_rest();
  if (errors.empty()) {
    if (const auto bad = domain::check_person(p)) errors.push_back(*bad);
  }
  if (!errors.empty()) return invalid(std::move(errors));
  return p;
}

Result<store::ImportJob> import_list(Services& s, const ImportRequest& request,
                                     const json::array& leads) {
  ImportBatches batches(s.imports, s.clock);
  if (auto begun = batches.begin(request); !begun) return tl::unexpected(begun.error());
  for (std::size_t i = 0; i < leads.size() && !batches.problem(); ++i) {
    auto person = read_person(leads[i]);
    if (person) {
      batches.person(std::move(*person));
      continue;
    }
    const Error& e = person.error();
    const bool named = !e.fields.empty();
    batches.rejection({static_cast<std::int64_t>(i + 1), named ? e.fields.front().field : "",
                       named ? e.fields.front().message : e.message});
  }
  return batches.finish(store::ImportState::done, "");
}

Result<store::ImportJob> import_text(Services& s, ImportRequest request, std::string_view csv) {
  request.bytes_total = static_cast<std::int64_t>(csv.size());
  CsvImport import(std::move(request), s.imports, s.clock);
  constexpr std::size_t kPiece = 1 << 18;
  for (std::size_t at = 0; at < csv.size(); at += kPiece) {
    if (auto fed = import.feed(csv.substr(at, kPiece)); !fed) {
      import.abandon(store::ImportState::failed, fed.error().message);
      return tl::unexpected(fed.error());
    }
  }
  auto job = import.finish();
  if (!job) import.abandon(store::ImportState::failed, job.error().message);
  return job;
}

Reply import_json(Services& s, const Request& r, BodySource& source) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  std::string text;
  while (true) {
    auto piece = source.next();
    if (!piece) return refuse(piece.error());
    if (piece->empty()) break;
    text += *piece;
  }
  auto object = parse_object(text);
  if (!object) return refuse(object.error());
  text = {};
  Body body(std::move(*object));
  ImportRequest request;
  request.actor = r.actor;
  request.into = body->id<CollectionId>("collection_id");
  request.name = body->text("name", !request.into).value_or("");
  if (!request.name.empty()) domain::check_name(body->errors(), "name", request.name);
  const json::array* leads = body->array("leads");
  const auto csv = body->text("csv");
  request.map = body->text("map").value_or("");
  read_csv_options(body->text("encoding").value_or(""), body->text("delimiter").value_or(""),
                   request.csv, body->errors());
  if (leads != nullptr && csv) body->error("csv", "Give either leads or csv");
  if (leads == nullptr && !csv && body->errors().empty()) {
    body->error("leads", "Required (or csv, or the file itself as text/csv)");
  }
  if (leads != nullptr && leads->empty()) body->error("leads", "Must not be empty");
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto there = check_target(s, request.into); !there) return refuse(there.error());
  const auto job =
      leads != nullptr ? import_list(s, request, *leads) : import_text(s, std::move(request), *csv);
  return job ? accepted(*job) : refuse(job.error());
}

}  // namespace

// The upload that is going on is refused with its next batch, for its job has ended.
Reply cancel_import(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CollectionId>(r);
  if (!id) return refuse(id.error());
  const auto row = s.reader.collection(*id);
  if (!row) return refuse(row.error());
  if (!row->job || row->job->state != store::ImportState::running) {
    return refuse(409, "There is nothing to cancel: the import is " +
                           std::string(row->job ? store::to_string(row->job->state) : "done"));
  }
  const auto job = s.imports.end(row->job->id, store::ImportState::cancelled,
                                 "Cancelled. What was read before is kept", r.now);
  if (!job) return refuse(job.error());
  s.engine.plan_changed();  // some people came
  return ok([&](JsonWriter& w) {
    w.begin_object().field("id", job->collection);
    write_job(w, *job);
    w.end_object();
  });
}

Reply import_leads(Services& s, const Request& r, BodySource& source) {
  const Gate::Pass pass = s.import_gate->enter(1, std::chrono::seconds{2});
  if (!pass) {
    Reply busy = refuse(503, "Other imports are running: try again in a moment");
    busy.headers.emplace_back("Retry-After", "5");
    return busy;
  }
  Reply reply =
      r.content_type == "text/csv" ? import_file(s, r, source) : import_json(s, r, source);
  s.engine.plan_changed();  // campaigns may have been waiting for people
  return reply;
}

}  // namespace headway::api
