#pragma once
// Planted bugs, so that the simulator is known to see. None of this is in the engine: each is a double or a
// wrapper that does what a careless implementation would.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model_store.h"
#include "sim/store_under_test.h"

namespace headway::sim {

enum class Bug {
  none,
  checkpoint_at_fetch,    // a lead counts as sent when it is claimed: a crash skips it
  resend_unknown,         // what may have gone out is sent again without idempotency
  forget_fence,           // a late outcome is applied to whatever is open now
  lost_release,           // a message not handed over is never given back
  utc_day,                // limits by UTC days, not by local ones
  pause_ignores_claimed,  // a pause that only writes the state
  limit_off_by_one,
  counter_outside_fact,
  finish_early,
  follow_up_without_delay,
  double_receipt_counted,
  rotate_accounts,
  suppression_at_enrolment,
};

std::optional<Bug> parse_bug(std::string_view name);
std::string_view to_string(Bug bug);
const std::vector<Bug>& all_bugs();
Flaws flaws_of(Bug bug);

// Does to the engine's calls what the bug says.
class BugLedger final : public store::Ledger {
 public:
  BugLedger(Bug bug, store::Ledger& inner, StoreUnderTest& store)
      : bug_(bug), inner_(inner), store_(store) {}

  void load_plan(store::Done<store::Plan> done) override { inner_.load_plan(std::move(done)); }
  void claim(store::ClaimRequest request, store::Done<store::ClaimResult> done) override;
  void record(std::vector<store::Outcome> outcomes, store::Done<store::RecordResult> done) override;
  void apply_events(std::vector<store::InboundEvent> events, Instant now,
                    store::Done<store::EventResults> done) override {
    inner_.apply_events(std::move(events), now, std::move(done));
  }
  void open_claims(LeadId after, int limit,
                   store::Done<std::vector<store::OpenClaim>> done) override {
    inner_.open_claims(after, limit, std::move(done));
  }
  void in_doubt_before(Instant before, int limit,
                       store::Done<std::vector<store::OpenClaim>> done) override {
    inner_.in_doubt_before(before, limit, std::move(done));
  }
  void set_paused(CampaignId id, bool paused, std::string actor, std::string reason, Instant now,
                  store::Done<store::PauseReceipt> done) override {
    inner_.set_paused(id, paused, std::move(actor), std::move(reason), now, std::move(done));
  }
  void set_account_status(AccountId id, domain::AccountStatus status, std::string reason,
                          std::optional<Instant> until, Instant now,
                          store::Done<std::int64_t> done) override {
    inner_.set_account_status(id, status, std::move(reason), until, now, std::move(done));
  }
  void enroll_next(CampaignId id, int limit, Instant now,
                   store::Done<store::EnrollProgress> done) override {
    inner_.enroll_next(id, limit, now, std::move(done));
  }
  void seal_due(Instant now, store::Done<int> done) override {
    inner_.seal_due(now, std::move(done));
  }
  void allocate_due(Instant now, store::Done<store::AllocationProgress> done) override {
    inner_.allocate_due(now, std::move(done));
  }

 private:
  int stored_attempt(LeadId lead) const;

  Bug bug_;
  store::Ledger& inner_;
  StoreUnderTest& store_;
};

}  // namespace headway::sim
