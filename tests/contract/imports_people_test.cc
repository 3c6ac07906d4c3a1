// Importing people: duplicates by any address, counts, jobs over a restart, merging.

#include <gtest/gtest.h>

#include "tests/support/store_seat.h"

namespace headway::test {
namespace {

using store::ImportState;

class ImportsContract : public ::testing::Test {
 protected:
  store::ImportJob begin(std::optional<CollectionId> into = {}) {
    auto job = seat.imports().begin("Fair", into, 0, "key:1", seat.now());
    EXPECT_TRUE(job);
    return *job;
  }
  store::ImportJob append(const store::ImportJob& job, const std::vector<domain::Person>& people,
                          const std::vector<store::ImportRejection>& rejections = {}) {
    auto appended = seat.imports().append(job.id, people, rejections, 0, seat.now());
    EXPECT_TRUE(appended) << (appended ? "" : appended.error().message);
    return appended.value_or(store::ImportJob{});
  }
  StoreSeat seat{make_sqlite_box()};
};

TEST_F(ImportsContract, APersonWithAnAddressOfTheSameCollectionIsADuplicate) {
  const auto job = begin();
  domain::Person same_mail = seat.person(2), same_phone = seat.person(3), same_id = seat.person(4);
  same_mail.email = " PERSON1@Example.org";
  same_phone.phone = "0049 30 1000001";
  same_id.external_id = "c-1";
  append(job, {seat.person(1)});
  const auto after = append(job, {same_mail, same_phone, same_id, seat.person(5)});
  EXPECT_EQ(after.accepted, 2);
  EXPECT_EQ(after.duplicate, 3);
  EXPECT_EQ(seat.reader().collection(job.collection)->leads, 2);
}

TEST_F(ImportsContract, DuplicatesInsideABatchAreFoundOnceAndTheFirstIsKept) {
  const auto job = begin();
  domain::Person chain =
      seat.person(2);  // shares its mail with the first and its phone with the third
  chain.email = seat.person(1).email;
  domain::Person third = seat.person(3);
  third.phone = chain.phone;
  const auto after = append(job, {seat.person(1), chain, third});
  EXPECT_EQ(after.accepted, 2);  // the second is gone, so nothing stands against the third
  const auto people = seat.reader().people(job.collection, {});
  ASSERT_TRUE(people);
  ASSERT_EQ(people->items.size(), 2u);
  EXPECT_EQ(people->items[0].external_id, "c-1");
  EXPECT_EQ(people->items[1].external_id, "c-3");
}

TEST_F(ImportsContract, TheSamePersonMayBeInTwoCollections) {
  const CollectionId a = seat.collection(3), b = seat.collection(3);
  EXPECT_EQ(seat.reader().collection(a)->leads, 3);
  EXPECT_EQ(seat.reader().collection(b)->leads, 3);
}

TEST_F(ImportsContract, MorePeopleForAnExistingCollectionAreHeldAgainstIt) {
  const CollectionId id = seat.collection(100);
  const auto job = begin(id);
  const auto after = append(job, {seat.person(50), seat.person(101)});
  EXPECT_EQ(after.accepted, 1);
  EXPECT_EQ(seat.reader().collection(id)->leads, 101);
}

TEST_F(ImportsContract, WhatWasGivenIsReadBackAsItWas) {
  domain::Person p = seat.person(1);
  p.name = "Zoë \"Z\" O'Hara";
  p.timezone = "Asia/Tokyo";
  p.consent = "fair stand";
  p.attributes = R"({"company":"Analytical","vip":true,"age":36})";
  p.messenger_id = "@zoe";
  const CollectionId id = seat.collection({p});
  const auto people = seat.reader().people(id, {});
  ASSERT_TRUE(people);
  const domain::Person& q = people->items.at(0);
  EXPECT_EQ(q.name, p.name);
  EXPECT_EQ(q.email, p.email);
  EXPECT_EQ(q.phone, p.phone);
  EXPECT_EQ(q.messenger_id, p.messenger_id);
  EXPECT_EQ(q.timezone, p.timezone);
  EXPECT_EQ(q.consent, p.consent);
  EXPECT_EQ(q.attributes, p.attributes);
  EXPECT_EQ(q.collection, id);
}

TEST_F(ImportsContract, MissingFieldsAreCountedAtImport) {
  domain::Person bare = seat.person(1);
  bare.name.clear();
  domain::Person full = seat.person(2);
  full.attributes = R"({"company":"Analytical","empty":"","nothing":null})";
  const CollectionId id = seat.collection({bare, full, seat.person(3)});
  const auto missing = seat.reader().missing_fields(
      {id}, {"email", "company", "first_name", "last_name", "empty", "nothing"});
  ASSERT_TRUE(missing);
  const std::vector<std::pair<std::string, std::int64_t>> expected = {
      {"email", 0},     {"company", 2}, {"first_name", 1},
      {"last_name", 1}, {"empty", 3},   {"nothing", 3}};
  EXPECT_EQ(*missing, expected);
}

TEST_F(ImportsContract, RejectionsAreKeptWithLineColumnAndReason) {
  const auto job = begin();
  const auto after = append(job, {seat.person(1)}, {{3, "email", "no @"}, {7, "phone", "letters"}});
  EXPECT_EQ(after.rows, 3);
  EXPECT_EQ(after.rejected, 2);
  const auto kept = seat.imports().rejections(job.id, 1, 10);
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 1u);
  EXPECT_EQ(kept->at(0).line, 7);
  EXPECT_EQ(kept->at(0).column, "phone");
}

TEST_F(ImportsContract, AJobOfADeadProcessIsInterruptedAndKeepsWhatItHad) {
  const auto job = begin();
  append(job, {seat.person(1), seat.person(2)});
  seat.crash_and_reopen();
  const auto found = seat.imports().job(job.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, ImportState::interrupted);
  EXPECT_EQ(found->accepted, 2);
  EXPECT_EQ(seat.reader().collection(job.collection)->leads, 2);
  EXPECT_EQ(seat.imports().append(job.id, {seat.person(3)}, {}, 0, seat.now()).error().kind,
            ErrorKind::conflict);
}

TEST_F(ImportsContract, AnEndedJobTakesNothingMore) {
  const auto job = begin();
  ASSERT_TRUE(seat.imports().end(job.id, ImportState::done, "", seat.now()));
  EXPECT_EQ(seat.imports().append(job.id, {seat.person(3)}, {}, 0, seat.now()).error().kind,
            ErrorKind::conflict);
  EXPECT_EQ(seat.imports().end(job.id, ImportState::failed, "", seat.now()).error().kind,
            ErrorKind::conflict);
  EXPECT_EQ(seat.imports().latest_job(job.collection)->value().state, ImportState::done);
}

TEST_F(ImportsContract, MergingDropsDuplicatesAndLeavesTheSources) {
  const CollectionId a = seat.collection(6'000), b = seat.collection(6'000, 3'001);
  const auto job = seat.imports().merge("Both", {a, b}, "key:1", seat.now());
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_EQ(job->state, ImportState::done);
  EXPECT_EQ(job->accepted, 9'000);
  EXPECT_EQ(job->duplicate, 3'000);
  EXPECT_EQ(seat.reader().collection(job->collection)->leads, 9'000);
  EXPECT_EQ(seat.reader().collection(a)->leads, 6'000);
}

TEST_F(ImportsContract, APersonOnTheSuppressionListIsMarkedByTheImport) {
  ASSERT_TRUE(
      seat.catalog().suppress("email", "person2@example.org", "asked", "key:1", seat.now()));
  const CampaignId id =
      seat.campaign({.collections = {seat.collection(3)}, .accounts = {seat.account()}});
  EXPECT_EQ(seat.counts(id).failed, 1);
  EXPECT_EQ(seat.counts(id).pending, 2);
  seat.expect_verified();
}

TEST_F(ImportsContract, UnknownThingsAreNotFound) {
  EXPECT_EQ(seat.imports().begin("x", CollectionId{77}, 0, "key:1", seat.now()).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(seat.imports().job(77).error().kind, ErrorKind::not_found);
  EXPECT_EQ(seat.imports().merge("x", {CollectionId{77}}, "key:1", seat.now()).error().kind,
            ErrorKind::not_found);
}

}  // namespace
}  // namespace headway::test
