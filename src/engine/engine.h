#pragma once
// The engine: one deterministic state machine that sends every message of every active campaign at
// most once, at the right time, within every limit, and writes down how it ended.
//
// It runs on one strand (runtime::Executor) and touches the world through its ports only: no
// threads, no locks, no coroutines, no ambient time or chance. Given the same answers of the ports it
// does the same things in the same order, which is what the simulator (sim/) relies on.
//
// Threads. Every public method may be called from any thread: it posts to the strand and returns at
// once. Every callback runs on the strand, exactly once, never inside the call; hand long work
// over to another thread. `offer` and `submit` alone decide before they post whether there is room.
//
// Invariants:
//  * nothing is handed to a channel without a claim that is durable in the ledger;
//  * nothing is claimed before recovery has settled every claim of the process before;
//  * a message is handed over only while, at that moment, its campaign is active and not being
//    paused, its account belongs to the campaign and may send, and neither the active hours nor the
//    calendar days of its claim have ended; otherwise it is released, its budget with it;
//  * a message whose outcome is unknown is sent again only under the same idempotency key on a channel
//    that has idempotency; else the lead is in doubt until a receipt, a person or the time-out;
//  * a lead never changes its account because of a failure;
//  * everything in memory is bounded: messages by `in_flight_total`, events by `intake_max`, decisions
//    by `control_max`; at most one claim, one record, one event batch, one enrolment, one sealing, one
//    move of shares and one decision are in the store at a time.
//
// Lifetime: the ports outlive the engine. Destroy the engine on the strand or after the strand stopped
// running; whatever is still posted then does nothing.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "channels/channel.h"
#include "runtime/clock.h"
#include "runtime/entropy.h"
#include "runtime/executor.h"
#include "store/ledger.h"

