#pragma once
// What the simulator needs of a store beside the engine's port: the API's side of it, a crash, and a
// look at everything that it holds. The changes are made at once and are durable on return.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/figures.h"
#include "domain/lead.h"
#include "domain/person.h"
#include "store/ledger.h"

namespace headway::sim {

struct LeadView {
  LeadId id;
  ContactId contact;
  domain::LeadState state;
};

struct CampaignView {
  domain::CampaignPlan plan;
  domain::Counts counts;
  std::vector<LeadView> leads;  // by number
};

class StoreUnderTest {
 public:
  using Post = std::function<void(std::function<void()>)>;

  virtual ~StoreUnderTest() = default;

  // The port for an incarnation of the process; its completions go through `post`. Calling it again
  // is a restart after a crash: what was not committed is gone.
  virtual store::Ledger& open(Post post) = 0;

  virtual AccountId create_account(const domain::Account& account) = 0;
  virtual void update_account(const domain::Account& account) = 0;  // by id
  virtual void delete_account(AccountId id) = 0;                    // campaigns lose it
  virtual CollectionId create_collection(const std::vector<domain::Person>& people) = 0;
  // Paused; enrols by and by. Ids of variants are given here.
  virtual CampaignId create_campaign(const domain::CampaignPlan& draft) = 0;
  // Replaces hours, limits, accounts, steps (changed texts get new variant ids) and adds collections.
  // False: finished meanwhile.
  virtual bool update_campaign(const domain::CampaignPlan& plan) = 0;
  // The person goes on the suppression list; open leads end.
  virtual void suppress(ContactId person) = 0;

  virtual const std::vector<domain::Account>& accounts() = 0;
  // Grows with every commit, so that nothing is checked twice.
  virtual std::uint64_t commits() = 0;
  // A pause that the guard wants is not made yet.
  virtual bool guard_waits() { return false; }
  // Every campaign, finished ones too, with all leads. Valid until the next call of anything.
  virtual const std::vector<CampaignView>& look() = 0;
};

}  // namespace headway::sim
