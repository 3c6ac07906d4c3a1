#include "domain/forecast/history.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace headway::domain::forecast {
namespace {

using std::chrono::hours;

constexpr std::size_t kZonesMax = 8;  // a handful of zones tells when anybody was awake
constexpr hours kSilence{24};         // an account that was silent for so long was out of service
constexpr float kFactorMax = 1.5F;    // an hour may end what the hour before began
constexpr int kSameWeekday = 3;       // so many days of the kind before only they are drawn
// Spread of the speed that a history of one day cannot show, and of one of no history at all.
constexpr double kSpreadOfOneDay = 0.26;
constexpr double kSpreadOfNone = 0.2;

struct Cell {  // one account in one past hour
  double n = 0;
  double planned = 0;      // messages, as the planner would have paced them after what had gone out
  double day_planned = 0;  // the hour's share of the day's plan
};

// One past hour that was observed.
struct Past {
  Instant from{};
  double seen = 0;  // share of it
  double open_ms = 0;
  std::int64_t day = 0;
  int hour = 0;
};

// Zones whose people were certainly waiting all the time: fresh leads of theirs still are. All of them when there
// are none left: then hours without a message tell nothing (make_history).
struct Demand {
  std::vector<Zone> zones;
  bool certain = true;
};
Demand demand_of(const Input& in) {
  Demand demand;
  const Zone own = in.zones.empty() ? Zone{} : in.zones.front();
  if (!in.hours || !in.hours->lead_timezone) {
    demand.zones.push_back(own);
    return demand;
  }
  std::vector<char> there(std::max<std::size_t>(in.zones.size(), 1), 0);
  for (const Work& w : in.work) {
    if (w.wait == Wait::fresh && w.n > 0) there[static_cast<std::size_t>(w.zone)] = 1;
  }
  demand.certain = std::count(there.begin(), there.end(), 1) > 0;
  for (std::size_t z = 0; z < in.zones.size() && demand.zones.size() < kZonesMax; ++z) {
    if (demand.certain && there[z] == 0) continue;
    demand.zones.push_back(in.zones[z]);
  }
  if (demand.zones.empty()) demand.zones.push_back(own);
  return demand;
}

double open_of(const Input& in, const Demand& demand, Instant from, Instant to) {
  const ActiveHours* plan = in.hours ? &*in.hours : nullptr;
  if (plan == nullptr) return static_cast<double>((to - from).count());
  milliseconds most{0};
  for (const Zone& zone : demand.zones) most = std::max(most, open_time(plan, zone, from, to));
  return static_cast<double>(most.count());
}

std::vector<Past> past_hours(const Input& in, const Demand& demand) {
  std::vector<Past> past;
  const Zone own = in.zones.empty() ? Zone{} : in.zones.front();
  for (const auto& [from, to] : in.observed) {
    Instant at = from;
    while (at < to) {
      const Instant hour = std::chrono::floor<hours>(at);
      const Instant until = std::min(to, hour + hours{1});
      Past p;
      p.from = hour;
      p.seen = static_cast<double>((until - at).count()) / 3'600'000.0;
      p.open_ms = open_of(in, demand, at, until);
      const Instant middle = hour + std::chrono::minutes{30};
      p.day = day_number(own, middle);
      const auto left = day_end(own, middle) - middle;
      p.hour = static_cast<int>(std::clamp<std::int64_t>((hours{24} - left) / hours{1}, 0, 23));
      if (!past.empty() && past.back().from == hour) {
        past.back().seen += p.seen;
        past.back().open_ms += p.open_ms;
      } else {
        past.push_back(p);
      }
      at = until;
    }
  }
  return past;
}

// Fills in what the planner allowed an account, hour by hour.
void plan_account(const Input& in, const Demand& demand, const AccountInput& a,
                  const std::vector<Past>& past, std::vector<Cell>& cells) {
  const double rate_ms = a.rate_per_second / 1000;
  Instant day_until{};
  double used = 0, whole_open = 0;
  for (std::size_t i = 0; i < past.size(); ++i) {
    const Past& p = past[i];
    if (p.open_ms <= 0) continue;
    double limit_pace = rate_ms, even_pace = rate_ms;
    if (a.daily_limit) {
      const Instant middle = p.from + std::chrono::minutes{30};
      if (middle >= day_until) {
        day_until = day_end(a.zone, middle);
        used = 0;
        whole_open = open_of(in, demand, p.from, day_until);
      }
      const auto limit = static_cast<double>(*a.daily_limit);
      const double left_open = open_of(in, demand, p.from, day_until);
      if (left_open > 0) limit_pace = std::max(limit - used, 0.0) / left_open;
      if (whole_open > 0) even_pace = limit / whole_open;
    }
    cells[i].planned = std::min(rate_ms, limit_pace) * p.open_ms;
    cells[i].day_planned = std::min(rate_ms, even_pace) * p.open_ms;
    used += cells[i].n;
  }
}

// The campaign's limit cuts what all accounts together were allowed.
void cut_by_campaign(const Input& in, const std::vector<Past>& past,
                     std::vector<std::vector<Cell>>& cells) {
  if (!in.daily_limit) return;
  std::int64_t day = -1;
  double left = 0;
  for (std::size_t i = 0; i < past.size(); ++i) {
    if (past[i].day != day) {
      day = past[i].day;
      left = static_cast<double>(*in.daily_limit);
    }
    double planned = 0, sent = 0;
    for (const auto& account : cells) {
      planned += account[i].planned;
      sent += account[i].n;
    }
    const double share = planned > 0 ? std::clamp(left / planned, 0.0, 1.0) : 1;
    for (auto& account : cells) {
      account[i].planned *= share;
      account[i].day_planned *= share;
    }
    left -= sent;
  }
}

// Takes out what tells nothing of an account: before its first message, and long silences.
void forget_absence(const std::vector<Past>& past, std::vector<Cell>& cells) {
  std::size_t silent_from = 0;
  bool spoke = false;
  const auto forget = [&](std::size_t to, bool always) {
    const auto length =
        to > silent_from ? past[to - 1].from - past[silent_from].from + hours{1} : hours{0};
    if (!always && length < kSilence) return;
    for (std::size_t i = silent_from; i < to; ++i) cells[i].planned = cells[i].day_planned = 0;
  };
  for (std::size_t i = 0; i < past.size(); ++i) {
    if (cells[i].n <= 0) continue;
    forget(i, !spoke);
    spoke = true;
    silent_from = i + 1;
  }
  forget(past.size(), !spoke);
}

float ratio(double n, double planned, float most) {
  return planned <= 0 ? -1.0F : std::min(static_cast<float>(n / planned), most);
}

}  // namespace

