#pragma once
// What GET /stream tells: absolute snapshots of campaigns that changed, each with its version. Every
// changed campaign is rendered once a tick, on a worker thread, and its bytes are shared by all
// clients. A client has no queue: what it is told next are the latest snapshots it has not had, so a
// slow one misses intermediate states and nothing else, and memory is bounded by the campaigns.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/services.h"
#include "engine/engine.h"

namespace headway::api {

class StreamHub final : public engine::ChangeFeed {
 public:
  static constexpr std::chrono::milliseconds kTick{250};
  static constexpr std::size_t kCampaignsMax = 2000;  // remembered; the oldest go first

  using Bytes = std::shared_ptr<const std::string>;

  // `instance`: a number that another process does not have: positions of one mean nothing to another.
  StreamHub(const Services& services, std::uint64_t instance)
      : services_(services), instance_(instance) {}

  // Any thread.
  void changed(const std::vector<CampaignId>& campaigns) override;
  // A client that knows nothing yet wants this one, or all of them.
  void want(std::optional<CampaignId> campaign);

  // Called each tick. True: there is work for render(), to be called on a worker thread, then
  // published() on the IO thread wakes the clients.
  bool has_work();
  void render();

  // What a client at `position` has not had yet, oldest first, and where it is then.
  struct News {
    std::vector<Bytes> events;
    std::uint64_t position = 0;
  };
  News after(std::uint64_t position, std::optional<CampaignId> only) const;
  std::uint64_t position() const;
  // Of a Last-Event-ID: 0 (everything is news) when it is not ours.
  std::uint64_t parse_position(std::string_view last_event_id) const;

 private:
  void render_one(CampaignId id);
  void keep(CampaignId id, std::string_view event, std::string_view data);
  void prime();

  const Services& services_;
  const std::uint64_t instance_;
  mutable std::mutex mutex_;
  std::set<CampaignId> dirty_;
  bool want_all_ = false, primed_ = false;
  std::uint64_t position_ = 0;
  std::unordered_map<CampaignId, std::uint64_t> position_of_;
  std::map<std::uint64_t, std::pair<CampaignId, Bytes>> latest_;  // by position
};

}  // namespace headway::api
