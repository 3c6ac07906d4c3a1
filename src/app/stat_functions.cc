#include "app/stat_functions.h"

#include <cmath>

#include <boost/json/array.hpp>

#include "domain/statistics/bayes.h"
#include "domain/statistics/eprocess.h"
#include "domain/statistics/guard.h"
#include "domain/statistics/intervals.h"
#include "domain/statistics/ratio.h"
#include "domain/statistics/sample_size.h"
#include "domain/statistics/slices.h"
#include "domain/statistics/special.h"
#include "domain/statistics/strata.h"

namespace headway::app {
namespace {

using namespace domain::statistics;
using boost::json::array;
using boost::json::object;
using boost::json::value;
using A = StatArguments;

constexpr double kTiny = 1e-12;
constexpr std::size_t kArmsMost = 100;

// JSON has no infinity: null, as for what is not defined.
value json(double x) { return std::isfinite(x) ? value(x) : value(nullptr); }
value json(std::optional<double> x) { return x ? json(*x) : value(nullptr); }
value json(std::optional<std::int64_t> x) { return x ? value(*x) : value(nullptr); }
value json(const Interval& i) { return object{{"lo", json(i.lo)}, {"hi", json(i.hi)}}; }
value json(const std::vector<double>& xs) {
  array all;
  for (const double x : xs) all.push_back(json(x));
  return all;
}

double alpha_of(A& a) { return a.option("alpha", 0.05, kTiny, 0.5); }

template <Interval (*Method)(Trials, double)>
object interval(A& a) {
  const Trials t = a.trials("tries");
  const double alpha = alpha_of(a);
  if (!a.ok()) return {};
  const Interval i = Method(t, alpha);
  return {{"rate", t.n > 0 ? json(static_cast<double>(t.successes) / static_cast<double>(t.n))
                           : value(nullptr)},
          {"lo", i.lo},
          {"hi", i.hi}};
}

object jeffreys_bound(A& a) {
  const Trials t = a.trials("tries");
  const double level = a.option("level", 0.9, kTiny, 1 - kTiny);
  return a.ok() ? object{{"upper", jeffreys_upper(t, level)}} : object{};
}
object newcombe(A& a) {
  const Trials x = a.trials("first arm"), y = a.trials("second arm");
  const double alpha = alpha_of(a);
  if (!a.ok()) return {};
  const Interval i = newcombe_difference(x, y, alpha);
  return {{"lo", i.lo}, {"hi", i.hi}};
}
object evidence_against_rate(A& a) {
  const Trials t = a.trials("tries");
  const double p = a.number("rate", kTiny, 1 - kTiny);
  return a.ok() ? object{{"ln_e", ln_evidence_against_rate(t, p)}} : object{};
}

object fnch(A& a) {
  const Block b = a.block("block");
  const double psi = a.option("psi", 2, 1e-20, 1e20);
  return a.ok() ? object{{"ln_lr", fnch_ln_likelihood_ratio(b, std::log(psi))}} : object{};
}

object blocks(A& a) {
  BlockEvidence e(a.option("width", GridMixture::kWidth, 0.05, 1));
  const double alpha = alpha_of(a);
  const int arms = static_cast<int>(a.option("arms", 2, 2, 1000));
  do e.add(a.block("block"));
  while (a.more());
  if (!a.ok()) return {};
  const double threshold = winner_threshold(arms, alpha);
  return {{"blocks", e.blocks()},
          {"ln_e", e.ln_e()},
          {"ln_e_a", e.ln_e(Side::a)},
          {"ln_e_b", e.ln_e(Side::b)},
          {"threshold", threshold},
          {"odds_ratio", json(e.odds_ratio())},
          {"odds_ratio_sequence", json(e.odds_ratio_sequence(alpha))},
          {"leads_needed_a", json(e.leads_needed(Side::a, threshold))},
          {"leads_needed_b", json(e.leads_needed(Side::b, threshold))}};
}

object even_split(A& a) {
  const std::int64_t x = a.whole("replies of A", 0, 1'000'000'000'000);
  const std::int64_t y = a.whole("replies of B", 0, 1'000'000'000'000);
  const double prior = a.option("a", 10, 1e-3, 1e6);
  return a.ok() ? object{{"ln_e", even_split_ln_e(x, y, prior)}} : object{};
}

object variants(A& a) {
  const Trials x = a.trials("A"), y = a.trials("B");
  const std::vector<double> shares = a.list_option("shares");
  const double alpha = alpha_of(a);
  const bool given = !shares.empty();
  if (given && (shares.size() != 2 || shares[0] <= 0 || shares[1] <= 0))
    a.refuse("shares: two numbers above 0, like 0.7,0.3");
  if (!a.ok()) return {};
  VariantEvidence e;
  e.add(x.successes, y.successes, given ? shares[0] : 0.5, given ? shares[1] : 0.5);
  const double threshold = winner_threshold(2, alpha);
  return {{"ln_e", e.ln_e()},
          {"ln_e_a", e.ln_e(Side::a)},
          {"ln_e_b", e.ln_e(Side::b)},
          {"threshold", threshold},
          {"leads_needed_a", json(e.leads_needed(Side::a, threshold, x, y))},
          {"leads_needed_b", json(e.leads_needed(Side::b, threshold, x, y))}};
}

std::vector<double> numbers(A& a, const char* what, double least, double most) {
  std::vector<double> all;
  do all.push_back(a.number(what, least, most));
  while (a.more());
  return all;
}

object winner(A& a) {
  const double alpha = alpha_of(a);
  const std::vector<double> e = numbers(a, "ln E", -1e9, 1e9);
  const auto arms = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(e.size()))));
  if (arms < 2 || arms * arms != e.size())
    a.refuse("K x K values of ln E(row beats column), K at least 2");
  if (!a.ok()) return {};
  const auto wins = find_winner(e, static_cast<int>(arms), alpha);
  return {{"winner", wins ? value(*wins) : value(nullptr)},
          {"threshold", winner_threshold(static_cast<int>(arms), alpha)}};
}

