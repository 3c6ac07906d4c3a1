#include "api/metric_links.h"

namespace headway::api {

std::string failed_query(domain::FailureClass failure) {
  return "status=failed&failure_class=" + std::string(domain::to_string(failure));
}

void write_links(JsonWriter& w, const store::CampaignSnapshot& c, const Waiting& open) {
  constexpr std::pair<std::string_view, std::string_view> kAlways[] = {
      {"total", ""},
      {"sent", "status=sent"},
      {"failed", "status=failed"},
      {"pending", "status=pending"},
      {"partial", "status=partial"},
      {"response.num", "replied=true"},
      {"response.den", "contacted=true"},
      {"conversion.num", "booked=true"},
      {"conversion.den", "contacted=true"},
      {"opt_out.num", "opted_out=true"},
      {"opt_out.den", "contacted=true"},
      {"bookings_per_responder.num", "booked=true"},
      {"bookings_per_responder.den", "replied=true"},
  };
  w.key("links").begin_object();
  for (const auto& [figure, query] : kAlways) w.field(figure, query);
  // One message a lead: what counts messages counts leads as well.
  if (c.plan.steps.size() == 1) w.field("delivery.num", "delivered_step=1");
  for (int i = 1; i < domain::kReasons; ++i) {
    if (open.n[static_cast<std::size_t>(i)] == 0) continue;
    const std::string reason(domain::to_string(static_cast<domain::Reason>(i)));
    w.key_text("waiting." + reason).text("reason=" + reason);
  }
  for (int i = 1; i < domain::kFailureClasses; ++i) {
    if (c.counts.lead_failures[static_cast<std::size_t>(i)] == 0) continue;
    const auto failure = static_cast<domain::FailureClass>(i);
    w.key_text("failures." + std::string(domain::to_string(failure))).text(failed_query(failure));
  }
  w.end_object().key("message_links").begin_object().key("delivered").begin_array();
  for (std::size_t step = 1; step <= c.plan.steps.size(); ++step) {
    w.begin_object()
        .field("step", static_cast<std::int64_t>(step))
        .field("query", "delivered_step=" + std::to_string(step))
        .end_object();
  }
  w.end_array().key("undelivered").begin_array();
  for (int i = 1; i < domain::kFailureClasses; ++i) {
    const std::int64_t messages = c.counts.message_failures[static_cast<std::size_t>(i)];
    if (messages == 0) continue;
    const auto failure = static_cast<domain::FailureClass>(i);
    w.begin_object()
        .field("class", domain::to_string(failure))
        .field("query", failed_query(failure))
        .field("messages", messages)
        .field("leads", c.counts.lead_failures[static_cast<std::size_t>(i)])
        .end_object();
  }
  w.end_array().end_object();
}

}  // namespace headway::api
