#include "engine/engine.h"

#include <utility>

#include "engine/core.h"

namespace headway::engine {

Engine::Engine(Ports ports, EngineConfig config)
    : core_(std::make_shared<Core>(std::move(ports), config)) {}

Engine::~Engine() = default;

void Engine::start() {
  core_->ports.executor.post(core_->guard([core = core_.get()] { core->start(); }));
}

void Engine::stop(std::function<void(StopReport)> done) {
  core_->intake.close();
  core_->ports.executor.post(core_->guard(
      [core = core_.get(), done = std::move(done)]() mutable { core->stop(std::move(done)); }));
}

void Engine::plan_changed() {
  core_->ports.executor.post(core_->guard([core = core_.get()] { core->plan.reload(); }));
}

void Engine::leads_changed(CampaignId campaign) {
  core_->ports.executor.post(core_->guard([core = core_.get(), campaign] {
    if (CampaignRun* run = core->plan.campaign(campaign)) ++run->touched;
    core->wake();
  }));
}

void Engine::pause(CampaignId campaign, std::string actor, std::string reason,
                   std::function<void(Result<PauseAnswer>)> done) {
  core_->ports.executor.post(
      core_->guard([core = core_.get(), campaign, actor = std::move(actor),
                    reason = std::move(reason), done = std::move(done)]() mutable {
        core->control.pause(campaign, std::move(actor), std::move(reason), std::move(done));
      }));
}

void Engine::resume(CampaignId campaign, std::string actor,
                    std::function<void(Result<store::PauseReceipt>)> done) {
  core_->ports.executor.post(core_->guard(
      [core = core_.get(), campaign, actor = std::move(actor), done = std::move(done)]() mutable {
        core->control.resume(campaign, std::move(actor), std::move(done));
      }));
}

void Engine::resolve(CampaignId campaign, LeadId lead, int attempt, Decision decision,
                     std::function<void(Result<void>)> done) {
  core_->ports.executor.post(core_->guard(
      [core = core_.get(), campaign, lead, attempt, decision, done = std::move(done)]() mutable {
        core->control.resolve(campaign, lead, attempt, decision, std::move(done));
      }));
}

bool Engine::offer(store::InboundEvent event) {
  if (!core_->intake.reserve(1)) return false;
  core_->ports.executor.post(core_->guard([core = core_.get(), event = std::move(event)]() mutable {
    core->intake.add(std::move(event));
  }));
  return true;
}

void Engine::submit(std::vector<store::InboundEvent> events,
                    std::function<void(Result<store::EventResults>)> done) {
  const auto n = static_cast<std::int64_t>(events.size());
  const bool room = n > 0 && core_->intake.reserve(n);
  core_->ports.executor.post(core_->guard(
      [core = core_.get(), room, events = std::move(events), done = std::move(done)]() mutable {
        if (room) {
          core->intake.add(std::move(events), std::move(done));
        } else {
          done(fail(ErrorKind::unavailable, "Too many events are waiting; send these again later"));
        }
      }));
}

void Engine::subscribe(std::shared_ptr<ChangeFeed> feed) {
  core_->ports.executor.post(core_->guard(
      [core = core_.get(), feed = std::move(feed)]() mutable { core->feed = std::move(feed); }));
}

void Engine::status(std::function<void(EngineStatus)> done) {
  core_->ports.executor.post(
      core_->guard([core = core_.get(), done = std::move(done)] { done(core->status()); }));
}

}  // namespace headway::engine
