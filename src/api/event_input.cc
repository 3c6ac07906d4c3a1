#include "api/event_input.h"

#include "api/json_reader.h"
#include "base/text.h"
#include "domain/campaign.h"

namespace headway::api {
namespace {

constexpr std::chrono::minutes kFutureMax{5};

std::optional<store::EventType> parse_type(std::string_view text) {
  using Type = store::EventType;
  constexpr std::pair<std::string_view, Type> kNames[] = {
      {"sent", Type::sent},          {"failed", Type::failed},
      {"reply", Type::reply},        {"auto_reply", Type::auto_reply},
      {"booked", Type::booked},      {"booking_cancelled", Type::booking_cancelled},
      {"opted_out", Type::opted_out}};
  for (const auto& [name, type] : kNames) {
    if (name == text) return type;
  }
  return std::nullopt;
}

std::string short_text(Fields& f, std::string_view name, std::size_t max) {
  auto text = f.text(name).value_or("");
  if (text.size() > max) f.error(name, "Must be at most " + std::to_string(max) + " bytes");
  return text;
}

void read_who(Fields& f, store::InboundEvent& event) {
  event.campaign = f.id<CampaignId>("campaign_id");
  event.lead = f.id<LeadId>("lead_id");
  event.external_id = short_text(f, "external_id", 200);
  event.email = short_text(f, "email", 254);
  event.phone = short_text(f, "phone", 40);
  event.messenger_id = short_text(f, "messenger_id", 200);
  event.account = f.id<AccountId>("account_id");
  const bool named = event.lead || !event.external_id.empty() || !event.email.empty() ||
                     !event.phone.empty() || !event.messenger_id.empty();
  if (!named && !f.has("lead_id")) f.error("lead_id", "Required (or external_id, email, phone)");
}

}  // namespace

Result<void> read_event(const boost::json::object& object, Instant now,
                        store::InboundEvent& event) {
  std::vector<FieldError> errors;
  Fields f(object, errors);
  event.source = "api";
  event.event_id = f.text("id", true).value_or("");
  if (f.has("id") && errors.empty() && (event.event_id.empty() || event.event_id.size() > 200)) {
    f.error("id", "Must be 1 to 200 bytes");
  }
  if (const auto name = f.text("type", true)) {
    const auto type = parse_type(*name);
    if (type) {
      event.type = *type;
    } else {
      f.error("type",
              "Must be sent, failed, reply, auto_reply, booked, booking_cancelled or opted_out");
    }
  }
  read_who(f, event);
  if (const auto step = f.integer("step")) {
    if (*step < 1 || *step > domain::kStepsMax) {
      f.error("step", "Must be a whole number from 1 to 20");
    } else {
      event.step = static_cast<int>(*step);
    }
  }
  event.variant = short_text(f, "variant", 200);
  event.at = f.time("at").value_or(now);
  if (event.at > now + kFutureMax) f.error("at", "Lies in the future");
  if (const auto failure = f.text("failure_class")) {
    const auto known = domain::parse_failure_class(*failure);
    if (known) {
      event.failure = *known;
    } else {
      f.error("failure_class", "Unknown class");
    }
  }
  if (event.type == store::EventType::failed && !f.has("failure_class")) {
    f.error("failure_class", "Required");
  }
  event.code = short_text(f, "code", 200);
  event.text = std::string(truncate_utf8(f.text("text").value_or(""), 1000));
  f.refuse_the_rest();
  if (errors.empty()) return {};
  return invalid(std::move(errors));
}

}  // namespace headway::api
