// The leads of a campaign: lists with every filter, one lead's story, leads in doubt, previews.

#include "api/engine_watch.h"
#include "api/figures.h"
#include "api/handlers.h"
#include "api/json_reader.h"
#include "api/lead_codec.h"
#include "api/lead_export.h"
#include "api/list.h"
#include "domain/template.h"

namespace headway::api {
namespace {

int steps_of(const store::CampaignSnapshot& c) { return static_cast<int>(c.plan.steps.size()); }

// An id, or the name of the one text that is called so.
std::optional<VariantId> find_variant(const store::CampaignSnapshot& c, const std::string& text,
                                      std::optional<int> step) {
  if (const auto id = parse_id(text)) return VariantId{*id};
  std::optional<VariantId> found;
  for (std::size_t i = 0; i < c.plan.steps.size(); ++i) {
    if (step && *step != static_cast<int>(i + 1)) continue;
    for (const domain::Variant& v : c.plan.steps[i].variants) {
      if (v.retired || v.name != text) continue;
      if (found) return std::nullopt;
      found = v.id;
    }
  }
  return found;
}

struct LeadQuestion {
  store::LeadFilter filter;
  store::LeadPaging paging;
  std::optional<domain::Reason> reason;
  std::optional<std::string> variant;
  bool csv = false;
};

void read_facts(Query& q, store::LeadFilter& f) {
  const std::pair<const char*, bool*> flags[] = {{"contacted", &f.contacted},
                                                 {"replied", &f.replied},
                                                 {"booked", &f.booked},
                                                 {"opted_out", &f.opted_out}};
  for (const auto& [name, flag] : flags) {
    const auto said = q.boolean(name);
    if (said && !*said) q.error(name, "Must be true, or absent");
    *flag = said.value_or(false);
  }
  if (const auto step = q.integer("delivered_step", 1, domain::kStepsMax)) {
    f.delivered_step = static_cast<int>(*step);
  }
  if (const auto ended = q.text("ended_by")) {
    f.ended_by = domain::parse_ended_by(*ended);
    if (!f.ended_by) {
      q.error("ended_by", "Must be completed, replied, booked, opted_out, suppressed or failed");
    }
  }
}

LeadQuestion read_question(Query& q) {
  LeadQuestion question;
  store::LeadFilter& f = question.filter;
  if (const auto status = q.text("status")) {
    f.status = domain::parse_status(*status);
    if (!f.status) q.error("status", "Must be pending, partial, sent or failed");
  }
  if (const auto reason = q.text("reason")) {
    question.reason = domain::parse_reason(*reason);
    if (!question.reason || *question.reason == domain::Reason::none) {
      q.error("reason", "Unknown reason");
    }
  }
  f.account = q.id<AccountId>("account_id");
  if (const auto failure = q.text("failure_class")) {
    f.failure = domain::parse_failure_class(*failure);
    if (!f.failure) q.error("failure_class", "Unknown class");
  }
  question.variant = q.text("variant");
  if (const auto step = q.integer("step", 0, domain::kStepsMax)) f.step = static_cast<int>(*step);
  f.collection = q.id<CollectionId>("collection_id");
  read_facts(q, f);
  const store::Paging paging = q.paging(true);
  f.search = paging.search;
  question.paging.limit = paging.limit;
  question.paging.cursor = paging.cursor;
  question.paging.at = q.integer("at", 0, 1'000'000'000'000);
  if (!question.paging.at && paging.cursor.empty() && paging.offset > 0) {
    question.paging.at = paging.offset;
  }
  if (question.paging.at && !paging.cursor.empty()) q.error("at", "Give either at or cursor");
  const std::string format = q.text("format").value_or("json");
  question.csv = format == "csv";
  if (format != "json" && format != "csv") q.error("format", "Must be json or csv");
  for (const char* name : {"limit", "offset", "cursor", "at"}) {
    if (question.csv && q.has(name)) q.error(name, "A CSV file has all of them: leave it out");
  }
  return question;
}

template <class WriteMore>
Reply lead_list(const store::Page<store::LeadRow>& page, int limit,
                const store::CampaignSnapshot& c, const domain::ReasonContext& context,
                WriteMore&& more) {
  return ok([&](JsonWriter& w) {
    w.begin_object().key("items").begin_array();
    for (const store::LeadRow& lead : page.items) {
      write_lead(w, lead, steps_of(c), context, more(lead));
    }
    w.end_array()
        .field("total", page.total)
        .field("total_exact", page.total_exact)
        .field("limit", limit)
        .field("offset", page.rank_start)
        .field("rank_start", page.rank_start)
        .text_or_null("next_cursor", page.next_cursor)
        .end_object();
  });
}

std::string nothing_more(const store::LeadRow&) { return {}; }

}  // namespace

Reply campaign_leads(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  Query q(r.query);
  LeadQuestion question = read_question(q);
  question.filter.now = r.now;
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  const domain::ReasonContext context = reason_context(s, *c, r.now);
  if (question.variant) {
    question.filter.variant = find_variant(*c, *question.variant, question.filter.step);
    if (!question.filter.variant) {
      return refuse(Result<void>(invalid("variant",
                                         "Must be an id, or the name of one variant "
                                         "(with step when several steps have it)"))
                        .error());
    }
  }
  if (question.reason) {
    filter_by_reason(question.filter, *question.reason, *c, context);
    if (question.filter.places.empty() && !question.csv) {
      return lead_list({}, question.paging.limit, *c, context, nothing_more);
    }
  }
  if (question.csv) {
    const bool nothing = question.reason && question.filter.places.empty();
    return export_leads(s.reader, *id, question.filter, context, steps_of(*c), nothing);
  }
  const auto page = s.reader.leads(*id, question.filter, question.paging);
  if (!page) return refuse(page.error());
  return lead_list(*page, question.paging.limit, *c, context, nothing_more);
}

namespace {

void write_message(JsonWriter& w, const store::MessageRow& m) {
  w.begin_object()
      .field("step", m.step)
      .field("attempt", m.attempt)
      .field("variant_id", m.variant)
      .text_or_null("variant", m.variant_name)
      .key("account");
  if (m.account) {
    w.begin_object().field("id", m.account).field("name", m.account_name).end_object();
  } else {
    w.null();
  }
  w.field("outcome", m.outcome);
  const auto time = [&w](std::string_view name, Instant t) {
    t == Instant{} ? w.key(name).null() : w.field(name, t);
  };
  time("handed_over_at", m.handed_over_at);
  time("at", m.at);
  w.key("failure_class");
  m.failure == domain::FailureClass::none ? w.null() : w.text(domain::to_string(m.failure));
  w.text_or_null("code", m.code)
      .text_or_null("text", m.text)
      .text_or_null("provider_id", m.provider_id)
      .end_object();
}

std::string story(const store::LeadTimeline& t) {
  std::string more;
  JsonWriter w(more);
  w.key("person");
  write_person(w, t.lead.person);
  w.field("attempt", t.lead.state.attempt).key("messages").begin_array();
  for (const store::MessageRow& m : t.messages) write_message(w, m);
  w.end_array().key("events").begin_array();
  for (const store::LeadTimeline::Entry& e : t.events) {
    w.begin_object().field("at", e.at).field("kind", e.kind).field("text", e.text).end_object();
  }
  w.end_array();
  return more;
}

Reply lead_answer(Services& s, CampaignId id, LeadId lead, Instant now) {
  const auto c = s.reader.campaign(id, now);
  if (!c) return refuse(c.error());
  const auto timeline = s.reader.lead(id, lead);
  if (!timeline) return refuse(timeline.error());
  return ok([&](JsonWriter& w) {
    write_lead(w, timeline->lead, steps_of(*c), reason_context(s, *c, now), story(*timeline));
  });
}

}  // namespace

Reply campaign_lead(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  const auto lead = path_id<LeadId>(r, 1);
  if (!lead) return refuse(lead.error());
  return lead_answer(s, *id, *lead, r.now);
}

Reply list_in_doubt(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  Query q(r.query);
  const store::Paging paging = q.paging(false);
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  store::LeadFilter filter;
  filter.any_wait = false;
  filter.now = r.now;
  store::LeadFilter::Place place;
  place.wait = domain::Wait::in_doubt;
  filter.places.push_back(place);
  store::LeadPaging lead_paging;
  lead_paging.limit = paging.limit;
  lead_paging.cursor = paging.cursor;
  if (paging.cursor.empty() && paging.offset > 0) lead_paging.at = paging.offset;
  const auto page = s.reader.leads(*id, filter, lead_paging);
  if (!page) return refuse(page.error());
  const auto more = [&c](const store::LeadRow& lead) {
    std::string text;
    JsonWriter(text)
        .field("attempt", lead.state.attempt)
        .field("in_doubt_since", lead.state.due)
        .field("given_up_at", lead.state.due + c->plan.in_doubt_timeout);
    return text;
  };
  return lead_list(*page, paging.limit, *c, reason_context(s, *c, r.now), more);
}

Reply resolve_in_doubt(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto lead = body->id<LeadId>("lead_id", true);
  const auto text = body->text("decision", true);
  auto attempt = body->integer("attempt");
  std::optional<engine::Decision> decision;
  if (text == "count_as_sent") decision = engine::Decision::count_as_sent;
  if (text == "send_again") decision = engine::Decision::send_again;
  if (text == "give_up") decision = engine::Decision::give_up;
  if (text && !decision) body->error("decision", "Must be count_as_sent, send_again or give_up");
  if (attempt && (*attempt < 1 || *attempt > 1'000'000'000)) {
    body->error("attempt", "Must be the attempt that the list shows");
  }
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const auto timeline = s.reader.lead(*id, *lead);
  if (!timeline) return refuse(timeline.error());
  const domain::LeadState& state = timeline->lead.state;
  if (state.wait != domain::Wait::in_doubt) {
    return refuse(409, "The lead is not in doubt: it is " +
                           std::string(domain::to_string(state.status)) + " (" +
                           std::string(domain::to_string(state.wait)) + ")");
  }
  const int fence = attempt ? static_cast<int>(*attempt) : state.attempt;
  const auto begin = [&](auto done) {
    s.engine.resolve(*id, *lead, fence, *decision, std::move(done));
  };
  if (auto resolved = wait_for<void>(begin); !resolved) return refuse(resolved.error());
  return lead_answer(s, *id, *lead, s.clock.wall());
}

namespace {

void write_preview(JsonWriter& w, const domain::Person& person, int step,
                   const domain::Variant& v) {
  w.begin_object().field("step", step).field("variant", v.name);
  const auto text = domain::compile_template(v.body);
  const auto rendered = text ? domain::render(*text, person) : tl::unexpected(text.error());
  if (rendered) {
    w.field("body", *rendered).key("problem").null();
  } else {
    w.key("body").null().field("problem", rendered.error().fields.empty()
                                              ? rendered.error().message
                                              : rendered.error().fields.front().message);
  }
  w.end_object();
}

}  // namespace

Reply preview_campaign(Services& s, const Request& r) {
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const std::int64_t limit = body->integer("limit").value_or(3);
  const auto message = body->text("message");
  if (limit < 1 || limit > 20) body->error("limit", "Must be a whole number from 1 to 20");
  if (message) {
    if (auto text = domain::compile_template(*message); !text) {
      body->error("message", text.error().message);
    }
  }
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const auto c = s.reader.campaign(*id, r.now);
  if (!c) return refuse(c.error());
  const auto people = s.reader.sample_people(*id, static_cast<int>(limit));
  if (!people) return refuse(people.error());
  std::vector<domain::Step> steps = c->plan.steps;
  if (message) {
    domain::Variant v;
    v.name = "A";
    v.body = *message;
    domain::Step step;
    step.variants = {v};
    steps = {step};
  }
  return ok([&](JsonWriter& w) {
    w.begin_object().key("items").begin_array();
    for (const domain::Person& person : *people) {
      w.begin_object().key("person");
      write_person(w, person);
      w.key("messages").begin_array();
      for (std::size_t i = 0; i < steps.size(); ++i) {
        for (const domain::Variant& v : steps[i].variants) {
          if (!v.retired) write_preview(w, person, static_cast<int>(i + 1), v);
        }
      }
      w.end_array().end_object();
    }
    w.end_array().end_object();
  });
}

}  // namespace headway::api
