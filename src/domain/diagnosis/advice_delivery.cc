// Advice for low delivery: sending volume, account health, lead quality.

#include <algorithm>

#include "domain/diagnosis/advice_parts.h"
#include "domain/statistics/intervals.h"
#include "domain/wording.h"

namespace headway::domain::diagnosis {
namespace {

std::int64_t failures_of(const Counts& c, FailureCause cause) {
  std::int64_t n = 0;
  for (int i = 1; i < kFailureClasses; ++i) {
    if (cause_of(static_cast<FailureClass>(i)) == cause) {
      n += c.message_failures[static_cast<std::size_t>(i)];
    }
  }
  return n;
}

struct ClassShare {
  std::int64_t n = 0, all = 0;
  bool worth_naming() const {
    return n >= kFailuresMin &&
           static_cast<double>(n) >= kFailuresShareMin * static_cast<double>(all);
  }
  std::string text() const {
    return count_text(n) + " of " + count_text(all, "failed message") + " (" +
           percent_text(n, all) + ")";
  }
};

ClassShare share_of(const AdviceInput& in, FailureCause cause) {
  const Rate delivery = delivery_rate(in.counts);
  return {failures_of(in.counts, cause), delivery.den - delivery.num};
}

std::string failed_link(const AdviceInput& in, FailureClass c) {
  return in.campaign_link + "/leads?status=failed&failure_class=" + std::string(to_string(c));
}

void add_classes(const AdviceInput& in, FailureCause cause, std::vector<Evidence>& evidence) {
  for (int i = 1; i < kFailureClasses; ++i) {
    const auto c = static_cast<FailureClass>(i);
    const std::int64_t n = in.counts.message_failures[static_cast<std::size_t>(i)];
    if (n == 0 || cause_of(c) != cause) continue;
    evidence.push_back(
        {"Failed with " + std::string(to_string(c)), count_text(n, "message"), failed_link(in, c)});
  }
}

// Where in the hour messages begin to fail: the split with the largest gap that chance does not explain.
struct LoadSplit {
  int bucket = 0;
  Rate late, early;  // failed messages from 2^bucket on, and before
};
LoadSplit load_split(const std::vector<AdviceInput::Load>& loads) {
  LoadSplit best;
  double widest = 0;
  for (const AdviceInput::Load& at : loads) {
    std::int64_t late = 0, late_failed = 0, early = 0, early_failed = 0;
    for (const AdviceInput::Load& l : loads) {
      const std::int64_t n = l.delivered + l.undelivered;
      (l.bucket >= at.bucket ? late : early) += n;
      (l.bucket >= at.bucket ? late_failed : early_failed) += l.undelivered;
    }
    if (late < kEnough || early < kEnough) continue;
    const auto gap =
        statistics::newcombe_difference({late_failed, late}, {early_failed, early}, kAlpha);
    if (gap.lo > widest) {
      widest = gap.lo;
      best = {at.bucket, make_rate(late_failed, late), make_rate(early_failed, early)};
    }
  }
  return best;
}

void volume(const AdviceInput& in, std::vector<Advice>& out) {
  const ClassShare limited = share_of(in, FailureCause::rate_limiting);
  const LoadSplit split = load_split(in.loads);
  Advice a{Figure::delivery, "Reduce sending volume", "", {}, {}};
  if (split.bucket > 0) {
    const std::string nth = ordinal_text(std::int64_t{1} << split.bucket);
    a.sentence = "Messages that an account sends late in a busy hour fail more often: from the " +
                 nth + " on " + rate_text(split.late) + ", before it " + rate_text(split.early) +
                 ".";
    a.evidence.push_back({"Failed from the " + nth + " message of the hour on",
                          rate_text(split.late), in.campaign_link + "/leads?status=failed"});
    a.evidence.push_back({"Failed before it", rate_text(split.early), ""});
  } else if (limited.worth_naming()) {
    a.sentence =
        "The provider turned messages away because too many came at once: " + limited.text() + ".";
  } else {
    return;
  }
  add_classes(in, FailureCause::rate_limiting, a.evidence);
  a.action = {"Lower the daily limit or the pace", in.campaign_link};
  out.push_back(std::move(a));
}

void health(const AdviceInput& in, std::vector<Advice>& out) {
  Advice a{Figure::delivery, "Check account health", "", {}, {}};
  for (const AdviceInput::AccountState& s : in.states) {
    if (s.status == AccountStatus::active || s.status == AccountStatus::paused) continue;
    a.evidence.push_back({s.label + " is " + std::string(to_string(s.status)),
                          s.reason.empty() ? "no reason given" : s.reason, s.link});
    if (a.sentence.empty()) {
      a.sentence = s.label + " does not send as it should: " +
                   (s.reason.empty() ? std::string(to_string(s.status)) : s.reason) + ".";
      a.action = {"Open " + s.label, s.link};
    }
  }
  const Contrast odd = worst(in.accounts, delivery_rate);
  if (odd.part != nullptr) {
    a.evidence.push_back({"Delivered by " + odd.part->label, rate_text(odd.own), odd.part->link});
    a.evidence.push_back({"Delivered by the others", rate_text(odd.rest), ""});
    if (a.sentence.empty()) {
      a.sentence = odd.part->label +
                   " delivers less than the other accounts: " + rate_text(odd.own) +
                   ", the others " + rate_text(odd.rest) + ".";
      a.action = {"Open " + odd.part->label, odd.part->link};
    }
  }
  const ClassShare refused = share_of(in, FailureCause::account_issues);
  if (refused.worth_naming()) {
    if (a.sentence.empty()) {
      a.sentence =
          "The provider refused the accounts themselves, not the people: " + refused.text() + ".";
      a.action = {"Look at the accounts", in.campaign_link};
    }
    add_classes(in, FailureCause::account_issues, a.evidence);
  }
  if (!a.sentence.empty()) out.push_back(std::move(a));
}

void quality(const AdviceInput& in, std::vector<Advice>& out) {
  Advice a{Figure::delivery, "Verify lead quality", "", {}, {}};
  const ClassShare invalid = share_of(in, FailureCause::invalid_leads);
  const Contrast odd = worst(in.collections, delivery_rate);
  if (odd.part != nullptr) {
    a.sentence = "Fewer messages reach the people of " + odd.part->label + ": " +
                 rate_text(odd.own) + ", those of the other collections " + rate_text(odd.rest) +
                 ".";
    a.evidence.push_back({"Delivered to " + odd.part->label, rate_text(odd.own), odd.part->link});
    a.evidence.push_back({"Delivered to the others", rate_text(odd.rest), ""});
    a.action = {"Refresh " + odd.part->label, odd.part->link};
  } else if (invalid.worth_naming()) {
    a.sentence = "Addresses do not exist or cannot be reached: " + invalid.text() + ".";
    a.action = {"See these leads", failed_link(in, FailureClass::recipient_invalid)};
  } else {
    return;
  }
  add_classes(in, FailureCause::invalid_leads, a.evidence);
  out.push_back(std::move(a));
}

}  // namespace

std::string rate_text(const Rate& r) {
  return count_text(r.num) + " of " + count_text(r.den) + " (" + percent_text(r.num, r.den) + ")";
}

Contrast worst(const std::vector<AdviceInput::Part>& parts, RateOf rate) {
  Contrast found;
  double widest = 0;
  std::int64_t num = 0, den = 0;
  for (const AdviceInput::Part& p : parts) {
    const Rate r = rate(p.counts);
    num += std::clamp<std::int64_t>(r.num, 0, r.den);
    den += r.den;
  }
  for (const AdviceInput::Part& p : parts) {
    const Rate own = rate(p.counts);
    const std::int64_t good = std::clamp<std::int64_t>(own.num, 0, own.den);
    const Rate rest = make_rate(num - good, den - own.den);
    if (own.den < kEnough || rest.den < kEnough) continue;
    const auto gap = statistics::newcombe_difference({rest.num, rest.den}, {good, own.den}, kAlpha);
    if (gap.lo > widest) {
      widest = gap.lo;
      found = {&p, own, rest};
    }
  }
  return found;
}

void advise_delivery(const AdviceInput& in, std::vector<Advice>& out) {
  volume(in, out);
  health(in, out);
  quality(in, out);
}

}  // namespace headway::domain::diagnosis
