#include "store/sqlite/sqlite_ledger.h"

namespace headway::store::sqlite {

SqliteLedger::SqliteLedger(Connection& db, Writer& writer, runtime::Executor& completions)
    : writer_(writer),
      completions_(completions),
      plans_(db),
      people_(db),
      enroller_(db),
      claims_(db),
      records_(db, people_),
      control_(db),
      intake_(db, people_),
      allocations_(db) {}

template <class T>
std::function<void(Result<T>)> SqliteLedger::posted(Done<T> done) {
  return [this, done = std::move(done)](Result<T> result) mutable {
    completions_.post([done = std::move(done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  };
}

void SqliteLedger::load_plan(Done<Plan> done) {
  writer_.submit<Plan>(
      Late::never,
      [this](WriteContext& context) -> Result<Plan> { return plans_.load(context.plan_version()); },
      posted<Plan>(std::move(done)));
}

void SqliteLedger::claim(ClaimRequest request, Done<ClaimResult> done) {
  writer_.submit<ClaimResult>(
      Late::never,
      [this, request = std::move(request)](WriteContext& context) {
        return claims_.claim(context, request);
      },
      posted<ClaimResult>(std::move(done)));
}

void SqliteLedger::record(std::vector<Outcome> outcomes, Done<RecordResult> done) {
  writer_.submit<RecordResult>(
      Late::never,
      [this, outcomes = std::move(outcomes)](WriteContext& context) {
        return records_.record(context, outcomes);
      },
      posted<RecordResult>(std::move(done)));
}

void SqliteLedger::apply_events(std::vector<InboundEvent> events, Instant now,
                                Done<EventResults> done) {
  writer_.submit<EventResults>(
      Late::never,
      [this, events = std::move(events), now](WriteContext& context) {
        return intake_.apply(context, events, now);
      },
      posted<EventResults>(std::move(done)));
}

void SqliteLedger::open_claims(LeadId after, int limit, Done<std::vector<OpenClaim>> done) {
  writer_.submit<std::vector<OpenClaim>>(
      Late::never,
      [this, after, limit](WriteContext& context) {
        return control_.open_claims(context, after, limit);
      },
      posted<std::vector<OpenClaim>>(std::move(done)));
}

void SqliteLedger::in_doubt_before(Instant before, int limit, Done<std::vector<OpenClaim>> done) {
  writer_.submit<std::vector<OpenClaim>>(
      Late::never,
      [this, before, limit](WriteContext& context) {
        return control_.in_doubt_before(context, before, limit);
      },
      posted<std::vector<OpenClaim>>(std::move(done)));
}

void SqliteLedger::set_paused(CampaignId id, bool paused, std::string actor, std::string reason,
                              Instant now, Done<PauseReceipt> done) {
  writer_.submit<PauseReceipt>(
      Late::never,
      [this, id, paused, actor = std::move(actor), reason = std::move(reason),
       now](WriteContext& context) {
        return control_.set_paused(context, id, paused, actor, reason, now);
      },
      posted<PauseReceipt>(std::move(done)));
}

void SqliteLedger::set_account_status(AccountId id, domain::AccountStatus status,
                                      std::string reason, std::optional<Instant> until, Instant now,
                                      Done<std::int64_t> done) {
  writer_.submit<std::int64_t>(
      Late::never,
      [this, id, status, reason = std::move(reason), until, now](WriteContext& context) {
        return control_.set_account_status(context, id, status, reason, until, now);
      },
      posted<std::int64_t>(std::move(done)));
}

void SqliteLedger::enroll_next(CampaignId id, int limit, Instant now, Done<EnrollProgress> done) {
  writer_.submit<EnrollProgress>(
      Late::never,
      [this, id, limit, now](WriteContext& context) -> Result<EnrollProgress> {
        CampaignEntry* campaign = context.campaign(id);
        if (!campaign || campaign->deleted) return fail(ErrorKind::not_found, "No such campaign");
        if (campaign->state == domain::CampaignState::finished) {
          return fail(ErrorKind::conflict, "The campaign is finished");
        }
        const bool enrolling = campaign->enrolling;
        EnrollProgress progress = enroller_.next(context, *campaign, limit, now);
        if (progress.done && enrolling) context.bump_campaign(*campaign);
        progress.finished = !context.settle(now).finished.empty();
        return progress;
      },
      posted<EnrollProgress>(std::move(done)));
}

void SqliteLedger::seal_due(Instant now, Done<int> done) {
  writer_.submit<int>(
      Late::never, [this, now](WriteContext& context) { return control_.seal_due(context, now); },
      posted<int>(std::move(done)));
}

void SqliteLedger::allocate_due(Instant now, Done<AllocationProgress> done) {
  writer_.submit<AllocationProgress>(
      Late::never,
      [this, now](WriteContext& context) { return allocations_.allocate_due(context, now); },
      posted<AllocationProgress>(std::move(done)));
}

}  // namespace headway::store::sqlite
