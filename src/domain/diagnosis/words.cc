#include "domain/diagnosis/words.h"

#include <algorithm>
#include <cmath>

#include "domain/wording.h"

namespace headway::domain::diagnosis {
namespace {

std::int64_t failed(const Rate& delivery) { return delivery.den - delivery.num; }

// "310 of 2,000 messages failed (16 %)"
std::string failed_text(const Rate& delivery) {
  return count_text(failed(delivery)) + " of " + count_text(delivery.den, "message") + " failed (" +
         percent_text(failed(delivery), delivery.den) + ")";
}

std::string expected_text(double expected) {
  if (expected < 0.75) return "where hardly one would be usual";
  return "where " + count_text(std::llround(expected)) + " would be usual";
}

std::string how_much(double share) {
  if (share >= 0.9) return "nearly all";
  return share >= 0.5 ? "most" : "part";
}

}  // namespace

std::string title_of(FailureCause cause) {
  switch (cause) {
    case FailureCause::account_issues: return "Account issues";
    case FailureCause::invalid_leads: return "Invalid leads";
    case FailureCause::rate_limiting: return "Rate limiting";
    case FailureCause::content_issues: return "Content issues";
    default: return std::string(to_string(cause));
  }
}

std::string remedy_of(FailureCause cause) {
  switch (cause) {
    case FailureCause::account_issues: return "Check account status, review errors";
    case FailureCause::invalid_leads: return "Refresh the lead collection";
    case FailureCause::rate_limiting: return "Reduce daily limits";
    case FailureCause::content_issues: return "Review the message for spam triggers";
    default: return "";
  }
}

std::string load_label(std::int64_t bucket) {
  return "from the " + ordinal_text(std::int64_t{1} << bucket) + " message of an hour on";
}

std::string cause_sentence(const Slice& s, double share) {
  const std::string numbers = count_text(s.failures) + " of ", many = count_text(s.attempts),
                    end = " failed (" + percent_text(s.failures, s.attempts) + "), " +
                          expected_text(s.expected) + ".";
  switch (s.by) {
    case By::account:
      return s.label + " causes " + how_much(share) + " of it: " + numbers + "its " + many +
             " messages" + end;
    case By::collection:
      return s.label + " is behind " + how_much(share) + " of it: " + numbers + "the " + many +
             " messages to its people" + end;
    case By::load:
      return "Sending too fast causes " + how_much(share) + " of it: " + load_label(s.value) +
             ", " + numbers + "an account's " + many + " messages" + end;
    case By::variant:
    case By::step:
      return s.label + " causes " + how_much(share) + " of it: " + numbers + "the " + many +
             " messages with this text" + end;
  }
  return "";
}

std::string code_sentence(const std::vector<Background::Code>& codes, std::int64_t failures) {
  if (codes.empty() || codes.front().n * 2 < failures || failures < 2) return "";
  const Background::Code& top = codes.front();
  std::string text =
      top.n == failures ? "All" : count_text(top.n) + " of the " + count_text(failures);
  text += " came back as " + std::string(to_string(top.failure));
  if (!top.code.empty()) text += " (code " + top.code + ")";
  return text + ".";
}

Other other_of(FailureClass failure, std::int64_t n, std::int64_t failures) {
  Other o;
  o.failure = failure;
  o.n = n;
  o.share = failures > 0 ? static_cast<double>(n) / static_cast<double>(failures) : 0;
  const std::string many = count_text(n, "message");
  switch (failure) {
    case FailureClass::transient:
      o.title = "Provider fault";
      o.sentence = many + " failed after several tries because the provider could not take " +
                   (n == 1 ? "it." : "them.");
      break;
    case FailureClass::outcome_unknown:
      o.title = "Outcome unknown";
      o.sentence = many + (n == 1 ? " was" : " were") +
                   " handed over and no answer ever came: it is not known whether " +
                   (n == 1 ? "it" : "they") + " arrived.";
      break;
    case FailureClass::window_closed:
      o.title = "Messaging window expired";
      o.sentence = many +
                   " came too late: the provider allows messages only for a time after the "
                   "person wrote.";
      break;
    default:
      o.title = std::string(to_string(failure));
      o.sentence = many + " failed with " + o.title + ".";
  }
  return o;
}

std::string tie_sentence(const Slice& a, const Slice& b) {
  const auto name = [](const Slice& s) {
    return s.by == By::load ? "sending fast (" + s.label + ")" : s.label;
  };
  return "It may be " + name(a) + ", it may be " + name(b) +
         ": in this campaign they go together, and the figures cannot tell which of the two it is.";
}

std::string healthy_sentence(const Rate& d, double baseline) {
  if (d.num == d.den) return "All " + count_text(d.den, "message") + " were delivered.";
  const std::string numbers = count_text(d.num) + " of " + count_text(d.den, "message") +
                              " were delivered (" + percent_text(d.num, d.den) + ")";
  if (delivery_band(d.num, d.den) == Band::high) {
    return numbers + ": healthy, no cause to look for.";
  }
  return numbers + ". About " + count_text(std::llround(baseline * static_cast<double>(d.den))) +
         " failures would be usual, " + count_text(failed(d)) +
         " are not clearly more: no cause to look for.";
}

std::string not_enough_sentence(const Rate& d, std::optional<std::int64_t> needed) {
  const std::string more = needed
                               ? " About " + about_text(static_cast<double>(*needed)) + " more " +
                                     (*needed == 1 ? "message" : "messages") + " will tell."
                               : "";
  if (d.den == 0) return "Nothing was sent yet, so there is nothing to judge.";
  if (failed(d) == 0) {
    return "None of " + count_text(d.den, "message") +
           " failed, but that is too few to call it healthy." + more;
  }
  return failed_text(d) + ". That may still be chance." + more;
}

std::string causes_sentence(const Rate& d, const std::vector<Cause>& causes) {
  // More than one cause is never as likely as it takes to be stated: they are the same.
  return failed_text(d) + ", more than usual. " + causes.front().title + " explain" +
         (causes.front().cause == FailureCause::rate_limiting ? "s" : "") + " it best.";
}

std::string mixed_sentence(const Rate& d, const std::vector<Slice>& slices,
                           const std::vector<Other>& others) {
  const std::string numbers = failed_text(d) + ", more than usual";
  const Other* most = nullptr;
  for (const Other& o : others) {
    if (o.share >= 0.5 && (most == nullptr || o.n > most->n)) most = &o;
  }
  if (most != nullptr) {
    return numbers + ". Most of it is none of the four causes: " + most->sentence;
  }
  if (slices.empty()) {
    return numbers + ", but spread evenly: no account, collection, text or speed stands out.";
  }
  return numbers +
         ", and no single cause explains it. What stands out most: " + slices.front().label + ", " +
         count_text(slices.front().failures) + " of " + count_text(slices.front().attempts) +
         " failed.";
}

}  // namespace headway::domain::diagnosis
