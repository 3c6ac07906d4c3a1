#include "api/event_input.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <string>

namespace headway::api {
namespace {

const Instant kNow = *parse_rfc3339("2026-11-23T09:00:00Z");

std::string problem(std::string_view text, store::InboundEvent* out = nullptr) {
  store::InboundEvent event;
  const auto value = boost::json::parse({text.data(), text.size()});
  const auto read = read_event(value.as_object(), kNow, event);
  if (out != nullptr) *out = event;
  if (read) return "";
  std::string fields;
  for (const FieldError& e : read.error().fields) fields += (fields.empty() ? "" : ",") + e.field;
  return fields;
}

TEST(EventInput, ReadsWhatIsThere) {
  store::InboundEvent e;
  EXPECT_EQ(problem(R"({"id":"e1","type":"failed","campaign_id":"3","lead_id":"9","step":2,
      "failure_class":"recipient_invalid","code":"550","at":"2026-11-22T09:00:00Z"})",
                    &e),
            "");
  EXPECT_EQ(e.source, "api");
  EXPECT_EQ(e.type, store::EventType::failed);
  EXPECT_EQ(e.lead, LeadId{9});
  EXPECT_EQ(e.step, 2);
  EXPECT_EQ(e.failure, domain::FailureClass::recipient_invalid);
}

TEST(EventInput, NamesEachWrongField) {
  EXPECT_EQ(problem("{}"), "id,type,lead_id");
  EXPECT_EQ(problem(R"({"id":"e","type":"sold","lead_id":"1","colour":1})"), "type,colour");
  EXPECT_EQ(problem(R"({"id":"e","type":"reply","lead_id":1})"), "lead_id");
  EXPECT_EQ(problem(R"({"id":"e","type":"failed","lead_id":"1"})"), "failure_class");
  EXPECT_EQ(problem(R"({"id":"e","type":"reply","lead_id":"1","at":"2026-11-24T09:00:00Z"})"),
            "at");
  EXPECT_EQ(problem(R"({"id":"e","type":"reply","lead_id":"1","step":0})"), "step");
}

TEST(EventInput, WithoutATimeItIsNow) {
  store::InboundEvent e;
  EXPECT_EQ(problem(R"({"id":"e","type":"booked","email":"a@example.org"})", &e), "");
  EXPECT_EQ(e.at, kNow);
}

}  // namespace
}  // namespace headway::api
