// Pages of leads: every filter, order, total and rank is that of a plain look at every lead.

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/support/seed_store.h"
#include "tests/support/store_seat.h"

namespace headway::test {
namespace {

using store::LeadFilter;
using store::LeadRow;
using Place = store::LeadFilter::Place;

// 6,000 leads of two collections in every state, made by a random history.
class LeadPagesContract : public ::testing::Test {
 protected:
  void SetUp() override {
    desks = {seat.account(), seat.account(), seat.account()};
    std::vector<domain::Person> first;
    const char* const zones[] = {"", "Asia/Tokyo", "Europe/Berlin"};
    for (int i = 1; i <= 3'500; ++i) {
      first.push_back(seat.person(i));
      first.back().timezone = zones[i % 3];
    }
    lists = {seat.collection(first), seat.collection(2'500, 3'501)};
    StoreSeat::CampaignWish wish;
    wish.collections = lists;
    wish.accounts = desks;
    wish.steps = 2;
    wish.delay = std::chrono::minutes(40);
    campaign = seat.campaign(wish);
    for (int round = 0; round < 12; ++round) play(static_cast<std::uint64_t>(round));
    const auto read = seat.reader().each_lead(campaign, [this](const LeadRow& r) {
      all.push_back(r);
      return true;
    });
    ASSERT_TRUE(read);
    ASSERT_EQ(all.size(), 6'000u);
  }

  void play(std::uint64_t round) {
    seat.pass(std::chrono::minutes(7));
    const AccountId desk = desks[round % desks.size()];
    std::vector<store::Outcome> outcomes;
    std::vector<store::InboundEvent> replies;
    for (const auto& m : seat.claim(campaign, desk, 400).messages) {
      const auto draw = mix64(round, static_cast<std::uint64_t>(m.lead.value)) % 100;
      auto kind = store::OutcomeKind::delivered;
      if (draw < 10)
        kind = store::OutcomeKind::failed;
      else if (draw < 25)
        kind = store::OutcomeKind::retry;
      else if (draw < 28)
        kind = store::OutcomeKind::in_doubt;
      else if (draw < 31)
        kind = store::OutcomeKind::released;
      else if (draw < 34)
        continue;  // stays in flight
      store::Outcome o = StoreSeat::outcome(m, kind, seat.now());
      if (kind == store::OutcomeKind::failed) {
        o.failure = draw % 2 == 0 ? domain::FailureClass::content_rejected
                                  : domain::FailureClass::recipient_invalid;
        o.code = "550";
      }
      if (kind == store::OutcomeKind::retry) {
        o.failure = domain::FailureClass::transient;
        o.due = seat.now() + std::chrono::minutes(draw);
      }
      outcomes.push_back(o);
      if (draw > 92) {
        store::InboundEvent e;
        e.source = "api";
        e.event_id = "r" + std::to_string(round) + "-" + std::to_string(m.lead.value);
        e.type = draw > 95   ? store::EventType::reply
                 : draw > 94 ? store::EventType::booked
                             : store::EventType::opted_out;
        e.lead = m.lead;
        e.at = seat.now() + std::chrono::seconds(30);
        replies.push_back(e);
      }
    }
    seat.record(outcomes);
    seat.pass(std::chrono::minutes(1));
    if (!replies.empty()) seat.events(replies);
  }

  bool matches(const LeadRow& r, const LeadFilter& f) const {
    if (f.status && r.state.status != *f.status) return false;
    if (f.account && r.state.account != *f.account) return false;
    if (f.failure && r.state.failure != *f.failure) return false;
    if (f.variant && r.state.variant != *f.variant) return false;
    if (f.step && r.state.step != *f.step) return false;
    if (f.collection && r.person.collection != *f.collection) return false;
    if (f.contacted && r.state.delivered == 0) return false;
    if (f.replied && !(r.state.replied && r.state.delivered > 0)) return false;
    if (f.booked && !(r.state.booked && r.state.delivered > 0)) return false;
    if (f.opted_out && !(r.state.opted_out && r.state.delivered > 0)) return false;
    if (f.delivered_step && r.state.delivered < *f.delivered_step) return false;
    if (f.ended_by && r.state.ended_by != *f.ended_by) return false;
    if (f.any_wait) return true;
    return std::any_of(f.places.begin(), f.places.end(), [&](const Place& p) {
      if (p.wait != r.state.wait) return false;
      if (p.account && *p.account != r.state.account) return false;
      if (p.zone && *p.zone != r.zone) return false;
      const bool timed = p.wait == domain::Wait::retry || p.wait == domain::Wait::follow_up;
      const bool past = !timed || r.state.due <= f.now;
      return !p.past_due || *p.past_due == past;
    });
  }

  std::vector<LeadId> expected(const LeadFilter& f) const {
    std::vector<LeadId> ids;
    for (const LeadRow& r : all) {
      if (matches(r, f)) ids.push_back(r.id);
    }
    return ids;
  }

  // All pages by cursor, in the order given.
  std::vector<LeadId> walk(const LeadFilter& f, int limit) {
    std::vector<LeadId> ids;
    store::LeadPaging p;
    p.limit = limit;
    for (int pages = 0; pages < 10'000; ++pages) {
      const auto page = seat.reader().leads(campaign, f, p);
      EXPECT_TRUE(page) << (page ? "" : page.error().message);
      if (!page) break;
      if (page->total_exact) {
        EXPECT_EQ(page->rank_start, std::ssize(ids));
      }
      for (const LeadRow& r : page->items) ids.push_back(r.id);
      if (page->next_cursor.empty()) break;
      p.cursor = page->next_cursor;
    }
    return ids;
  }

  void check(LeadFilter f, bool exact = true) {
    f.now = seat.now();
    std::vector<LeadId> wanted = expected(f), found = walk(f, 37);
    const auto first = seat.reader().leads(campaign, f, {});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->total_exact, exact);
    if (exact) {
      EXPECT_EQ(first->total, std::ssize(wanted));
    } else {
      EXPECT_GE(first->total, std::ssize(wanted));
    }
    for (const double share : {0.0, 0.31, 0.5, 0.97}) {
      if (!exact || found.empty()) break;
      store::LeadPaging p;
      p.limit = 5;
      p.at = static_cast<std::int64_t>(share * static_cast<double>(found.size()));
      const auto page = seat.reader().leads(campaign, f, p);
      ASSERT_TRUE(page);
      EXPECT_EQ(page->rank_start, *p.at);
      ASSERT_FALSE(page->items.empty());
      EXPECT_EQ(page->items.front().id, found[static_cast<std::size_t>(*p.at)]);
    }
    std::sort(wanted.begin(), wanted.end());
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, wanted);
  }

