#pragma once
// At the start: settles every claim of the process before, in pages, before anything is claimed.
//
// A claim found open may or may not have been handed over. On a channel with idempotency it becomes
// due again at once, with its account and under its key; on any other it is in doubt. Settling is
// repeated until a pass over the whole ledger finds nothing, so that a fault in between skips no claim.

#include <functional>
#include <vector>

#include "engine/backoff.h"
#include "store/ledger.h"

namespace headway::engine {

class Core;

class Recovery {
 public:
  explicit Recovery(Core& core) : core_(core) {}

  void plan_loaded();  // begins with the first plan

 private:
  void page(LeadId after);
  void settle(std::vector<store::Outcome> outcomes, LeadId next, bool last);
  void retry_later(std::function<void()> task);
  void finished();

  Core& core_;
  Backoff backoff_;
  bool found_ = false;  // in this pass
};

}  // namespace headway::engine
