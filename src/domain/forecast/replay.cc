#include "domain/forecast/replay.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace headway::domain::forecast {
namespace {

constexpr double kNothing = 1e-6;  // leads
// Share of messages whose first try fails for the moment, and how long the first wait is at most (domain/retry.h).
constexpr double kTriedAgain = 0.04;
constexpr double kTryAgainMs = 300'000;
// What the pieces hide: standard deviation, and at most this share of the time that is left.
constexpr double kCoarseMs = 900'000;
constexpr double kCoarseShare = 0.05;
constexpr double kDayMs = 86'400'000;

// Before anything was seen: one in twenty, held as firmly as ten leads.
constexpr double kPriorYes = 0.5, kPriorNo = 9.5;

double posterior(Draws& draws, std::int64_t yes, std::int64_t of) {
  const std::int64_t hits = std::clamp<std::int64_t>(yes, 0, std::max<std::int64_t>(of, 0));
  return draws.beta(static_cast<double>(hits) + kPriorYes,
                    static_cast<double>(std::max(of, hits) - hits) + kPriorNo);
}

double length_ms(const Slot& s) { return static_cast<double>((s.to - s.from).count()); }

}  // namespace

Replay::Replay(const Input& in, Calendar& calendar, const History& history)
    : in_(in),
      calendar_(calendar),
      history_(history),
      groups_(static_cast<std::size_t>(calendar.groups())),
      steps_(std::max<std::size_t>(in.steps.size(), 1)),
      campaign_days_(&calendar.campaign_days()) {
  std::vector<Place> places;
  for (const Work& w : in.work) {
    if (w.n <= 0) continue;
    const auto n = static_cast<double>(w.n);
    open_at_start_ += n;
    if (w.wait == Wait::in_doubt) {
      const Instant until = w.due + in.in_doubt_timeout;
      doubts_until_ = doubts_until_ ? std::max(*doubts_until_, until) : until;
      continue;
    }
    Place p;
    p.account = w.wait == Wait::fresh ? -1 : w.account;
    p.group = calendar.group_of(w.zone);
    p.step = std::clamp(w.next_step, 1, static_cast<int>(steps_));
    p.n = n;
    const bool timed = w.wait == Wait::follow_up || w.wait == Wait::retry;
    p.due = timed ? std::max(w.due, in.now) : in.now;
    places.push_back(p);
  }
  join(std::move(places));
  for (const AccountInput& a : in.accounts) {
    AccountState s;
    s.days = &calendar.days_of(a.zone);
    accounts_.push_back(s);
  }
  later_.resize(calendar.slots().size());
  ready_.resize(accounts_.size() * groups_ * steps_);
}

// Places that come due in the same slot are one, due with the last of them.
void Replay::join(std::vector<Place> places) {
  std::map<std::tuple<std::size_t, int, int, int>, Place> joined;
  for (Place& p : places) {
    const auto key = std::tuple{calendar_.slot_at(p.due, 0), p.account, p.group, p.step};
    const auto [it, fresh] = joined.try_emplace(key, p);
    if (fresh) continue;
    it->second.n += p.n;
    it->second.due = std::max(it->second.due, p.due);
  }
  for (const auto& [key, place] : joined) places_.push_back(place);
}

