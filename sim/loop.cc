#include "sim/loop.h"

#include <utility>

#include "base/check.h"

namespace headway::sim {

Loop::EventId Loop::at(nanoseconds when, Owner owner, Task task) {
  const EventId id = ++last_id_;
  const Key key{std::max(when, now_), rng_.next(), id};
  queue_.emplace(key, Event{owner, std::move(task)});
  keys_.emplace(id, key);
  return id;
}

void Loop::cancel(EventId id) {
  const auto it = keys_.find(id);
  if (it == keys_.end()) return;
  queue_.erase(it->second);
  keys_.erase(it);
}

Owner Loop::begin() {
  HW_CHECK(living_ == 0);
  return living_ = ++last_owner_;
}

void Loop::kill() {
  for (auto it = queue_.begin(); it != queue_.end();) {
    if (it->second.owner == living_) {
      keys_.erase(std::get<2>(it->first));
      it = queue_.erase(it);
    } else {
      ++it;
    }
  }
  posted_.clear();
  living_ = 0;
}

bool Loop::step() {
  const bool due = !queue_.empty() && std::get<0>(queue_.begin()->first) <= now_;
  if (!posted_.empty() && (!due || rng_.chance(0.5))) {
    Task task = std::move(posted_.front());
    posted_.pop_front();
    ++events_;
    task();
    return true;
  }
  if (queue_.empty()) return false;
  auto node = queue_.extract(queue_.begin());
  now_ = std::max(now_, std::get<0>(node.key()));
  keys_.erase(std::get<2>(node.key()));
  ++events_;
  node.mapped().task();
  return true;
}

}  // namespace headway::sim
