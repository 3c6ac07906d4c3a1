// What the embedded store does when the disk is full, fails, is read-only or damaged, and when the process dies.

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "store/sqlite/sqlite_store.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_seat.h"

namespace headway::test {
namespace {

namespace fs = std::filesystem;
using store::OutcomeKind;
using store::sqlite::Options;
using store::sqlite::SqliteStore;
using Fault = FaultVfs::Fault;

class StoreFault : public testing::Test {
 protected:
  void TearDown() override { FaultVfs::heal(); }

  Result<std::unique_ptr<SqliteStore>> open(Options options) {
    return SqliteStore::open(options, executor_, clock_, entropy_);
  }
  Options at(const std::string& path) {
    Options o;
    o.path = path;
    o.readers = 1;
    return o;
  }

  TemporaryFolder folder_;
  WaitingExecutor executor_;
  StandingClock clock_;
  CountedEntropy entropy_;
};

struct Running {
  explicit Running(StoreSeat& seat, int people = 200) : s(seat) {
    account = s.account();
    campaign = s.campaign({.collections = {s.collection(people)}, .accounts = {account}});
  }
  StoreSeat& s;
  AccountId account;
  CampaignId campaign;
};

// Whatever is answered as applied is there; whatever is answered as not applied is not.
void survives(Fault fault) {
  for (int n = 1; n <= 24; ++n) {
    SCOPED_TRACE("fault at write " + std::to_string(n));
    StoreSeat s(make_sqlite_box(FaultVfs::name()));
    Running r(s);
    const auto first = s.claim(r.campaign, r.account, 20).messages;
    s.deliver({first.begin(), first.begin() + 5});
    auto outcomes = std::vector<store::Outcome>{};
    for (std::size_t i = 5; i < 15; ++i) {
      outcomes.push_back(StoreSeat::outcome(first[i], OutcomeKind::delivered, s.now()));
    }
    FaultVfs::fail_from(fault, n);
    const auto recorded = s.try_record(outcomes);
    FaultVfs::heal();
    if (!recorded) {
      const ErrorKind kind = recorded.error().kind;
      EXPECT_TRUE(kind == ErrorKind::unavailable || kind == ErrorKind::ambiguous)
          << recorded.error().message;
    }
    // Healed, the store goes on without a restart, and the same outcomes settle it.
    const auto again = s.record(outcomes);
    for (const bool applied : again.applied) EXPECT_EQ(applied, !recorded.has_value());
    EXPECT_EQ(s.counts(r.campaign).sent, 15);
    s.crash_and_reopen();
    EXPECT_EQ(s.counts(r.campaign).sent, 15);
    EXPECT_EQ(s.open_claims().size(), 5U);
    s.expect_verified();
    if (testing::Test::HasFailure()) return;
  }
}

TEST_F(StoreFault, ADiskThatIsFullLosesNothingThatWasAcknowledged) { survives(Fault::disk_full); }
TEST_F(StoreFault, AWriteErrorLosesNothingThatWasAcknowledged) { survives(Fault::io_error); }
TEST_F(StoreFault, ASyncErrorLosesNothingThatWasAcknowledged) { survives(Fault::sync_error); }

TEST_F(StoreFault, HealthSaysThatTheDiskIsFullAndThatItIsWellAgain) {
  StoreSeat s(make_sqlite_box(FaultVfs::name()));
  Running r(s);
  EXPECT_TRUE(s.box().access().health().writable);
  FaultVfs::fail_from(Fault::disk_full, 1);
  const auto refused = s.pause(r.campaign);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_NE(refused.error().message.find("disk is full"), std::string::npos)
      << refused.error().message;
  EXPECT_FALSE(s.box().access().health().writable);
  EXPECT_NE(s.box().access().health().problem.find("disk is full"), std::string::npos);
  FaultVfs::heal();
  EXPECT_TRUE(s.pause(r.campaign));
  EXPECT_TRUE(s.box().access().health().writable);
}

TEST_F(StoreFault, ASecondProcessIsRefusedWithTheNumberOfTheFirst) {
  const std::string path = folder_.file("a.db");
  auto first = open(at(path));
  ASSERT_TRUE(first) << first.error().message;
  const auto second = open(at(path));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  EXPECT_NE(second.error().message.find(std::to_string(getpid())), std::string::npos);
  Options reading = at(path);
  reading.read_only = true;
  EXPECT_TRUE(open(reading));  // verify and report beside a running server
  first->reset();
  EXPECT_TRUE(open(at(path)));
}

TEST_F(StoreFault, AFileThatIsNoDatabaseIsRefused) {
  const std::string path = folder_.file("a.db");
  std::ofstream(path) << std::string(8192, 'x');
  const auto opened = open(at(path));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::corrupt);
}

TEST_F(StoreFault, ADatabaseOfANewerVersionIsRefused) {
  const std::string path = folder_.file("a.db");
  ASSERT_TRUE(open(at(path)));
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60);  // user_version, big endian
    file.write("\0\0\0\x63", 4);
  }
  const auto opened = open(at(path));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::conflict);
  EXPECT_NE(opened.error().message.find("99"), std::string::npos) << opened.error().message;
}

