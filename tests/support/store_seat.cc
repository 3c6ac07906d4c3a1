#include "tests/support/store_seat.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "store/sqlite/sqlite_store.h"

namespace headway::test {

using store::OutcomeKind;

void WaitingExecutor::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  posted_.notify_one();
}

void WaitingExecutor::run_one() {
  std::unique_lock lock(mutex_);
  posted_.wait(lock, [this] { return !tasks_.empty(); });
  Task task = std::move(tasks_.front());
  tasks_.pop_front();
  lock.unlock();
  task();
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "headway-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) std::abort();
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

namespace {

class SqliteBox final : public StoreBox {
 public:
  explicit SqliteBox(std::string vfs) { options_.vfs = std::move(vfs); }

  Result<void> open(runtime::Executor& completions, runtime::Clock& clock,
                    runtime::Entropy& entropy) override {
    options_.path = folder_.file("headway-" + std::to_string(generation_) + ".db");
    options_.readers = 2;
    auto opened = store::sqlite::SqliteStore::open(options_, completions, clock, entropy);
    if (!opened) return tl::unexpected<Error>(opened.error());
    store_ = std::move(*opened);
    return {};
  }

  // What a kill -9 leaves behind: the files as they are, while the store is still open on its own.
  void crash() override {
    namespace fs = std::filesystem;
    const std::string from = options_.path;
    const std::string to = folder_.file("headway-" + std::to_string(++generation_) + ".db");
    fs::copy_file(from, to);
    if (fs::exists(from + "-wal")) fs::copy_file(from + "-wal", to + "-wal");
    store_.reset();
  }

  store::Ledger& ledger() override { return store_->ledger(); }
  store::Catalog& catalog() override { return store_->catalog(); }
  store::Imports& imports() override { return store_->imports(); }
  store::Reader& reader() override { return store_->reader(); }
  store::Analysis& analysis() override { return store_->analysis(); }
  store::Access& access() override { return store_->access(); }
  store::Users& users() override { return store_->users(); }
  store::Workspace& workspace() override { return store_->workspace(); }
  store::Verifier& verifier() override { return store_->verifier(); }

 private:
  TemporaryFolder folder_;
  store::sqlite::Options options_;
  int generation_ = 0;
  std::unique_ptr<store::sqlite::SqliteStore> store_;
};

template <class T>
T must(Result<T> r) {
  if (!r) {
    ADD_FAILURE() << r.error().message;
    for (const FieldError& f : r.error().fields) ADD_FAILURE() << f.field << ": " << f.message;
    std::abort();
  }
  return std::move(*r);
}

}  // namespace

std::unique_ptr<StoreBox> make_sqlite_box(std::string vfs) {
  return std::make_unique<SqliteBox>(std::move(vfs));
}

StoreSeat::StoreSeat(std::unique_ptr<StoreBox> box) : box_(std::move(box)) {
  const auto opened = box_->open(executor, clock, entropy);
  if (!opened) {
    ADD_FAILURE() << opened.error().message;
    std::abort();
  }
}
StoreSeat::~StoreSeat() = default;

void StoreSeat::crash_and_reopen() {
  box_->crash();
  const auto opened = box_->open(executor, clock, entropy);
  ASSERT_TRUE(opened) << opened.error().message;
}

// ---- the Ledger, waited for ------------------------------------------------------------------------

store::Plan StoreSeat::plan() {
  return must(wait<store::Plan>([&](auto done) { box_->ledger().load_plan(std::move(done)); }));
}
Result<store::ClaimResult> StoreSeat::try_claim(store::ClaimRequest request) {
  return wait<store::ClaimResult>(
      [&](auto done) { box_->ledger().claim(std::move(request), std::move(done)); });
}
Result<store::RecordResult> StoreSeat::try_record(std::vector<store::Outcome> outcomes) {
  return wait<store::RecordResult>(
      [&](auto done) { box_->ledger().record(std::move(outcomes), std::move(done)); });
}
Result<store::EventResults> StoreSeat::try_events(std::vector<store::InboundEvent> events) {
  return wait<store::EventResults>(
      [&](auto done) { box_->ledger().apply_events(std::move(events), now(), std::move(done)); });
}
store::ClaimResult StoreSeat::claim(store::ClaimRequest request) {
  return must(try_claim(std::move(request)));
}
store::RecordResult StoreSeat::record(std::vector<store::Outcome> outcomes) {
  return must(try_record(std::move(outcomes)));
}
store::EventResults StoreSeat::events(std::vector<store::InboundEvent> events) {
  return must(try_events(std::move(events)));
}
store::EventAnswer StoreSeat::event(store::InboundEvent event) {
  if (event.source.empty()) event.source = "api";
  if (event.event_id.empty()) event.event_id = "event-" + std::to_string(++events_);
  return events({std::move(event)}).answers.at(0);
}
std::vector<store::OpenClaim> StoreSeat::open_claims(LeadId after, int limit) {
  return must(wait<std::vector<store::OpenClaim>>(
      [&](auto done) { box_->ledger().open_claims(after, limit, std::move(done)); }));
}
Result<store::PauseReceipt> StoreSeat::pause(CampaignId id, bool paused) {
  return wait<store::PauseReceipt>([&](auto done) {
    box_->ledger().set_paused(id, paused, "key:1", "", now(), std::move(done));
  });
}
Result<std::int64_t> StoreSeat::account_status(AccountId id, domain::AccountStatus status) {
  return wait<std::int64_t>([&](auto done) {
    box_->ledger().set_account_status(id, status, "test", {}, now(), std::move(done));
  });
}
Result<store::EnrollProgress> StoreSeat::enroll(CampaignId id, int limit) {
  return wait<store::EnrollProgress>(
      [&](auto done) { box_->ledger().enroll_next(id, limit, now(), std::move(done)); });
}
int StoreSeat::seal() {
  return must(wait<int>([&](auto done) { box_->ledger().seal_due(now(), std::move(done)); }));
}

// ---- shorthand -------------------------------------------------------------------------------------

AccountId StoreSeat::account(std::optional<std::int64_t> daily_limit) {
  domain::Account a;
  a.name = "Desk " + std::to_string(++accounts_);
  a.channel = "sandbox";
  a.daily_limit = daily_limit;
  a.rate_per_second = 1000;
  return must(catalog().create_account(a, "key:1", now())).id;
}

domain::Person StoreSeat::person(int number) const {
  domain::Person p;
  const std::string n = std::to_string(number);
  p.external_id = "c-" + n;
  p.name = "Person " + n;
  p.email = "person" + n + "@example.org";
  p.phone = "+4930" + std::to_string(1'000'000 + number);
  return p;
}

CollectionId StoreSeat::collection(const std::vector<domain::Person>& people) {
  const auto job =
      must(imports().begin("List " + std::to_string(++collections_), {}, 0, "key:1", now()));
  for (std::size_t i = 0; i < people.size(); i += 10'000) {
    const std::size_t end = std::min(people.size(), i + 10'000);
    const std::vector<domain::Person> some(people.begin() + static_cast<std::ptrdiff_t>(i),
                                           people.begin() + static_cast<std::ptrdiff_t>(end));
    must(imports().append(job.id, some, {}, 0, now()));
  }
  must(imports().end(job.id, store::ImportState::done, "", now()));
  return job.collection;
}

CollectionId StoreSeat::collection(int people, int first) {
  std::vector<domain::Person> all;
  for (int i = first; i < first + people; ++i) all.push_back(person(i));
  return collection(all);
}

CampaignId StoreSeat::campaign(const CampaignWish& wish) {
  domain::CampaignPlan draft;
  draft.name = "Campaign " + std::to_string(++campaigns_);
  draft.collections = wish.collections;
  draft.accounts = wish.accounts;
  draft.daily_limit = wish.daily_limit;
  draft.active_hours = wish.hours;
  for (int i = 0; i < wish.steps; ++i) {
    domain::Step step;
    if (i > 0) step.delay = wish.delay;
    domain::Variant a, b;
    a.name = "A";
    a.body = "Hello {{name}}";
    b.name = "B";
    b.body = "Good day {{name}}";
    step.variants = {a, b};
    draft.steps.push_back(step);
  }
  const CampaignId id = must(catalog().create_campaign(draft, "key:1", now())).id;
  if (wish.start) {
    const auto started = pause(id, false);  // one that has nobody to write to is finished already
    EXPECT_TRUE(started || started.error().kind == ErrorKind::conflict);
  }
  return id;
}

store::ClaimSlot StoreSeat::slot(CampaignId campaign, AccountId account, int max) {
  const store::Plan p = plan();
  store::ClaimSlot s;
  for (const auto& c : p.campaigns) {
    if (c->id == campaign) s.campaign = c;
  }
  for (const auto& a : p.accounts) {
    if (a->id == account) s.account = a;
  }
  s.max = max;
  for (std::size_t z = 0; z < p.zones.size(); ++z) s.open_zones.push_back(static_cast<int>(z));
  s.account_day = s.campaign_day = hour_of(now()) / 24;
  return s;
}

store::ClaimResult StoreSeat::claim(CampaignId campaign, AccountId account, int max) {
  store::ClaimRequest request;
  request.now = now();
  request.slots.push_back(slot(campaign, account, max));
  if (!request.slots[0].campaign || !request.slots[0].account) return {};
  return claim(std::move(request));
}

store::Outcome StoreSeat::outcome(const store::ClaimedMessage& m, OutcomeKind kind, Instant at) {
  store::Outcome o;
  o.lead = m.lead;
  o.campaign = m.campaign;
  o.attempt = m.attempt;
  o.step = m.step;
  o.kind = kind;
  o.due = at;
  o.at = o.handed_over_at = at;
  o.account_day = m.account_day;
  o.campaign_day = m.campaign_day;
  return o;
}

store::RecordResult StoreSeat::record(const store::ClaimedMessage& m, OutcomeKind kind,
                                      domain::FailureClass failure) {
  store::Outcome o = outcome(m, kind, now());
  o.failure = failure;
  if (failure != domain::FailureClass::none) o.code = "code";
  return record({o});
}

store::RecordResult StoreSeat::deliver(const std::vector<store::ClaimedMessage>& messages) {
  std::vector<store::Outcome> outcomes;
  for (const auto& m : messages) outcomes.push_back(outcome(m, OutcomeKind::delivered, now()));
  return record(std::move(outcomes));
}

store::CampaignSnapshot StoreSeat::figures(CampaignId id) {
  return must(reader().campaign(id, now()));
}
domain::StatusCounts StoreSeat::counts(CampaignId id) {
  return domain::status_counts(figures(id).counts);
}
store::LeadRow StoreSeat::lead(LeadId id) {
  for (const auto& c : must(reader().campaigns({}, now())).items) {
    auto found = reader().lead(c.plan.id, id);
    if (found) return found->lead;
  }
  ADD_FAILURE() << "no such lead";
  return {};
}

void StoreSeat::expect_verified() {
  const auto report =
      must(box_->verifier().verify([](std::int64_t, std::int64_t) { return true; }));
  EXPECT_EQ(report.differences_total, 0);
  for (const auto& d : report.differences) {
    ADD_FAILURE() << d.what << ": stored " << d.stored << ", recounted " << d.recounted;
  }
}

}  // namespace headway::test
