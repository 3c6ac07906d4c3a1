#pragma once
// Decisions of people, and pauses of the guard: pause, resume, and what becomes of a lead in doubt. One after the other, in
// the order they came, so that a pause and a resume of one campaign never overtake each other.
//
// Pausing holds the campaign back from the moment it is processed, before the store is asked. The
// hold ends when a plan has arrived that was asked for after the store's answer: between the two,
// neither an older plan nor a claim that was in the store lets a message out.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/backoff.h"
#include "engine/engine.h"

namespace headway::engine {

class Core;

class Control {
 public:
  explicit Control(Core& core) : core_(core) {}

  void pause(CampaignId campaign, std::string actor, std::string reason,
             std::function<void(Result<PauseAnswer>)> done);
  void resume(CampaignId campaign, std::string actor,
              std::function<void(Result<store::PauseReceipt>)> done);
  void resolve(CampaignId campaign, LeadId lead, int attempt, Decision decision,
               std::function<void(Result<void>)> done);

  // What the guard wants paused, as the plan says it: each campaign once, until the plan no longer names it.
  // The store knows what is still wanted, so that neither a crash nor a lost answer pauses twice.
  void guard_pauses(const std::vector<store::Plan::GuardPause>& wanted);

  // The rest is answered with an error (stop).
  void abandon();

  bool idle() const { return !busy_ && queue_.empty(); }
  std::size_t backlog() const { return queue_.size() + (busy_ ? 1 : 0); }

 private:
  // Runs once or again after a fault, until it says that it is done.
  struct Job {
    std::function<void()> run;
    std::function<void(const Error&)> give_up;
  };
  bool add(Job job);
  void next();
  // After a store's answer: an error to be tried again (true: the caller returns), or the end of the job.
  bool try_again(const Error& error);
  void finish();
  void finish_pause(CampaignId campaign);

  Core& core_;
  std::deque<Job> queue_;
  std::set<CampaignId> guarded_;  // pauses of the guard under way
  Job job_;
  bool busy_ = false;
  Backoff backoff_;
};

}  // namespace headway::engine
