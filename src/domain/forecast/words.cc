// What a forecast says to a person.

#include <cstdio>

#include "domain/forecast/forecast.h"

namespace headway::domain::forecast {
namespace {

std::int64_t in_doubt(const Input& in) {
  std::int64_t n = 0;
  for (const Work& w : in.work) n += w.wait == Wait::in_doubt ? w.n : 0;
  return n;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, share < 0.1 ? "%.1f" : "%.0f", share * 100);
  return std::string(text) + " %";
}

void about_people(const Input& in, std::vector<std::string>& said) {
  if (in.steps.size() < 2) return;
  std::int64_t waited = 0, stopped = 0;
  for (const StepInput& s : in.steps) {
    waited += s.waited;
    stopped += s.stopped;
  }
  if (waited == 0) {
    said.emplace_back(
        "Nobody has had time to reply yet: it is assumed that about 1 in 20 replies before the "
        "next "
        "message and gets no more.");
    return;
  }
  said.push_back("People who reply get no more messages: as many as so far (" +
                 percent(static_cast<double>(stopped) / static_cast<double>(waited)) + " of " +
                 std::to_string(waited) + " whose wait for the next message is over).");
}

void about_accounts(const Input& in, std::vector<std::string>& said, bool history) {
  for (const AccountInput& a : in.accounts) {
    if (!a.serves) continue;
    if (!a.stopped.empty()) {
      said.push_back(a.name + " sends nothing until somebody acts: " + a.stopped + ".");
    } else if (a.resumes_at && *a.resumes_at > in.now) {
      said.push_back(a.name + " was asked to slow down and goes on at " +
                     in_words(*a.resumes_at, in.zones.empty() ? Zone{} : in.zones[0], in.now) +
                     ".");
    } else if (!history && a.other_campaigns > 0) {
      said.push_back(a.name + " serves " + std::to_string(a.other_campaigns) +
                     (a.other_campaigns == 1 ? " other campaign" : " other campaigns") +
                     " too: an equal share of its pace is counted here.");
    }
  }
}

}  // namespace

std::vector<std::string> assumptions_of(const Input& in, double days_of_history) {
  std::vector<std::string> said;
  if (in.state == CampaignState::paused) said.emplace_back("The campaign is resumed now.");
  if (days_of_history > 0) {
    char days[32];
    std::snprintf(days, sizeof days, "%.1f", days_of_history);
    said.push_back("Accounts go as fast, compared with their limits and pace, as on the " +
                   std::string(days) + " days of sending seen so far.");
  } else {
    said.emplace_back(
        "Too little has been sent under this plan to learn from: the accounts' own pace and limits "
        "are assumed, and that they may be somewhat slower.");
  }
  about_people(in, said);
  about_accounts(in, said, days_of_history > 0);
  if (const auto n = in_doubt(in); n > 0) {
    said.push_back(std::to_string(n) + (n == 1 ? " message has" : " messages have") +
                   " no known outcome: counted as done when their time-out ends, unless somebody "
                   "decides before.");
  }
  if (in.enrolling)
    said.emplace_back("Leads are still being added: those not yet there are not counted.");
  return said;
}

std::string in_words(Instant t, const Zone& zone, Instant now) {
  static constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto civil = cctz::convert(std::chrono::floor<std::chrono::seconds>(t), zone.get());
  const auto today = cctz::convert(std::chrono::floor<std::chrono::seconds>(now), zone.get());
  const int weekday = static_cast<int>(cctz::get_weekday(cctz::civil_day(civil)));
  char text[64];
  std::snprintf(text, sizeof text, "%s %d %s", kDays[weekday % 7], civil.day(),
                kMonths[civil.month() - 1]);
  std::string words = text;
  if (civil.year() != today.year()) words += " " + std::to_string(civil.year());
  std::snprintf(text, sizeof text, ", %02d:%02d", civil.hour(), civil.minute());
  return words + text;
}

std::string sentence_of(const Forecast& f, const Zone& zone, Instant now) {
  if (f.already) return "Finished on " + in_words(*f.already, zone, now) + ".";
  const std::string start = f.if_resumed ? "If resumed now: done " : "Done ";
  const auto range = [&](const Range& r) -> std::string {
    const std::string horizon = in_words(f.horizon, zone, now);
    if (!r.p10) return "later than " + horizon;
    if (!r.p90)
      return "at the earliest on " + in_words(*r.p10, zone, now) + ", perhaps later than " +
             horizon;
    const std::string from = in_words(*r.p10, zone, now), to = in_words(*r.p90, zone, now);
    if (from == to) return "on " + to;
    return "between " + from + ", and " + to + " (8 in 10)";
  };
  if (f.finish) {
    if (f.open_leads == 0) return "Nothing is left to be sent.";
    return start + range(*f.finish) + ".";
  }
  std::string said = "Never, as things are: " + (f.never.empty() ? "" : f.never.front().sentence);
  if (f.rest) said += " The other leads are done " + range(*f.rest) + ".";
  return said;
}

}  // namespace headway::domain::forecast