object discoveries(A& a) {
  const double q = a.option("q", 0.1, kTiny, 0.5);
  const std::vector<double> e = numbers(a, "ln E", -1e9, 1e9);
  if (!a.ok()) return {};
  array chosen;
  for (const bool one : select_discoveries(e, q)) chosen.push_back(value(one));
  return {{"discoveries", chosen}};
}

object chances(A& a) {
  const double prior = a.option("prior", 0, kTiny, 1 - kTiny);
  const double strength = a.option("strength", 20, 1e-3, 1e6);
  std::vector<BetaPosterior> arms;
  do
    arms.push_back(
        posterior(a.trials("arm"), prior > 0 ? std::optional(prior) : std::nullopt, strength));
  while (a.more());
  if (arms.size() > kArmsMost) a.refuse("at most 100 arms");
  if (!a.ok()) return {};
  const Chances c = compare_posteriors(arms);
  return {{"best", json(c.best)}, {"loss", json(c.loss)}};
}

object top_two(A& a) {
  const std::vector<double> best = numbers(a, "P(best)", 0, 1);
  return a.ok() ? object{{"shares", json(top_two_shares(best))}} : object{};
}
object earn(A& a) {
  const std::vector<double> best = numbers(a, "P(best)", 0, 1);
  return a.ok() ? object{{"shares", json(earn_shares(best))}} : object{};
}

object ratio(A& a) {
  std::vector<double> shares = a.list_option("shares");
  std::vector<std::int64_t> counts;
  do counts.push_back(a.whole("leads", 0, 1'000'000'000'000));
  while (a.more());
  if (shares.empty()) shares.assign(counts.size(), 1);
  if (counts.size() < 2) a.refuse("leads of at least two variants");
  if (shares.size() != counts.size()) a.refuse("shares: as many as counts");
  for (const double share : shares)
    if (share <= 0) a.refuse("shares: numbers above 0");
  if (!a.ok()) return {};
  const double ln_e = ratio_mismatch_ln_e(counts, shares);
  return {{"ln_e", ln_e}, {"alarm", ln_e >= std::log(kMismatchAlarm)}};
}

