// POST /events: facts told by an outside sender, in batches, as they come.

#include <array>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include "api/engine_watch.h"
#include "api/event_input.h"
#include "api/gate.h"
#include "api/handlers.h"
#include "api/json_reader.h"
#include "api/list.h"
#include "base/text.h"

namespace headway::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kBatch = 10'000;
constexpr std::size_t kRejectedMax = 1000;  // named in an answer; all are counted

class EventBatches {
 public:
  EventBatches(Services& s, Instant now) : s_(s), now_(now) {}

  // `line`: of the body, from 1.
  Result<void> add(std::int64_t line, const json::value& value) {
    store::InboundEvent event;
    const json::object* object = value.if_object();
    if (object == nullptr) {
      reject(line, "", "Must be an object");
      return {};
    }
    if (auto read = read_event(*object, now_, event); !read) {
      std::string why;
      for (const FieldError& e : read.error().fields) {
        why += (why.empty() ? "" : "; ") + e.field + ": " + e.message;
      }
      reject(line, event.event_id, why);
      return {};
    }
    events_.push_back(std::move(event));
    lines_.push_back(line);
    return events_.size() >= kBatch ? flush() : Result<void>{};
  }

  Result<void> add_line(std::int64_t line, std::string_view text) {
    text = trim(text);
    if (text.empty()) return {};
    if (text.size() > kEventLineBytesMax) {
      reject(line, "", "The line is longer than 64 KiB");
      return {};
    }
    if (!is_utf8(text)) {
      reject(line, "", "Is not UTF-8");
      return {};
    }
    std::array<unsigned char, 8192> memory;
    json::monotonic_resource arena(memory.data(), memory.size());
    boost::system::error_code bad;
    const json::value value = json::parse({text.data(), text.size()}, bad, &arena);
    if (bad) {
      reject(line, "", "Is not JSON: " + bad.message());
      return {};
    }
    return add(line, value);
  }

  void reject(std::int64_t line, std::string id, std::string why) {
    ++rejected_total_;
    if (rejected_.size() < kRejectedMax) {
      rejected_.push_back({line, std::move(id), std::move(why)});
    }
  }

  Result<void> flush() {
    if (events_.empty()) return {};
    const Gate::Pass pass =
        s_.event_gate->enter(static_cast<std::int64_t>(events_.size()), std::chrono::seconds{10});
    if (!pass) return fail(ErrorKind::unavailable, "Too many events are waiting");
    std::vector<std::string> ids;
    ids.reserve(events_.size());
    for (const store::InboundEvent& e : events_) ids.push_back(e.event_id);
    const auto begin = [&](auto done) { s_.engine.submit(std::move(events_), std::move(done)); };
    const auto results = wait_for<store::EventResults>(begin, std::chrono::seconds{60});
    events_.clear();
    if (!results) return tl::unexpected(results.error());
    for (std::size_t i = 0; i < results->answers.size() && i < ids.size(); ++i) {
      const store::EventAnswer& answer = results->answers[i];
      switch (answer.verdict) {
        case store::EventVerdict::accepted: ++accepted_; break;
        case store::EventVerdict::duplicate: ++duplicate_; break;
        case store::EventVerdict::unmatched: ++unmatched_; break;
        case store::EventVerdict::rejected:
          reject(lines_[i], std::move(ids[i]), answer.error);
          break;
      }
    }
    lines_.clear();
    return {};
  }

  Reply answer() const {
    return ok([&](JsonWriter& w) {
      w.begin_object()
          .field("accepted", accepted_ + unmatched_)
          .field("duplicate", duplicate_)
          .field("unmatched", unmatched_)
          .field("rejected_total", rejected_total_)
          .key("rejected")
          .begin_array();
      for (const Rejected& x : rejected_) {
        w.begin_object().field("line", x.line).text_or_null("id", x.id).field("error", x.why);
        w.end_object();
      }
      w.end_array().end_object();
    });
  }

  // The events before are applied: the same body again counts them as duplicates.
  Reply broken_off(const Error& e) const {
    Error told = e;
    told.message += ". " + std::to_string(accepted_ + unmatched_) +
                    " events were taken before; sending all of them again is safe";
    return refuse(told);
  }

 private:
  struct Rejected {
    std::int64_t line;
    std::string id, why;
  };
  Services& s_;
  Instant now_;
  std::vector<store::InboundEvent> events_;
  std::vector<std::int64_t> lines_;
  std::vector<Rejected> rejected_;
  std::int64_t accepted_ = 0, duplicate_ = 0, unmatched_ = 0, rejected_total_ = 0;
};

Reply post_lines(Services& s, const Request& r, BodySource& source) {
  EventBatches batches(s, r.now);
  std::string rest;
  std::int64_t line = 0;
  bool skipping = false;  // inside a line that is too long
  while (true) {
    auto piece = source.next();
    if (!piece) {
      if (auto kept = batches.flush(); !kept) return batches.broken_off(kept.error());
      return batches.broken_off(piece.error());
    }
    if (piece->empty()) break;
    std::string_view text;
    if (rest.empty()) {
      text = *piece;
    } else {
      rest += *piece;
      text = rest;
    }
    for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
      ++line;
      if (std::exchange(skipping, false)) continue;
      if (auto added = batches.add_line(line, text.substr(0, end)); !added) {
        return batches.broken_off(added.error());
      }
    }
    if (skipping) text = {};
    if (text.size() > kEventLineBytesMax) {
      batches.reject(line + 1, "", "The line is longer than 64 KiB");
      skipping = true;
      text = {};
    }
    rest = std::string(text);
  }
  if (!skipping) {
    if (auto added = batches.add_line(line + 1, rest); !added) {
      return batches.broken_off(added.error());
    }
  }
  if (auto flushed = batches.flush(); !flushed) return batches.broken_off(flushed.error());
  return batches.answer();
}

Reply post_list(Services& s, const Request& r, BodySource& source) {
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
  const json::array* events = body->array("events", true);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  EventBatches batches(s, r.now);
  for (std::size_t i = 0; i < events->size(); ++i) {
    if (auto added = batches.add(static_cast<std::int64_t>(i + 1), (*events)[i]); !added) {
      return batches.broken_off(added.error());
    }
  }
  if (auto flushed = batches.flush(); !flushed) return batches.broken_off(flushed.error());
  return batches.answer();
}

}  // namespace

Reply post_events(Services& s, const Request& r, BodySource& source) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  return r.content_type == "application/x-ndjson" ? post_lines(s, r, source)
                                                  : post_list(s, r, source);
}

}  // namespace headway::api