TEST_F(StoreFault, AReadOnlyFolderIsToldAsSuch) {
  const std::string path = folder_.file("a.db");
  ASSERT_TRUE(open(at(path)));
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    ASSERT_EQ(chmod(entry.path().c_str(), 0444), 0);
  }
  ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {  // root may write everywhere: the child is nobody
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    const auto opened = open(at(path));
    _exit(!opened && opened.error().kind == ErrorKind::unavailable ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(StoreFault, ADamagedPageIsToldAsDamageNotAsAFigure) {
  const std::string path = folder_.file("a.db");
  {
    auto made = open(at(path));
    ASSERT_TRUE(made);
    std::vector<domain::Person> people;
    for (int i = 0; i < 5000; ++i) {
      domain::Person p;
      p.external_id = "c-" + std::to_string(i);
      p.name = "Person " + std::to_string(i);
      people.push_back(p);
    }
    const auto job = (*made)->imports().begin("List", {}, 0, "cli", clock_.now);
    ASSERT_TRUE(job);
    ASSERT_TRUE((*made)->imports().append(job->id, people, {}, 0, clock_.now));
    ASSERT_TRUE((*made)->imports().end(job->id, store::ImportState::done, "", clock_.now));
  }
  fs::remove(path + "-wal");
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto pages = fs::file_size(path) / 4096;
    for (std::uintmax_t page = pages / 2; page < pages; ++page) {
      file.seekp(static_cast<std::streamoff>(page * 4096));
      file.write(std::string(256, '\xa5').data(), 256);
    }
  }
  auto opened = open(at(path));
  if (!opened) {
    EXPECT_EQ(opened.error().kind, ErrorKind::corrupt) << opened.error().message;
    return;
  }
  const auto report = (*opened)->verifier().verify([](std::int64_t, std::int64_t) { return true; });
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::corrupt) << report.error().message;
}

// A child claims and records as fast as it can and writes down what was acknowledged; it is killed at any
// moment. The database must hold all of that, verified.
TEST_F(StoreFault, AKillAtAnyMomentLosesNothingThatWasAcknowledged) {
  const std::string path = folder_.file("a.db");
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 6; ++round) {
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipes[0]);
      auto opened = open(at(path));
      if (!opened) _exit(3);
      store::Catalog& catalog = (*opened)->catalog();
      for (std::int64_t n = 0;; ++n) {
        domain::Account a;
        a.name = "Desk";
        a.channel = "sandbox";
        if (!catalog.create_account(a, "cli", clock_.now)) _exit(4);
        if (::write(pipes[1], "+", 1) != 1) _exit(5);
      }
    }
    ::close(pipes[1]);
    char byte = 0;
    for (int i = 0; i < 20 + 17 * round; ++i)
      acknowledged += ::read(pipes[0], &byte, 1) == 1 ? 1 : 0;
    kill(child, SIGKILL);
    while (::read(pipes[0], &byte, 1) == 1) ++acknowledged;
    ::close(pipes[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    auto opened = open(at(path));
    ASSERT_TRUE(opened) << opened.error().message;
    const auto accounts = (*opened)->reader().accounts({});
    ASSERT_TRUE(accounts);
    // One more may have been committed than could be told.
    EXPECT_GE(accounts->total, acknowledged);
    EXPECT_LE(accounts->total, acknowledged + round + 1);
    const auto report =
        (*opened)->verifier().verify([](std::int64_t, std::int64_t) { return true; });
    ASSERT_TRUE(report);
    EXPECT_EQ(report->differences_total, 0);
  }
}

}  // namespace
}  // namespace headway::test
