#include "domain/plan_check.h"

#include <gtest/gtest.h>

#include <limits>

#include "domain/failure.h"
#include "domain/person.h"

namespace headway::domain {
namespace {

Variant text(std::string body, std::int64_t weight = 1) {
  Variant v;
  v.body = std::move(body);
  v.weight = weight;
  return v;
}

CampaignPlan good() {
  CampaignPlan p;
  p.name = "Spring Launch";
  p.steps.push_back({milliseconds{0}, {text("Hi {{first_name|there}}")}});
  p.steps.push_back({std::chrono::hours{48}, {text("Again")}});
  p.active_hours.emplace();
  p.active_hours->timezone = "Europe/Berlin";
  p.active_hours->days[0] = {{540, 720}, {780, 1020}};
  p.daily_limit = 2000;
  return p;
}

std::string paths(const std::vector<FieldError>& errors) {
  std::string out;
  for (const auto& e : errors) out += (out.empty() ? "" : " ") + e.field;
  return out;
}

TEST(CheckCampaign, AcceptsAGoodOneAndAnUnfinishedOne) {
  EXPECT_EQ(paths(check_campaign(good())), "");
  CampaignPlan draft;
  draft.name = "Draft";
  EXPECT_EQ(paths(check_campaign(draft)), "");
}

TEST(CheckCampaign, NamesWhatIsWrongAsTheClientWroteIt) {
  CampaignPlan p = good();
  p.name = " ";
  p.steps[0].delay = std::chrono::hours{1};
  p.steps[0].variants = {text("{{", 1), text("x", -1)};
  p.steps[1].delay = std::chrono::hours{24 * 366};
  p.steps[1].variants = {text("a", 0), text("b", 0)};
  p.active_hours->timezone = "Mars/Phobos";
  p.active_hours->days[0] = {{720, 720}, {0, 1441}};
  p.active_hours->days[2] = {{600, 700}, {100, 200}, {650, 660}};
  p.daily_limit = 0;
  p.attribution_days = 0;
  EXPECT_EQ(
      paths(check_campaign(p)),
      "name steps.0.delay steps.0.variants.0.body steps.0.variants.1.weight steps.1.delay "
      "steps.1.variants active_hours.timezone active_hours.days.mon.0 active_hours.days.mon.1 "
      "active_hours.days.wed.2 daily_limit attribution_days");
}

TEST(CheckCampaign, Limits) {
  CampaignPlan p = good();
  p.steps.assign(21, p.steps[1]);
  p.steps[0].delay = milliseconds{0};
  EXPECT_EQ(paths(check_campaign(p)), "steps");
  p = good();
  p.steps[0].variants.assign(21, text("x"));
  EXPECT_EQ(paths(check_campaign(p)), "steps.0.variants");
  p = good();
  p.steps[0].variants = {text(std::string(kBodyBytesMax + 1, 'x'))};
  EXPECT_EQ(paths(check_campaign(p)), "steps.0.variants.0.body");
  p = good();
  p.steps[0].variants = {text("  ")};
  EXPECT_EQ(paths(check_campaign(p)), "steps.0.variants.0.body");
  p = good();
  p.steps[0].variants.clear();
  EXPECT_EQ(paths(check_campaign(p)), "steps.0.variants");
  p = good();
  p.active_hours->days[0].clear();
  EXPECT_EQ(paths(check_campaign(p)), "active_hours.days");
  p = good();
  p.accounts = {AccountId{1}, AccountId{1}};
  EXPECT_EQ(paths(check_campaign(p)), "account_ids.1");
  p = good();
  p.steps[0].variants = {text("a"), text("b")};
  p.steps[0].variants[0].name = p.steps[0].variants[1].name = "A";
  EXPECT_EQ(paths(check_campaign(p)), "steps.0.variants.1.name");
}

TEST(CheckCampaign, HistoryIsNotChecked) {
  CampaignPlan p = good();
  p.steps[0].variants.insert(p.steps[0].variants.begin(), 30, text("{{", -5));
  for (int i = 0; i < 30; ++i) p.steps[0].variants[static_cast<std::size_t>(i)].retired = true;
  EXPECT_EQ(paths(check_campaign(p)), "");
}

TEST(CheckAccount, NamesWhatIsWrong) {
  Account a;
  a.name = "North desk";
  EXPECT_EQ(paths(check_account(a)), "");
  a.name = std::string(201, 'x');
  a.timezone = "";
  a.daily_limit = -1;
  a.rate_per_second = 0;
  EXPECT_EQ(paths(check_account(a)), "name timezone daily_limit rate_per_second");
  a.rate_per_second = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(check_account(a).size(), 4U);
  a.name = "a\nb";
  EXPECT_EQ(check_account(a)[0].field, "name");
}

TEST(MissingToStart, NamesEachThing) {
  EXPECT_EQ(paths(missing_to_start(CampaignPlan{}, 0, 0)), "collection_ids account_ids steps");
  CampaignPlan p = good();
  p.collections = {CollectionId{1}};
  EXPECT_EQ(paths(missing_to_start(p, 0, 1)), "collection_ids");
  EXPECT_EQ(paths(missing_to_start(p, 10, 1)), "");
}

TEST(TimesOfDay, AreReadAndWritten) {
  EXPECT_EQ(parse_minute_of_day("09:00"), 540);
  EXPECT_EQ(parse_minute_of_day("24:00"), 1440);
  for (const char* bad : {"24:01", "9:00", "09:60", "09-00", "", "0900 ", "-1:00"}) {
    EXPECT_FALSE(parse_minute_of_day(bad)) << bad;
  }
  EXPECT_EQ(format_minute_of_day(545), "09:05");
  EXPECT_EQ(parse_weekday("sun"), 6);
  EXPECT_FALSE(parse_weekday("Sun"));
}

TEST(Addresses, AreComparedInOneForm) {
  EXPECT_EQ(normalize_email(" Ada@Example.ORG "), "ada@example.org");
  EXPECT_EQ(normalize_phone("+49 (30) 123-45"), "+493012345");
  EXPECT_EQ(normalize_phone("0049 30 12345"), "+493012345");
  EXPECT_EQ(normalize_phone("030 12345"), "03012345");
  EXPECT_EQ(normalize_phone("none"), "");
}

TEST(FailureClasses, HaveTheDocumentedCauses) {
  for (int i = 1; i < kFailureClasses; ++i) {
    const auto c = static_cast<FailureClass>(i);
    EXPECT_EQ(parse_failure_class(to_string(c)), c);
    EXPECT_NE(cause_of(c), FailureCause::none);
  }
  EXPECT_FALSE(parse_failure_class("none"));
  EXPECT_EQ(cause_of(FailureClass::policy_block), FailureCause::account_issues);
  EXPECT_EQ(cause_of(FailureClass::recipient_deferred), FailureCause::rate_limiting);
  EXPECT_EQ(cause_of(FailureClass::transient), FailureCause::provider_fault);
  EXPECT_FALSE(counts_as_delivery_failure(FailureClass::suppressed));
  EXPECT_TRUE(counts_as_delivery_failure(FailureClass::outcome_unknown));
  EXPECT_EQ(parse_account_status("rate_limited"), AccountStatus::rate_limited);
  EXPECT_EQ(parse_campaign_state("finished"), CampaignState::finished);
}

}  // namespace
}  // namespace headway::domain
