#pragma once
// Time ahead in pieces: how long each zone is open in each, and which calendar day it lies in.
//
// Hours (UTC clock hours, the first one cut at `now`) for two weeks, then days, then, after eight weeks,
// weeks that look like the last week of the days; five years in all: 650 pieces or so, whatever the campaign. Nothing
// here costs more than about 0.1 ms a zone.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "domain/forecast/input.h"

namespace headway::domain::forecast {

inline constexpr std::chrono::hours kHorizon{24 * 365 * 5};

struct Slot {
  Instant from{}, to{};
  std::int64_t day = 0;  // local day of the campaign at its middle
  int weekday = 0;       // 0 = Monday
  int hour = -1;         // local hour at its middle; -1: longer than an hour
};

struct OpenTime {
  float open_ms = 0;    // how long in this slot
  float opens_ms = 0;   // when first, after the slot's beginning
  float open_days = 0;  // days of the slot with any open time
};

// A calendar day in which a limit counts, as the slots lie in it; hours only.
struct DayColumn {
  std::vector<std::int64_t> day;  // by slot
  std::vector<double>
      open_left;  // ms of open time from the slot's beginning to the end of that day
};

class Calendar {
 public:
  explicit Calendar(const Input& in);

  const std::vector<Slot>& slots() const { return slots_; }
  std::size_t hours() const { return hours_; }  // the first so many slots are hours
  // Zones with the same open times are one group.
  int group_of(int zone) const { return group_of_[static_cast<std::size_t>(zone)]; }
  int groups() const { return static_cast<int>(open_.size()); }
  const OpenTime& open(int group, std::size_t slot) const {
    return open_[static_cast<std::size_t>(group)][slot];
  }
  // The longest of the groups.
  const OpenTime& open_most(std::size_t slot) const { return most_[slot]; }
  bool ever_opens(int group) const { return ever_[static_cast<std::size_t>(group)]; }
  const DayColumn& days_of(const Zone& zone);
  const DayColumn& campaign_days() { return days_of(own_); }

  std::size_t slot_at(Instant t, std::size_t from) const;  // slots().size() behind the end
  // When `ms` of open time of the group have passed since the slot's beginning.
  Instant after_open(int group, std::size_t slot, double ms) const;
  // The first time at or after `t` at which some zone is open; `t` itself when none ever is.
  Instant open_from(Instant t) const;

 private:
  std::vector<OpenTime> walk(const ActiveHours* hours, const Zone& zone) const;

  const ActiveHours* hours_plan_;
  Zone own_;
  std::vector<Slot> slots_;
  std::size_t hours_ = 0, days_end_ = 0;
  std::vector<int> group_of_;
  std::vector<Zone> group_zone_;
  std::vector<std::vector<OpenTime>> open_;
  std::vector<char> ever_;
  std::vector<OpenTime> most_;
  std::map<std::string, DayColumn> columns_;  // by zone; entries stay where they are
};

}  // namespace headway::domain::forecast
