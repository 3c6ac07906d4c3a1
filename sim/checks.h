#pragma once
// The promises, checked after every event. The first one broken is kept, in words.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/calendar.h"
#include "sim/fault_ledger.h"
#include "sim/sim_channel.h"
#include "sim/store_under_test.h"

namespace headway::sim {

class Checks final : public LedgerWatcher, public ChannelWatcher {
 public:
  Checks(Loop& loop, StoreUnderTest& store) : loop_(loop), store_(store) {}

  const std::string& problem() const { return problem_; }
  void broken(const std::string& what);
  void log(const std::string& line) const {
    if (logging_) print(line);
  }
  void set_logging(bool on) { logging_ = on; }

  // What the world does.
  // A resume asked for after the pause was, and before its acknowledgement, wins.
  int resumes(CampaignId id) { return resumes_[id]; }
  void pause_acknowledged(CampaignId id, int resumes_before) {
    if (resumes_[id] == resumes_before) paused_.insert(id);
  }
  void resuming(CampaignId id) {
    ++resumes_[id];
    paused_.erase(id);
  }
  void healing(AccountId id) { stopped_.erase(id); }
  void crashed() { stopped_.clear(); }
  void suppressed(ContactId person) { suppressed_.emplace(person, loop_.events()); }
  void sending_again(LeadId lead, int step) { ++allowed_[{lead, step}]; }
  void counting_as_sent(LeadId lead, int step) { counted_.insert({lead, step}); }
  void reply_made(CampaignId id) { ++replies_made_[id]; }

  // After every event.
  void after_event();
  // At the end: who got what, and what was counted.
  void at_end(const std::map<CampaignId, std::int64_t>& replies_counted);

  std::int64_t arrivals() const { return arrivals_; }
  std::int64_t handovers() const { return handovers_; }

  // LedgerWatcher
  void claimed(const store::ClaimRequest& request, const store::ClaimResult& result,
               std::uint64_t started) override;
  void recording(const std::vector<store::Outcome>& outcomes) override;
  void applying(const std::vector<store::InboundEvent>& events, Instant now) override;
  void status_changing(AccountId id, domain::AccountStatus status) override;
  // ChannelWatcher
  void handed_over(const domain::Account& account, const channels::Outgoing& message,
                   bool idempotent) override;
  void arrived(AccountId account, const channels::Outgoing& message, bool idempotent) override;
  void answering(AccountId account, const channels::Outgoing& message,
                 const channels::SendResult& result) override;

  // Set by the world: what a delivery and an answer lead to (receipts, replies).
  std::function<void(AccountId, const channels::Outgoing&)> on_arrival;
  std::function<void(CampaignId)> on_handover;

 private:
  using LeadStep = std::pair<LeadId, int>;
  struct Claim {
    std::shared_ptr<const domain::CampaignPlan> plan;
    std::uint64_t started = 0;
    Instant now{};
    std::int64_t account_day = 0, campaign_day = 0;  // at the handover
  };
  struct Seen {  // of a lead, at the last look
    int attempt = 0, delivered = 0;
    bool final_state = false;
    domain::FailureClass failure{};
  };
  struct DayUse {
    std::int64_t n = 0;
    std::optional<std::int64_t> limit;  // the largest in force that day
    bool unlimited = false;
  };

  void print(const std::string& line) const;
  void look_at(const CampaignView& view, std::vector<Seen>& seen);
  const LeadView* find(LeadId id);
  void delivered_at(LeadId lead, int step, Instant at);
  void count_against_limits(const Claim& claim, AccountId account, const channels::Outgoing& m);
  static void note_limit(DayUse& use, const std::optional<std::int64_t>& limit);

  Loop& loop_;
  StoreUnderTest& store_;
  Calendar calendar_;
  std::string problem_;
  bool logging_ = false;

  Instant latest_{};  // the latest wall time so far
  std::uint64_t commits_seen_ = 0;
  std::map<CampaignId, std::vector<Seen>> seen_;
  std::map<CampaignId, domain::CampaignState> states_;
  std::map<std::pair<LeadId, int>, Claim> claims_;  // by lead and fence
  std::map<LeadId, AccountId> account_of_;          // of its first handover
  std::map<LeadStep, Instant> delivered_at_;
  std::set<LeadStep> handed_;
  std::map<LeadStep, int> arrived_;  // physical deliveries
  std::map<LeadStep, std::set<std::string>> keys_;
  std::map<std::string, std::string> texts_;  // by key: tried again it is the same message
  std::map<LeadStep, int> allowed_;           // a person said: send again
  std::set<LeadStep> counted_;                // a person said: count as sent
  std::map<std::pair<AccountId, std::int64_t>, DayUse> account_days_;
  std::map<std::pair<CampaignId, std::int64_t>, DayUse> campaign_days_;
  std::set<CampaignId> paused_;
  std::map<CampaignId, int> resumes_;
  std::set<AccountId> stopped_;  // the provider said so, nobody healed it
  std::map<ContactId, std::uint64_t> suppressed_;
  std::map<CampaignId, std::int64_t> replies_made_;
  std::int64_t arrivals_ = 0, handovers_ = 0;
};

}  // namespace headway::sim
