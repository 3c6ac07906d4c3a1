#pragma once
// Campaigns to forecast: drawn from a seed and played message by message with the planner's rules (pace, spread of
// limits, open hours by zone, calendar days, retries before follow-ups before fresh leads), on accounts whose true
// speed varies by day and hour and is now and then nil, with people who reply. It shares nothing with the replay of
// domain/forecast but the rules' own functions (pacing, schedule, retry).

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "domain/forecast/input.h"
#include "domain/pacing.h"

namespace headway::test {

class ForecastWorld {
 public:
  explicit ForecastWorld(std::uint64_t seed);

  // Plays until so many leads are processed, or the share of them, or everything. false: a year has passed.
  bool play_until_processed(double share);
  // What a forecaster may know now.
  domain::forecast::Input seen() const;
  Instant now() const { return now_; }
  std::int64_t leads() const { return leads_; }
  bool finished() const { return processed_ == leads_; }
  Instant finished_at() const { return last_end_; }

 private:
  struct Lead {
    int zone = 0, account = -1, next_step = 1, tries = 0;
    Instant due{}, waits_until{};
  };
  struct Account {
    domain::forecast::AccountInput plan;
    double base = 1, day_noise = 0, hour_noise = 0;
    domain::Pace pace{std::chrono::minutes{1}};
    std::int64_t day = -1, used = 0;
    Instant day_until{};
    Instant open_left_at{};
    milliseconds open_left{0};
    std::int64_t speed_hour = -1;
    double speed = 1;
    std::map<Instant, std::vector<std::int64_t>> due;  // retries and follow-ups
  };

  double uniform(std::uint64_t purpose, std::uint64_t a = 0, std::uint64_t b = 0) const;
  double between(std::uint64_t purpose, double lo, double hi) const;
  double normal(std::uint64_t purpose, std::uint64_t a, std::uint64_t b) const;
  void draw_plan();
  bool open(int zone);
  double speed(std::size_t account);
  void tick();
  void work(std::size_t account);
  void send(std::size_t account, std::int64_t lead);
  void reply(std::int64_t lead);
  void end(std::int64_t lead);
  std::optional<std::int64_t> pick(Account& a);

  std::uint64_t seed_;
  domain::forecast::Input plan_;
  std::vector<Account> accounts_;
  std::vector<Lead> people_;
  std::vector<std::deque<std::int64_t>> fresh_;  // by zone
  std::vector<std::pair<bool, Instant>> open_;   // by zone: state, until
  std::int64_t leads_ = 0, processed_ = 0, fresh_left_ = 0;
  std::int64_t campaign_day_ = -1, campaign_used_ = 0;
  Instant campaign_day_until_{};
  double fails_ = 0, retries_ = 0, replies_ = 0, reply_hours_ = 12;
  Instant started_{}, now_{}, last_end_{}, fresh_until_{};
  std::map<std::pair<int, Instant>, std::int64_t> history_;
  std::multimap<Instant, std::int64_t> replies_due_;
  // By end of the wait and step: deliveries, and how many were answered before.
  std::map<std::pair<Instant, int>, std::pair<std::int64_t, std::int64_t>> waits_;
};

}  // namespace headway::test
