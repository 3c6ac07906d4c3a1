#pragma once
// Rendered figures, kept while nothing at all was committed and for at most kKeep (what is derived from
// the clock may change without a commit). So an answer is exact for its `as_of`, and asking the same
// thing ten thousand times a second costs one read each kKeep.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/strong_id.h"
#include "base/time.h"
#include "store/reader.h"

namespace headway::api {

class FigureCache {
 public:
  static constexpr milliseconds kKeep{100};

  explicit FigureCache(const store::Reader& reader) : reader_(reader) {}

  // nullptr: read again. `commits` is what to give to put() after that.
  std::shared_ptr<const std::string> find(CampaignId id, Instant now, std::int64_t* commits) {
    *commits = reader_.commits();
    if (*commits == 0) return nullptr;
    std::lock_guard lock(mutex_);
    const auto it = kept_.find(id);
    if (it == kept_.end() || it->second.commits != *commits || now < it->second.at ||
        now - it->second.at > kKeep) {
      return nullptr;
    }
    return it->second.bytes;
  }
  void put(CampaignId id, Instant now, std::int64_t commits,
           std::shared_ptr<const std::string> bytes) {
    if (commits == 0) return;
    std::lock_guard lock(mutex_);
    if (kept_.size() >= kKeptMax) kept_.clear();
    kept_[id] = {commits, now, std::move(bytes)};
  }

 private:
  static constexpr std::size_t kKeptMax = 1024;
  struct Entry {
    std::int64_t commits = 0;
    Instant at{};
    std::shared_ptr<const std::string> bytes;
  };
  const store::Reader& reader_;
  std::mutex mutex_;
  std::unordered_map<CampaignId, Entry> kept_;
};

}  // namespace headway::api