namespace headway::engine {

// Told on the strand after each commit, with the campaigns whose figures, plan or state changed.
// Several calls may name the same campaign: putting them together is the listener's business.
class ChangeFeed {
 public:
  virtual ~ChangeFeed() = default;
  virtual void changed(const std::vector<CampaignId>& campaigns) = 0;
};

struct Ports {
  store::Ledger& ledger;
  std::map<std::string, channels::Channel*, std::less<>> channels;  // by Account::channel
  runtime::Clock& clock;
  runtime::Executor& executor;
  runtime::Entropy& entropy;
};

struct EngineConfig {
  int claim_max = 1000;        // messages a claim call, 1 .. 5000
  int in_flight_total = 4096;  // messages in memory, from the claim to the recorded outcome
  int record_max = 1000;       // outcomes a record call
  std::chrono::milliseconds record_delay{5};  // an outcome waits at most this long for company
  std::chrono::milliseconds claim_gap{5};     // between two claims that were not full
  std::chrono::milliseconds burst{250};       // what an account may catch up of missed pace
  std::chrono::milliseconds idle_poll{
      60'000};  // drained campaigns are looked at again after this, at the latest
  std::chrono::milliseconds backoff_base{50};    // store faults: doubled with jitter ...
  std::chrono::milliseconds backoff_max{5'000};  // ... up to this
  int control_tries = 8;    // tries of a person's decision before it is answered with the error
  int control_max = 1024;   // decisions waiting
  int intake_max = 20'000;  // events waiting, from channels and API together
  int intake_batch = 1000;  // events of channels put into one call
  int enroll_batch = 2000;  // leads an enrolment call
  int recovery_page = 1000;
  std::chrono::milliseconds account_backoff_base{
      1'000};  // rate_limited without a hint: doubled ...
  std::chrono::milliseconds account_backoff_max{900'000};  // ... up to this
  std::chrono::milliseconds in_doubt_check{60'000};
  std::chrono::milliseconds seal_check{3'600'000};
  std::chrono::milliseconds allocation_check{600'000};  // whether a campaign's day has come
  std::chrono::milliseconds stop_limit{20'000};  // a graceful stop waits this long for answers
};

enum class Phase : std::uint8_t {
  created,     // start() not called yet
  loading,     // reading the plan
  recovering,  // settling the claims of the process before
  running,
  stopping,
  stopped,  // stop() has finished
  failed,   // the database is damaged: `problem` says what; nothing is sent
};
std::string_view to_string(Phase phase);

struct AccountPace {
  AccountId account;
  std::optional<Instant>
      next_at;  // when its next message may be claimed (Reason::rate); none = unknown
  std::optional<Instant> blocked_until;  // the provider asked us to wait
  std::int64_t in_flight = 0;            // handed over and unanswered
};

// A snapshot for health checks and Prometheus.
struct EngineStatus {
  Phase phase = Phase::created;
  std::string problem;   // for a person; "" when all is well
  bool store_ok = true;  // the last store call was answered
  std::int64_t plan_version = 0;
  std::int64_t claimed = 0;    // messages in memory, not handed over yet
  std::int64_t in_flight = 0;  // handed over and unanswered
  std::int64_t recording = 0;  // outcomes waiting for the store
  std::int64_t events_waiting = 0;
  std::int64_t decisions_waiting = 0;
  // Since the start of the process:
  std::int64_t handed_over_total = 0;
  std::int64_t claims_total = 0, claimed_total = 0, recorded_total = 0, released_total = 0;
  std::int64_t in_doubt_total = 0, recovered_total = 0, store_errors_total = 0, refused_total = 0;
  std::int64_t events_total = 0, events_refused_total = 0;
  std::optional<Instant> last_claim_at, last_handed_over_at;
  std::vector<AccountPace> accounts;
};

struct PauseAnswer {
  store::PauseReceipt receipt;
  std::int64_t in_flight = 0;  // handed over and unanswered when the pause took hold
  std::optional<Instant> last_handed_over_at;  // of this campaign, by this process
};

enum class Decision : std::uint8_t { count_as_sent, send_again, give_up };

struct StopReport {
  bool complete = false;  // everything was settled in time: the next start has nothing to recover
  std::int64_t unanswered =
      0;  // sends without an answer at the limit: the next start recovers them
  std::int64_t unrecorded = 0;  // outcomes the store did not take in time: likewise
};

class Core;

class Engine final : public channels::EventSink {
 public:
  Engine(Ports ports, EngineConfig config);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Loads the plan, recovers, then sends. Once.
  void start();

  // No new claims; waits up to `stop_limit` for answers, records them, releases what was certainly
  // not handed over, applies the events already taken. Then `done`; nothing happens afterwards.
  void stop(std::function<void(StopReport)> done);

  // A campaign, account or assignment was changed in the store by somebody else (the API).
  void plan_changed();
  // Leads became sendable without a change of the plan (a suppression lifted, a booking assigned, ...).
  void leads_changed(CampaignId campaign);

  // From the moment it is processed, nothing more of the campaign is handed to a channel; the
  // answer comes after the pause is durable. `unavailable`/`ambiguous` after `control_tries`: then
  // the campaign goes on as the store has it.
  void pause(CampaignId campaign, std::string actor, std::string reason,
             std::function<void(Result<PauseAnswer>)> done);
  void resume(CampaignId campaign, std::string actor,
              std::function<void(Result<store::PauseReceipt>)> done);

  // A person's decision on a lead in doubt; `attempt` is the fence that the person saw. conflict when
  // the lead has moved on.
  void resolve(CampaignId campaign, LeadId lead, int attempt, Decision decision,
               std::function<void(Result<void>)> done);

  // Channels: one event. false = full or stopping; tell again later.
  bool offer(store::InboundEvent event) override;
  // The API: 1 .. 10,000 events, answered after the commit. unavailable when there is no room or the store
  // does not answer: sending the same events again is safe.
  void submit(std::vector<store::InboundEvent> events,
              std::function<void(Result<store::EventResults>)> done);

  // nullptr ends it. Takes effect when processed.
  void subscribe(std::shared_ptr<ChangeFeed> feed);

  void status(std::function<void(EngineStatus)> done);

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace headway::engine
