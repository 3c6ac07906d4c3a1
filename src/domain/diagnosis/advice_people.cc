// Advice for low response (texts, targeting, value proposition) and low conversion (handling of replies, timing
// of follow-ups, booking).

#include <algorithm>
#include <cmath>
#include <map>

#include "domain/diagnosis/advice_parts.h"
#include "domain/statistics/intervals.h"
#include "domain/wording.h"

namespace headway::domain::diagnosis {
namespace {

// Leads contacted before the texts of a step are compared.
constexpr std::int64_t kTextMin = 100;
constexpr std::int64_t kRespondersMin = 20;

// Replies to a text, of the messages that carried it.
Rate replies_to(const Counts& c) {
  return make_rate(std::min(c[Counter::responded], c[Counter::delivered]), c[Counter::delivered]);
}

using Texts = std::vector<AdviceInput::Part>;

// The texts in use of the step that most messages carried.
Texts main_texts(const AdviceInput& in) {
  std::map<int, std::int64_t> messages;
  for (const AdviceInput::Part& t : in.texts) messages[t.step] += t.counts[Counter::delivered];
  const auto most = std::max_element(messages.begin(), messages.end(),
                                     [](auto& a, auto& b) { return a.second < b.second; });
  Texts texts;
  for (const AdviceInput::Part& t : in.texts) {
    if (most != messages.end() && t.step == most->first && t.counts[Counter::delivered] > 0) {
      texts.push_back(t);
    }
  }
  return texts;
}

void variants(const AdviceInput& in, const Texts& texts, std::vector<Advice>& out) {
  Advice a{Figure::response, "Test different message variants", "", {}, {}};
  const Rate response = response_rate(in.counts);
  const auto in_use = std::count_if(texts.begin(), texts.end(), [](auto& t) { return t.in_use; });
  const Contrast weak = worst(texts, replies_to);
  if (weak.part != nullptr && weak.part->in_use) {
    a.sentence = weak.part->label +
                 " gets fewer replies than the other texts of its step: " + rate_text(weak.own) +
                 ", the others " + rate_text(weak.rest) + ".";
    a.evidence.push_back({"Replies to " + weak.part->label, rate_text(weak.own), ""});
    a.evidence.push_back({"Replies to the others", rate_text(weak.rest), ""});
    a.action = {"Compare the variants", in.campaign_link + "/variants"};
  } else if (in_use <= 1 && response.den >= kTextMin) {
    a.sentence = "Everybody gets the same text, and " + rate_text(response) +
                 " replied: a second text would show whether that can be better.";
    a.evidence.push_back({"Texts in use in the main step", count_text(in_use), ""});
    a.evidence.push_back(
        {"Replied", rate_text(response), in.campaign_link + "/leads?replied=true"});
    a.action = {"Add a variant", in.campaign_link};
  } else {
    return;
  }
  out.push_back(std::move(a));
}

void targeting(const AdviceInput& in, std::vector<Advice>& out) {
  Advice a{Figure::response, "Improve targeting", "", {}, {}};
  const Contrast weak = worst(in.collections, response_rate);
  const Rate opt_out = opt_out_rate(in.counts), response = response_rate(in.counts);
  if (weak.part != nullptr) {
    a.sentence = "The people of " + weak.part->label + " reply less: " + rate_text(weak.own) +
                 ", those of the other collections " + rate_text(weak.rest) + ".";
    a.evidence.push_back({"Replied in " + weak.part->label, rate_text(weak.own), weak.part->link});
    a.evidence.push_back({"Replied in the others", rate_text(weak.rest), ""});
    a.action = {"Open " + weak.part->label, weak.part->link};
  } else if (opt_out.num >= kFailuresMin && opt_out.num > response.num) {
    a.sentence = "More people asked to be left alone than replied: " + rate_text(opt_out) +
                 " opted out, " + rate_text(response) + " replied.";
    a.evidence.push_back(
        {"Opted out", rate_text(opt_out), in.campaign_link + "/leads?opted_out=true"});
    a.evidence.push_back(
        {"Replied", rate_text(response), in.campaign_link + "/leads?replied=true"});
    a.action = {"See who opted out", in.campaign_link + "/leads?opted_out=true"};
  } else {
    return;
  }
  out.push_back(std::move(a));
}

void proposition(const AdviceInput& in, const Texts& texts, std::vector<Advice>& out) {
  Texts tried;
  for (const AdviceInput::Part& t : texts) {
    if (t.counts[Counter::delivered] >= kTextMin) tried.push_back(t);
  }
  if (tried.size() < 2 || worst(tried, replies_to).part != nullptr) return;
  Advice a{Figure::response, "Refine value proposition", "", {}, {}};
  std::int64_t num = 0, den = 0;
  for (const AdviceInput::Part& t : tried) {
    const Rate r = replies_to(t.counts);
    num += r.num;
    den += r.den;
    a.evidence.push_back({"Replies to " + t.label, rate_text(r), ""});
  }
  a.sentence = count_text(std::ssize(tried)) + " texts were tried and none does better than the " +
               "others: " + rate_text(make_rate(num, den)) +
               " replied. It is what is offered, rather than how it is said.";
  a.action = {"Edit the messages", in.campaign_link};
  out.push_back(std::move(a));
}

void handling(const AdviceInput& in, std::vector<Advice>& out) {
  if (in.unread == 0) return;
  Advice a{Figure::conversion, "Optimize response handling", "", {}, {}};
  a.sentence = count_text(in.unread, "conversation") + " of this campaign " +
               (in.unread == 1 ? "has" : "have") + " not been read, while " +
               rate_text(conversion_rate(in.counts)) + " of the leads booked.";
  a.evidence.push_back({"Unread conversations", count_text(in.unread), "/inbox/conversations"});
  a.evidence.push_back({"Replied", count_text(in.counts[Counter::responded], "lead"),
                        in.campaign_link + "/leads?replied=true"});
  a.action = {"Open the inbox", "/inbox/conversations"};
  out.push_back(std::move(a));
}

std::string days_text(double seconds) {
  const double days = seconds / 86'400;
  if (days >= 1.5) return count_text(std::llround(days)) + " days";
  const auto hours = std::max<std::int64_t>(1, std::llround(seconds / 3'600));
  return count_text(hours, "hour");
}

void timing(const AdviceInput& in, std::vector<Advice>& out) {
  Advice a{Figure::conversion, "Improve follow-up timing", "", {}, {}};
  const std::int64_t contacted = in.counts[Counter::contacted],
                     responded = in.counts[Counter::responded];
  if (in.delays.empty() && contacted >= kTextMin) {
    a.sentence = count_text(contacted - responded) + " of " + count_text(contacted) +
                 " leads did not reply, and nobody gets a second message.";
    a.evidence.push_back({"Contacted without a reply", count_text(contacted - responded),
                          in.campaign_link + "/leads?contacted=true"});
    a.action = {"Add a follow-up", in.campaign_link};
    out.push_back(std::move(a));
    return;
  }
  const TimeToReply& t = in.time_to_reply;
  if (in.delays.empty() || t.n < kRespondersMin || !t.median_s || !t.p75_s) return;
  const auto delay = static_cast<double>(in.delays.front().count()) / 1000;
  if (delay >= static_cast<double>(*t.median_s)) return;
  a.sentence = "The follow-up goes out after " + days_text(delay) +
               ", but half of the replies take longer than " +
               days_text(static_cast<double>(*t.median_s)) + ".";
  a.evidence.push_back({"Half of the replies within", days_text(static_cast<double>(*t.median_s)),
                        in.campaign_link + "/leads?replied=true"});
  a.evidence.push_back({"Three quarters within", days_text(static_cast<double>(*t.p75_s)), ""});
  a.evidence.push_back({"Follow-up after", days_text(delay), in.campaign_link});
  a.action = {"Change the delay", in.campaign_link};
  out.push_back(std::move(a));
}

void booking(const AdviceInput& in, const Rate& per_responder, std::vector<Advice>& out) {
  if (per_responder.den < kRespondersMin) return;
  const Rate usual = make_rate(in.others[Counter::booked], in.others[Counter::responded]);
  const bool known = in.others[Counter::contacted] >= kUsualMin && usual.den >= kRespondersMin;
  const double bar = known && usual.rate ? *usual.rate : kUsualBookings;
  if (!per_responder.hi || *per_responder.hi >= bar) return;
  Advice a{Figure::conversion, "Refine booking process", "", {}, {}};
  a.sentence = "People reply but do not book: " + rate_text(per_responder) + ", where " +
               percent_text(bar) + " is usual" + (known ? " in your other campaigns." : ".");
  a.evidence.push_back({"Booked, of those who replied", rate_text(per_responder),
                        in.campaign_link + "/leads?booked=true"});
  if (known) a.evidence.push_back({"In your other campaigns", rate_text(usual), ""});
  a.action = {"See who replied", in.campaign_link + "/leads?replied=true"};
  out.push_back(std::move(a));
}

}  // namespace

void advise_response(const AdviceInput& in, std::vector<Advice>& out) {
  const Texts texts = main_texts(in);
  variants(in, texts, out);
  targeting(in, out);
  proposition(in, texts, out);
}

void advise_conversion(const AdviceInput& in, const Rate& per_responder, std::vector<Advice>& out) {
  handling(in, out);
  timing(in, out);
  booking(in, per_responder, out);
}

}  // namespace headway::domain::diagnosis