object strata(A& a) {
  const double alpha = alpha_of(a);
  std::vector<Block> all;
  do all.push_back(a.block("stratum"));
  while (a.more());
  if (!a.ok()) return {};
  const StratifiedComparison c = compare_strata(all, alpha);
  return {{"crude_odds_ratio", json(c.crude_odds_ratio)},
          {"odds_ratio", json(c.odds_ratio)},
          {"odds_ratio_interval",
           c.odds_ratio_interval ? json(*c.odds_ratio_interval) : value(nullptr)},
          {"cmh", json(c.cmh)},
          {"cmh_p", json(c.cmh_p)},
          {"breslow_day", json(c.breslow_day)},
          {"breslow_day_p", json(c.breslow_day_p)},
          {"strata_used", c.strata_used},
          {"strata_dropped", c.strata_dropped},
          {"share_dropped", c.share_dropped},
          {"mix_reverses", c.mix_reverses},
          {"may_name_winner", c.may_name_winner()}};
}

object score(A& a) {
  const Trials x = a.trials("A"), y = a.trials("B");
  if (!a.ok()) return {};
  const ScoreTest t = score_test(x, y);
  return {{"z", t.z}, {"p", t.p}};
}
object size(A& a) {
  const double pa = a.number("rate of A", 0, 1), pb = a.number("rate of B", 0, 1);
  const double alpha = alpha_of(a), power = a.option("power", 0.8, 0.01, 0.9999);
  return a.ok() ? object{{"leads_per_arm", json(sample_size(pa, pb, alpha, power))}} : object{};
}
object detectable(A& a) {
  const double base = a.number("rate", 0, 1);
  const std::int64_t n = a.whole("leads of an arm", 1, 1'000'000'000'000);
  const double alpha = alpha_of(a), power = a.option("power", 0.8, 0.01, 0.9999);
  return a.ok() ? object{{"rate", json(detectable_rate(base, n, alpha, power))}} : object{};
}

object guard(A& a) {
  const double f0 = a.option("f0", 0.05, 0, 1), rho = a.option("rho", 0.01, 0, 0.5);
  const Guard guard(f0, rho);
  GuardState state;
  array levels;
  do {
    for (const char c : a.word("outcomes of a day, 1 for a failure")) {
      if (c != '0' && c != '1')
        a.refuse("outcomes are 0 and 1, like 00101101, a word for each day");
      guard.update(state, static_cast<std::int64_t>(levels.size()), c == '1');
    }
    levels.push_back(Guard::level(state));
  } while (a.more());
  return a.ok() ? object{{"level", Guard::level(state)}, {"by_day", levels}} : object{};
}
object correlation(A& a) {
  std::vector<Trials> days;
  do days.push_back(a.trials("failures of a day"));
  while (a.more());
  return a.ok() ? object{{"rho", guard_correlation(days)}} : object{};
}
object baseline(A& a) {
  const Trials history = a.trials("failures so far");
  const double workspace = a.number("rate of the workspace", 0, 1);
  return a.ok() ? object{{"f0", guard_baseline(history, workspace)}} : object{};
}
object threshold(A& a) {
  const double messages = a.number("messages a year", 0, 1e15),
               alarms = a.option("alarms", 1, 1e-6, 1e6);
  if (!a.ok()) return {};
  const double alert = guard_threshold(messages, alarms);
  return {{"alert", alert}, {"pause", kGuardPause * alert}};
}
object llr(A& a) {
  const Trials t = a.trials("failures");
  const double q = a.number("normal rate", kTiny, 1 - kTiny);
  return a.ok() ? object{{"llr", failure_llr(t.successes, t.n, q)}} : object{};
}
object log_beta(A& a) {
  const double x = a.number("a", 1e-6, 1e15), y = a.number("b", 1e-6, 1e15);
  return a.ok() ? object{{"ln_beta", ln_beta(x, y)}} : object{};
}
object incomplete_beta(A& a) {
  const double x = a.number("a", 1e-6, 1e15), y = a.number("b", 1e-6, 1e15);
  const double at = a.number("x", 0, 1);
  return a.ok() ? object{{"cdf", beta_cdf(x, y, at)}} : object{};
}

