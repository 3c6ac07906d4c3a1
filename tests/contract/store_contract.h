#pragma once
// The promises of store/ledger.h and store/catalog.h, for any store: each test gets a seat in front of a fresh
// one, and every test ends with `verify`.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "tests/support/store_seat.h"

namespace headway::test {

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreBox>()> make;
};
inline std::string kind_name(const testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

// Every store that there is. A further one adds its line here.
inline auto store_kinds() {
  return testing::Values(StoreKind{"Sqlite", [] { return make_sqlite_box(); }});
}

class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  StoreContract() : s(GetParam().make()) {}
  void TearDown() override { s.expect_verified(); }

  // One campaign over `people` new people with `accounts` accounts.
  void start(int people, StoreSeat::CampaignWish wish = {},
             std::optional<std::int64_t> account_limit = {}) {
    account = s.account(account_limit);
    list = s.collection(people);
    wish.collections = {list};
    wish.accounts = {account};
    campaign = s.campaign(wish);
  }
  std::vector<store::ClaimedMessage> claim(int max = 1000) {
    return s.claim(campaign, account, max).messages;
  }
  store::InboundEvent event(store::EventType type, LeadId lead) {
    store::InboundEvent e;
    e.type = type;
    e.lead = lead;
    return e;
  }
  domain::Counts figures() { return s.figures(campaign).counts; }

  StoreSeat s;
  AccountId account;
  CollectionId list;
  CampaignId campaign;
};

using domain::CampaignState;
using domain::Counter;
using domain::FailureClass;
using domain::StatusCounts;
using store::EventType;
using store::EventVerdict;
using store::OutcomeKind;

}  // namespace headway::test
