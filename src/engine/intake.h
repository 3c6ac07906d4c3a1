#pragma once
// Events from outside on their way to the store. Bounded: there is room for `intake_max` events, and who
// finds none is told so before anything is taken.
//
// Invariants:
//  * taken events are applied in the order taken; a faulty call is made again with the same events (the store
//    knows them by source and id), so that none is lost and none counts twice;
//  * events of a channel are tried until the store takes them; a batch of the API is answered with the
//    error after `control_tries`;
//  * at most one call is in the store.

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "engine/backoff.h"
#include "store/ledger.h"

namespace headway::engine {

class Core;

class Intake {
 public:
  using Done = std::function<void(Result<store::EventResults>)>;

  explicit Intake(Core& core) : core_(core) {}

  // Any thread: takes room for `n` events, or says that there is none.
  bool reserve(std::int64_t n);
  void close() { closed_.store(true); }  // any thread: no more room from now on

  // On the strand, with room reserved.
  void add(store::InboundEvent event);
  void add(std::vector<store::InboundEvent> events, Done done);
  // The rest is answered with an error (stop).
  void abandon();

  bool idle() const { return !busy_ && queue_.empty(); }
  std::int64_t backlog() const { return reserved_.load(); }

 private:
  struct Batch {
    std::vector<store::InboundEvent> events;
    Done done;  // empty: of channels
  };
  void next();
  void send();
  void answered(Result<store::EventResults> result);
  void finish();

  Core& core_;
  std::atomic<std::int64_t> reserved_{0};
  std::atomic<bool> closed_{false};
  std::deque<Batch> queue_;
  Batch batch_;
  bool busy_ = false;
  Backoff backoff_;
};

}  // namespace headway::engine