  static LeadFilter place(Place p) {
    LeadFilter f;
    f.any_wait = false;
    f.places = {p};
    return f;
  }

  StoreSeat seat{make_sqlite_box()};
  std::vector<AccountId> desks;
  std::vector<CollectionId> lists;
  CampaignId campaign;
  std::vector<LeadRow> all;
};

TEST_F(LeadPagesContract, EveryFilterGivesExactlyItsLeads) {
  check({});
  for (const auto status : {domain::Status::pending, domain::Status::partial, domain::Status::sent,
                            domain::Status::failed}) {
    LeadFilter f;
    f.status = status;
    check(f);
    f.account = desks[1];
    check(f);
    f.collection = lists[1];
    check(f);
  }
  LeadFilter f;
  f.failure = domain::FailureClass::content_rejected;
  check(f);
  f.collection = lists[0];
  check(f);
  f = {};
  f.step = 2;
  check(f);
  f.variant = seat.figures(campaign).plan.steps[1].variants[0].id;
  check(f);
  f = {};
  f.collection = lists[1];
  check(f);
}

TEST_F(LeadPagesContract, FactsGiveExactlyTheirLeads) {
  const domain::Counts counts = seat.figures(campaign).counts;
  const auto total = [&](const LeadFilter& f) {
    return seat.reader().leads(campaign, f, {}).value().total;
  };
  const std::pair<bool LeadFilter::*, domain::Counter> facts[] = {
      {&LeadFilter::contacted, domain::Counter::contacted},
      {&LeadFilter::replied, domain::Counter::responded},
      {&LeadFilter::booked, domain::Counter::booked},
      {&LeadFilter::opted_out, domain::Counter::opted_out}};
  for (const auto& [fact, counter] : facts) {
    LeadFilter f;
    f.*fact = true;
    check(f);
    EXPECT_GT(total(f), 0);
    EXPECT_EQ(total(f), counts[counter]);
    f.status = domain::Status::sent;
    check(f);
    f.account = desks[0];
    check(f);
    f.collection = lists[1];
    check(f);
  }
  std::int64_t delivered = 0;
  for (const int step : {1, 2}) {
    LeadFilter f;
    f.delivered_step = step;
    delivered += total(f);
    EXPECT_EQ(total(f), std::ssize(expected(f)));
    EXPECT_EQ(std::ssize(walk(f, 41)), total(f));
  }
  EXPECT_EQ(delivered, counts[domain::Counter::delivered]);
  LeadFilter f;
  f.ended_by = domain::EndedBy::opted_out;
  check(f, false);
  f.opted_out = true;
  check(f);
}

TEST_F(LeadPagesContract, PlacesGiveExactlyTheirLeads) {
  using domain::Wait;
  check(place({Wait::fresh, {}, {}, {}}));
  check(place({Wait::in_flight, {}, {}, {}}));
  check(place({Wait::in_doubt, {}, {}, {}}));
  check(place({Wait::in_doubt, desks[0], {}, {}}));
  for (const bool past : {true, false}) {
    check(place({Wait::retry, {}, {}, past}));
    check(place({Wait::follow_up, {}, {}, past}));
    check(place({Wait::follow_up, desks[2], {}, past}));
  }
  check(place({Wait::fresh, {}, 1, {}}));
  check(place({Wait::fresh, {}, 0, true}));
  LeadFilter f = place({Wait::fresh, {}, 1, {}});
  f.places.push_back({Wait::follow_up, {}, 2, false});
  f.places.push_back({Wait::retry, desks[0], {}, {}});
  check(f);
}

TEST_F(LeadPagesContract, ATimedPlaceWithOtherFiltersIsCompleteAndSaysThatItsTotalIsABound) {
  LeadFilter f = place({domain::Wait::follow_up, {}, {}, true});
  f.variant = seat.figures(campaign).plan.steps[0].variants[0].id;
  check(f, false);
  f = place({domain::Wait::fresh, {}, 1, {}});
  f.collection = lists[0];
  check(f, false);
}

TEST_F(LeadPagesContract, WhatDoesNotExistMatchesNothing) {
  LeadFilter f;
  f.account = AccountId{77};
  check(f);
  f = {};
  f.collection = CollectionId{77};
  check(f);
  f = {};
  f.variant = VariantId{1 << 28};
  check(f);
  f = {};
  f.any_wait = false;
  check(f);
}

TEST_F(LeadPagesContract, SearchFindsNamesByPrefixAndAddressesWhole) {
  LeadFilter f;
  f.search = "person 12";  // 12, 120 .. 129, 1200 .. 1299
  auto page = seat.reader().leads(campaign, f, {500, "", {}});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->total, 111);
  EXPECT_TRUE(page->total_exact);
  EXPECT_EQ(walk(f, 17).size(), 111u);
  for (const char* address : {"PERSON777@example.org", "c-777", "+49 30 1000777"}) {
    f.search = address;
    page = seat.reader().leads(campaign, f, {});
    ASSERT_TRUE(page);
    ASSERT_EQ(page->total, 1) << address;
    EXPECT_EQ(page->items[0].person.external_id, "c-777");
  }
  f.search = "nobody";
  EXPECT_EQ(seat.reader().leads(campaign, f, {})->total, 0);
  f.search = "Person 12";
  f.collection = lists[1];
  EXPECT_EQ(seat.reader().leads(campaign, f, {})->total, 0);
}