// Draws what the path takes for granted, and puts every lead where it stands.
void Replay::prepare(int path) {
  Draws draws(mix64(in_.seed, static_cast<std::uint64_t>(path)), 2);
  // A quantity of x leads means that none is left with probability exp(-x) (Poisson): so the end is when x falls
  // below an exponential draw.
  done_below_ = draws.exponential();
  late_draw_ = draws.uniform();
  coarse_draw_ = draws.normal();
  go_on_.assign(steps_ + 1, 0);
  std::vector<double> stop(steps_ + 1, 0);
  double leads = open_at_start_;
  for (std::size_t step = 1; step <= steps_ && step <= in_.steps.size(); ++step) {
    const StepInput& s = in_.steps[step - 1];
    const double fail = posterior(draws, s.failed, s.failed + s.delivered);
    stop[step] = posterior(draws, s.stopped, s.waited);
    const double p = (1 - fail) * (1 - stop[step]);
    const double share = draws.share_of(leads, p);
    if (step < steps_) go_on_[step] = share;
    leads *= p;
  }
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    AccountState& a = accounts_[i];
    a.day = a.days->day.front();
    const AccountInput& input = in_.accounts[i];
    a.left =
        input.daily_limit
            ? static_cast<double>(std::max<std::int64_t>(*input.daily_limit - input.used_today, 0))
            : 0;
  }
  campaign_day_ = campaign_days_->day.front();
  campaign_left_ =
      in_.daily_limit
          ? static_cast<double>(std::max<std::int64_t>(*in_.daily_limit - in_.used_today, 0))
          : 0;
  fresh_.assign(groups_, 0);
  std::fill(ready_.begin(), ready_.end(), 0.0);
  waiting_.assign(accounts_.size(), 0);
  for (auto& slot : later_) slot.clear();
  fresh_all_ = messages_ = 0;
  open_ = open_at_start_;
  last_slot_ = 0;
  for (const Place& p : places_) {
    if (p.account < 0) {
      fresh_[static_cast<std::size_t>(p.group)] += p.n;
      fresh_all_ += p.n;
      continue;
    }
    double n = p.n;
    const auto before = static_cast<std::size_t>(p.step - 1);
    if (before >= 1 && p.due > in_.now && before <= in_.steps.size()) {
      // Some of those who wait will reply before the wait is over: the part of it that is left counts.
      const auto delay = static_cast<double>(in_.steps[before].delay.count());
      const auto wait = static_cast<double>((p.due - in_.now).count());
      const double part = delay > 0 ? std::clamp(wait / delay, 0.0, 1.0) : 0;
      const double gone = n * draws.share_of(n, stop[before] * part);
      n -= gone;
      open_ -= gone;
    }
    const std::size_t slot = calendar_.slot_at(p.due, 0);
    if (slot >= later_.size()) continue;  // stays open: later than the horizon
    const auto due = static_cast<float>((p.due - calendar_.slots()[slot].from).count());
    later_[slot].push_back({p.account, p.group, p.step, n, std::max(due, 0.0F)});
    last_slot_ = std::max(last_slot_, slot);
  }
}

// What each account may send in this slot.
void Replay::pace(std::size_t slot, Speeds& speeds) {
  const Slot& s = calendar_.slots()[slot];
  const OpenTime& most = calendar_.open_most(slot);
  const bool is_hour = slot < calendar_.hours();
  speeds.look(s.day, s.weekday, std::max(1, static_cast<int>(std::lround(length_ms(s) / kDayMs))));
  if (in_.daily_limit && is_hour && campaign_days_->day[slot] != campaign_day_) {
    campaign_day_ = campaign_days_->day[slot];
    campaign_left_ = static_cast<double>(*in_.daily_limit);
  }
  if (in_.daily_limit && !is_hour) {
    campaign_left_ = static_cast<double>(*in_.daily_limit) * static_cast<double>(most.open_days);
  }
  double all = 0;
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    AccountState& a = accounts_[i];
    const AccountInput& input = in_.accounts[i];
    a.sent = a.cap = a.speed = 0;
    a.due_ms = a.start_ms = 0;
    if (is_hour && a.days->day[slot] != a.day) {
      a.day = a.days->day[slot];
      if (input.daily_limit) a.left = static_cast<double>(*input.daily_limit);
    }
    if (!input.stopped.empty() || most.open_ms <= 0) continue;
    double open_ms = most.open_ms;
    if (input.resumes_at && *input.resumes_at > s.from) {
      a.start_ms = static_cast<float>((*input.resumes_at - s.from).count());
      open_ms -= static_cast<double>(a.start_ms);
      if (open_ms <= 0) continue;
    }
    double pace = input.rate_per_second / 1000;
    double factor = speeds.factor(i, s.hour);
    if (!history_.any()) {
      // A slower provider keeps accounts from their pace, not from their limits.
      pace *= factor;
      factor = 1.0 / (1 + input.other_campaigns);
    }
    if (input.daily_limit && is_hour) {
      pace = std::min(pace, std::max(a.left, 0.0) / std::max(a.days->open_left[slot], 1.0));
    } else if (input.daily_limit) {
      const double limit =
          static_cast<double>(*input.daily_limit) * static_cast<double>(most.open_days);
      pace = std::min(pace, limit / static_cast<double>(most.open_ms));
    }
    a.speed = pace * factor;
    a.cap = a.speed * open_ms;
    if (input.daily_limit && is_hour) a.cap = std::min(a.cap, a.left);
    all += a.cap;
  }
  if (!in_.daily_limit || all <= campaign_left_) return;
  // The campaign's limit is not spread over the day: accounts go at their pace until it is used up.
  const double share = campaign_left_ / all;
  for (AccountState& a : accounts_) a.cap *= share;
}

