#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "api/json_reader.h"
#include "api/json_writer.h"
#include "api/reply.h"

namespace headway::api {
namespace {

std::string hundredths(std::int64_t n) {
  std::string out;
  JsonWriter(out).hundredths(n);
  return out;
}

TEST(JsonWriter, CommasAndNesting) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("a", 1).key("b").begin_array().text("x\"\n").null().begin_object();
  w.end_object().end_array().field("c", true).field("d", CampaignId{}).field("e", CampaignId{7});
  w.field("f", std::optional<double>()).field("g", 0.5).end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x\"\n",null,{}],"c":true,"d":null,"e":"7","f":null,"g":0.5})");
}

TEST(JsonWriter, HundredthsAreNotRounded) {
  EXPECT_EQ(hundredths(10000), "100");
  EXPECT_EQ(hundredths(9999), "99.99");
  EXPECT_EQ(hundredths(1), "0.01");
  EXPECT_EQ(hundredths(50), "0.5");
  EXPECT_EQ(hundredths(0), "0");
}

std::vector<std::string> fields_of(const Result<void>& r) {
  std::vector<std::string> names;
  if (!r) {
    for (const FieldError& e : r.error().fields) names.push_back(e.field);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(JsonReader, EveryErrorIsNamedAtOnce) {
  Body body(*parse_object(R"({"name":7,"limit":1.5,"ids":["1","x"],"colour":"red","on":"yes"})"));
  body->text("name");
  body->integer("limit");
  body->ids<CampaignId>("ids");
  body->boolean("on");
  body->text("needed", true);
  EXPECT_EQ(fields_of(body.finish()),
            (std::vector<std::string>{"colour", "ids.1", "limit", "name", "needed", "on"}));
}

TEST(JsonReader, AbsentIsNotNull) {
  Body body(*parse_object(R"({"daily_limit":null})"));
  const auto limit = body->integer_or_null("daily_limit");
  ASSERT_TRUE(limit.has_value());
  EXPECT_FALSE(limit->has_value());
  EXPECT_FALSE(body->integer_or_null("other").has_value());
  EXPECT_TRUE(body.finish());
}

TEST(JsonReader, DepthAndBytesAreBounded) {
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(parse_json("\"\xff\""));
  EXPECT_FALSE(parse_json("{} {}"));
  EXPECT_FALSE(parse_object("[]"));
  EXPECT_TRUE(parse_object("  "));
}

TEST(Reply, FieldErrorsAreListsByField) {
  const Reply reply = refuse(
      Error{ErrorKind::invalid, "Invalid request", {{"a", "one"}, {"b", "x"}, {"a", "two"}}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, R"({"success":false,"error":"Invalid request",)"
                        R"("data":{"fieldErrors":{"a":["one","two"],"b":["x"]}}})");
}

}  // namespace
}  // namespace headway::api
