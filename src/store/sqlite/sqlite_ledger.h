#pragma once
// store::Ledger on the writer: each call is one operation of a group commit; its completion is posted after the
// commit is durable.

#include <memory>

#include "runtime/executor.h"
#include "store/ledger.h"
#include "store/sqlite/allocations.h"
#include "store/sqlite/claim.h"
#include "store/sqlite/control.h"
#include "store/sqlite/enroll.h"
#include "store/sqlite/intake.h"
#include "store/sqlite/people.h"
#include "store/sqlite/plans.h"
#include "store/sqlite/record.h"
#include "store/sqlite/writer.h"

namespace headway::store::sqlite {

class SqliteLedger final : public Ledger {
 public:
  SqliteLedger(Connection& db, Writer& writer, runtime::Executor& completions);

  Enroller& enroller() { return enroller_; }
  People& people() { return people_; }

  void load_plan(Done<Plan> done) override;
  void claim(ClaimRequest request, Done<ClaimResult> done) override;
  void record(std::vector<Outcome> outcomes, Done<RecordResult> done) override;
  void apply_events(std::vector<InboundEvent> events, Instant now,
                    Done<EventResults> done) override;
  void open_claims(LeadId after, int limit, Done<std::vector<OpenClaim>> done) override;
  void in_doubt_before(Instant before, int limit, Done<std::vector<OpenClaim>> done) override;
  void set_paused(CampaignId id, bool paused, std::string actor, std::string reason, Instant now,
                  Done<PauseReceipt> done) override;
  void set_account_status(AccountId id, domain::AccountStatus status, std::string reason,
                          std::optional<Instant> until, Instant now,
                          Done<std::int64_t> done) override;
  void enroll_next(CampaignId id, int limit, Instant now, Done<EnrollProgress> done) override;
  void seal_due(Instant now, Done<int> done) override;
  void allocate_due(Instant now, Done<AllocationProgress> done) override;

 private:
  // Posts the completion to the executor, after the commit.
  template <class T>
  std::function<void(Result<T>)> posted(Done<T> done);

  Writer& writer_;
  runtime::Executor& completions_;
  PlanLoader plans_;
  People people_;
  Enroller enroller_;
  Claims claims_;
  Records records_;
  Control control_;
  Intake intake_;
  Allocations allocations_;
};

}  // namespace headway::store::sqlite
