#include "api/lead_codec.h"

#include <algorithm>

namespace headway::api {

void write_lead(JsonWriter& w, const store::LeadRow& lead, int steps,
                const domain::ReasonContext& context, std::string_view more) {
  const domain::LeadState& state = lead.state;
  const domain::Explanation why = domain::explain(state, lead.zone, context);
  w.begin_object()
      .field("id", lead.id)
      .field("number", lead.number)
      .text_or_null("external_id", lead.person.external_id)
      .field("name", lead.person.name)
      .field("status", domain::to_string(state.status))
      .key("reason");
  why.reason == domain::Reason::none ? w.null() : w.text(domain::to_string(why.reason));
  w.field("next_at", why.next_at).key("account");
  if (state.account) {
    w.begin_object().field("id", state.account).field("name", lead.account_name).end_object();
  } else {
    w.null();
  }
  w.text_or_null("variant", lead.variant_name)
      .field("step", state.step)
      .field("steps", steps)
      .field("delivered", state.delivered)
      .key("failure");
  if (state.failure == domain::FailureClass::none) {
    w.null();
  } else {
    w.begin_object()
        .field("class", domain::to_string(state.failure))
        .text_or_null("code", lead.failure_code)
        .text_or_null("text", lead.failure_text)
        .field("step", lead.failed_step)
        .end_object();
  }
  w.key("ended_by");
  state.ended_by == domain::EndedBy::none ? w.null() : w.text(domain::to_string(state.ended_by));
  w.field("replied_at", lead.replied_at)
      .field("booked_at", lead.booked_at)
      .field("opted_out", state.opted_out)
      .field("last_action", domain::to_string(state.last_action))
      .field("last_action_at", state.last_action_at);
  if (!more.empty()) w.raw(more);
  w.end_object();
}

void filter_by_reason(store::LeadFilter& f, domain::Reason reason, const store::CampaignSnapshot& c,
                      const domain::ReasonContext& context) {
  f.any_wait = false;
  f.now = context.now;
  const auto timed = [](domain::Wait wait) {
    return wait == domain::Wait::retry || wait == domain::Wait::follow_up;
  };
  const auto same_kind = [&](const domain::WaitCount& a, const domain::WaitCount& b) {
    return a.wait == b.wait && (!timed(a.wait) || a.past_due == b.past_due);
  };
  for (std::size_t i = 0; i < c.waits.size(); ++i) {
    const domain::WaitCount& group = c.waits[i];
    if (domain::explain(group, context).reason != reason) continue;
    store::LeadFilter::Place place;
    place.wait = group.wait;
    if (timed(group.wait)) place.past_due = group.past_due;
    const bool whole_kind =
        std::all_of(c.waits.begin(), c.waits.end(), [&](const domain::WaitCount& other) {
          return !same_kind(group, other) || domain::explain(other, context).reason == reason;
        });
    if (whole_kind) {
      const bool first =
          std::none_of(c.waits.begin(), c.waits.begin() + static_cast<std::ptrdiff_t>(i),
                       [&](const domain::WaitCount& other) { return same_kind(group, other); });
      if (first) f.places.push_back(place);
      continue;
    }
    if (group.wait != domain::Wait::fresh) place.account = group.account;
    place.zone = group.zone;
    f.places.push_back(place);
  }
}

void write_person(JsonWriter& w, const domain::Person& p) {
  w.begin_object()
      .field("id", p.id)
      .text_or_null("external_id", p.external_id)
      .field("name", p.name)
      .text_or_null("email", p.email)
      .text_or_null("phone", p.phone)
      .text_or_null("messenger_id", p.messenger_id)
      .text_or_null("timezone", p.timezone)
      .text_or_null("consent", p.consent)
      .key("attributes")
      .raw(p.attributes.empty() ? std::string_view("{}") : std::string_view(p.attributes))
      .end_object();
}

}  // namespace headway::api
