// Collections of people: lists, their people, renaming, merging, exports.

#include <algorithm>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/collections.h"
#include "api/handlers.h"
#include "api/lead_codec.h"
#include "api/list.h"
#include "api/target.h"
#include "domain/plan_check.h"

namespace headway::api {

void write_job(JsonWriter& w, const std::optional<store::ImportJob>& job) {
  w.key("job");
  if (!job) {
    w.null();
    return;
  }
  w.begin_object()
      .field("id", std::to_string(job->id))
      .field("state", store::to_string(job->state))
      .text_or_null("error", job->error)
      .field("rows", job->rows)
      .field("accepted", job->accepted)
      .field("duplicate", job->duplicate)
      .field("rejected", job->rejected)
      .field("bytes", job->bytes)
      .key("bytes_total");
  job->bytes_total > 0 ? w.number(job->bytes_total) : w.null();
  w.field("started_at", job->started_at).field("ended_at", job->ended_at).end_object();
}

namespace {

void write_collection(JsonWriter& w, const store::CollectionRow& c) {
  w.begin_object()
      .field("id", c.id)
      .field("name", c.name)
      .field("leads", c.leads)
      .field("created_at", c.created_at);
  write_job(w, c.job);
  w.end_object();
}

Reply answer(Services& s, CollectionId id) {
  const auto row = s.reader.collection(id);
  if (!row) return refuse(row.error());
  return ok([&](JsonWriter& w) { write_collection(w, *row); });
}

}  // namespace

Reply list_collections(Services& s, const Request& r) {
  return plain_list(
      r, true, [&](const store::Paging& p) { return s.reader.collections(p); }, write_collection);
}

Reply get_collection(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CollectionId>(r);
  return id ? answer(s, *id) : refuse(id.error());
}

Reply collection_people(Services& s, const Request& r) {
  const auto id = path_id<CollectionId>(r);
  if (!id) return refuse(id.error());
  return plain_list(
      r, true, [&](const store::Paging& p) { return s.reader.people(*id, p); }, write_person);
}

Reply rename_collection(Services& s, const Request& r) {
  const auto id = path_id<CollectionId>(r);
  if (!id) return refuse(id.error());
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto name = body->text("name", true);
  if (name) domain::check_name(body->errors(), "name", *name);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto renamed = s.catalog.rename_collection(*id, *name, r.actor, r.now); !renamed) {
    return refuse(renamed.error());
  }
  return answer(s, *id);
}

Reply delete_collection(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto id = target<CollectionId>(r, body.fields());
  if (!id) return refuse(id.error());
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto gone = s.catalog.delete_collection(**id, r.actor, r.now); !gone) {
    return refuse(gone.error());
  }
  s.engine.plan_changed();
  return done();
}

Reply merge_collections(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto name = body->text("name", true);
  const auto from = body->ids<CollectionId>("collection_ids", true);
  if (name) domain::check_name(body->errors(), "name", *name);
  if (from && (from->empty() || from->size() > 100)) {
    body->error("collection_ids", "Name 1 to 100 collections");
  }
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  for (std::size_t i = 0; i < from->size(); ++i) {
    const auto row = s.reader.collection((*from)[i]);
    if (row) continue;
    if (row.error().kind != ErrorKind::not_found) return refuse(row.error());
    const Result<void> unknown =
        invalid("collection_ids." + std::to_string(i), "There is no such collection");
    return refuse(unknown.error());
  }
  const auto job = s.imports.merge(*name, *from, r.actor, r.now);
  if (!job) return refuse(job.error());
  return ok(
      [&](JsonWriter& w) {
        w.begin_object().field("id", job->collection);
        write_job(w, *job);
        w.end_object();
      },
      202);
}

Reply no_scraping(Services&, const Request& r) {
  return refuse(400, r.path.ends_with("groups")
                         ? "Headway does not scrape groups. Import the people who agreed to hear "
                           "from you: POST /api/v1/leads/import with leads or a CSV file"
                         : "Headway does not scrape pages. Import the people who agreed to hear "
                           "from you: POST /api/v1/leads/import with leads or a CSV file");
}

Reply rescrape_collection(Services& s, const Request& r) {
  const auto id = path_id<CollectionId>(r);
  if (!id) return refuse(id.error());
  if (const auto row = s.reader.collection(*id); !row) return refuse(row.error());
  return refuse(409,
                "The collection was imported and has no source to refresh from. Import again "
                "into it: POST /api/v1/leads/import with its collection_id");
}

