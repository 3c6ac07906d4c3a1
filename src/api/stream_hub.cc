#include "api/stream_hub.h"

#include <charconv>
#include <utility>

#include "api/figures.h"

namespace headway::api {

void StreamHub::changed(const std::vector<CampaignId>& campaigns) {
  std::lock_guard lock(mutex_);
  dirty_.insert(campaigns.begin(), campaigns.end());
}

void StreamHub::want(std::optional<CampaignId> campaign) {
  std::lock_guard lock(mutex_);
  if (!campaign) {
    want_all_ = want_all_ || !primed_;
  } else if (!position_of_.contains(*campaign)) {
    dirty_.insert(*campaign);
  }
}

bool StreamHub::has_work() {
  std::lock_guard lock(mutex_);
  return !dirty_.empty() || want_all_;
}

void StreamHub::prime() {
  store::Paging paging;
  paging.limit = 500;
  const auto page = services_.reader.campaigns(paging, services_.clock.wall());
  if (!page) return;  // the next tick tries again
  std::lock_guard lock(mutex_);
  for (const store::CampaignSnapshot& c : page->items) {
    if (!position_of_.contains(c.plan.id)) dirty_.insert(c.plan.id);
  }
  primed_ = true;
  want_all_ = false;
}

void StreamHub::render() {
  bool all = false;
  {
    std::lock_guard lock(mutex_);
    all = want_all_;
  }
  if (all) prime();
  std::set<CampaignId> dirty;
  {
    std::lock_guard lock(mutex_);
    dirty.swap(dirty_);
  }
  for (const CampaignId id : dirty) render_one(id);
}

void StreamHub::render_one(CampaignId id) {
  const Instant now = services_.clock.wall();
  const auto c = services_.reader.campaign(id, now);
  if (c) {
    std::string data;
    data.reserve(1536);
    JsonWriter w(data);
    write_campaign(w, services_, *c, now, false);
    keep(id, "campaign", data);
  } else if (c.error().kind == ErrorKind::not_found) {
    keep(id, "campaign_removed", R"({"id":")" + to_string(id) + "\"}");
  } else {
    std::lock_guard lock(mutex_);
    dirty_.insert(id);  // could not be read: later
  }
}

void StreamHub::keep(CampaignId id, std::string_view event, std::string_view data) {
  std::lock_guard lock(mutex_);
  const std::uint64_t position = ++position_;
  auto bytes = std::make_shared<std::string>();
  bytes->reserve(data.size() + 64);
  bytes->append("id: ").append(std::to_string(instance_)).append("-");
  bytes->append(std::to_string(position)).append("\nevent: ").append(event);
  bytes->append("\ndata: ").append(data).append("\n\n");
  const auto [it, fresh] = position_of_.try_emplace(id, position);
  if (!fresh) {
    latest_.erase(it->second);
    it->second = position;
  }
  latest_.emplace(position, std::pair(id, std::move(bytes)));
  if (latest_.size() > kCampaignsMax) {
    position_of_.erase(latest_.begin()->second.first);
    latest_.erase(latest_.begin());
  }
}

StreamHub::News StreamHub::after(std::uint64_t position, std::optional<CampaignId> only) const {
  News news;
  std::lock_guard lock(mutex_);
  news.position = position_;
  if (only) {
    const auto it = position_of_.find(*only);
    if (it != position_of_.end() && it->second > position) {
      news.events.push_back(latest_.at(it->second).second);
    }
    return news;
  }
  for (auto it = latest_.upper_bound(position); it != latest_.end(); ++it) {
    news.events.push_back(it->second.second);
  }
  return news;
}

std::uint64_t StreamHub::position() const {
  std::lock_guard lock(mutex_);
  return position_;
}

std::uint64_t StreamHub::parse_position(std::string_view text) const {
  const std::string prefix = std::to_string(instance_) + "-";
  if (!text.starts_with(prefix)) return 0;
  text.remove_prefix(prefix.size());
  std::uint64_t position = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (bad != std::errc{} || end != text.data() + text.size()) return 0;
  std::lock_guard lock(mutex_);
  return position <= position_ ? position : 0;
}

}  // namespace headway::api
