// Verdicts on failures, from cells made by hand: each cause, none, several, too few to tell, and what cannot be told apart.

#include "domain/diagnosis/diagnosis.h"

#include <gtest/gtest.h>

namespace headway::domain::diagnosis {
namespace {

constexpr Instant kFirst = from_ms(1'790'000'000'000), kLast = from_ms(1'790'000'600'000);

std::string name_of(By by, std::int64_t id) {
  if (by == By::account) return id == 1 ? "North desk" : "Desk " + std::to_string(id);
  if (by == By::collection) return id == 1 ? "Trade fair" : "List " + std::to_string(id);
  return "Variant " + std::string(1, static_cast<char>('A' + id - 1));
}

// Four accounts, three collections, two texts, loads 0 .. 5: `n` messages in each place.
class Campaign {
 public:
  using Where = std::function<bool(const Cell&)>;

  explicit Campaign(std::int64_t n = 20) {
    for (std::int64_t account = 1; account <= 4; ++account) {
      for (std::int64_t list = 1; list <= 3; ++list) {
        for (std::int64_t text = 1; text <= 2; ++text) {
          for (int load = 0; load <= 5; ++load) {
            Cell c;
            c.account = AccountId{account};
            c.collection = CollectionId{list};
            c.step = 1;
            c.variant = VariantId{text};
            c.load = load;
            c.n = n;
            c.first = kFirst;
            c.last = kLast;
            cells_.push_back(c);
          }
        }
      }
    }
  }
  Campaign& only(const Where& where) {
    std::erase_if(cells_, [&](const Cell& c) { return !where(c); });
    return *this;
  }
  // So many of the delivered ones of each matching place fail.
  Campaign& fail(const Where& where, std::int64_t each, FailureClass failure,
                 const std::string& code = "") {
    std::vector<Cell> failed;
    for (Cell& c : cells_) {
      if (c.failure != FailureClass::none || !where(c) || c.n < each) continue;
      c.n -= each;
      Cell f = c;
      f.n = each;
      f.failure = failure;
      f.code = code;
      failed.push_back(f);
    }
    cells_.insert(cells_.end(), failed.begin(), failed.end());
    return *this;
  }
  Diagnosis diagnose(const Background& others = {}) const {
    return diagnosis::diagnose(cells_, others, name_of);
  }

