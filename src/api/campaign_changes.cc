// Making, changing, starting and stopping campaigns.

#include <algorithm>

#include "api/engine_watch.h"
#include "api/figures.h"
#include "api/handlers.h"
#include "api/list.h"
#include "api/plan_input.h"
#include "api/start_check.h"
#include "api/stream_hub.h"
#include "api/target.h"
#include "domain/plan_check.h"

namespace headway::api {
namespace {

void add_errors(std::vector<FieldError>& errors, std::vector<FieldError> more) {
  for (FieldError& e : more) {
    const bool said = std::any_of(errors.begin(), errors.end(),
                                  [&e](const FieldError& have) { return have.field == e.field; });
    if (!said) errors.push_back(std::move(e));
  }
}

// Collections and accounts that are named must be there.
Result<void> check_references(const Services& s, const CampaignInput& in, Fields& f) {
  const auto note = [&f](const Error& e, std::string path, const char* message) -> Result<void> {
    if (e.kind != ErrorKind::not_found) return tl::unexpected(e);
    f.errors().push_back({std::move(path), message});
    return {};
  };
  for (std::size_t i = 0; in.collections && i < in.collections->size(); ++i) {
    const auto row = s.reader.collection((*in.collections)[i]);
    if (row) continue;
    const auto noted = note(row.error(), f.path("collection_ids.") + std::to_string(i),
                            "There is no such collection");
    if (!noted) return noted;
  }
  for (std::size_t i = 0; in.accounts && i < in.accounts->size(); ++i) {
    const auto row = s.reader.account((*in.accounts)[i]);
    if (row) continue;
    const auto noted =
        note(row.error(), f.path("account_ids.") + std::to_string(i), "There is no such account");
    if (!noted) return noted;
  }
  return {};
}

Reply answer(const Services& s, CampaignId id, Instant now, int status = 200,
             const std::string& more = "") {
  const auto c = s.reader.campaign(id, now);
  if (!c) return refuse(c.error());
  return ok([&](JsonWriter& w) { write_campaign(w, s, *c, now, true, more); }, status);
}

Result<void> start(Services& s, CampaignId id, const Request& r) {
  const auto c = s.reader.campaign(id, r.now);
  if (!c) return tl::unexpected(c.error());
  if (c->plan.state == domain::CampaignState::finished) {
    return fail(ErrorKind::conflict, "The campaign is finished: it cannot be started again");
  }
  auto problems = start_problems(s, *c);
  if (!problems) return tl::unexpected(problems.error());
  if (!problems->empty()) return invalid(std::move(*problems));
  const auto begin = [&](auto done) { s.engine.resume(id, r.actor, std::move(done)); };
  auto receipt = wait_for<store::PauseReceipt>(begin);
  if (!receipt) return tl::unexpected(receipt.error());
  return {};
}

// The receipt, as a field of the campaign's answer.
Result<std::string> stop(Services& s, CampaignId id, const Request& r) {
  const auto begin = [&](auto done) {
    s.engine.pause(id, r.actor, "paused by " + r.actor, std::move(done));
  };
  const auto pause = wait_for<engine::PauseAnswer>(begin);
  if (!pause) return tl::unexpected(pause.error());
  std::string more;
  JsonWriter w(more);
  w.key("pause")
      .begin_object()
      .field("in_flight", pause->in_flight)
      .field("last_handed_over_at", pause->last_handed_over_at)
      .end_object();
  return more;
}

}  // namespace

Reply create_campaign(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const CampaignInput in = read_campaign(body.fields(), false);
  domain::CampaignPlan plan;
  apply(in, plan);
  if (in.name) add_errors(body->errors(), domain::check_campaign(plan));
  if (auto known = check_references(s, in, body.fields()); !known) return refuse(known.error());
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (plan.active_hours) domain::sort_ranges(*plan.active_hours);
  for (domain::Step& step : plan.steps) {
    for (domain::Variant& v : step.variants) v.id = VariantId{};
  }
  const auto made = s.catalog.create_campaign(plan, r.actor, r.now);
  if (!made) return refuse(made.error());
  s.engine.plan_changed();
  s.hub->changed({made->id});
  if (in.paused == false) {
    // What is missing leaves it paused; the answer's `paused` says so.
    if (auto started = start(s, made->id, r);
        !started && started.error().kind != ErrorKind::invalid) {
      return refuse(started.error());
    }
  }
  return answer(s, made->id, r.now, 201);
}

Reply change_campaign(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto id = target<CampaignId>(r, body.fields());
  if (!id) return refuse(id.error());
  const CampaignInput in = read_campaign(body.fields(), true);
  if (!*id) return refuse(body.finish().error());
  const auto stored = s.reader.campaign(**id, r.now);
  if (!stored) return refuse(stored.error());
  domain::CampaignPlan next = stored->plan;
  apply(in, next);
  const bool plan_said = in.name || in.collections || in.accounts || in.steps || in.active_hours ||
                         in.daily_limit || in.attribution_days || in.variant_mode ||
                         in.variant_metric || in.auto_pause;
  if (plan_said) add_errors(body->errors(), domain::check_campaign(next));
  if (auto known = check_references(s, in, body.fields()); !known) return refuse(known.error());
  if (auto bad = body.finish(); !bad) return refuse(bad.error());

  store::CampaignChange change;
  change.name = in.name;
  if (in.collections) {
    std::vector<CollectionId> added;
    for (const CollectionId c : *in.collections) {
      const auto& have = stored->plan.collections;
      if (std::find(have.begin(), have.end(), c) == have.end()) added.push_back(c);
    }
    // Leads are never taken out of a campaign.
    for (const CollectionId c : stored->plan.collections) {
      if (std::find(in.collections->begin(), in.collections->end(), c) == in.collections->end()) {
        const Result<void> kept =
            invalid("collection_ids", "Leads stay in a campaign: name the collections it has, too");
        return refuse(kept.error());
      }
    }
    if (!added.empty()) change.add_collections = std::move(added);
  }
  change.accounts = in.accounts;
  change.steps = in.steps;
  change.active_hours = in.active_hours;
  if (change.active_hours && *change.active_hours) domain::sort_ranges(**change.active_hours);
  change.daily_limit = in.daily_limit;
  change.attribution_days = in.attribution_days;
  change.variant_mode = in.variant_mode;
  change.variant_metric = in.variant_metric;
  change.auto_pause = in.auto_pause;
  change.expected_version = in.plan_version;

  std::string more;
  if (in.paused == true) {  // first: nothing goes out under the old plan any more
    auto receipt = stop(s, **id, r);
    if (!receipt) return refuse(receipt.error());
    more = std::move(*receipt);
  }
  const bool changes = change.name || change.add_collections || change.accounts || change.steps ||
                       change.active_hours || change.daily_limit || change.attribution_days ||
                       change.variant_mode || change.variant_metric || change.auto_pause ||
                       change.expected_version;
  if (changes) {
    const auto changed = s.catalog.update_campaign(**id, change, r.actor, r.now);
    if (!changed) return refuse(changed.error());
    s.engine.plan_changed();
    s.hub->changed({**id});
  }
  if (in.paused == false) {
    if (auto started = start(s, **id, r); !started) return refuse(started.error());
  }
  return answer(s, **id, s.clock.wall(), 200, more);
}

Reply destroy_campaign(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto id = target<CampaignId>(r, body.fields());
  if (!id) return refuse(id.error());
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto gone = s.catalog.destroy_campaign(**id, r.actor, r.now); !gone) {
    return refuse(gone.error());
  }
  s.engine.plan_changed();
  s.hub->changed({**id});
  return done();
}