void Replay::sent(std::size_t slot, int account, int group, int step, double n) {
  AccountState& a = accounts_[static_cast<std::size_t>(account)];
  a.cap = std::max(a.cap - n, 0.0);
  a.left -= n;
  campaign_left_ -= n;
  messages_ += n;
  const double go = n * go_on_[static_cast<std::size_t>(step)];
  open_ -= n - go;
  if (go <= kNothing) {
    open_ -= go;
    return;
  }
  const Slot& s = calendar_.slots()[slot];
  const double end = end_ms(slot, a, group);
  const auto delay = in_.steps[static_cast<std::size_t>(step)].delay;
  const Instant due = s.from + milliseconds{static_cast<std::int64_t>(end)} + delay;
  const std::size_t next = calendar_.slot_at(due, slot);
  if (next >= later_.size()) return;
  const auto due_ms = static_cast<float>((due - calendar_.slots()[next].from).count());
  later_[next].push_back({account, group, step + 1, go, due_ms});
  last_slot_ = std::max(last_slot_, next);
}

// When the account is through with what it sent in this slot, in ms after the slot's beginning.
double Replay::end_ms(std::size_t slot, const AccountState& a, int group) const {
  const OpenTime& open = calendar_.open(group, slot);
  double at = std::max(open.opens_ms, a.start_ms);
  if (a.speed > 0) at += std::min<double>(a.sent / a.speed, open.open_ms);
  if (a.due_ms > 0) at = std::max<double>(at, a.due_ms + (a.speed > 0 ? 0.5 / a.speed : 0));
  return std::min(at, length_ms(calendar_.slots()[slot]));
}

void Replay::send_queue(std::size_t slot, int account) {
  AccountState& a = accounts_[static_cast<std::size_t>(account)];
  double& waiting = waiting_[static_cast<std::size_t>(account)];
  for (std::size_t group = 0; group < groups_ && waiting > kNothing && a.cap > kNothing; ++group) {
    const int g = static_cast<int>(group);
    const OpenTime& open = calendar_.open(g, slot);
    if (open.open_ms <= 0) continue;
    // In the order in which they came due, whatever their step: all steps get on alike.
    double there = 0;
    for (std::size_t step = 1; step <= steps_; ++step)
      there += ready(account, g, static_cast<int>(step));
    if (there <= 0) continue;
    const double room = std::min<double>(a.cap, a.speed * static_cast<double>(open.open_ms));
    const double part = std::min(1.0, room / there);
    a.sent += part * there;  // before their follow-ups are timed
    for (std::size_t step = 1; step <= steps_; ++step) {
      double& queue = ready(account, g, static_cast<int>(step));
      const double n = queue * part;
      if (n <= 0) continue;
      queue -= n;
      waiting -= n;
      sent(slot, account, g, static_cast<int>(step), n);
    }
  }
}

// Fresh leads go to whoever can send, in proportion to what each still can.
void Replay::send_fresh(std::size_t slot) {
  double there = 0;
  for (std::size_t group = 0; group < groups_; ++group) {
    if (calendar_.open(static_cast<int>(group), slot).open_ms > 0) there += fresh_[group];
  }
  if (there <= kNothing) return;
  const double take = std::min(1.0, able().first / there);
  for (std::size_t group = 0; group < groups_; ++group) {
    const OpenTime& open = calendar_.open(static_cast<int>(group), slot);
    if (open.open_ms <= 0 || fresh_[group] <= 0) continue;
    auto [cap, speed] = able();
    double n = std::min(fresh_[group] * take, speed * static_cast<double>(open.open_ms));
    n = std::min(n, cap);
    fresh_[group] -= n;
    fresh_all_ -= n;
    for (std::size_t i = 0; i < accounts_.size() && cap > kNothing; ++i) {
      const double own = in_.accounts[i].serves ? accounts_[i].cap : 0;
      if (own <= kNothing) continue;
      const double share = n * std::min(own / cap, 1.0);
      n -= share;
      cap -= own;
      accounts_[i].sent += share;
      sent(slot, static_cast<int>(i), static_cast<int>(group), 1, share);
    }
  }
}

