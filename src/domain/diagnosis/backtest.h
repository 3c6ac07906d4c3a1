#pragma once
// When the guard would have alerted on messages of the past, and what it says about accounts now. Pure.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"
#include "domain/statistics/guard.h"

namespace headway::domain::diagnosis {

struct GuardSetting {
  double f0 = 0.05, rho = 0.01;
};

struct PastAlarm {
  AccountId account;
  Instant at{};
  double statistic = 0;
  bool pause = false;  // it reached the level at which a campaign may pause itself
  // Since the watch began, or since the alarm before: as if each had been acknowledged at once.
  std::int64_t messages_before = 0, failures_before = 0;
  // Messages since the statistic began to rise for good: about so late the alarm came.
  std::int64_t delay_messages = 0;
};

// Feed it the messages of a campaign in the order of time.
class Backtest {
 public:
  // `alert_at`: the level of an alert; pause at kGuardPause times that. `settings` of accounts that have a
  // history; the others get `usual`.
  Backtest(double alert_at, std::map<AccountId, GuardSetting> settings, GuardSetting usual);
  void add(AccountId account, Instant at, bool failed);

  std::int64_t messages() const { return messages_; }
  const std::vector<PastAlarm>& alarms() const { return alarms_; }

 private:
  struct Watch {
    statistics::Guard guard;
    statistics::GuardState state;
    std::int64_t messages = 0, failures = 0, rising = 0;
    std::size_t alarm = 0;  // 1 + index of the alarm that may still become a pause
  };
  double alert_at_;
  std::map<AccountId, GuardSetting> settings_;
  GuardSetting usual_;
  std::map<AccountId, Watch> watches_;
  std::int64_t messages_ = 0;
  std::vector<PastAlarm> alarms_;
};

// "With 1 false alarm a year ...": `names` beside the alarms.
std::string backtest_sentence(const Backtest& test, const std::vector<std::string>& names,
                              double false_alarms_per_year, bool truncated);

struct GuardFigures {
  std::string name;
  bool alerted = false, paused = false;
  std::int64_t today = 0, failed_today = 0;
  double f0 = 0, statistic = 0, alert_at = 0;
  Instant since{};
};
std::string guard_sentence(const GuardFigures& g);

}  // namespace headway::domain::diagnosis
