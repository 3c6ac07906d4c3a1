#pragma once
// What the engine knows of campaigns and accounts: the plan as last read, and beside each entry
// the engine's own running state, which survives a reload.
//
// Invariants:
//  * a plan that was asked for before a fact was acknowledged never overrides that fact: `Hold`
//    keeps a campaign or an account back until a plan that was asked for later has arrived;
//  * at most one load is in the store; a change during a load causes one more.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/channel.h"
#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/pacing.h"
#include "engine/backoff.h"
#include "engine/hours.h"
#include "engine/recorder.h"
#include "store/ledger.h"

namespace headway::engine {

class Core;

// Keeps something back from the moment a person or a provider said stop until the plan says so too.
class Hold {
 public:
  void begin() { ++pending_; }
  // `load`: the number of the latest load asked for so far; only a later one counts.
  void end(std::uint64_t load) {
    --pending_;
    after_load_ = load;
  }
  bool held(std::uint64_t loaded) const { return pending_ > 0 || loaded <= after_load_; }

 private:
  int pending_ = 0;
  std::uint64_t after_load_ = 0;
};

struct CampaignRun {
  std::shared_ptr<const domain::CampaignPlan> plan;
  std::vector<AccountId> accounts;  // sorted
  WindowState window;               // valid in [window.from, window.until)
  std::optional<std::int64_t> exhausted_day;
  Hold hold;
  std::uint64_t touched = 0;   // grows whenever its leads may have become sendable
  std::int64_t in_flight = 0;  // handed over and unanswered
  std::optional<Instant> last_handed_over_at;

  bool serves(AccountId account) const {
    return std::binary_search(accounts.begin(), accounts.end(), account);
  }
};

// A campaign's share of an account.
struct SlotRun {
  std::chrono::nanoseconds idle_until{0};  // nothing due before (steady time)
  std::uint64_t touched = 0;               // CampaignRun::touched when it was last asked for
  std::uint64_t opening = 0;               // WindowState::serial when it was last asked for

  // Open time left until the account's day ends; computed when hours or day were looked up anew.
  milliseconds open_left(const CampaignRun& campaign, const Zones& zones, const DayState& day,
                         Instant now);

 private:
  std::uint64_t window_looks_ = 0, day_looks_ = 0;
  Instant open_at_{};
  milliseconds open_left_{0};
};

struct AccountRun {
  std::shared_ptr<const domain::Account> account;
  channels::Channel* channel = nullptr;  // null: not built in or switched off; the account waits
  channels::Traits traits;
  DayState day;  // today in its zone
  std::map<CampaignId, SlotRun> slots;
  std::deque<FlightKey> queue;  // claimed, not handed over
  std::int64_t sending = 0;     // handed over and unanswered
  // Pace (steady time) and budget.
  domain::Pace pace;
  std::chrono::nanoseconds interval{1'000'000'000};  // between two messages, as of the last look
  std::optional<std::int64_t> used_day, used;        // what the store said: the day, and its use
  std::optional<std::int64_t> exhausted_day;
  std::optional<std::chrono::nanoseconds> next_at;  // for Reason::rate; as of the last look
  // Provider's reactions.
  Hold hold;
  bool stopping = false;                 // a reaction that stops it is on its way to the store
  std::optional<Instant> blocked_until;  // rate limited
  int strikes = 0;                       // rate limits in a row
  std::size_t turn = 0;                  // whose turn among its campaigns
};

class PlanView {
 public:
  explicit PlanView(Core& core) : core_(core) {}

  // Asks for the plan; while a load is under way, once more after it.
  void reload();
  void reload_if_not(std::int64_t version) {
    if (version != 0 && version != version_) reload();
  }

  CampaignRun* campaign(CampaignId id);
  AccountRun* account(AccountId id);
  const AccountRun* account(AccountId id) const;
  std::map<CampaignId, CampaignRun>& campaigns() { return campaigns_; }
  std::map<AccountId, AccountRun>& accounts() { return accounts_; }
  const std::map<AccountId, AccountRun>& accounts() const { return accounts_; }
  const Zones& zones() const { return zones_; }

  std::int64_t version() const { return version_; }
  bool loaded() const { return loaded_ != 0; }
  bool loading() const { return loading_; }
  std::uint64_t loaded_number() const { return loaded_; }
  std::uint64_t asked_number() const { return asked_; }

  bool held(const CampaignRun& c) const { return c.hold.held(loaded_); }
  bool held(const AccountRun& a) const { return a.hold.held(loaded_); }
  // In the plan as it stands now (runs of vanished entries are kept while messages refer to them).
  bool current(const CampaignRun& c) const { return c.plan != nullptr; }

 private:
  void load();
  void take(store::Plan plan);

  Core& core_;
  std::map<CampaignId, CampaignRun> campaigns_;
  std::map<AccountId, AccountRun> accounts_;
  Zones zones_;
  std::int64_t version_ = 0;
  std::uint64_t asked_ = 0, loaded_ = 0;
  bool loading_ = false, again_ = false;
  Backoff backoff_;
};

}  // namespace headway::engine
