#include "domain/statistics/slices.h"

#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/domain_statistics/near.h"

namespace headway::domain::statistics {
namespace {

constexpr std::int32_t kAuthCode = 0, kInvalidCode = 1, kOtherCode = 2;

// 6 accounts x 4 collections x 3 load buckets x 2 variants, 40 attempts each, 2 of them failures (5 %).
DiagnosisInput healthy(int collections = 4) {
  DiagnosisInput input;
  input.code_causes = {Cause::account_issues, Cause::invalid_leads};
  for (int a = 0; a < 6; ++a)
    for (int c = 0; c < collections; ++c)
      for (int load = 0; load < 3; ++load)
        for (int v = 0; v < 2; ++v) input.cells.push_back({{a, c, load, v, 0}, 40, 2});
  return input;
}

template <class Where>
void fail_more(DiagnosisInput& input, std::int64_t more, std::optional<std::int32_t> code,
               const Where& where) {
  for (std::size_t i = 0; i < input.cells.size(); ++i) {
    FailureCell& cell = input.cells[i];
    if (!where(cell.values)) continue;
    cell.failures += more;
    if (code) input.codes.push_back({static_cast<std::int32_t>(i), *code, more});
  }
}

TEST(FailureLlr, Vector) {
  EXPECT_VECTOR(failure_llr(40, 100, 0.05), 55.605721904487);
  EXPECT_EQ(failure_llr(5, 100, 0.05), 0);
  EXPECT_EQ(failure_llr(3, 100, 0.05), 0);
  EXPECT_EQ(failure_llr(0, 0, 0.05), 0);
  EXPECT_CLOSE(failure_llr(100, 100, 0.05), 100 * std::log(20.0), 1e-12);
  EXPECT_TRUE(std::isfinite(failure_llr(1'000'000'000, 1'000'000'000, 0.05)));
}

TEST(LoadBucket, IsThePowerOfTwoBelow) {
  EXPECT_EQ(load_bucket(1), 0);
  EXPECT_EQ(load_bucket(2), 1);
  EXPECT_EQ(load_bucket(3), 1);
  EXPECT_EQ(load_bucket(4), 2);
  EXPECT_EQ(load_bucket(1'000'000'000), 29);
}

TEST(Diagnosis, OfNothingAndOfAHealthyCampaignIsNotEnoughEvidence) {
  EXPECT_EQ(diagnose({}).verdict, Verdict::not_enough_evidence);
  const Diagnosis d = diagnose(healthy());
  EXPECT_EQ(d.verdict, Verdict::not_enough_evidence);
  EXPECT_TRUE(d.explaining.empty());
  EXPECT_EQ(d.tries, 6 * 4 * 3 * 2 * 40);
}

struct Fault {
  Dimension dimension;
  std::int32_t value;
};
class DiagnosisOf : public testing::TestWithParam<Fault> {};

TEST_P(DiagnosisOf, AFaultInOneSliceIsStatedWithoutAnyCode) {
  const auto [dimension, value] = GetParam();
  DiagnosisInput input = healthy();
  fail_more(input, 16, std::nullopt, [&](const auto& values) {
    return values[static_cast<std::size_t>(dimension)] == value;
  });
  const Diagnosis d = diagnose(input);
  EXPECT_EQ(d.verdict, Verdict::stated);
  EXPECT_EQ(d.causes[0].cause, cause_of(dimension));
  EXPECT_GE(d.causes[0].posterior, 0.8);
  ASSERT_EQ(d.explaining.size(), 1U);
  EXPECT_EQ(d.explaining[0].dimension, dimension);
  EXPECT_EQ(d.explaining[0].value, value);
  EXPECT_NEAR(d.explaining[0].share, 1, 1e-9);
  EXPECT_TRUE(d.ties.empty());
  EXPECT_LE(d.top.size(), 5U);
  EXPECT_EQ(d.top.front(), d.explaining.front());
}
INSTANTIATE_TEST_SUITE_P(Slices, DiagnosisOf,
                         testing::Values(Fault{Dimension::account, 3},
                                         Fault{Dimension::collection, 1}, Fault{Dimension::load, 2},
                                         Fault{Dimension::variant, 1}));

TEST(Diagnosis, TwoBadAccountsAddUp) {
  DiagnosisInput input = healthy();
  fail_more(input, 20, std::nullopt, [](const auto& v) { return v[0] == 1 || v[0] == 4; });
  const Diagnosis d = diagnose(input);
  EXPECT_EQ(d.verdict, Verdict::stated);
  EXPECT_EQ(d.causes[0].cause, Cause::account_issues);
  EXPECT_EQ(d.explaining.size(), 2U);
}

TEST(Diagnosis, TwoDifferentFaultsAreMixed) {
  DiagnosisInput input = healthy();
  fail_more(input, 16, std::nullopt, [](const auto& v) { return v[0] == 1; });
  fail_more(input, 12, std::nullopt, [](const auto& v) { return v[1] == 2 && v[0] != 1; });
  const Diagnosis d = diagnose(input);
  EXPECT_EQ(d.verdict, Verdict::mixed);
  EXPECT_EQ(d.explaining.size(), 2U);
}

// Account 5 alone serves collection 4, and only that.
DiagnosisInput tied(std::optional<std::int32_t> code) {
  DiagnosisInput input = healthy();
  for (FailureCell& cell : input.cells)
    if (cell.values[0] == 5) cell.values[1] = 4;
  fail_more(input, 18, code, [](const auto& v) { return v[0] == 5; });
  return input;
}

TEST(Diagnosis, AnAccountThatServesOneCollectionOnlyIsATie) {
  const Diagnosis d = diagnose(tied(std::nullopt));
  EXPECT_EQ(d.verdict, Verdict::mixed);
  ASSERT_EQ(d.ties.size(), 1U);
  EXPECT_NE(d.ties[0].dimension, d.explaining[0].dimension);
  EXPECT_EQ(d.ties[0].failures, d.explaining[0].failures);
}

TEST(Diagnosis, CodesDecideATie) {
  EXPECT_EQ(diagnose(tied(kAuthCode)).causes[0].cause, Cause::account_issues);
  EXPECT_EQ(diagnose(tied(kAuthCode)).verdict, Verdict::stated);
  EXPECT_EQ(diagnose(tied(kInvalidCode)).causes[0].cause, Cause::invalid_leads);
  EXPECT_EQ(diagnose(tied(kOtherCode)).verdict, Verdict::mixed);
}

TEST(Diagnosis, AFaultEverywhereNamesNoSlice) {
  DiagnosisInput input = healthy();
  fail_more(input, 10, std::nullopt, [](const auto&) { return true; });
  const Diagnosis d = diagnose(input);
  EXPECT_EQ(d.verdict, Verdict::mixed);
  EXPECT_TRUE(d.explaining.empty());
}

TEST(Diagnosis, ASingleAccountIsNamedWhenItsCodesSaySo) {
  DiagnosisInput input = healthy();
  for (FailureCell& cell : input.cells) cell.values[0] = 0;
  DiagnosisInput silent = input;
  fail_more(silent, 10, std::nullopt, [](const auto&) { return true; });
  EXPECT_EQ(diagnose(silent).verdict, Verdict::mixed);
  fail_more(input, 10, kAuthCode, [](const auto&) { return true; });
  EXPECT_EQ(diagnose(input).verdict, Verdict::stated);
  EXPECT_EQ(diagnose(input).causes[0].cause, Cause::account_issues);
}

TEST(Diagnosis, TooFewAttemptsAreNotEnough) {
  DiagnosisInput input;
  input.cells = {{{0, 0, 0, 0, 0}, 10, 2}, {{1, 0, 0, 0, 0}, 10, 0}};
  EXPECT_EQ(diagnose(input).verdict, Verdict::not_enough_evidence);
}

TEST(Diagnosis, AHundredThousandCells) {
  DiagnosisInput input;
  for (std::int32_t i = 0; i < 100'000; ++i)
    input.cells.push_back({{i % 199, i % 23, i % 9, i % 5, i % 3}, 50, i % 199 == 7 ? 30 : 2});
  const auto from = std::chrono::steady_clock::now();
  const Diagnosis d = diagnose(input);
  const auto took = std::chrono::steady_clock::now() - from;
  EXPECT_EQ(d.causes[0].cause, Cause::account_issues);
  // Some milliseconds; ten times the budget, for busy machines and sanitizers.
  EXPECT_LT(took, std::chrono::milliseconds{1000});
}

RC_GTEST_PROP(Diagnosis, SharesAndPosteriorsStayInRange, ()) {
  const auto drawn = [](int from, int to) {
    return *rc::gen::resize(100, rc::gen::inRange(from, to));
  };
  DiagnosisInput input;
  input.code_causes = {Cause::account_issues, Cause::invalid_leads, std::nullopt};
  const int cells = drawn(0, 40);
  for (int i = 0; i < cells; ++i) {
    const int n = drawn(0, 200), f = drawn(0, n + 1);
    input.cells.push_back(
        {{drawn(0, 4), drawn(0, 3), drawn(0, 5), drawn(0, 3), drawn(0, 2)}, n, f});
    if (f > 0) input.codes.push_back({i, drawn(0, 5), f});
  }
  const Diagnosis d = diagnose(input);
  double posteriors = 0, shares = 0;
  for (const auto& c : d.causes) posteriors += c.posterior;
  for (const Slice& s : d.explaining) shares += s.share;
  RC_ASSERT(posteriors > 0 && posteriors <= 1 + 1e-12);
  RC_ASSERT(std::is_sorted(d.causes.begin(), d.causes.end(),
                           [](const auto& a, const auto& b) { return a.posterior > b.posterior; }));
  // What is below expectation elsewhere may make the shares exceed 1.
  RC_ASSERT(shares >= 0);
  for (const Slice& s : d.explaining) RC_ASSERT(s.failures <= s.tries && s.score > 0);
}

}  // namespace
}  // namespace headway::domain::statistics
