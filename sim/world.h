#pragma once
// One run: a seed's workload, its people and its accidents, the engine in the middle, the checks around
// it. The store is whatever the factory makes.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "sim/bugs.h"
#include "sim/checks.h"
#include "sim/fault_ledger.h"
#include "sim/loop.h"
#include "sim/sim_channel.h"
#include "sim/store_under_test.h"
#include "sim/workload.h"

namespace headway::sim {

struct Options {
  std::uint64_t seed = 1;
  bool log = false;
  Bug bug = Bug::none;
};

struct Report {
  std::string problem;  // "" = all promises kept
  std::uint64_t hash = 0;
  std::uint64_t events = 0;
  std::int64_t handovers = 0, arrivals = 0, crashes = 0;
  bool ok() const { return problem.empty(); }
};

using StoreFactory = std::function<std::unique_ptr<StoreUnderTest>(const Options&)>;
StoreFactory model_store_factory();

class World {
 public:
  World(const Options& options, const StoreFactory& factory);
  ~World();
  Report run();

 private:
  struct Fact {  // an event that the outside will tell until it is taken
    store::InboundEvent event;
    nanoseconds due{0};  // when it is first told
    bool taken = false, asked = false;
    int refused = 0;
  };

  // The process.
  void boot();
  void crash();
  void stop_gracefully();
  void process_gone();

  // People and accidents.
  void act();
  void pause(CampaignId id);
  void resume(CampaignId id);
  void edit_campaign();
  void edit_account();
  void remove_account();
  void heal(bool all);
  void add_people();
  void suppress_somebody();
  void decide_doubts(double chance);
  void jump();
  void busy(CampaignId id);

  // The outside.
  void arrived(AccountId account, const channels::Outgoing& message);
  void tell_later(store::InboundEvent event, nanoseconds wait);
  void tell(std::size_t fact);
  void tell_waiting();
  void open_held();

  // The end.
  void calm_down();
  void keep_calm();
  bool settled(std::string* stuck);
  void plan_changed();
  void note(const std::string& what) { checks_->log("-- " + what); }

  Options options_;
  Rng rng_;
  Workload load_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<StoreUnderTest> store_;
  std::unique_ptr<Checks> checks_;
  std::vector<AccountId> accounts_;
  std::set<AccountId> removed_;
  std::vector<CollectionId> collections_;
  std::vector<CampaignId> campaigns_;
  std::map<std::string, std::unique_ptr<SimChannel>> channels_;
  std::deque<Fact> facts_;
  std::set<LeadId> opened_;  // held leads whose person will write
  std::int64_t crashes_ = 0, event_ids_ = 0, people_added_ = 0;
  bool calm_ = false, over_ = false;

  // Of the living process, in order of construction.
  std::unique_ptr<SimExecutor> executor_;
  std::unique_ptr<SimEntropy> entropy_;
  std::unique_ptr<BugLedger> bug_ledger_;
  std::unique_ptr<FaultLedger> fault_ledger_;
  std::unique_ptr<engine::Engine> engine_;
};

Report run_seed(const Options& options, const StoreFactory& factory);
// Runs twice; another hash the second time is a failure too.
Report run_twice(const Options& options, const StoreFactory& factory);

}  // namespace headway::sim
