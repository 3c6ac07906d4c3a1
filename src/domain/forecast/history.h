#pragma once
// How fast the campaign really went, compared with what its plan allowed: a factor for each past hour and
// account (1 = as fast as the plan), in blocks of local days, from which the days to come are drawn.
//
// The plan's pace of a past hour is found as the planner finds it: the rate, or what was left of the day's limit spread
// over the open time left that day. Hours in which nothing could be sent are left out; so is an account before its first
// message and while it was silent for a day or more (it was out of service, and a person brought it back).

#include <array>
#include <cstdint>
#include <vector>

#include "domain/forecast/draws.h"
#include "domain/forecast/input.h"

namespace headway::domain::forecast {

struct DayBlock {
  int weekday = 0;
  double weight = 0;  // share of a day that was seen, 0 .. 1
  struct ByAccount {
    std::array<float, 24> hour{};  // factor by local hour; < 0: not seen
    float day = -1;                // of the whole day; < 0: not seen
  };
  std::vector<ByAccount> accounts;  // by index; the last one: all together
};

struct History {
  std::vector<DayBlock> blocks;
  double days = 0;  // of observation, in days' worth of weight
  bool any() const { return !blocks.empty(); }
};
History make_history(const Input& in);

// The factors of one path.
class Speeds {
 public:
  Speeds(const History& history, std::uint64_t seed, int path);

  // Draws the past days that the days `day` .. `day + days - 1` are to be like. The same for every plan.
  void look(std::int64_t day, int weekday, int days);
  // Of an account in these days; `hour` -1: over whole days.
  double factor(std::size_t account, int hour) const;

 private:
  std::size_t draw(std::int64_t day, int weekday) const;
  double of(const DayBlock& block, std::size_t account, int hour) const;

  const History& history_;
  std::uint64_t seed_;
  double all_ = 1;                               // what the history is too short to tell
  std::vector<double> weights_;                  // of the blocks (Bayesian bootstrap, Rubin 1981)
  std::array<std::vector<std::size_t>, 7> fit_;  // blocks for a weekday
  std::array<double, 7> fit_sum_{};
  std::int64_t drawn_day_ = -1;
  std::array<std::size_t, 7> drawn_{};
  int drawn_count_ = 0;
};

}  // namespace headway::domain::forecast