History make_history(const Input& in) {
  History history;
  const Demand demand = demand_of(in);
  const std::vector<Past> past = past_hours(in, demand);
  if (past.empty() || in.accounts.empty()) return history;
  std::map<Instant, std::size_t> index;
  for (std::size_t i = 0; i < past.size(); ++i) index[past[i].from] = i;
  std::vector<std::vector<Cell>> cells(in.accounts.size(), std::vector<Cell>(past.size()));
  for (const PastHour& h : in.history) {
    const auto it = index.find(h.from);
    if (it == index.end()) continue;
    cells[static_cast<std::size_t>(h.account)][it->second].n += static_cast<double>(h.n);
  }
  for (std::size_t a = 0; a < cells.size(); ++a)
    plan_account(in, demand, in.accounts[a], past, cells[a]);
  cut_by_campaign(in, past, cells);
  for (auto& account : cells) forget_absence(past, account);

  struct Sum {
    double n = 0, planned = 0, day_planned = 0;
  };
  std::size_t i = 0;
  while (i < past.size()) {
    DayBlock block;
    const std::int64_t day = past[i].day;
    block.weekday = static_cast<int>(((day + 3) % 7 + 7) % 7);
    block.accounts.resize(cells.size() + 1);
    for (auto& account : block.accounts) account.hour.fill(-1);
    std::vector<Sum> days(cells.size() + 1);
    double open_ms = 0;
    for (; i < past.size() && past[i].day == day; ++i) {
      Sum all;
      const auto hour = static_cast<std::size_t>(past[i].hour);
      for (std::size_t a = 0; a < cells.size(); ++a) {
        const Cell& c = cells[a][i];
        if (c.planned <= 0 || (c.n <= 0 && !demand.certain)) continue;
        block.accounts[a].hour[hour] = ratio(c.n, c.planned, kFactorMax);
        for (Sum* sum : {&days[a], &all, &days.back()}) {
          sum->n += c.n;
          sum->planned += c.planned;
          sum->day_planned += c.day_planned;
        }
      }
      block.accounts.back().hour[hour] = ratio(all.n, all.planned, kFactorMax);
      if (all.planned > 0) open_ms += past[i].open_ms;
    }
    if (days.back().planned <= 0) continue;
    for (std::size_t a = 0; a < days.size(); ++a) {
      block.accounts[a].day = ratio(days[a].n, days[a].day_planned, 1.1F);
    }
    const Instant noon = past[i - 1].from;
    const double whole = std::max(open_of(in, demand, noon - hours{12}, noon + hours{12}), open_ms);
    block.weight = whole > 0 ? std::min(1.0, open_ms / whole) : 1;
    history.days += block.weight;
    history.blocks.push_back(std::move(block));
  }
  return history;
}

