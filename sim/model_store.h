#pragma once
// A store in memory, as simple as can be: every call is one transaction, applied at once and
// durable; its answer is posted. Faults and delays are put in front of it by FaultLedger.
//
// Written independently of the SQLite store; both share only the status machine (domain/lead.h).
// `Flaws` are planted bugs: the simulator must find each of them (tests/simulation).

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/store_under_test.h"

namespace headway::sim {

struct Flaws {
  bool limit_off_by_one = false;      // daily limits let one more through
  bool counter_outside_fact = false;  // counters are written by the next transaction
  bool finish_early = false;          // finished when nobody is pending
  bool no_follow_up_delay = false;    // follow-ups are due at once
  bool double_receipts = false;       // an event told twice counts twice
  bool rotate_accounts = false;       // a retry goes out through any account
  bool claims_suppressed = false;     // the suppression list is read at enrolment only
};

class ModelStore final : public StoreUnderTest, public store::Ledger {
 public:
  explicit ModelStore(Flaws flaws) : flaws_(flaws) { zones_.emplace_back(); }

  store::Ledger& open(Post post) override;
  AccountId create_account(const domain::Account& account) override;
  void update_account(const domain::Account& account) override;
  void delete_account(AccountId id) override;
  CollectionId create_collection(const std::vector<domain::Person>& people) override;
  CampaignId create_campaign(const domain::CampaignPlan& draft) override;
  bool update_campaign(const domain::CampaignPlan& plan) override;
  void suppress(ContactId person) override;
  const std::vector<domain::Account>& accounts() override { return accounts_; }
  std::uint64_t commits() override { return commits_; }
  const std::vector<CampaignView>& look() override { return views_; }
  bool guard_waits() override;

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
  struct Side {  // beside each CampaignView
    std::shared_ptr<const domain::CampaignPlan> plan;
    std::map<std::int64_t, std::int64_t> used;           // by day
    std::deque<std::size_t> to_enroll;                   // people
    std::set<std::string> enrolled;                      // external ids
    std::vector<int> zone;                               // by lead
    std::vector<int> generation;                         // by lead
    std::optional<std::int64_t> allocated;               // day of the last look at the evidence
    std::optional<store::Plan::GuardPause> guard_pause;  // wanted and not done yet
  };
  struct Person {
    domain::Person person;
    int zone = 0;
    bool suppressed = false;
  };
  struct Place {
    CampaignView* view = nullptr;
    Side* side = nullptr;
    LeadView* lead = nullptr;
    std::size_t index = 0;
  };

  template <class T>
  void answer(store::Done<T> done, Result<T> result) {
    post_([done = std::move(done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  }
  Place find(LeadId id);
  CampaignView* view(CampaignId id, Side** side = nullptr);
  domain::Account* account(AccountId id);
  void plan_edited(CampaignView& view, Side& side);
  void apply(CampaignView& view, LeadView& lead, const domain::Transition& t);
  void commit() { ++commits_; }
  // Finishes the campaign when its last lead has ended.
  bool finish_if_done(CampaignView& view, Side& side, Instant now);
  domain::Sequence sequence(const domain::CampaignPlan& plan) const;
  VariantId draw(const domain::CampaignPlan& plan, LeadId lead, int step) const;
  // A message of the account failed for good. Simpler than the real guard: so many failures are enough.
  void guard(AccountId account);
  bool allocate(CampaignView& view, Side& side, std::int64_t today);
  int claim_slot(const store::ClaimSlot& slot, Instant now, store::ClaimResult& result,
                 bool& account_full, bool& campaign_full);
  bool claim_lead(const Place& p, const store::ClaimSlot& slot, Instant now,
                  store::ClaimResult& result);
  Result<domain::Transition> transition(const Place& p, const store::Outcome& o);
  store::EventAnswer apply_event(const store::InboundEvent& e, Instant now,
                                 std::set<CampaignId>& changed);

  Flaws flaws_;
  Post post_;
  std::vector<CampaignView> views_;
  std::vector<Side> sides_;
  std::vector<domain::Account> accounts_;
  std::vector<std::shared_ptr<const domain::Account>> account_copies_;
  std::set<AccountId> deleted_;
  std::map<AccountId, int> failures_;  // since the guard last spoke
  std::map<std::pair<AccountId, std::int64_t>, std::int64_t> account_used_;
  std::vector<Person> people_;
  std::map<CollectionId, std::vector<std::size_t>> collections_;
  std::vector<std::string> zones_;
  std::set<std::pair<std::string, std::string>> events_;
  std::vector<std::pair<CampaignId, domain::Delta>> late_deltas_;  // flaw: counter_outside_fact
  std::int64_t plan_version_ = 1, last_id_ = 100, last_variant_ = 0;
  std::uint64_t commits_ = 0;
};

}  // namespace headway::sim
