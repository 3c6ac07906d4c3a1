#pragma once
// Messages in memory and how they ended. Outcomes are recorded in batches; a batch that the store
// did not take, or may have taken, is sent again as it is: the fences refuse what was applied.
//
// Invariants:
//  * a message is in `flights` from the claim's answer until its outcome is durable (or refused);
//  * each has exactly one outcome: settle() is called once for it;
//  * at most one record call is in the store; its batch plus the waiting outcomes never exceed
//    the messages in memory plus the decisions waiting, which are bounded.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "engine/backoff.h"
#include "engine/text_cache.h"
#include "runtime/executor.h"
#include "store/ledger.h"

namespace headway::engine {

class Core;

struct Flight {
  store::ClaimedMessage message;
  std::shared_ptr<const CompiledVariant> text;
  Instant from{},
      until{};  // may be handed over in [from, until): the windows and days of its claim
  Instant handed_over_at{};
  bool handed_over = false;
  bool settled = false;  // its outcome waits for the store
};

// A lead can have two messages in memory: one step's answer may still be missing when a receipt, told by
// somebody else, has already let the store give out the next step. Fences tell them apart.
struct FlightKey {
  LeadId lead;
  int attempt = 0;
  bool operator==(const FlightKey&) const = default;
};
struct FlightKeyHash {
  std::size_t operator()(const FlightKey& k) const {
    return mix64(static_cast<std::uint64_t>(k.lead.value), static_cast<std::uint64_t>(k.attempt));
  }
};
using Flights = std::unordered_map<FlightKey, Flight, FlightKeyHash>;

class Recorder {
 public:
  explicit Recorder(Core& core) : core_(core) {}

  Flights& flights() { return flights_; }
  const Flights& flights() const { return flights_; }
  // The message of this claim, or null when it is no longer ours.
  Flight* find(const FlightKey& key);

  // The outcome of a message in memory.
  void settle(Flight& flight, store::Outcome outcome);
  // Outcomes of claims that are not in memory (recovery, decisions, time-outs): recorded alone, answered
  // with the store's own result after one try.
  void record_apart(std::vector<store::Outcome> outcomes, store::Done<store::RecordResult> done);

  // Nothing else is under way: do not wait for company.
  void flush_if_quiet();
  bool idle() const { return waiting_.empty() && !busy_; }
  std::size_t backlog() const { return waiting_.size() + (busy_ ? batch_.size() : 0); }

 private:
  void arm();
  void flush();
  void send();
  void answered(Result<store::RecordResult> result);
  void done_with(const store::Outcome& outcome, bool applied);

  Core& core_;
  Flights flights_;
  std::vector<store::Outcome> waiting_;
  std::vector<store::Outcome> batch_;  // in the store, kept for sending it again
  bool busy_ = false;
  runtime::Executor::TimerId timer_ = 0;
  Backoff backoff_;
};

}  // namespace headway::engine