 private:
  std::vector<Cell> cells_;
};

const Campaign::Where kAnywhere = [](const Cell&) { return true; };
Campaign::Where account(std::int64_t id) {
  return [id](const Cell& c) { return c.account.value == id; };
}
Campaign::Where collection(std::int64_t id) {
  return [id](const Cell& c) { return c.collection.value == id; };
}
Campaign::Where text(std::int64_t id) {
  return [id](const Cell& c) { return c.variant.value == id; };
}
Campaign::Where load_from(int bucket) {
  return [bucket](const Cell& c) { return c.load >= bucket; };
}

const Cause& the_cause(const Diagnosis& d) {
  static const Cause kNone;
  EXPECT_EQ(d.verdict, Verdict::causes) << d.sentence;
  EXPECT_EQ(d.causes.size(), 1u);
  if (d.causes.empty()) return kNone;
  EXPECT_GE(d.causes[0].probability, kStatedFrom);
  EXPECT_FALSE(d.causes[0].remedy.empty());
  return d.causes[0];
}

TEST(Diagnosis, AnAccountThatFailsIsAnAccountIssue) {
  const Diagnosis d =
      Campaign().fail(account(1), 15, FailureClass::account_permission, "1009").diagnose();
  const Cause& c = the_cause(d);
  EXPECT_EQ(c.cause, FailureCause::account_issues);
  EXPECT_EQ(c.slice.by, By::account);
  EXPECT_EQ(c.slice.value, 1);
  EXPECT_EQ(c.failures, 540);
  EXPECT_EQ(c.of, 540);
  EXPECT_EQ(c.slice.attempts, 720);
  EXPECT_DOUBLE_EQ(c.slice.expected, 720 * d.baseline);
  EXPECT_EQ(c.first, kFirst);
  EXPECT_EQ(c.last, kLast);
  ASSERT_EQ(c.codes.size(), 1u);
  EXPECT_EQ(c.codes[0].code, "1009");
  EXPECT_EQ(c.sentence,
            "North desk causes nearly all of it: 540 of its 720 messages failed (75 %), where 29 "
            "would be usual. All came back as account_permission (code 1009).");
  EXPECT_EQ(c.remedy, "Check account status, review errors");
  EXPECT_EQ(d.sentence,
            "540 of 2,880 messages failed (19 %), more than usual. Account issues explain it "
            "best.");
  EXPECT_TRUE(d.ties.empty());
}

TEST(Diagnosis, ACollectionThatFailsHasInvalidLeads) {
  const Diagnosis d = Campaign().fail(collection(1), 6, FailureClass::recipient_invalid).diagnose();
  const Cause& c = the_cause(d);
  EXPECT_EQ(c.cause, FailureCause::invalid_leads);
  EXPECT_EQ(c.slice.by, By::collection);
  EXPECT_EQ(c.slice.label, "Trade fair");
  EXPECT_EQ(c.sentence.find("Trade fair is behind nearly all of it: 288 of the 960 messages to its "
                            "people failed (30 %), where 38 would be usual."),
            0u)
      << c.sentence;
}

TEST(Diagnosis, FailuresLateInTheHourAreRateLimiting) {
  const Diagnosis d =
      Campaign().fail(load_from(4), 8, FailureClass::rate_limited, "429").diagnose();
  const Cause& c = the_cause(d);
  EXPECT_EQ(c.cause, FailureCause::rate_limiting);
  EXPECT_EQ(c.slice.by, By::load);
  EXPECT_EQ(c.slice.value, 4);
  EXPECT_EQ(c.slice.label, "from the 16th message of an hour on");
  EXPECT_EQ(c.sentence.find("Sending too fast causes nearly all of it: from the 16th message of an "
                            "hour on, 384 of an account's 960 messages failed (40 %)"),
            0u)
      << c.sentence;
}

TEST(Diagnosis, ATextThatFailsHasContentIssues) {
  const Diagnosis d = Campaign().fail(text(2), 7, FailureClass::content_rejected).diagnose();
  const Cause& c = the_cause(d);
  EXPECT_EQ(c.cause, FailureCause::content_issues);
  EXPECT_EQ(c.slice.by, By::variant);
  EXPECT_EQ(c.slice.label, "Variant B");
}

TEST(Diagnosis, ThePlaceCountsMoreThanACodeThatSaysNothing) {
  const Diagnosis d = Campaign()
                          .fail(account(1), 4, FailureClass::account_auth)
                          .fail(account(1), 4, FailureClass::recipient_invalid)
                          .fail(account(1), 4, FailureClass::content_rejected)
                          .fail(account(1), 4, FailureClass::rate_limited)
                          .diagnose();
  EXPECT_EQ(the_cause(d).cause, FailureCause::account_issues);
}

TEST(Diagnosis, TwoBadAccountsAreTwoFindings) {
  const Diagnosis d = Campaign()
                          .fail(account(1), 15, FailureClass::account_permission)
                          .fail(account(3), 9, FailureClass::account_permission)
                          .diagnose();
  ASSERT_EQ(d.verdict, Verdict::causes) << d.sentence;
  ASSERT_EQ(d.causes.size(), 2u);
  EXPECT_EQ(d.causes[0].slice.value, 1);
  EXPECT_EQ(d.causes[1].slice.value, 3);
  EXPECT_EQ(d.sentence.find("Account issues explain it best"), d.sentence.size() - 31);
}

TEST(Diagnosis, AHealthyCampaignHasNoCause) {
  const Diagnosis d = Campaign()
                          .fail(load_from(5), 1, FailureClass::recipient_invalid)
                          .fail(text(1), 1, FailureClass::content_rejected)
                          .diagnose();
  EXPECT_EQ(d.verdict, Verdict::healthy) << d.sentence;
  EXPECT_TRUE(d.causes.empty());
  EXPECT_FALSE(d.needed);
  EXPECT_EQ(d.sentence,
            "2,784 of 2,880 messages were delivered (96.7 %): healthy, no cause to look for.");
}

TEST(Diagnosis, TooFewMessagesAreNotJudgedAndItSaysHowManyAreNeeded) {
  const auto few = [](const Cell& c) { return c.collection.value == 1 && c.load == 0; };
  const Diagnosis d =
      Campaign(5).only(few).fail(account(1), 2, FailureClass::recipient_invalid).diagnose();
  EXPECT_EQ(d.verdict, Verdict::not_enough_evidence) << d.sentence;
  ASSERT_TRUE(d.needed);
  EXPECT_GT(*d.needed, 10);
  EXPECT_EQ(d.sentence.find("4 of 40 messages failed (10 %). That may still be chance. About "), 0u)
      << d.sentence;
  const Diagnosis none = Campaign(5).only(few).diagnose();
  EXPECT_EQ(none.verdict, Verdict::not_enough_evidence);
  const Diagnosis empty = diagnose({}, {}, name_of);
  EXPECT_EQ(empty.verdict, Verdict::not_enough_evidence);
  EXPECT_EQ(empty.sentence, "Nothing was sent yet, so there is nothing to judge.");
  EXPECT_FALSE(empty.delivery.rate);
}

TEST(Diagnosis, FailuresEverywhereByEveryClassAreMixed) {
  const Diagnosis d = Campaign()
                          .fail(kAnywhere, 1, FailureClass::account_permission)
                          .fail(kAnywhere, 1, FailureClass::recipient_invalid)
                          .fail(kAnywhere, 1, FailureClass::rate_limited)
                          .fail(kAnywhere, 1, FailureClass::content_rejected)
                          .diagnose();
  EXPECT_EQ(d.verdict, Verdict::mixed) << d.sentence;
  EXPECT_TRUE(d.causes.empty());
  EXPECT_LE(d.slices.size(), 5u);
}

TEST(Diagnosis, TwoCausesOfTheSameWeightAreMixedAndShowBothPlaces) {
  const Diagnosis d = Campaign()
                          .fail(account(1), 8, FailureClass::account_permission)
                          .fail(collection(2), 6, FailureClass::recipient_invalid)
                          .diagnose();
  EXPECT_EQ(d.verdict, Verdict::mixed) << d.sentence;
  ASSERT_GE(d.slices.size(), 2u);
  EXPECT_NE(d.sentence.find("no single cause explains it"), std::string::npos) << d.sentence;
}

TEST(Diagnosis, WhereThereIsOnlyOnePlaceTheCodesDecide) {
  const auto one = [](const Cell& c) {
    return c.account.value == 1 && c.collection.value == 1 && c.variant.value == 1 && c.load == 0;
  };
  const Diagnosis d =
      Campaign(400).only(one).fail(kAnywhere, 120, FailureClass::recipient_unavailable).diagnose();
  const Cause& c = the_cause(d);
  EXPECT_EQ(c.cause, FailureCause::invalid_leads);
  EXPECT_EQ(c.slice.label, "Trade fair");
  EXPECT_FALSE(d.ties.empty());
}

TEST(Diagnosis, WhatBelongsToNoneOfTheFourIsShownAsItself) {
  const Diagnosis d = Campaign().fail(kAnywhere, 4, FailureClass::transient).diagnose();
  EXPECT_EQ(d.verdict, Verdict::mixed);
  EXPECT_TRUE(d.causes.empty());
  ASSERT_EQ(d.others.size(), 1u);
  EXPECT_EQ(d.others[0].title, "Provider fault");
  EXPECT_EQ(d.others[0].n, 576);
  EXPECT_DOUBLE_EQ(d.others[0].share, 1);
  EXPECT_NE(d.sentence.find("none of the four causes"), std::string::npos) << d.sentence;
}

TEST(Diagnosis, AnAccountThatServesOneCollectionAloneIsATie) {
  const auto tied = [](const Cell& c) {
    return (c.account.value == 1) == (c.collection.value == 1);
  };
  const Diagnosis d =
      Campaign().only(tied).fail(account(1), 12, FailureClass::recipient_invalid).diagnose();
  ASSERT_EQ(d.ties.size(), 1u) << d.sentence;
  EXPECT_NE(d.ties[0].find("North desk"), std::string::npos);
  EXPECT_NE(d.ties[0].find("Trade fair"), std::string::npos);
  EXPECT_NE(d.ties[0].find("cannot tell which of the two it is"), std::string::npos);
}

TEST(Baseline, IsTheWorkspacesDrawnTowardsFourPercentAndNeverExcusesABadWorkspace) {
  EXPECT_DOUBLE_EQ(baseline_rate({}), 0.04);
  EXPECT_NEAR(baseline_rate({9'900, 100, {}}), (100 + 16.0) / 10'400, 1e-12);
  EXPECT_DOUBLE_EQ(baseline_rate({1'000, 1'000, {}}), 0.05);
  EXPECT_DOUBLE_EQ(baseline_rate({1'000'000, 0, {}}), 0.005);
  // What is none of the four causes does not count.
  EXPECT_NEAR(baseline_rate({9'900, 100, {{FailureClass::transient, "", 100}}}), 16.0 / 10'300,
              1e-12 + 0.005);
}

}  // namespace
}  // namespace headway::domain::diagnosis
