#pragma once
// Decides what to claim and when to look again.
//
// One pass looks at every account (in turn), asks what its status, backoff, pace, room and budget allow, shares that
// fairly among its campaigns that are active, open and not drained, and puts all of it into one claim. Whatever
// forbids a claim also says when it ends: the pass sets one timer for the earliest of these times. Wall-clock
// times are waited for in pieces of `idle_poll` at most, because the wall clock may jump.
//
// Invariants:
//  * at most one claim (or the reading back of one) is in the store;
//  * after an ambiguous claim nothing is claimed before what it took is known: claims of ours that
//    are not in memory were never handed over and are released;
//  * messages in memory never exceed `in_flight_total`;
//  * a pass that claims nothing sets a timer or waits for something that calls wake().

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/backoff.h"
#include "runtime/executor.h"
#include "store/ledger.h"

namespace headway::engine {

class Core;
struct AccountRun;
struct CampaignRun;

class Planner {
 public:
  explicit Planner(Core& core) : core_(core) {}

  // Look again, soon. Cheap; as often as one likes.
  void wake();
  // A claim of this account ended so in the store: its lead, or another, may be due now or later.
  void ended(const store::Outcome& outcome, AccountId account);
  // A claim or its reading back is under way.
  bool claiming() const { return claiming_; }
  // An answer made room for another message of its account.
  void freed() { ++freed_; }
  void cancel();

 private:
  struct Asked {  // beside each slot of the request
    AccountId account;
    CampaignId campaign;
    std::shared_ptr<const domain::CampaignPlan> plan;
    std::uint64_t touched = 0;
    std::uint64_t opening = 0;
    int wanted = 0;
    std::int64_t account_day = 0, campaign_day = 0;
    Instant until{};  // of windows and days
  };

  void pass();
  std::chrono::nanoseconds earliest() const;
  // Adds the account's slots; returns how many messages they ask for.
  std::int64_t look(AccountRun& account, std::int64_t room);
  void look_at(std::optional<std::chrono::nanoseconds> at);
  void look_at_wall(Instant at);
  void arm();
  void claim();
  void claimed(Result<store::ClaimResult> result);
  void take(store::ClaimResult result);
  void budget_given_back(CampaignRun& campaign, AccountId account);
  void again_later(Backoff& backoff);
  void read_back(LeadId after);
  void read_back_page(Result<std::vector<store::OpenClaim>> page);
  void release_unknown(std::vector<store::Outcome> outcomes, LeadId next, bool last);

  Core& core_;
  bool scheduled_ = false;  // a pass is posted
  bool claiming_ = false;
  runtime::Executor::TimerId timer_ = 0;
  std::chrono::nanoseconds timer_at_{0};
  std::chrono::nanoseconds not_before_{0};  // backoff
  std::chrono::nanoseconds gap_until_{0};   // a claim before that is too small to pay
  std::int64_t freed_ = 0;                  // since the claim before
  std::size_t turn_ = 0;                    // whose turn among the accounts
  Backoff backoff_, read_back_backoff_;

  // Of the pass under way:
  Instant now_{};
  std::chrono::nanoseconds steady_{0};
  std::optional<std::chrono::nanoseconds> next_look_;
  store::ClaimRequest request_;
  std::vector<Asked> asked_;
};

}  // namespace headway::engine