// What all accounts of the campaign can still send, and how fast.
std::pair<double, double> Replay::able() const {
  double cap = 0, speed = 0;
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    if (!in_.accounts[i].serves || accounts_[i].cap <= kNothing) continue;
    cap += accounts_[i].cap;
    speed += accounts_[i].speed;
  }
  return {cap, speed};
}

void Replay::send(std::size_t slot) {
  // Follow-ups without much delay come due in the slot that sent their step.
  for (std::size_t pass = 0; pass <= steps_; ++pass) {
    auto& batches = later_[slot];
    if (pass > 0 && batches.empty()) break;
    for (const Batch& b : batches) {
      ready(b.account, b.group, b.step) += b.n;
      waiting_[static_cast<std::size_t>(b.account)] += b.n;
      AccountState& a = accounts_[static_cast<std::size_t>(b.account)];
      a.due_ms = std::max(a.due_ms, b.due_ms);
    }
    batches.clear();
    for (std::size_t i = 0; i < accounts_.size(); ++i) send_queue(slot, static_cast<int>(i));
    if (fresh_all_ > kNothing) send_fresh(slot);
  }
  if (!later_[slot].empty()) {  // no room any more: with the next slot
    const std::size_t next = slot + 1;
    if (next < later_.size()) {
      for (Batch b : later_[slot]) {
        b.due_ms = 0;
        later_[next].push_back(b);
      }
      last_slot_ = std::max(last_slot_, next);
    }
    later_[slot].clear();
  }
}

Instant Replay::finish_in(std::size_t slot) const {
  const Slot& s = calendar_.slots()[slot];
  Instant latest = s.from;
  for (const AccountState& a : accounts_) {
    if (a.sent <= kNothing) continue;
    Instant at{};
    if (slot < calendar_.hours()) {
      double end = 0;
      for (int g = 0; g < calendar_.groups(); ++g) {
        if (calendar_.open(g, slot).open_ms > 0) end = std::max(end, end_ms(slot, a, g));
      }
      at = s.from + milliseconds{static_cast<std::int64_t>(end)};
    } else {
      at = calendar_.after_open(0, slot, a.speed > 0 ? a.sent / a.speed : 0);
      at = std::max(at, s.from + milliseconds{static_cast<std::int64_t>(a.due_ms)});
    }
    latest = std::max(latest, at);
  }
  // One of the last messages may need another try.
  double speed = 0;
  for (const AccountState& a : accounts_) speed += a.sent > kNothing ? a.speed : 0;
  const double tried_again = 1 - std::pow(1 - kTriedAgain, std::max(1.0, speed * kTryAgainMs));
  if (late_draw_ < tried_again) {
    latest += milliseconds{
        static_cast<std::int64_t>(kTryAgainMs * (0.5 + 0.5 * late_draw_ / tried_again))};
    latest = calendar_.open_from(latest);
  }
  return latest;
}

PathResult Replay::run(int path) {
  prepare(path);
  Speeds speeds(history_, in_.seed, path);
  PathResult result;
  double doubts = 0;
  for (const Work& w : in_.work) {
    if (w.wait == Wait::in_doubt) doubts += static_cast<double>(w.n);
  }
  open_ -= doubts;
  const double all = open_at_start_ - doubts;
  std::optional<Instant> done;
  if (open_ < done_below_) done = in_.now;
  for (std::size_t slot = 0; slot < calendar_.slots().size() && !done; ++slot) {
    pace(slot, speeds);
    send(slot);
    result.processed.push_back(static_cast<float>(all - open_));
    if (open_ < done_below_) done = finish_in(slot);
  }
  if (done && *done > in_.now) {
    // Pieces of an hour hide some minutes, of which a short wait has fewer.
    const double wait = static_cast<double>((*done - in_.now).count());
    const double shift = coarse_draw_ * std::min(kCoarseMs, wait * kCoarseShare);
    const Instant moved = *done + milliseconds{static_cast<std::int64_t>(shift)};
    done = std::max(moved, in_.now);
    if (moved > in_.now) done = calendar_.open_from(*done);
  }
  if (done && doubts_until_) done = std::max(*done, *doubts_until_);
  result.finish = done;
  result.messages = messages_;
  return result;
}

}  // namespace headway::domain::forecast
