#include "tests/unit/channels/sandbox_fixture.h"

namespace headway::testing {
namespace {

struct Case {
  const char* settings;
  const char* field;
};

TEST(SandboxSettings, EveryFieldIsCheckedAndNamed) {
  const Case cases[] = {
      {R"({"seed":"x"})", "settings.seed"},
      {R"({"seed":1.5})", "settings.seed"},
      {R"({"latency_ms":-1})", "settings.latency_ms"},
      {R"({"latency_ms":60001})", "settings.latency_ms"},
      {R"({"latency_ms":{"min":5,"max":1}})", "settings.latency_ms.max"},
      {R"({"latency_ms":{"low":5}})", "settings.latency_ms.low"},
      {R"({"latency_ms":"slow"})", "settings.latency_ms"},
      {R"({"failures":3})", "settings.failures"},
      {R"({"failures":{"bad_luck":0.1}})", "settings.failures.bad_luck"},
      {R"({"failures":{"transient":1.1}})", "settings.failures.transient"},
      {R"({"failures":{"transient":-0.1}})", "settings.failures.transient"},
      {R"({"failures":{"transient":"often"}})", "settings.failures.transient"},
      {R"({"failures":{"outcome_unknown":0.1}})", "settings.failures.outcome_unknown"},
      {R"({"failures":{"suppressed":0.1}})", "settings.failures.suppressed"},
      {R"({"failures":{"transient":0.6,"recipient_invalid":0.6}})", "settings.failures"},
      {R"({"failures":{"transient":0.6},"unknown_rate":0.5})", "settings.failures"},
      {R"({"unknown_rate":2})", "settings.unknown_rate"},
      {R"({"reply_rate":true})", "settings.reply_rate"},
      {R"({"reply_rate":0.6,"auto_reply_rate":0.3,"opt_out_rate":0.2})", "settings.reply_rate"},
      {R"({"auto_reply_rate":-1})", "settings.auto_reply_rate"},
      {R"({"booking_rate":1.01})", "settings.booking_rate"},
      {R"({"opt_out_rate":[]})", "settings.opt_out_rate"},
      {R"({"reply_delay_s":-1})", "settings.reply_delay_s"},
      {R"({"reply_delay_s":{"min":"a"}})", "settings.reply_delay_s.min"},
      {R"({"rate_limit_after":0})", "settings.rate_limit_after"},
      {R"({"rate_limit_window_s":0})", "settings.rate_limit_window_s"},
      {R"({"idempotent":"yes"})", "settings.idempotent"},
      {R"({"in_flight_max":0})", "settings.in_flight_max"},
      {R"({"unheard_of":1})", "settings.unheard_of"},
  };
  Sandbox box;
  for (const Case& c : cases) {
    Result<void> result = box.channel.validate(*sandbox_account(c.settings));
    ASSERT_FALSE(result) << c.settings;
    EXPECT_EQ(result.error().kind, ErrorKind::invalid);
    ASSERT_EQ(result.error().fields.size(), 1u) << c.settings;
    EXPECT_EQ(result.error().fields[0].field, c.field) << c.settings;
    EXPECT_FALSE(result.error().fields[0].message.empty());
  }
}

TEST(SandboxSettings, AllErrorsAreToldAtOnce) {
  Sandbox box;
  auto result = box.channel.validate(*sandbox_account(R"({"seed":"x","reply_rate":2,"what":1})"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fields.size(), 3u);
}

TEST(SandboxSettings, AFullSetIsAccepted) {
  Sandbox box;
  EXPECT_TRUE(box.channel.validate(*sandbox_account(R"({
      "seed":42,"latency_ms":{"min":5,"max":50},"failures":{"transient":0.1,"recipient_invalid":0.2},
      "unknown_rate":0.01,"reply_rate":0.1,"reply_delay_s":{"min":1,"max":60},"auto_reply_rate":0.05,
      "booking_rate":0.3,"opt_out_rate":0.01,"rate_limit_after":1000,"rate_limit_window_s":60,
      "idempotent":true,"in_flight_max":4096})")));
  EXPECT_TRUE(box.channel.validate(*sandbox_account("{}")));
  EXPECT_TRUE(box.channel.validate(*sandbox_account(
      R"({"failures":{"transient":0.7,"recipient_invalid":0.2},"unknown_rate":0.1})")));
}

TEST(CleanText, CutsAtCharactersAndReplacesWhatIsNotText) {
  using channels::clean_text;
  EXPECT_EQ(clean_text("abc", 2), "ab");
  EXPECT_EQ(clean_text("a\u00e4\u00e4", 4), "a\u00e4");
  EXPECT_EQ(clean_text("\xff\xc3(", 10), "\ufffd\ufffd(");
  EXPECT_EQ(clean_text("\xff\xc3(", 4), "\ufffd");
  EXPECT_EQ(clean_text(std::string_view("a\0\n\x7f"
                                        "b",
                                        5),
                       10),
            "a   b");
  EXPECT_EQ(clean_text("\xed\xa0\x80", 10), "\ufffd\ufffd\ufffd") << "a surrogate";
  EXPECT_EQ(clean_text("\xf0\x9f\x98\x80", 4), "\xf0\x9f\x98\x80");
  EXPECT_EQ(clean_text("\xf0\x9f\x98\x80", 3), "");
}

}  // namespace
}  // namespace headway::testing
