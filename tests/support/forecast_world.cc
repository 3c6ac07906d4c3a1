#include "tests/support/forecast_world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/hash.h"
#include "domain/retry.h"

namespace headway::test {

using domain::Wait;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;

namespace {

constexpr std::array kZones{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC",
                            "Australia/Sydney"};
enum Purpose : std::uint64_t { plan = 1, person, outcome, lag, day_speed, hour_speed, outage };

domain::ActiveHours office(const char* zone, int from, int to, int days) {
  domain::ActiveHours h;
  h.timezone = zone;
  for (int d = 0; d < days; ++d) h.days[static_cast<std::size_t>(d)] = {{from * 60, to * 60}};
  return h;
}

}  // namespace

double ForecastWorld::uniform(std::uint64_t purpose, std::uint64_t a, std::uint64_t b) const {
  return (static_cast<double>(mix64(mix64(mix64(seed_, purpose), a), b) >> 11) + 0.5) * 0x1.0p-53;
}
double ForecastWorld::between(std::uint64_t purpose, double lo, double hi) const {
  return lo + (hi - lo) * uniform(plan, purpose);
}
double ForecastWorld::normal(std::uint64_t purpose, std::uint64_t a, std::uint64_t b) const {
  const double u = uniform(purpose, a, 2 * b), v = uniform(purpose, a, 2 * b + 1);
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

ForecastWorld::ForecastWorld(std::uint64_t seed) : seed_(seed) { draw_plan(); }

void ForecastWorld::draw_plan() {
  const Instant monday = *parse_rfc3339("2026-03-02T00:00:00Z");
  started_ = now_ = monday + minutes{static_cast<int>(between(1, 0, 250 * 1440))};
  const int accounts = 1 + static_cast<int>(between(2, 0, 5));
  const auto own = static_cast<std::size_t>(between(3, 0, kZones.size()));
  plan_.zones.push_back(*domain::Zone::find(kZones[own]));
  if (uniform(plan, 4) < 0.7) {
    plan_.hours = office(kZones[own], 8 + static_cast<int>(between(5, 0, 2)),
                         16 + static_cast<int>(between(6, 0, 4)), uniform(plan, 7) < 0.7 ? 5 : 7);
    plan_.hours->lead_timezone = uniform(plan, 8) < 0.3;
  }
  if (plan_.hours && plan_.hours->lead_timezone) {
    for (const char* zone : kZones) plan_.zones.push_back(*domain::Zone::find(zone));
  }
  const int steps = 1 + static_cast<int>(between(9, 0, 3));
  const double days = between(10, 0.4, 14);  // of sending, more or less
  for (int s = 0; s < steps; ++s) {
    domain::forecast::StepInput step;
    if (s > 0)
      step.delay =
          minutes{static_cast<int>(between(11 + static_cast<std::uint64_t>(s), 60, 4 * 1440))};
    plan_.steps.push_back(step);
  }
  fails_ = between(20, 0, 0.15);
  retries_ = between(21, 0, 0.1);
  replies_ = between(22, 0.01, 0.25);
  reply_hours_ = between(23, 1, 24);
  double a_day = 0;
  for (int i = 0; i < accounts; ++i) {
    Account a;
    const auto k = static_cast<std::uint64_t>(100 + 20 * i);
    a.plan.id = AccountId{i + 1};
    a.plan.name = "account " + std::to_string(i + 1);
    a.plan.zone =
        *domain::Zone::find(kZones[static_cast<std::size_t>(between(k, 0, kZones.size()))]);
    a.plan.rate_per_second = std::exp(between(k + 1, std::log(8.0), std::log(240.0))) / 3600;
    const double open_h = plan_.hours ? 9 : 24;
    double most = a.plan.rate_per_second * 3600 * open_h;
    if (uniform(plan, k + 2) < 0.5) {
      a.plan.daily_limit =
          std::max<std::int64_t>(5, static_cast<std::int64_t>(most * between(k + 3, 0.2, 1.2)));
      most = std::min(most, static_cast<double>(*a.plan.daily_limit));
    }
    a.base = between(k + 4, 0.5, 1);
    a.day_noise = between(k + 5, 0, 0.3);
    a.hour_noise = between(k + 6, 0, 0.3);
    a_day += most * a.base;
    accounts_.push_back(std::move(a));
  }
  if (uniform(plan, 30) < 0.25) {
    plan_.daily_limit =
        std::max<std::int64_t>(10, static_cast<std::int64_t>(a_day * between(31, 0.3, 1)));
    a_day = std::min(a_day, static_cast<double>(*plan_.daily_limit));
  }
  leads_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(a_day * days / (0.3 + 0.7 * steps)),
                                    20, 20'000);
  fresh_.resize(plan_.zones.size());
  open_.assign(plan_.zones.size(), {false, Instant{}});
  people_.resize(static_cast<std::size_t>(leads_));
  for (std::int64_t i = 0; i < leads_; ++i) {
    const auto z = static_cast<std::size_t>(uniform(person, static_cast<std::uint64_t>(i)) *
                                            static_cast<double>(fresh_.size()));
    people_[static_cast<std::size_t>(i)].zone = static_cast<int>(z);
    fresh_[z].push_back(i);
  }
  fresh_left_ = leads_;
}

bool ForecastWorld::open(int zone) {
  auto& [is_open, until] = open_[static_cast<std::size_t>(zone)];
  if (now_ < until) return is_open;
  const domain::ActiveHours* plan = plan_.hours ? &*plan_.hours : nullptr;
  const domain::Zone& z = plan_.zones[static_cast<std::size_t>(zone)];
  is_open = domain::open_at(plan, z, now_);
  const auto change = is_open ? domain::closes_at(plan, z, now_) : domain::next_open(plan, z, now_);
  until = change.value_or(now_ + hours{24});
  return is_open;
}

// What the account's provider is capable of this hour, as a share of its rate.
double ForecastWorld::speed(std::size_t account) {
  Account& a = accounts_[account];
  if (a.speed_hour == hour_of(now_)) return a.speed;
  a.speed_hour = hour_of(now_);
  const auto day = static_cast<std::uint64_t>(a.speed_hour / 24),
             hour = static_cast<std::uint64_t>(a.speed_hour);
  a.speed = a.base * std::exp(a.day_noise * normal(day_speed, account, day) +
                              a.hour_noise * normal(hour_speed, account, hour));
  a.speed = std::min(a.speed, 1.0);
  if (uniform(outage, account, day) < 0.04) {
    const double begins = uniform(outage, account + 100, day) * 20;
    const double in_day = static_cast<double>(a.speed_hour % 24);
    if (in_day >= begins && in_day < begins + 5) a.speed = 0;
  }
  return a.speed;
}

std::optional<std::int64_t> ForecastWorld::pick(Account& a) {
  for (auto it = a.due.begin(); it != a.due.end() && it->first <= now_; ++it) {
    for (std::size_t i = 0; i < it->second.size(); ++i) {
      const std::int64_t lead = it->second[i];
      if (!open(people_[static_cast<std::size_t>(lead)].zone)) continue;
      it->second.erase(it->second.begin() + static_cast<std::ptrdiff_t>(i));
      if (it->second.empty()) a.due.erase(it);
      return lead;
    }
  }
  std::optional<std::size_t> first;
  for (std::size_t z = 0; z < fresh_.size(); ++z) {
    if (fresh_[z].empty() || !open(static_cast<int>(z))) continue;
    if (!first || fresh_[z].front() < fresh_[*first].front()) first = z;
  }
  if (!first) return std::nullopt;
  const std::int64_t lead = fresh_[*first].front();
  fresh_[*first].pop_front();
  if (--fresh_left_ == 0) fresh_until_ = now_;
  return lead;
}

void ForecastWorld::work(std::size_t account) {
  Account& a = accounts_[account];
  if (now_ >= a.day_until) {
    a.day_until = domain::day_end(a.plan.zone, now_);
    a.used = 0;
    a.open_left_at = Instant{};
  }
  std::optional<std::int64_t> left;
  if (a.plan.daily_limit) {
    left = *a.plan.daily_limit - a.used;
    if (*left <= 0) return;
    if (now_ - a.open_left_at >= minutes{10}) {
      a.open_left_at = now_;
      a.open_left = milliseconds{0};
      const domain::ActiveHours* plan = plan_.hours ? &*plan_.hours : nullptr;
      for (const domain::Zone& z : plan_.zones) {
        a.open_left = std::max(a.open_left, domain::open_time(plan, z, now_, a.day_until));
      }
    }
  }
  const double able = a.plan.rate_per_second * speed(account);
  if (able <= 0) return;
  const nanoseconds interval = std::max(
      domain::interval_for(able, {}, hours{1}),
      domain::interval_for(a.plan.rate_per_second, left, a.open_left - (now_ - a.open_left_at)));
  const nanoseconds steady = now_ - started_ + hours{1};
  std::int64_t n = a.pace.quota(steady, interval, left.value_or(1'000'000)).n;
  for (; n > 0; --n) {
    if (plan_.daily_limit && campaign_used_ >= *plan_.daily_limit) return;
    const auto lead = pick(a);
    if (!lead) return;
    a.pace.used(steady, interval, 1);
    send(account, *lead);
  }
}

void ForecastWorld::end(std::int64_t lead) {
  people_[static_cast<std::size_t>(lead)].due = Instant{};
  ++processed_;
  last_end_ = now_;
}

void ForecastWorld::send(std::size_t account, std::int64_t number) {
  Account& a = accounts_[account];
  Lead& lead = people_[static_cast<std::size_t>(number)];
  lead.account = static_cast<int>(account);
  const auto step = static_cast<std::size_t>(lead.next_step);
  const double drawn = uniform(outcome, static_cast<std::uint64_t>(number),
                               step * 100 + static_cast<std::size_t>(lead.tries));
  if (drawn < retries_) {
    const auto retry = domain::plan_retry(domain::FailureClass::recipient_deferred, lead.tries, {},
                                          LeadId{number + 1}, lead.next_step);
    if (!retry.give_up) {
      ++lead.tries;
      lead.due = now_ + retry.wait;
      a.due[lead.due].push_back(number);
      return;  // its budget is given back
    }
  }
  ++a.used;
  ++campaign_used_;
  ++history_[{static_cast<int>(account), std::chrono::floor<hours>(now_)}];
  auto& counts = plan_.steps[step - 1];
  if (drawn < retries_ + fails_) {
    ++counts.failed;
    end(number);
    return;
  }
  ++counts.delivered;
  lead.tries = 0;
  if (step == plan_.steps.size()) {
    end(number);
    return;
  }
  const auto due = now_ + plan_.steps[step].delay;
  lead.waits_until = due;
  waits_[{due, lead.next_step}].first += 1;
  ++lead.next_step;
  lead.due = due;
  a.due[due].push_back(number);
  if (uniform(person, static_cast<std::uint64_t>(number), 7 + step) < replies_) {
    const double after =
        -std::log(uniform(lag, static_cast<std::uint64_t>(number), step)) * reply_hours_;
    replies_due_.emplace(now_ + minutes{1 + static_cast<std::int64_t>(after * 60)}, number);
  }
}

void ForecastWorld::reply(std::int64_t number) {
  const Lead& lead = people_[static_cast<std::size_t>(number)];
  auto& due = accounts_[static_cast<std::size_t>(lead.account)].due;
  const auto it = due.find(lead.due);
  if (it == due.end() || std::erase(it->second, number) == 0) return;  // it was too late
  if (it->second.empty()) due.erase(it);
  waits_[{lead.waits_until, lead.next_step - 1}].second += 1;
  end(number);
}

void ForecastWorld::tick() {
  if (now_ >= campaign_day_until_) {
    campaign_day_until_ = domain::day_end(plan_.zones[0], now_);
    campaign_used_ = 0;
  }
  // Replies end leads that wait for their follow-up.
  while (!replies_due_.empty() && replies_due_.begin()->first <= now_) {
    reply(replies_due_.begin()->second);
    replies_due_.erase(replies_due_.begin());
  }
  for (std::size_t i = 0; i < accounts_.size(); ++i) work(i);
  now_ += minutes{1};
}

bool ForecastWorld::play_until_processed(double share) {
  const auto target =
      std::min(leads_, static_cast<std::int64_t>(std::ceil(share * static_cast<double>(leads_))));
  while (processed_ < target) {
    if (now_ - started_ > hours{24 * 365}) return false;
    tick();
  }
  return true;
}

domain::forecast::Input ForecastWorld::seen() const {
  domain::forecast::Input in = plan_;
  in.now = now_;
  in.processed = processed_;
  in.used_today = campaign_used_;
  in.seed = seed_;
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    const Account& a = accounts_[i];
    in.accounts.push_back(a.plan);
    in.accounts.back().used_today = now_ < a.day_until ? a.used : 0;
    for (const auto& [due, leads] : a.due) {
      for (const std::int64_t number : leads) {
        const Lead& lead = people_[static_cast<std::size_t>(number)];
        in.work.push_back({lead.tries > 0 ? Wait::retry : Wait::follow_up, static_cast<int>(i),
                           lead.zone, lead.next_step, due, 1});
      }
    }
  }
  for (std::size_t z = 0; z < fresh_.size(); ++z) {
    if (!fresh_[z].empty()) {
      in.work.push_back({Wait::fresh,
                         -1,
                         static_cast<int>(z),
                         1,
                         {},
                         static_cast<std::int64_t>(fresh_[z].size())});
    }
  }
  for (const auto& [key, n] : waits_) {
    if (key.first > now_) break;
    in.steps[static_cast<std::size_t>(key.second - 1)].waited += n.first;
    in.steps[static_cast<std::size_t>(key.second - 1)].stopped += n.second;
  }
  for (const auto& [key, n] : history_) in.history.push_back({key.first, key.second, n});
  // Only while there were fresh leads had every account something to do.
  const Instant until = fresh_left_ > 0 ? now_ : std::chrono::floor<hours>(fresh_until_);
  if (until > started_) in.observed.emplace_back(started_, until);
  return in;
}

}  // namespace headway::test
