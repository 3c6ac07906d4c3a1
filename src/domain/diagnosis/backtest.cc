#include "domain/diagnosis/backtest.h"

#include <algorithm>
#include <cstdio>

#include "domain/wording.h"

namespace headway::domain::diagnosis {

Backtest::Backtest(double alert_at, std::map<AccountId, GuardSetting> settings, GuardSetting usual)
    : alert_at_(alert_at), settings_(std::move(settings)), usual_(usual) {}

void Backtest::add(AccountId account, Instant at, bool failed) {
  ++messages_;
  auto known = watches_.find(account);
  if (known == watches_.end()) {
    const auto own = settings_.find(account);
    const GuardSetting& s = own == settings_.end() ? usual_ : own->second;
    known = watches_.emplace(account, Watch{statistics::Guard(s.f0, s.rho), {}}).first;
  }
  Watch& w = known->second;
  const std::int64_t day = std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
  w.guard.update(w.state, day, failed);
  ++w.messages;
  w.failures += failed ? 1 : 0;
  const double level = statistics::Guard::level(w.state);
  // The statistic wanders around small values while nothing is wrong.
  w.rising = level > alert_at_ / 1000 ? w.rising + 1 : 0;
  if (w.alarm > 0) {  // as before the alarm, to see whether it would have paused
    PastAlarm& alarm = alarms_[w.alarm - 1];
    alarm.statistic = std::max(alarm.statistic, level);
    alarm.pause = alarm.pause || level >= statistics::kGuardPause * alert_at_;
    if (alarm.pause || level < alert_at_) w = Watch{w.guard, {}};
    return;
  }
  if (level < alert_at_) return;
  PastAlarm alarm{account, at, level, false, w.messages, w.failures, w.rising};
  alarm.pause = level >= statistics::kGuardPause * alert_at_;
  alarms_.push_back(alarm);
  if (alarm.pause) {
    w = Watch{w.guard, {}};
  } else {
    w.alarm = alarms_.size();
  }
}

std::string backtest_sentence(const Backtest& test, const std::vector<std::string>& names,
                              double false_alarms_per_year, bool truncated) {
  const std::string messages =
      count_text(test.messages(), "message") + (truncated ? " (the earliest ones)" : "");
  char setting[40];
  std::snprintf(setting, sizeof setting, "%g", false_alarms_per_year);
  std::string text = "Set to " + std::string(setting) + " false alarm" +
                     (false_alarms_per_year == 1 ? "" : "s") + " a year, the guard ";
  if (test.messages() == 0) return "There are no messages to try it on.";
  if (test.alarms().empty()) return text + "would have kept quiet over " + messages + ".";
  const PastAlarm& first = test.alarms().front();
  const auto times = std::ssize(test.alarms());
  text += "would have alerted " + (times == 1 ? std::string("once") : count_text(times, "time")) +
          " in " + messages + (times == 1 ? ": for " : ", first for ") + names.front() + " on " +
          date_text(first.at) + ", when " + count_text(first.failures_before) + " of its " +
          count_text(first.messages_before, "message") + " had failed.";
  return text;
}

std::string guard_sentence(const GuardFigures& g) {
  const std::string today = count_text(g.failed_today) + " of " + count_text(g.today, "message") +
                            " failed on its latest day";
  const std::string usual = "up to " + percent_text(g.f0) + " is usual";
  if (g.paused) {
    return g.name + " fails far more often than usual: " + today + ", " + usual +
           ". Campaigns with auto-pause stop.";
  }
  if (g.alerted) return g.name + " fails more often than usual: " + today + ", " + usual + ".";
  if (g.today == 0) return g.name + " has sent nothing yet.";
  return g.name + " fails as usual: " + today + ", " + usual + ".";
}

}  // namespace headway::domain::diagnosis
