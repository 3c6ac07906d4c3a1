#include "domain/report/check.h"

#include <gtest/gtest.h>

namespace headway::domain::report {
namespace {

const Instant kNow = *parse_rfc3339("2026-11-24T10:00:00Z");

// Three leads: one with two messages and a reply, one that failed, one that nothing was sent to.
std::string facts() {
  std::string out;
  append_campaign(out, CampaignId{7}, "Spring \"launch\"", kNow, 12);
  LeadState done;
  done.status = Status::sent;
  done.ended_by = EndedBy::replied;
  done.replied = true;
  append_lead(out, LeadId{11}, done);
  append_message(out, LeadId{11}, 1, VariantId{3}, AccountId{5}, true, FailureClass::none, "",
                 kNow);
  append_message(out, LeadId{11}, 2, VariantId{4}, AccountId{5}, true, FailureClass::none, "",
                 kNow);
  append_event(out, LeadId{11}, "reply", kNow);
  LeadState failed;
  failed.status = Status::failed;
  failed.failure = FailureClass::recipient_invalid;
  append_lead(out, LeadId{12}, failed);
  append_message(out, LeadId{12}, 1, VariantId{3}, AccountId{6}, false,
                 FailureClass::recipient_invalid, "550", kNow);
  append_lead(out, LeadId{13}, LeadState{});
  append_end(out, 3, 12);
  return out;
}

Result<Recount> recount(const std::string& text) {
  Recount r;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    if (auto taken = r.take(std::string_view(text).substr(at, end - at)); !taken)
      return tl::unexpected(taken.error());
    at = end + 1;
  }
  if (auto whole = r.finish(); !whole) return tl::unexpected(whole.error());
  return r;
}

Counts counters() {
  Counts c;
  const auto set = [&c](Counter counter, std::int64_t n) {
    c.n[static_cast<std::size_t>(counter)] = n;
  };
  set(Counter::enrolled, 3);
  set(Counter::sent, 1);
  set(Counter::failed, 1);
  set(Counter::delivered, 2);
  set(Counter::undelivered, 1);
  set(Counter::contacted, 1);
  set(Counter::responded, 1);
  c.lead_failures[static_cast<std::size_t>(FailureClass::recipient_invalid)] = 1;
  c.message_failures[static_cast<std::size_t>(FailureClass::recipient_invalid)] = 1;
  return c;
}

Figures reported() {
  Figures f;
  add_totals(f, counters());
  Counts slice;
  slice.n[static_cast<std::size_t>(Counter::delivered)] = 2;
  add_slice(f, "account.5", slice);
  slice = {};
  slice.n[static_cast<std::size_t>(Counter::undelivered)] = 1;
  add_slice(f, "account.6", slice);
  f.add("step.1.delivered", 1);
  f.add("step.1.undelivered", 1);
  f.add("step.2.delivered", 1);
  f.add("variant.3.delivered", 1);
  f.add("variant.3.undelivered", 1);
  f.add("variant.4.delivered", 1);
  return f;
}

std::string report_of(const Figures& f) {
  const std::string bytes = canonical(CampaignId{7}, f);
  std::string quoted;
  for (const char c : bytes) {
    if (c == '"') quoted += '\\';
    quoted += c;
  }
  const std::string inner = bytes.substr(bytes.find("\"figures\":"));  // "figures":{...}}
  return R"({"format":"headway-report/1","campaign_id":"7","version":12,)" +
         inner.substr(0, inner.size() - 1) + R"(,"delivery":{"num":2,"den":3},"seal":{"sha256":")" +
         seal_of(bytes) + R"(","canonical":")" + quoted + "\"}}";
}

TEST(ReportFacts, TheRecountFindsTheFiguresOfTheCounters) {
  const auto r = recount(facts());
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->figures().all(), reported().all());
  auto checked = check_report(report_of(reported()));
  ASSERT_TRUE(checked) << checked.error().message;
  check_facts(*checked, *r);
  EXPECT_TRUE(checked->problems.empty()) << checked->problems.front();
}

TEST(ReportFacts, OneChangedDigitIsSeen) {
  std::string text = report_of(reported());
  const std::string figure = R"("messages.delivered":2)";
  text.replace(text.find(figure), figure.size(), R"("messages.delivered":3)");
  const auto checked = check_report(text);
  ASSERT_TRUE(checked);
  ASSERT_GE(checked->problems.size(), 2u);
  EXPECT_NE(checked->problems[0].find("SHA-256"), std::string::npos);
  EXPECT_NE(checked->problems.back().find("delivery.den is shown as 3, the figures say 4"),
            std::string::npos);
}

TEST(ReportFacts, ARateThatIsNotMadeOfTheFiguresIsSeen) {
  std::string text = report_of(reported());
  const std::string rate = R"("den":3)";
  text.replace(text.find(rate), rate.size(), R"("den":2)");
  const auto checked = check_report(text);
  ASSERT_TRUE(checked);
  ASSERT_EQ(checked->problems.size(), 1u);
  EXPECT_NE(checked->problems[0].find("delivery.den is shown as 2, the figures say 3"),
            std::string::npos);
}

TEST(ReportFacts, AnEventThatIsMissingIsNamedByItsFigures) {
  std::string text = facts();
  const std::size_t at = text.find("\"step\":2");
  const std::size_t begin = text.rfind('\n', at) + 1, end = text.find('\n', at) + 1;
  text.erase(begin, end - begin);
  const auto r = recount(text);
  ASSERT_TRUE(r);
  auto checked = check_report(report_of(reported()));
  check_facts(*checked, *r);
  std::string all;
  for (const auto& p : checked->problems) all += p + "\n";
  EXPECT_NE(all.find("messages.delivered: reported 2, recounted 1"), std::string::npos) << all;
  EXPECT_NE(all.find("step.2.delivered: reported 1, recounted 0"), std::string::npos) << all;
}

TEST(ReportFacts, CutOrBrokenFilesAreRefused) {
  const std::string whole = facts();
  EXPECT_FALSE(recount(whole.substr(0, whole.rfind("{\"type\":\"end\""))));
  EXPECT_FALSE(recount("{}\n"));
  std::string twice = whole;
  const std::size_t at = twice.find("\"step\":2");
  twice.replace(at, 8, "\"step\":1");
  const auto r = recount(twice);
  ASSERT_FALSE(r);
  EXPECT_NE(r.error().message.find("ended twice"), std::string::npos);
  std::string fewer = whole;
  const std::size_t lead = fewer.find("{\"type\":\"lead\",\"id\":\"13\"");
  fewer.erase(lead, fewer.find('\n', lead) + 1 - lead);
  EXPECT_FALSE(recount(fewer));
}

TEST(ReportFacts, ADifferentCampaignIsNoProof) {
  auto checked = check_report(report_of(reported()));
  Recount other;
  std::string line;
  append_campaign(line, CampaignId{8}, "Other", kNow, 1);
  ASSERT_TRUE(other.take(std::string_view(line).substr(0, line.size() - 1)));
  check_facts(*checked, other);
  ASSERT_EQ(checked->problems.size(), 1u);
  EXPECT_NE(checked->problems[0].find("campaign 8"), std::string::npos);
}

}  // namespace
}  // namespace headway::domain::report
