#include "sim/fault_ledger.h"

#include <memory>

namespace headway::sim {

nanoseconds FaultLedger::delay() {
  using namespace std::chrono_literals;
  if (faults_.slow_max > 0ns && rng_.chance(0.1)) return rng_.wait(0ns, faults_.slow_max);
  return rng_.wait(100us, 3ms);
}

template <class T>
void FaultLedger::call(std::uint64_t what, Start<T> start, store::Done<T> done) {
  const nanoseconds before = delay(), after = delay();
  if (rng_.chance(faults_.unavailable)) {
    loop_.trace(what, 1);
    loop_.in(before, owner_, [done = std::move(done)] {
      done(fail(ErrorKind::unavailable, "simulated: the store is away"));
    });
    return;
  }
  if (rng_.chance(faults_.lost_call)) {
    loop_.trace(what, 2);
    loop_.in(before + after, owner_, [done = std::move(done)] {
      done(fail(ErrorKind::ambiguous, "simulated: the call was lost"));
    });
    return;
  }
  const bool lost = rng_.chance(faults_.lost_answer);
  loop_.in(before, owner_,
           [this, what, after, lost, start = std::move(start), done = std::move(done)]() mutable {
             start([this, what, after, lost, done = std::move(done)](Result<T> r) mutable {
               loop_.trace(what, r ? (lost ? 3 : 4) : 5);
               auto kept = std::make_shared<Result<T>>(std::move(r));
               loop_.in(after, owner_, [lost, kept, done = std::move(done)] {
                 if (lost) {
                   done(fail(ErrorKind::ambiguous, "simulated: the answer was lost"));
                 } else {
                   done(std::move(*kept));
                 }
               });
             });
           });
}

void FaultLedger::load_plan(store::Done<store::Plan> done) {
  call<store::Plan>(
      1, [this](store::Done<store::Plan> d) { inner_.load_plan(std::move(d)); }, std::move(done));
}

void FaultLedger::claim(store::ClaimRequest request, store::Done<store::ClaimResult> done) {
  auto asked = std::make_shared<store::ClaimRequest>(request);
  auto started = std::make_shared<std::uint64_t>(0);
  call<store::ClaimResult>(
      2,
      [this, request = std::move(request), started](store::Done<store::ClaimResult> d) {
        *started = loop_.events();
        inner_.claim(request, std::move(d));
      },
      [this, asked, started, done = std::move(done)](Result<store::ClaimResult> r) {
        if (r) watcher_.claimed(*asked, *r, *started);
        done(std::move(r));
      });
}

void FaultLedger::record(std::vector<store::Outcome> outcomes,
                         store::Done<store::RecordResult> done) {
  watcher_.recording(outcomes);
  call<store::RecordResult>(
      3,
      [this, outcomes = std::move(outcomes)](store::Done<store::RecordResult> d) {
        inner_.record(outcomes, std::move(d));
      },
      std::move(done));
}

void FaultLedger::apply_events(std::vector<store::InboundEvent> events, Instant now,
                               store::Done<store::EventResults> done) {
  watcher_.applying(events, now);
  call<store::EventResults>(
      4,
      [this, events = std::move(events), now](store::Done<store::EventResults> d) {
        inner_.apply_events(events, now, std::move(d));
      },
      std::move(done));
}

void FaultLedger::open_claims(LeadId after, int limit,
                              store::Done<std::vector<store::OpenClaim>> done) {
  call<std::vector<store::OpenClaim>>(
      5,
      [this, after, limit](store::Done<std::vector<store::OpenClaim>> d) {
        inner_.open_claims(after, limit, std::move(d));
      },
      std::move(done));
}

void FaultLedger::in_doubt_before(Instant before, int limit,
                                  store::Done<std::vector<store::OpenClaim>> done) {
  call<std::vector<store::OpenClaim>>(
      6,
      [this, before, limit](store::Done<std::vector<store::OpenClaim>> d) {
        inner_.in_doubt_before(before, limit, std::move(d));
      },
      std::move(done));
}

void FaultLedger::set_paused(CampaignId id, bool paused, std::string actor, std::string reason,
                             Instant now, store::Done<store::PauseReceipt> done) {
  call<store::PauseReceipt>(
      7,
      [this, id, paused, actor = std::move(actor), reason = std::move(reason),
       now](store::Done<store::PauseReceipt> d) {
        inner_.set_paused(id, paused, actor, reason, now, std::move(d));
      },
      std::move(done));
}

void FaultLedger::set_account_status(AccountId id, domain::AccountStatus status, std::string reason,
                                     std::optional<Instant> until, Instant now,
                                     store::Done<std::int64_t> done) {
  watcher_.status_changing(id, status);
  call<std::int64_t>(
      8,
      [this, id, status, reason = std::move(reason), until, now](store::Done<std::int64_t> d) {
        inner_.set_account_status(id, status, reason, until, now, std::move(d));
      },
      std::move(done));
}

void FaultLedger::enroll_next(CampaignId id, int limit, Instant now,
                              store::Done<store::EnrollProgress> done) {
  call<store::EnrollProgress>(
      9,
      [this, id, limit, now](store::Done<store::EnrollProgress> d) {
        inner_.enroll_next(id, limit, now, std::move(d));
      },
      std::move(done));
}

void FaultLedger::seal_due(Instant now, store::Done<int> done) {
  call<int>(
      10, [this, now](store::Done<int> d) { inner_.seal_due(now, std::move(d)); }, std::move(done));
}

void FaultLedger::allocate_due(Instant now, store::Done<store::AllocationProgress> done) {
  call<store::AllocationProgress>(
      11,
      [this, now](store::Done<store::AllocationProgress> d) {
        inner_.allocate_due(now, std::move(d));
      },
      std::move(done));
}

}  // namespace headway::sim