Speeds::Speeds(const History& history, std::uint64_t seed, int path)
    : history_(history), seed_(mix64(seed, static_cast<std::uint64_t>(path))) {
  Draws draws(seed_, 1);
  if (!history.any()) {
    // Nobody sends faster than the plan; how much slower is unknown.
    all_ = std::exp(-std::abs(draws.normal()) * kSpreadOfNone);
    return;
  }
  all_ = std::exp(draws.normal() * kSpreadOfOneDay / std::sqrt(std::max(history.days, 0.25) * 2));
  for (const DayBlock& block : history.blocks) {
    weights_.push_back(block.weight * draws.exponential());
  }
  for (int weekday = 0; weekday < 7; ++weekday) {
    const auto gather = [&](auto fits) {
      std::vector<std::size_t> found;
      for (std::size_t i = 0; i < history.blocks.size(); ++i) {
        if (fits(history.blocks[i].weekday)) found.push_back(i);
      }
      return found;
    };
    auto& fit = fit_[static_cast<std::size_t>(weekday)];
    fit = gather([&](int other) { return other == weekday; });
    if (fit.size() < kSameWeekday) {
      fit = gather([&](int other) { return (other < 5) == (weekday < 5); });
    }
    if (fit.size() < kSameWeekday) fit = gather([](int) { return true; });
    for (const std::size_t i : fit) fit_sum_[static_cast<std::size_t>(weekday)] += weights_[i];
  }
}

std::size_t Speeds::draw(std::int64_t day, int weekday) const {
  const auto& fit = fit_[static_cast<std::size_t>(weekday)];
  double point = Draws(seed_, static_cast<std::uint64_t>(day) + 16).uniform() *
                 fit_sum_[static_cast<std::size_t>(weekday)];
  for (const std::size_t i : fit) {
    point -= weights_[i];
    if (point <= 0) return i;
  }
  return fit.back();
}

void Speeds::look(std::int64_t day, int weekday, int days) {
  if (!history_.any() || (day == drawn_day_ && days == drawn_count_)) return;
  drawn_day_ = day;
  drawn_count_ = std::clamp(days, 1, 7);
  for (int i = 0; i < drawn_count_; ++i) {
    drawn_[static_cast<std::size_t>(i)] = draw(day + i, (weekday + i) % 7);
  }
}

// Accounts that were not seen that day are like all together.
double Speeds::of(const DayBlock& block, std::size_t account, int hour) const {
  for (const std::size_t a : {account, block.accounts.size() - 1}) {
    if (a >= block.accounts.size()) continue;
    const DayBlock::ByAccount& seen = block.accounts[a];
    if (hour >= 0 && seen.hour[static_cast<std::size_t>(hour)] >= 0) {
      return seen.hour[static_cast<std::size_t>(hour)];
    }
    if (seen.day >= 0) return seen.day;
  }
  return 1;
}

double Speeds::factor(std::size_t account, int hour) const {
  if (!history_.any()) return all_;
  double sum = 0;
  for (int i = 0; i < drawn_count_; ++i) {
    sum += of(history_.blocks[drawn_[static_cast<std::size_t>(i)]], account, hour);
  }
  return all_ * sum / drawn_count_;
}

}  // namespace headway::domain::forecast