constexpr StatFunction kFunctions[] = {
    {"wilson", "S/N [alpha=]", "5/100", "Wilson interval", interval<wilson>},
    {"jeffreys", "S/N [alpha=]", "5/100", "Jeffreys interval", interval<jeffreys>},
    {"jeffreys-upper", "S/N [level=]", "5/100", "one-sided Jeffreys bound", jeffreys_bound},
    {"clopper-pearson", "S/N [alpha=]", "5/100", "exact interval", interval<clopper_pearson>},
    {"confidence-sequence", "S/N [alpha=]", "5/100", "interval that holds at all times",
     interval<confidence_sequence>},
    {"rate-evidence", "S/N RATE", "5/100 0.1", "ln E against a rate", evidence_against_rate},
    {"newcombe", "S/N S/N [alpha=]", "56/70 48/80", "interval of a difference", newcombe},
    {"fnch", "A:B [psi=]", "9/100:3/100 psi=2", "ln likelihood ratio of an odds ratio", fnch},
    {"blocks", "A:B ... [alpha= arms= width=]", "9/100:3/100 4/80:1/120",
     "evidence from closed blocks", blocks},
    {"even-split", "REPLIES REPLIES [a=]", "30 45", "evidence under an even split", even_split},
    {"variants", "S/N S/N [shares= alpha=]", "30/1000 45/1000", "evidence under any split",
     variants},
    {"winner", "LN_E ... [alpha=]", "0 5 -1 0", "winner among K, from K x K ln E", winner},
    {"e-bh", "LN_E ... [q=]", "5 4.5 0.1 -1", "discoveries among many comparisons", discoveries},
    {"chances", "S/N ... [prior= strength=]", "30/1000 45/1000 prior=0.5 strength=2",
     "P(best), expected loss", chances},
    {"top-two", "P ...", "0.2 0.5 0.3", "shares that learn", top_two},
    {"earn", "P ...", "0.2 0.5 0.3", "shares that earn", earn},
    {"ratio", "LEADS ... [shares=]", "821588 815482 shares=50,50", "sample-ratio mismatch", ratio},
    {"strata", "A:B ... [alpha=]", "512/825:89/108 353/560:17/25",
     "Mantel-Haenszel, CMH, Breslow-Day", strata},
    {"score-test", "S/N S/N", "30/1000 45/1000", "pooled z-test of fixed size", score},
    {"sample-size", "RATE RATE [alpha= power=]", "0.03 0.045", "leads for a test of fixed size",
     size},
    {"detectable", "RATE LEADS [alpha= power=]", "0.03 2500", "smallest rate such a test can tell",
     detectable},
    {"llr", "F/N RATE", "40/100 0.05", "how unusual failures are", llr},
    {"guard", "OUTCOMES ... [f0= rho=]", "00101101 rho=0.02",
     "level of the detector, a word for each day", guard},
    {"guard-correlation", "F/N ...", "3/100 9/100 4/100", "rho from daily failures", correlation},
    {"guard-baseline", "F/N RATE", "10/400 0.04", "normal rate of an account", baseline},
    {"guard-threshold", "MESSAGES [alarms=]", "36500", "levels for an alert and a pause",
     threshold},
    {"ln-beta", "A B", "30.5 970.5", "ln of the beta function", log_beta},
    {"beta-cdf", "A B X", "5.5 95.5 0.05", "regularised incomplete beta function", incomplete_beta},
};

}  // namespace

std::span<const StatFunction> stat_functions() { return kFunctions; }

}  // namespace headway::app
