// Histories drawn from a seed: any order of calls, true and stale, with crashes between. After each, `verify` must
// find nothing, and everything that can be sent can be brought to its end.

#include <algorithm>

#include "tests/contract/store_contract.h"

namespace headway::test {
namespace {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  int below(int n) { return static_cast<int>(mix64(++state_) % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

class History {
 public:
  History(StoreSeat& seat, std::uint64_t seed) : s_(seat), d_(seed * 1'000'003) {
    for (int i = 0; i < 3; ++i) {
      accounts_.push_back(
          s_.account(d_.chance(30) ? std::optional<std::int64_t>(5 + d_.below(40)) : std::nullopt));
    }
    for (int i = 0; i < 3; ++i)
      lists_.push_back(s_.collection(10 + d_.below(40), 1 + d_.below(30)));
    for (int i = 0; i < 3; ++i) add_campaign();
  }

  void step() {
    switch (d_.below(14)) {
      case 0:
      case 1:
      case 2: return claim();
      case 3:
      case 4:
      case 5: return record();
      case 6:
      case 7: return react();
      case 8: return told();
      case 9: return s_.pass(std::chrono::minutes{1 + d_.below(600)});
      case 10: static_cast<void>(s_.pause(campaign(), d_.chance(40))); return;
      case 11: return edit();
      case 12:
        if (d_.chance(20)) s_.crash_and_reopen();
        return;
      default: s_.seal(); return;
    }
  }

  // No more faults: everything must end.
  void finish() {
    for (const CampaignId c : campaigns_) static_cast<void>(s_.pause(c, false));
    for (int round = 0; round < 200 && !s_.plan().campaigns.empty(); ++round) {
      for (const auto& claim : s_.open_claims()) deliver(claim);
      const auto doubts = s_.wait<std::vector<store::OpenClaim>>(
          [&](auto done) { s_.box().ledger().in_doubt_before(s_.now(), 1000, std::move(done)); });
      for (const auto& claim : *doubts) deliver(claim);
      for (const CampaignId c : campaigns_) {
        static_cast<void>(s_.enroll(c, 1000));
        for (const AccountId a : accounts_) s_.deliver(s_.claim(c, a).messages);
      }
      s_.pass(std::chrono::hours{12});
      if (round % 10 == 9) write_to_the_held();
    }
    for (const auto& c : s_.plan().campaigns) {
      EXPECT_EQ(s_.counts(c->id).total, 0) << "campaign " << c->name << " did not finish";
      for (const auto& w : s_.figures(c->id).waits) {
        ADD_FAILURE() << w.n << " leads wait: " << domain::to_string(w.wait) << ", account "
                      << w.account.value;
      }
    }
  }

 private:
  CampaignId campaign() {
    return campaigns_[static_cast<std::size_t>(d_.below(static_cast<int>(campaigns_.size())))];
  }
  AccountId account() { return accounts_[static_cast<std::size_t>(d_.below(3))]; }
  FailureClass failure() {
    return static_cast<FailureClass>(1 + d_.below(domain::kFailureClasses - 1));
  }

  void add_campaign() {
    StoreSeat::CampaignWish wish;
    wish.collections = {lists_[static_cast<std::size_t>(d_.below(3))]};
    if (d_.chance(40)) wish.collections.push_back(lists_[static_cast<std::size_t>(d_.below(3))]);
    wish.accounts = accounts_;
    wish.steps = 1 + d_.below(3);
    wish.delay = std::chrono::minutes{d_.below(300)};
    if (d_.chance(20)) wish.daily_limit = 3 + d_.below(30);
    campaigns_.push_back(s_.campaign(wish));
  }

  void claim() {
    store::ClaimRequest request;
    request.now = s_.now();
    for (int i = 0; i <= d_.below(3); ++i) {
      auto slot = s_.slot(campaign(), account(), 1 + d_.below(20));
      if (slot.campaign && slot.account) request.slots.push_back(slot);
    }
    if (d_.chance(10)) s_.pause(campaign(), d_.chance(50)).has_value();  // the plan is stale now
    for (auto& m : s_.claim(std::move(request)).messages) flights_.push_back(std::move(m));
  }

  void record() {
    std::vector<store::Outcome> outcomes;
    for (int i = 0; i < 12 && !flights_.empty(); ++i) {
      const auto at = static_cast<std::size_t>(d_.below(static_cast<int>(flights_.size())));
      const store::ClaimedMessage m = flights_[at];
      const auto kind =
          d_.chance(60) ? OutcomeKind::delivered : static_cast<OutcomeKind>(d_.below(7));
      auto o = StoreSeat::outcome(m, kind, s_.now());
      o.failure = kind == OutcomeKind::delivered ? FailureClass::none : failure();
      o.code = d_.chance(50) ? "c" + std::to_string(d_.below(5)) : "";
      o.due = s_.now() + std::chrono::minutes{d_.below(120)};
      if (d_.chance(10)) --o.attempt;
      outcomes.push_back(o);
      // Doubts come back with another outcome; some outcomes are told twice.
      if (kind != OutcomeKind::in_doubt && !d_.chance(10))
        flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    s_.record(std::move(outcomes));
  }

  LeadId some_lead() {
    const CampaignId c = campaign();
    const auto total = static_cast<int>(s_.counts(c).total);
    const auto no = std::find(campaigns_.begin(), campaigns_.end(), c) - campaigns_.begin() + 1;
    return lead_id(no, 1 + d_.below(std::max(1, total)));
  }

  void tell(store::InboundEvent e) {
    e.source = "api";
    e.event_id = d_.chance(15) && events_ > 0 ? std::to_string(1 + d_.below(events_))
                                              : std::to_string(++events_);
    e.at = s_.now() - std::chrono::minutes{d_.below(120)};
    if (d_.chance(50)) e.account = account();
    batch_.push_back(std::move(e));
  }

  void react() {
    static constexpr EventType kTypes[] = {EventType::reply, EventType::auto_reply,
                                           EventType::booked, EventType::booking_cancelled,
                                           EventType::opted_out};
    for (int i = 0; i <= d_.below(4); ++i) {
      store::InboundEvent e;
      e.type = kTypes[d_.chance(10) ? 4 : d_.below(4)];
      e.text = d_.chance(10) ? "STOP" : "text";
      if (d_.chance(60)) {
        e.lead = some_lead();
      } else {
        e.email = s_.person(1 + d_.below(60)).email;
      }
      tell(std::move(e));
    }
    s_.events(std::exchange(batch_, {}));
  }

  void told() {
    for (int i = 0; i <= d_.below(6); ++i) {
      store::InboundEvent e;
      e.type = d_.chance(80) ? EventType::sent : EventType::failed;
      if (e.type == EventType::failed) e.failure = failure();
      e.lead = some_lead();
      e.step = d_.below(4);
      tell(std::move(e));
    }
    s_.events(std::exchange(batch_, {}));
  }

  void edit() {
    const int what = d_.below(6);
    if (what == 0 && campaigns_.size() < 6) return add_campaign();
    if (what == 1) {
      static_cast<void>(s_.catalog().suppress("phone", s_.person(1 + d_.below(60)).phone, "asked",
                                              "key:1", s_.now()));
    } else if (what == 2) {
      store::CampaignChange change;
      change.add_collections = {{lists_[static_cast<std::size_t>(d_.below(3))]}};
      static_cast<void>(s_.catalog().update_campaign(campaign(), change, "key:1", s_.now()));
    } else if (what == 3) {
      store::CampaignChange change;
      auto plan = s_.figures(campaign()).plan;
      for (auto& step : plan.steps) step.variants.at(0).body += ".";
      change.steps = plan.steps;
      static_cast<void>(s_.catalog().update_campaign(plan.id, change, "key:1", s_.now()));
    } else if (what == 4) {
      static_cast<void>(s_.account_status(account(), domain::AccountStatus::rate_limited));
    } else {
      store::CampaignChange change;
      change.expected_version = 1;  // long gone: refused, and nothing of it may stay
      change.name = "never";
      static_cast<void>(s_.catalog().update_campaign(campaign(), change, "key:1", s_.now()));
    }
  }

  void deliver(const store::OpenClaim& claim) {
    store::ClaimedMessage m;
    m.lead = claim.lead;
    m.campaign = claim.campaign;
    m.attempt = claim.attempt;
    m.step = claim.step;
    s_.record(m, OutcomeKind::delivered);
  }

  // The held ones wait for the person to write.
  void write_to_the_held() {
    for (std::size_t i = 0; i < campaigns_.size(); ++i) {
      const auto total = s_.counts(campaigns_[i]).total;
      for (std::int64_t n = 1; n <= total; ++n) {
        store::InboundEvent e;
        e.type = EventType::reply;
        e.lead = lead_id(static_cast<std::int64_t>(i) + 1, n);
        e.campaign = campaigns_[i];
        e.source = "window";
        e.event_id = std::to_string(++events_);
        if (s_.lead(*e.lead).state.wait == domain::Wait::window_closed) s_.events({e});
      }
    }
  }

  StoreSeat& s_;
  Draw d_;
  std::vector<AccountId> accounts_;
  std::vector<CollectionId> lists_;
  std::vector<CampaignId> campaigns_;
  std::vector<store::ClaimedMessage> flights_;
  std::vector<store::InboundEvent> batch_;
  int events_ = 0;
};

constexpr int kSeeds = 12;
constexpr int kSteps = 120;

TEST_P(StoreContract, AnyHistoryVerifiesAndComesToItsEnd) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    StoreSeat seat(GetParam().make());
    History history(seat, seed);
    for (int i = 0; i < kSteps; ++i) {
      history.step();
      if (i % 20 == 19) seat.expect_verified();
      if (HasFailure()) return;
    }
    history.finish();
    seat.expect_verified();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace headway::test
