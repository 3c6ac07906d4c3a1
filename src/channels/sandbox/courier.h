#pragma once
// Keeps the sandbox's completions and reactions until they are due. On the strand only, but for the
// two counts.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "channels/channel.h"
#include "channels/sandbox/population.h"
#include "channels/sandbox/sandbox_channel.h"
#include "runtime/clock.h"
#include "runtime/executor.h"

namespace headway::channels {

class SandboxChannel::Courier : public std::enable_shared_from_this<Courier> {
 public:
  struct Completion {
    std::chrono::nanoseconds due{};
    std::uint64_t order = 0;
    std::function<void(SendResult)> done;
    LeadId lead;
    CampaignId campaign;
    AccountId account;
    int step = 0;
    Fate fate;
    milliseconds retry_after{0};  // 0 = no hint
    const char* note = nullptr;   // text beside the class; a literal
    std::string problem;          // instead of `note`
    Reaction reaction;
  };

  Courier(const runtime::Clock& clock, runtime::Executor& executor, std::size_t reactions_max);

  void connect(EventSink* sink) { sink_ = sink; }
  void complete_now(Completion completion);
  void complete_later(Completion completion, milliseconds latency);
  void cancel_timer();

  std::size_t reactions_pending() const { return pending_.load(std::memory_order_relaxed); }
  std::uint64_t reactions_dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Pending {  // a reaction, small: there may be many
    std::chrono::nanoseconds due{};
    std::uint64_t order = 0;
    LeadId lead;
    CampaignId campaign;
    AccountId account;
    int step = 0;
    store::EventType type{};
  };

  void flush();
  void finish(Completion completion);
  void keep(Pending pending);
  bool tell(const Pending& pending);
  void tell_due();
  void arm();
  void wake();

  const runtime::Clock& clock_;
  runtime::Executor& executor_;
  const std::size_t reactions_max_;
  EventSink* sink_ = nullptr;

  std::vector<Completion> ready_, flushing_;
  bool flush_posted_ = false;
  std::vector<Completion> later_;   // heap by (due, order)
  std::vector<Pending> reactions_;  // heap by (due, order)
  std::uint64_t order_ = 0;
  std::chrono::nanoseconds sink_full_until_{};
  runtime::Executor::TimerId timer_ = 0;
  std::chrono::nanoseconds timer_due_{};
  std::atomic<std::size_t> pending_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace headway::channels
