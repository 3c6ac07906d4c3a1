#pragma once
// A seat in front of a store for tests: a clock that stands still until it is moved, an executor that runs when a
// call is waited for, and the asynchronous Ledger as calls that return.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "runtime/clock.h"
#include "runtime/entropy.h"
#include "runtime/executor.h"
#include "store/access.h"
#include "store/analysis.h"
#include "store/catalog.h"
#include "store/ledger.h"
#include "store/reader.h"
#include "store/users.h"
#include "store/workspace.h"

namespace headway::test {

class StandingClock final : public runtime::Clock {
 public:
  Instant wall() const override { return now; }
  std::chrono::nanoseconds steady() const override { return now.time_since_epoch(); }
  Instant now = from_ms(1'790'000'000'000);  // 2026-09-21T14:13:20Z
};

class CountedEntropy final : public runtime::Entropy {
 public:
  std::uint64_t next() override { return mix64(++n_); }
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& b : bytes) b = static_cast<std::uint8_t>(next());
  }

 private:
  std::uint64_t n_ = 0;
};

// Tasks wait until somebody runs them.
class WaitingExecutor final : public runtime::Executor {
 public:
  void post(Task task) override;
  TimerId after(std::chrono::nanoseconds, Task) override { return ++last_timer_; }
  void cancel(TimerId) override {}
  void run_one();  // waits for a task

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Task> tasks_;
  TimerId last_timer_ = 0;
};

// What a kind of store must offer to sit the contract suite.
class StoreBox {
 public:
  virtual ~StoreBox() = default;
  virtual Result<void> open(runtime::Executor& completions, runtime::Clock& clock,
                            runtime::Entropy& entropy) = 0;
  // As if the process had died: nothing is flushed that was not acknowledged.
  virtual void crash() = 0;

  virtual store::Ledger& ledger() = 0;
  virtual store::Catalog& catalog() = 0;
  virtual store::Imports& imports() = 0;
  virtual store::Reader& reader() = 0;
  virtual store::Analysis& analysis() = 0;
  virtual store::Access& access() = 0;
  virtual store::Users& users() = 0;
  virtual store::Workspace& workspace() = 0;
  virtual store::Verifier& verifier() = 0;
};
std::unique_ptr<StoreBox> make_sqlite_box(std::string vfs = "");

// A folder of its own below the system's temporary one, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class StoreSeat {
 public:
  explicit StoreSeat(std::unique_ptr<StoreBox> box);
  ~StoreSeat();

  StoreBox& box() { return *box_; }
  store::Catalog& catalog() { return box_->catalog(); }
  store::Imports& imports() { return box_->imports(); }
  store::Reader& reader() { return box_->reader(); }
  store::Analysis& analysis() { return box_->analysis(); }
  Instant now() const { return clock.now; }
  void pass(milliseconds d) { clock.now += d; }
  void crash_and_reopen();

  // ---- the Ledger, waited for
  template <class T, class Call>
  Result<T> wait(Call call) {
    std::optional<Result<T>> answer;
    call([&answer](Result<T> r) { answer.emplace(std::move(r)); });
    while (!answer) executor.run_one();
    return std::move(*answer);
  }
  store::Plan plan();
  Result<store::ClaimResult> try_claim(store::ClaimRequest request);
  Result<store::RecordResult> try_record(std::vector<store::Outcome> outcomes);
  Result<store::EventResults> try_events(std::vector<store::InboundEvent> events);
  store::ClaimResult claim(store::ClaimRequest request);
  store::RecordResult record(std::vector<store::Outcome> outcomes);
  store::EventResults events(std::vector<store::InboundEvent> events);
  store::EventAnswer event(store::InboundEvent event);
  std::vector<store::OpenClaim> open_claims(LeadId after = {}, int limit = 1000);
  Result<store::PauseReceipt> pause(CampaignId id, bool paused = true);
  Result<std::int64_t> account_status(AccountId id, domain::AccountStatus status);
  Result<store::EnrollProgress> enroll(CampaignId id, int limit);
  int seal();

  // ---- shorthand; each fails the test when the store refuses
  AccountId account(std::optional<std::int64_t> daily_limit = {});
  CollectionId collection(int people, int first = 1);
  CollectionId collection(const std::vector<domain::Person>& people);
  domain::Person person(int number) const;
  struct CampaignWish {
    std::vector<CollectionId> collections = {};
    std::vector<AccountId> accounts = {};
    int steps = 1;
    milliseconds delay = std::chrono::hours{48};
    std::optional<std::int64_t> daily_limit{};
    bool start = true;
    std::optional<domain::ActiveHours> hours{};
  };
  CampaignId campaign(const CampaignWish& wish);
  // Up to `max` messages of the campaign for the account, today, all zones open.
  store::ClaimResult claim(CampaignId campaign, AccountId account, int max = 1000);
  store::ClaimSlot slot(CampaignId campaign, AccountId account, int max = 1000);
  static store::Outcome outcome(const store::ClaimedMessage& m, store::OutcomeKind kind,
                                Instant at);
  store::RecordResult record(const store::ClaimedMessage& m, store::OutcomeKind kind,
                             domain::FailureClass failure = domain::FailureClass::none);
  store::RecordResult deliver(const std::vector<store::ClaimedMessage>& messages);
  store::CampaignSnapshot figures(CampaignId id);
  domain::StatusCounts counts(CampaignId id);
  store::LeadRow lead(LeadId id);
  void expect_verified();  // `verify` finds no difference

  StandingClock clock;
  CountedEntropy entropy;
  WaitingExecutor executor;

 private:
  std::unique_ptr<StoreBox> box_;
  int accounts_ = 0, campaigns_ = 0, collections_ = 0, events_ = 0;
};

}  // namespace headway::test
