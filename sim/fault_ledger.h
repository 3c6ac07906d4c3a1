#pragma once
// Stands between the engine and any store: delays calls and answers (so that they overtake each other),
// refuses some, loses the answers of others, and lets the checks watch what passes.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/loop.h"
#include "store/ledger.h"

namespace headway::sim {

struct StoreFaults {
  double unavailable = 0;   // certainly not applied
  double lost_answer = 0;   // applied, answered "ambiguous"
  double lost_call = 0;     // not applied, answered "ambiguous"
  nanoseconds slow_max{0};  // a call or an answer takes up to this
};

// What the checks want to see. Called as the engine calls and is answered.
class LedgerWatcher {
 public:
  virtual ~LedgerWatcher() = default;
  // A claim whose answer reached the engine; `started`: Loop::events() when the store was asked.
  virtual void claimed(const store::ClaimRequest& request, const store::ClaimResult& result,
                       std::uint64_t started) = 0;
  virtual void recording(const std::vector<store::Outcome>& outcomes) = 0;
  virtual void applying(const std::vector<store::InboundEvent>& events, Instant now) = 0;
  virtual void status_changing(AccountId id, domain::AccountStatus status) = 0;
};

class FaultLedger final : public store::Ledger {
 public:
  FaultLedger(Loop& loop, store::Ledger& inner, const StoreFaults& faults, LedgerWatcher& watcher,
              std::uint64_t seed)
      : loop_(loop),
        inner_(inner),
        faults_(faults),
        watcher_(watcher),
        rng_(seed),
        owner_(loop.living()) {}

  void load_plan(store::Done<store::Plan> done) override;
  void claim(store::ClaimRequest request, store::Done<store::ClaimResult> done) override;
  void record(std::vector<store::Outcome> outcomes, store::Done<store::RecordResult> done) override;
  void apply_events(std::vector<store::InboundEvent> events, Instant now,
                    store::Done<store::EventResults> done) override;
  void open_claims(LeadId after, int limit,
                   store::Done<std::vector<store::OpenClaim>> done) override;
  void in_doubt_before(Instant before, int limit,
                       store::Done<std::vector<store::OpenClaim>> done) override;
  void set_paused(CampaignId id, bool paused, std::string actor, std::string reason, Instant now,
                  store::Done<store::PauseReceipt> done) override;
  void set_account_status(AccountId id, domain::AccountStatus status, std::string reason,
                          std::optional<Instant> until, Instant now,
                          store::Done<std::int64_t> done) override;
  void enroll_next(CampaignId id, int limit, Instant now,
                   store::Done<store::EnrollProgress> done) override;
  void seal_due(Instant now, store::Done<int> done) override;
  void allocate_due(Instant now, store::Done<store::AllocationProgress> done) override;

 private:
  template <class T>
  using Start = std::function<void(store::Done<T>)>;

  template <class T>
  void call(std::uint64_t what, Start<T> start, store::Done<T> done);
  nanoseconds delay();

  Loop& loop_;
  store::Ledger& inner_;
  const StoreFaults& faults_;  // changed by the world as time goes on
  LedgerWatcher& watcher_;
  Rng rng_;
  Owner owner_;
};

}  // namespace headway::sim