namespace {

template <class Change>
Reply change_assignment(Services& s, const Request& r, Change&& change) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto campaign = body->id<CampaignId>("campaign_id", true);
  const auto account = body->id<AccountId>("account_id", true);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const Result<void> changed = change(*campaign, *account);
  if (!changed) return refuse(changed.error());
  s.engine.plan_changed();
  s.hub->changed({*campaign});
  return answer(s, *campaign, s.clock.wall());
}

}  // namespace

Reply add_campaign_account(Services& s, const Request& r) {
  return change_assignment(s, r, [&](CampaignId c, AccountId a) {
    return s.catalog.add_campaign_account(c, a, r.actor, r.now);
  });
}

Reply remove_campaign_account(Services& s, const Request& r) {
  return change_assignment(s, r, [&](CampaignId c, AccountId a) {
    return s.catalog.remove_campaign_account(c, a, r.actor, r.now);
  });
}

Reply duplicate_campaign(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto name = body->text("name");
  const bool with_leads = body->boolean("leads").value_or(true);
  if (name) domain::check_name(body->errors(), "name", *name);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const auto stored = s.reader.campaign(*id, r.now);
  if (!stored) return refuse(stored.error());
  domain::CampaignPlan copy;
  copy.name = name.value_or(stored->plan.name + " (copy)");
  if (copy.name.size() > domain::kNameBytesMax) copy.name = stored->plan.name;
  if (with_leads) copy.collections = stored->plan.collections;
  copy.accounts = stored->plan.accounts;
  copy.steps = stored->plan.steps;
  for (domain::Step& step : copy.steps) {
    std::erase_if(step.variants, [](const domain::Variant& v) { return v.retired; });
    for (domain::Variant& v : step.variants) v.id = VariantId{};
  }
  copy.active_hours = stored->plan.active_hours;
  copy.daily_limit = stored->plan.daily_limit;
  copy.attribution_days = stored->plan.attribution_days;
  copy.variant_mode = stored->plan.variant_mode;
  copy.variant_metric = stored->plan.variant_metric;
  copy.auto_pause = stored->plan.auto_pause;
  const auto made = s.catalog.create_campaign(copy, r.actor, r.now);
  if (!made) return refuse(made.error());
  s.engine.plan_changed();
  return answer(s, made->id, r.now, 201);
}

}  // namespace headway::api
