#pragma once
// Work beside sending, in small pieces: enrolling leads, giving up leads too long in doubt, sealing
// the results of finished campaigns, moving the shares of variants. Each has at most one call in the store.
//
// Enrolment and dispatch share the store's one writer: after each batch, enrolment stands back for
// `claim_gap`, so that a claim can go between two batches; campaigns take turns.

#include <chrono>
#include <cstdint>
#include <vector>

#include "engine/backoff.h"
#include "store/ledger.h"

namespace headway::engine {

class Core;

class Chores {
 public:
  explicit Chores(Core& core) : core_(core) {}

  void begin();        // recovery has ended
  void plan_loaded();  // there may be somebody to enrol

  bool idle() const { return !enrolling_ && !doubting_ && !sealing_ && !allocating_; }

 private:
  void enroll();
  void enrolled(CampaignId id, const Result<store::EnrollProgress>& result);
  void look_for_doubts();
  void give_up(std::vector<store::OpenClaim> doubts);
  void seal();
  void allocate();

  Core& core_;
  bool begun_ = false;
  bool enrolling_ = false, enroll_waits_ = false;
  CampaignId last_enrolled_;
  Backoff enroll_backoff_;
  bool doubting_ = false;
  int doubt_page_ = 0;
  Backoff doubt_backoff_;
  bool sealing_ = false;
  Backoff seal_backoff_;
  bool allocating_ = false;
  Backoff allocate_backoff_;
};

}  // namespace headway::engine
