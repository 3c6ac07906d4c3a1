// Conversations: what people answered.

#include "api/handlers.h"
#include "api/list.h"
#include "api/target.h"

namespace headway::api {
namespace {

void write_conversation(JsonWriter& w, const store::ConversationRow& c) {
  w.begin_object().field("id", c.id).key("account");
  w.begin_object().field("id", c.account).field("name", c.account_name).end_object();
  w.field("name", c.person_name).field("lead_id", c.lead).key("campaign");
  if (c.campaign) {
    w.begin_object().field("id", c.campaign).field("name", c.campaign_name).end_object();
  } else {
    w.null();
  }
  w.field("unread", c.unread)
      .field("replied", c.replied)
      .field("booked", c.booked)
      .field("archived", c.archived)
      .field("last_text", c.last_text)
      .field("last_at", c.last_at)
      .end_object();
}

}  // namespace

Reply list_conversations(Services& s, const Request& r) {
  return plain_list(
      r, true, [&](const store::Paging& p) { return s.reader.conversations(p); },
      write_conversation);
}

Reply search_conversations(Services& s, const Request& r) {
  Query q(r.query);
  store::Paging paging = q.paging(false);
  paging.search = q.text("q", true).value_or("");
  if (q.has("q") && paging.search.empty()) q.error("q", "Must not be empty");
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto page = s.reader.conversations(paging);
  if (!page) return refuse(page.error());
  return list(*page, paging.limit, paging.offset, write_conversation);
}

Reply unread_count(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto n = s.reader.unread_count();
  if (!n) return refuse(n.error());
  return ok([&](JsonWriter& w) { w.begin_object().field("count", *n).end_object(); });
}

Reply conversation_messages(Services& s, const Request& r) {
  const auto id = path_id<ConversationId>(r);
  if (!id) return refuse(id.error());
  return plain_list(
      r, false, [&](const store::Paging& p) { return s.reader.conversation_messages(*id, p); },
      [](JsonWriter& w, const store::ConversationMessage& m) {
        w.begin_object()
            .field("id", std::to_string(m.id))
            .field("direction", m.inbound ? "in" : "out")
            .field("at", m.at)
            .field("text", m.text)
            .key("step");
        m.step > 0 ? w.number(std::int64_t{m.step}) : w.null();
        w.end_object();
      });
}

Reply change_conversation(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto id = target<ConversationId>(r, body.fields());
  if (!id) return refuse(id.error());
  store::Catalog::ConversationChange change;
  change.unread = body->boolean("unread");
  change.archived = body->boolean("archived");
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto changed = s.catalog.update_conversation(**id, change, r.actor, r.now); !changed) {
    return refuse(changed.error());
  }
  return ok([&](JsonWriter& w) {
    w.begin_object().field("id", **id);
    if (change.unread) w.field("unread", *change.unread);
    if (change.archived) w.field("archived", *change.archived);
    w.end_object();
  });
}

Reply delete_conversation(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto id = target<ConversationId>(r, body.fields());
  if (!id) return refuse(id.error());
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto gone = s.catalog.delete_conversation(**id, r.actor, r.now); !gone) {
    return refuse(gone.error());
  }
  return done();
}

}  // namespace headway::api
