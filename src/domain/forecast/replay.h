#pragma once
// One possible future of a campaign: its plan worked off piece by piece of time, with quantities of leads instead of
// single ones, so that ten million leads cost what ten do.
//
// In each piece an account sends, like the planner, retries and follow-ups first, then fresh leads, as much as its pace, its
// limit, the campaign's limit and the open hours of the leads' zones allow, times a factor drawn from what was seen
// (history.h). Who gets the next step is a share of each step's leads, drawn once a path from what was seen of replies
// and failures. Follow-ups keep their account.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "domain/forecast/calendar.h"
#include "domain/forecast/history.h"
#include "domain/forecast/input.h"

namespace headway::domain::forecast {

struct PathResult {
  std::optional<Instant> finish;  // none: not within the horizon
  double messages = 0;            // sent from now on
  // Leads processed from now on, by the end of each slot; as far as the replay went.
  std::vector<float> processed;
};

class Replay {
 public:
  // Both outlive it. Leads that nothing can be sent to any more (find_stuck()) are to be left out of `in`.
  Replay(const Input& in, Calendar& calendar, const History& history);

  PathResult run(int path);

 private:
  struct Batch {
    int account = 0, group = 0, step = 0;  // step: to be sent
    double n = 0;
    float due_ms = 0;  // after the slot's beginning
  };
  struct AccountState {
    const DayColumn* days = nullptr;
    std::int64_t day = 0;
    double left = 0;  // of today's limit
    // Of the slot at hand:
    double speed = 0;  // messages a millisecond of open time
    double cap = 0, sent = 0;
    float start_ms = 0;  // it sends nothing before, after the slot's beginning
    float due_ms = 0;    // of the latest follow-up that came due
  };
  struct Place {
    int account = -1, group = 0, step = 1;
    double n = 0;
    Instant due{};
  };

  void join(std::vector<Place> places);
  void prepare(int path);
  void pace(std::size_t slot, Speeds& speeds);
  void send(std::size_t slot);
  void send_queue(std::size_t slot, int account);
  void send_fresh(std::size_t slot);
  std::pair<double, double> able() const;
  void sent(std::size_t slot, int account, int group, int step, double n);
  double end_ms(std::size_t slot, const AccountState& a, int group) const;
  Instant finish_in(std::size_t slot) const;
  double& ready(int account, int group, int step) {
    return ready_[(static_cast<std::size_t>(account) * groups_ + static_cast<std::size_t>(group)) *
                      steps_ +
                  static_cast<std::size_t>(step - 1)];
  }

  const Input& in_;
  Calendar& calendar_;
  const History& history_;
  std::size_t groups_, steps_;
  std::vector<Place> places_;  // of the open leads, as they are now
  std::optional<Instant> doubts_until_;
  double open_at_start_ = 0;
  const DayColumn* campaign_days_;

  // Of the path at hand:
  std::vector<AccountState> accounts_;
  double done_below_ = 0.5, late_draw_ = 0, coarse_draw_ = 0;
  std::vector<double> go_on_;              // by step: share of its leads that get the next one
  std::vector<double> fresh_;              // by group
  std::vector<double> ready_;              // by account, group, step
  std::vector<double> waiting_;            // by account: sum of ready_
  std::vector<std::vector<Batch>> later_;  // by slot
  double fresh_all_ = 0, open_ = 0, messages_ = 0, campaign_left_ = 0;
  std::int64_t campaign_day_ = 0;
  std::size_t last_slot_ = 0;  // a batch lies in it or before
};

}  // namespace headway::domain::forecast
