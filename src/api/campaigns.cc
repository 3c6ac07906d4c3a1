// Reading campaigns.

#include "api/figures.h"
#include "api/handlers.h"
#include "api/list.h"

namespace headway::api {

void write_activity(JsonWriter& w, const store::ActivityEntry& e) {
  w.begin_object()
      .field("id", std::to_string(e.id))
      .field("at", e.at)
      .field("kind", e.kind)
      .field("actor", e.actor)
      .field("text", e.text)
      .key("detail")
      .raw(e.detail.empty() ? std::string_view("{}") : std::string_view(e.detail))
      .end_object();
}

Reply list_campaigns(Services& s, const Request& r) {
  return plain_list(
      r, true, [&](const store::Paging& p) { return s.reader.campaigns(p, r.now); },
      [&](JsonWriter& w, const store::CampaignSnapshot& c) { write_campaign(w, s, c, r.now); });
}

Reply count_campaigns(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto n = s.reader.campaign_count();
  if (!n) return refuse(n.error());
  return ok([&](JsonWriter& w) { w.begin_object().field("count", *n).end_object(); });
}

Reply get_campaign(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  return ok([&](JsonWriter& w) { write_campaign(w, s, *c, r.now); });
}

Reply campaign_activity(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  return plain_list(
      r, false, [&](const store::Paging& p) { return s.reader.activity(*id, p); },
      [](JsonWriter& w, const store::ActivityEntry& e) { write_activity(w, e); });
}

}  // namespace headway::api
