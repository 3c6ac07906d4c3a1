#include "api/login_throttle.h"

#include <algorithm>

namespace headway::api {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

std::string pair_key(const std::string& account, const std::string& address) {
  return account + "\n" + address;
}
// An account is an e-mail address or an id, never empty: no pair begins so.
std::string address_key(const std::string& address) { return "\n" + address; }

}  // namespace

seconds LoginThrottle::admit(const std::string& account, const std::string& address,
                             nanoseconds now) {
  const std::lock_guard lock(mutex_);
  const std::string pair = pair_key(account, address), alone = address_key(address);
  const seconds wait = std::max(wait_of(pair, now), wait_of(alone, now));
  if (wait > seconds{0}) return wait;
  make_room(now);
  count(pair, kFree, now);
  count(alone, kFreeByAddress, now);
  return seconds{0};
}

void LoginThrottle::succeeded(const std::string& account, const std::string& address) {
  const std::lock_guard lock(mutex_);
  entries_.erase(pair_key(account, address));
  const auto alone = entries_.find(address_key(address));
  if (alone == entries_.end()) return;
  Entry& e = alone->second;
  e.guesses = std::max(0, e.guesses - 1);
  if (e.guesses < kFreeByAddress) e.open_at = {};
}

seconds LoginThrottle::wait_of(const std::string& key, nanoseconds now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return seconds{0};
  if (now - found->second.last >= kForgotten) {
    entries_.erase(found);
    return seconds{0};
  }
  if (found->second.open_at <= now) return seconds{0};
  return std::chrono::ceil<seconds>(found->second.open_at - now);
}

// From the last free guess on the wait doubles with each: 1 s, 2 s, 4 s, up to kWaitMost.
void LoginThrottle::count(const std::string& key, int free, nanoseconds now) {
  Entry& e = entries_[key];
  ++e.guesses;
  e.last = now;
  if (e.guesses < free) return;
  const int doublings = std::min(e.guesses - free, 10);
  e.open_at = now + std::min(kWaitMost, seconds{1LL << doublings});
}

void LoginThrottle::make_room(nanoseconds now) {
  if (entries_.size() + 2 <= kEntriesMax) return;
  std::erase_if(entries_, [now](const auto& e) { return now - e.second.last >= kForgotten; });
  if (entries_.size() + 2 <= kEntriesMax) return;
  // Those that need not wait are worth least.
  std::erase_if(entries_, [now](const auto& e) { return e.second.open_at <= now; });
  if (entries_.size() + 2 > kEntriesMax) entries_.clear();
}

}  // namespace headway::api