TEST_F(LeadPagesContract, ARowTellsItsPersonItsPlaceAndItsFailure) {
  for (const LeadRow& r : all) {
    EXPECT_EQ(r.person.email, "person" + std::to_string(r.number) + "@example.org");
    if (r.state.account) {
      EXPECT_FALSE(r.account_name.empty());
    }
    if (r.state.status == domain::Status::failed) {
      EXPECT_EQ(r.failed_step, r.state.step);
      EXPECT_EQ(r.failure_code, "550");
    }
    EXPECT_EQ(r.replied_at.has_value(), r.state.replied);
    const auto page =
        r.number % 997 == 0 ? seat.reader().lead(campaign, r.id) : Result<store::LeadTimeline>();
    if (r.number % 997 == 0) {
      ASSERT_TRUE(page);
      EXPECT_EQ(page->lead.state, r.state);
      if (r.state.attempt > 0) {
        EXPECT_FALSE(page->messages.empty());
      }
    }
  }
}

TEST(LeadPagesAtSize, FiltersAreExactOverManyBlocks) {
  TemporaryFolder folder;
  SeedOptions o;
  o.path = folder.file("seeded.db");
  o.leads = 300'000;
  o.collections = 3;
  o.mix = {300, 250, 30, 5, 10, 5};
  const auto made = seed_store(o);
  ASSERT_TRUE(made) << made.error().message;
  WaitingExecutor executor;
  StandingClock clock;
  CountedEntropy entropy;
  store::sqlite::Options options;
  options.path = o.path;
  options.readers = 1;
  auto opened = store::sqlite::SqliteStore::open(options, executor, clock, entropy);
  ASSERT_TRUE(opened) << opened.error().message;
  store::Reader& reader = (*opened)->reader();
  std::vector<LeadRow> failed;
  LeadFilter f;
  f.now = o.now;
  f.status = domain::Status::failed;
  ASSERT_TRUE(reader.each_lead(made->campaign, [&](const LeadRow& r) {
    if (r.state.status == domain::Status::failed && r.person.collection == made->collections[1])
      failed.push_back(r);
    return true;
  }));
  f.collection = made->collections[1];
  for (const std::size_t at : {std::size_t{0}, failed.size() / 3, failed.size() - 1}) {
    const auto page = reader.leads(made->campaign, f, {10, "", static_cast<std::int64_t>(at)});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->total, std::ssize(failed));
    EXPECT_EQ(page->rank_start, static_cast<std::int64_t>(at));
    ASSERT_FALSE(page->items.empty());
    for (std::size_t i = 0; i < page->items.size(); ++i)
      EXPECT_EQ(page->items[i].id, failed[at + i].id);
  }
  const auto verified =
      (*opened)->verifier().verify([](std::int64_t, std::int64_t) { return true; });
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->differences_total, 0);
  for (const auto& d : verified->differences)
    ADD_FAILURE() << d.what << " " << d.stored << " " << d.recounted;
}

}  // namespace
}  // namespace headway::test
