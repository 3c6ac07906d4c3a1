#pragma once
// Virtual time, chance and the strand of the simulator. One queue of events: everything that happens
// is one call of step(). Events at the same instant run in an order drawn from the seed; tasks
// posted to the strand keep theirs, as runtime::Executor promises.
//
// Each event has an owner: 0 is the world (people, providers, networks), any other number is
// one incarnation of the process. kill() is a crash: all events and tasks of that incarnation vanish.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/time.h"
#include "runtime/clock.h"
#include "runtime/entropy.h"
#include "runtime/executor.h"

namespace headway::sim {

using std::chrono::nanoseconds;

class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15ULL); }
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  std::int64_t between(std::int64_t lo, std::int64_t hi) {  // both included
    return lo + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(hi - lo + 1)));
  }
  bool chance(double p) { return static_cast<double>(next() >> 11U) * 0x1.0p-53 < p; }
  nanoseconds wait(nanoseconds lo, nanoseconds hi) {
    return nanoseconds{between(lo.count(), hi.count())};
  }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }

 private:
  std::uint64_t state_;
};

using Owner = std::uint64_t;
inline constexpr Owner kWorld = 0;

class Loop final : public runtime::Clock {
 public:
  using Task = std::function<void()>;
  using EventId = std::uint64_t;

  Loop(std::uint64_t seed, Instant wall) : rng_(seed), wall_offset_(wall.time_since_epoch()) {}

  Instant wall() const override {
    return Instant{wall_offset_ + std::chrono::floor<milliseconds>(now_)};
  }
  nanoseconds steady() const override { return now_; }
  void jump(milliseconds d) { wall_offset_ += d; }

  EventId at(nanoseconds when, Owner owner, Task task);
  EventId in(nanoseconds delay, Owner owner, Task task) {
    return at(now_ + delay, owner, std::move(task));
  }
  void cancel(EventId id);
  void post(Task task) { posted_.push_back(std::move(task)); }  // of the living incarnation

  Owner begin();  // a new incarnation; the one before must be dead
  void kill();    // the living one dies
  Owner living() const { return living_; }

  // Runs one event; false when there is none.
  bool step();
  std::uint64_t events() const { return events_; }

  // The trace: a hash over everything that mattered, in order.
  void trace(std::uint64_t what, std::uint64_t detail = 0) {
    hash_ = mix64(mix64(hash_, what), detail);
  }
  std::uint64_t hash() const { return hash_; }

 private:
  using Key = std::tuple<nanoseconds, std::uint64_t, EventId>;
  struct Event {
    Owner owner;
    Task task;
  };

  Rng rng_;
  milliseconds wall_offset_;
  nanoseconds now_{0};
  std::map<Key, Event> queue_;
  std::unordered_map<EventId, Key> keys_;
  std::deque<Task> posted_;
  EventId last_id_ = 0;
  Owner last_owner_ = 0, living_ = 0;
  std::uint64_t events_ = 0, hash_ = 0;
};

// The strand of one incarnation.
class SimExecutor final : public runtime::Executor {
 public:
  SimExecutor(Loop& loop, Owner owner) : loop_(loop), owner_(owner) {}
  void post(Task task) override {
    if (loop_.living() == owner_) loop_.post(std::move(task));
  }
  TimerId after(nanoseconds delay, Task task) override {
    return loop_.in(std::max(delay, nanoseconds{0}), owner_, std::move(task));
  }
  void cancel(TimerId id) override { loop_.cancel(id); }

 private:
  Loop& loop_;
  Owner owner_;
};

class SimEntropy final : public runtime::Entropy {
 public:
  explicit SimEntropy(std::uint64_t seed) : rng_(seed) {}
  std::uint64_t next() override { return rng_.next(); }
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& b : bytes) b = static_cast<std::uint8_t>(rng_.next());
  }

 private:
  Rng rng_;
};

}  // namespace headway::sim
