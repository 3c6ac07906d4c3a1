// Leads that can never go as things are, and why.

#include <algorithm>
#include <map>

#include "domain/forecast/forecast.h"

namespace headway::domain::forecast {
namespace {

std::string leads(std::int64_t n) { return std::to_string(n) + (n == 1 ? " lead" : " leads"); }

class Sorter {
 public:
  explicit Sorter(const Input& in) : in_(in) {
    for (std::size_t i = 0; i < in.accounts.size(); ++i) {
      const AccountInput& a = in.accounts[i];
      if (!a.serves) continue;
      ++serving_;
      if (sends(a)) able_ = true;
      if (!a.stopped.empty()) {
        ++stopped_;
        if (stopped_name_.empty()) {
          stopped_name_ = a.name;
          stopped_why_ = a.stopped;
          stopped_id_ = a.id;
        }
      }
    }
    for (std::size_t z = 0; z < std::max<std::size_t>(in.zones.size(), 1); ++z) {
      const Zone zone = z < in.zones.size() ? in.zones[z] : Zone{};
      const ActiveHours* hours = in.hours ? &*in.hours : nullptr;
      opens_.push_back(next_open(hours, zone, in.now).has_value());
    }
  }

  // Why this lead cannot go; nothing when it can.
  std::optional<Stuck> why(const Work& w) const {
    if (w.wait == Wait::in_doubt || w.wait == Wait::in_flight) return std::nullopt;
    if (w.wait == Wait::window_closed) {
      return Stuck{"window_closed",
                   " for the person to write: the provider's messaging window is shut",
                   0,
                   {}};
    }
    if (in_.steps.empty())
      return Stuck{"no_message", " for a message: the campaign has none", 0, {}};
    if (w.account >= 0) {
      const AccountInput& a = in_.accounts[static_cast<std::size_t>(w.account)];
      if (!a.serves) {
        return Stuck{"no_account", " for " + a.name + ", which the campaign no longer has", 0,
                     a.id};
      }
      if (!a.stopped.empty()) {
        return Stuck{"account_unhealthy", " for " + a.name + ": " + a.stopped, 0, a.id};
      }
      if (a.daily_limit == 0) {
        return Stuck{"daily_limit", " for " + a.name + ", whose daily limit is 0", 0, a.id};
      }
    } else if (serving_ == 0) {
      return Stuck{"no_account", " for an account: the campaign has none", 0, {}};
    } else if (!able_ && stopped_ == serving_) {
      if (serving_ == 1) {
        return Stuck{"account_unhealthy", " for " + stopped_name_ + ": " + stopped_why_, 0,
                     stopped_id_};
      }
      return Stuck{"account_unhealthy",
                   " for an account: none of the " + std::to_string(serving_) + " can send (" +
                       stopped_name_ + ": " + stopped_why_ + ")",
                   0,
                   {}};
    } else if (!able_) {
      return Stuck{"daily_limit", " for an account: their daily limits are 0", 0, {}};
    }
    if (in_.daily_limit == 0) {
      return Stuck{"daily_limit", " for the campaign's daily limit, which is 0", 0, {}};
    }
    const auto zone = static_cast<std::size_t>(w.zone);
    if (!opens_[zone < opens_.size() ? zone : 0]) {
      return Stuck{"active_hours", " for active hours, which never open", 0, {}};
    }
    return std::nullopt;
  }

 private:
  static bool sends(const AccountInput& a) { return a.stopped.empty() && a.daily_limit != 0; }

  const Input& in_;
  int serving_ = 0, stopped_ = 0;
  bool able_ = false;
  std::string stopped_name_, stopped_why_;
  AccountId stopped_id_;
  std::vector<bool> opens_;
};

}  // namespace

Sorted find_stuck(const Input& in) {
  Sorted sorted;
  sorted.rest = in;
  sorted.rest.work.clear();
  const Sorter sorter(in);
  std::map<std::pair<std::string, AccountId>, Stuck> by_cause;
  for (const Work& w : in.work) {
    if (w.n <= 0) continue;
    auto stuck = sorter.why(w);
    if (!stuck) {
      sorted.rest.work.push_back(w);
      continue;
    }
    const auto key = std::pair{stuck->reason, stuck->account};
    by_cause.try_emplace(key, std::move(*stuck)).first->second.leads += w.n;
  }
  for (auto& [key, stuck] : by_cause) {
    stuck.sentence =
        leads(stuck.leads) + (stuck.leads == 1 ? " waits" : " wait") + stuck.sentence + ".";
    sorted.stuck.push_back(std::move(stuck));
  }
  std::stable_sort(sorted.stuck.begin(), sorted.stuck.end(),
                   [](const Stuck& a, const Stuck& b) { return a.leads > b.leads; });
  return sorted;
}

}  // namespace headway::domain::forecast
