// The workspace as a whole: its name, what this server can do, and the sample.

#include <array>

#include "api/engine_watch.h"
#include "api/gate.h"
#include "api/handlers.h"
#include "api/json_reader.h"
#include "api/list.h"
#include "api/router.h"
#include "api/stream_hub.h"
#include "domain/plan_check.h"

namespace headway::api {
namespace {

// What a client may want to know before it shows a button: read from the table of routes, so that it is
// true.
struct Capability {
  const char* name;
  Method method;
  std::string_view pattern;
};
constexpr std::array kCapabilities{
    Capability{"advice", Method::get, "/api/v1/campaigns/{id}/advice"},
    Capability{"compare", Method::get, "/api/v1/campaigns/compare"},
    Capability{"diagnosis", Method::get, "/api/v1/campaigns/{id}/diagnosis"},
    Capability{"forecast", Method::get, "/api/v1/campaigns/{id}/forecast"},
    Capability{"inbox_send", Method::post, "/api/v1/inbox/conversations/send"},
    Capability{"report", Method::get, "/api/v1/campaigns/{id}/report"},
    Capability{"webhooks", Method::get, "/api/v1/webhooks"},
};

bool is_there(const Capability& c) {
  const Match m = match(c.method, c.pattern);
  return m.route != nullptr && m.route->pattern == c.pattern;
}

void write_counts(JsonWriter& w, const store::SampleCounts& n) {
  w.begin_object()
      .field("campaigns", n.campaigns)
      .field("accounts", n.accounts)
      .field("collections", n.collections)
      .end_object();
}

Reply busy() {
  Reply reply = refuse(503, "The sample is being loaded or removed");
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

}  // namespace

Reply get_workspace(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto name = s.workspace.name();
  if (!name) return refuse(name.error());
  const auto sample = s.workspace.sample();
  if (!sample) return refuse(sample.error());
  const auto totals = s.reader.dashboard(r.now, 1);
  if (!totals) return refuse(totals.error());
  return ok([&](JsonWriter& w) {
    w.begin_object().field("name", *name).field("version", HEADWAY_VERSION).key("counts");
    w.begin_object()
        .field("campaigns",
               totals->campaigns_active + totals->campaigns_paused + totals->campaigns_finished)
        .field("accounts", totals->accounts)
        .field("collections", totals->collections)
        .field("people", totals->people)
        .end_object()
        .key("sample");
    if (sample->any()) {
      write_counts(w, *sample);
    } else {
      w.null();
    }
    w.key("capabilities").begin_object();
    for (const Capability& c : kCapabilities) w.field(c.name, is_there(c));
    w.end_object().end_object();
  });
}

Reply change_workspace(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto name = body->text("name", true);
  if (name) domain::check_name(body->errors(), "name", *name);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto renamed = s.workspace.rename(*name, r.actor, r.now); !renamed) {
    return refuse(renamed.error());
  }
  return ok([&](JsonWriter& w) { w.begin_object().field("name", *name).end_object(); });
}

Reply load_sample(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const Gate::Pass pass = s.sample_gate->enter(1, std::chrono::milliseconds{0});
  if (!pass) return busy();
  const auto there = s.workspace.sample();
  if (!there) return refuse(there.error());
  if (there->any()) return refuse(409, "The sample is there: remove it before it is loaded again");
  const auto campaigns = s.load_sample(r.now);
  if (!campaigns) return refuse(campaigns.error());
  s.engine.plan_changed();
  for (const CampaignId id : *campaigns) {
    const auto begin = [&](auto done) { s.engine.resume(id, r.actor, std::move(done)); };
    if (auto started = wait_for<store::PauseReceipt>(begin); !started) {
      return refuse(started.error());
    }
  }
  s.hub->changed(*campaigns);
  const auto made = s.workspace.sample();
  if (!made) return refuse(made.error());
  return ok([&](JsonWriter& w) { write_counts(w, *made); }, 201);
}

Reply remove_sample(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const Gate::Pass pass = s.sample_gate->enter(1, std::chrono::milliseconds{0});
  if (!pass) return busy();
  const auto there = s.workspace.sample();
  if (!there) return refuse(there.error());
  if (!there->any()) return refuse(404, "There is no sample in this workspace");
  const auto active = s.workspace.active_sample_campaigns();
  if (!active) return refuse(active.error());
  for (const CampaignId id : *active) {
    const auto begin = [&](auto done) {
      s.engine.pause(id, r.actor, "The sample is removed", std::move(done));
    };
    if (auto paused = wait_for<engine::PauseAnswer>(begin); !paused) return refuse(paused.error());
  }
  const auto removal = s.workspace.remove_sample(r.actor, r.now);
  if (!removal) return refuse(removal.error());
  s.engine.plan_changed();
  s.hub->changed(removal->changed);
  return ok([&](JsonWriter& w) {
    w.begin_object().key("removed");
    write_counts(w, removal->removed);
    w.key("kept");
    write_counts(w, removal->kept);
    w.field("people", removal->people).field("leads", removal->leads).end_object();
  });
}

}  // namespace headway::api
