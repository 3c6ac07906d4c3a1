#pragma once
// The hub of the engine's parts: ports, plan, messages in memory, and what every part may ask of
// the others. One strand; nothing here is safe to call from another thread except the atomics.
//
// Who wakes whom. A part that frees room, changes the plan or makes leads sendable calls
// Core::wake(); the planner looks again in a task of its own (never inside the caller), so that no
// part is entered twice.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "engine/accounts.h"
#include "engine/backoff.h"
#include "engine/chores.h"
#include "engine/control.h"
#include "engine/dispatcher.h"
#include "engine/engine.h"
#include "engine/intake.h"
#include "engine/plan_view.h"
#include "engine/planner.h"
#include "engine/recorder.h"
#include "engine/recovery.h"

namespace headway::engine {

class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Ports ports, EngineConfig config);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  void start();
  void stop(std::function<void(StopReport)> done);
  EngineStatus status() const;

  Instant wall() const { return ports.clock.wall(); }
  std::chrono::nanoseconds steady() const { return ports.clock.steady(); }

  // A callback that does nothing once the engine is gone.
  template <class F>
  auto guard(F f) {
    return [weak = weak_from_this(), f = std::move(f)](auto&&... args) mutable {
      if (auto self = weak.lock()) f(std::forward<decltype(args)>(args)...);
    };
  }
  runtime::Executor::TimerId after(std::chrono::nanoseconds delay, std::function<void()> task) {
    return ports.executor.after(delay, guard(std::move(task)));
  }

  // Every answer of the store passes here first. False: the database is damaged and the engine
  // has stopped; the caller drops what it was doing.
  bool heard(const Error* error);
  template <class T>
  bool heard(const Result<T>& result) {
    return heard(result ? nullptr : &result.error());
  }

  bool sending() const { return phase == Phase::running; }  // claims and handovers may begin
  void wake() { planner.wake(); }
  void changed(const std::vector<CampaignId>& campaigns) {
    if (feed && !campaigns.empty()) feed->changed(campaigns);
  }
  // Something committed: the plan it was committed under, and what it changed.
  void committed(std::int64_t plan_version, const std::vector<CampaignId>& campaigns,
                 const std::vector<CampaignId>& finished);
  // The stop is complete when nothing is under way any more.
  void check_stopped();

  Ports ports;
  EngineConfig config;
  Phase phase = Phase::created;
  std::string problem;
  bool store_ok = true;
  std::shared_ptr<ChangeFeed> feed;
  EngineStatus totals;  // the `_total` fields and the times

  PlanView plan;
  Accounts accounts;
  Recorder recorder;
  Dispatcher dispatcher;
  Planner planner;
  Recovery recovery;
  Control control;
  Intake intake;
  Chores chores;

 private:
  void finish_stop(bool complete);

  std::function<void(StopReport)> stop_done_;
  runtime::Executor::TimerId stop_timer_ = 0;
  bool recovered_ = false;  // when the stop began
};

}  // namespace headway::engine