Reply retry_collection(Services& s, const Request& r) {
  const auto id = path_id<CollectionId>(r);
  if (!id) return refuse(id.error());
  const auto row = s.reader.collection(*id);
  if (!row) return refuse(row.error());
  if (row->job && (row->job->state == store::ImportState::failed ||
                   row->job->state == store::ImportState::interrupted)) {
    return refuse(409, "The import is " + std::string(store::to_string(row->job->state)) +
                           " and its file is not kept. Send it again: POST /api/v1/leads/import "
                           "with this collection_id; people who are there already are duplicates");
  }
  return refuse(409, "There is nothing to try again: the import is " +
                         std::string(row->job ? store::to_string(row->job->state) : "done"));
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

namespace {
constexpr std::int64_t kRejectionsKept = 100'000;  // store::Imports
}

Reply collection_rejections(Services& s, const Request& r) {
  const auto id = path_id<CollectionId>(r);
  if (!id) return refuse(id.error());
  Query q(r.query);
  const std::string format = q.text("format").value_or("json");
  store::Paging paging = q.paging(false);
  if (format != "json" && format != "csv") q.error("format", "Must be json or csv");
  // The list of a job only grows at its end: a cursor is the number of rows before it.
  if (!paging.cursor.empty()) {
    const auto before = parse_id(paging.cursor);
    if (before) {
      paging.offset = *before;
    } else {
      q.error("cursor", "Is not one of ours");
    }
  }
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto row = s.reader.collection(*id);
  if (!row) return refuse(row.error());
  const std::int64_t job = row->job ? row->job->id : 0;
  if (format == "csv") {
    Reply reply;
    reply.content_type = "text/csv; charset=utf-8";
    reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"rejections.csv\"");
    reply.more = [&imports = s.imports, job, offset = std::int64_t{-1}]() mutable {
      std::string out;
      if (offset < 0) {
        offset = 0;
        out = "line,column,reason\r\n";
      }
      if (job == 0) return out;
      const auto rows = imports.rejections(job, offset, 1000);
      if (!rows) throw std::runtime_error(rows.error().message);
      offset += static_cast<std::int64_t>(rows->size());
      for (const store::ImportRejection& x : *rows) {
        out +=
            std::to_string(x.line) + "," + csv_cell(x.column) + "," + csv_cell(x.reason) + "\r\n";
      }
      return out;
    };
    return reply;
  }
  // They are numbered without gaps and never change: a cursor is the number of those before it.
  const std::int64_t offset = parse_id(paging.cursor).value_or(paging.offset);
  store::Page<store::ImportRejection> page;
  if (job != 0) {
    auto rows = s.imports.rejections(job, offset, paging.limit);
    if (!rows) return refuse(rows.error());
    page.items = std::move(*rows);
    page.total = std::min<std::int64_t>(row->job->rejected, kRejectionsKept);
    const std::int64_t next = offset + std::ssize(page.items);
    if (!page.items.empty() && next < page.total) page.next_cursor = std::to_string(next);
  }
  return list(page, paging.limit, offset, [](JsonWriter& w, const store::ImportRejection& x) {
    w.begin_object()
        .field("line", x.line)
        .field("column", x.column)
        .field("reason", x.reason)
        .end_object();
  });
}

namespace {

namespace json = boost::json;

// A page of people after another; the attributes that the first page has are columns, the others
// stand together in the last one.
class CsvExport {
 public:
  CsvExport(store::Reader& reader, CollectionId id) : reader_(reader), id_(id) {}

  std::string next() {
    if (ended_) return {};
    store::Paging paging;
    paging.limit = 500;
    paging.cursor = cursor_;
    const auto page = reader_.people(id_, paging);
    // The answer breaks off: a part must not pass for the whole.
    if (!page) throw std::runtime_error(page.error().message);
    std::string out;
    if (cursor_.empty()) out = header(page->items);
    for (const domain::Person& person : page->items) line(out, person);
    cursor_ = page->next_cursor;
    ended_ = cursor_.empty();
    return out;
  }

 private:
  static json::object attributes_of(const domain::Person& person) {
    boost::system::error_code bad;
    const json::value value =
        json::parse(person.attributes.empty() ? "{}" : person.attributes, bad);
    return !bad && value.is_object() ? value.as_object() : json::object{};
  }
  static std::string text_of(const json::value& value) {
    if (const json::string* s = value.if_string()) return std::string(s->data(), s->size());
    return json::serialize(value);
  }

  std::string header(const std::vector<domain::Person>& people) {
    std::string out = "external_id,name,email,phone,messenger_id,timezone,consent";
    for (const domain::Person& person : people) {
      for (const auto& item : attributes_of(person)) {
        const std::string key(item.key());
        if (columns_.size() < 200 &&
            std::find(columns_.begin(), columns_.end(), key) == columns_.end()) {
          columns_.push_back(key);
        }
      }
    }
    for (const std::string& column : columns_) out += "," + csv_cell(column);
    return out + ",other_attributes\r\n";
  }

  void line(std::string& out, const domain::Person& p) {
    for (const std::string* field :
         {&p.external_id, &p.name, &p.email, &p.phone, &p.messenger_id, &p.timezone, &p.consent}) {
      out += csv_cell(*field) + ",";
    }
    json::object attributes = attributes_of(p);
    for (const std::string& column : columns_) {
      if (const json::value* value = attributes.if_contains(column)) {
        out += csv_cell(text_of(*value));
        attributes.erase(column);
      }
      out += ",";
    }
    if (!attributes.empty()) out += csv_cell(json::serialize(attributes));
    out += "\r\n";
  }

  store::Reader& reader_;
  CollectionId id_;
  std::vector<std::string> columns_;
  std::string cursor_;
  bool ended_ = false;
};

}  // namespace

Reply export_collection(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CollectionId>(r);
  if (!id) return refuse(id.error());
  if (const auto row = s.reader.collection(*id); !row) return refuse(row.error());
  Reply reply;
  reply.content_type = "text/csv; charset=utf-8";
  reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"leads.csv\"");
  auto source = std::make_shared<CsvExport>(s.reader, *id);
  reply.more = [source] { return source->next(); };
  return reply;
}

}  // namespace headway::api
