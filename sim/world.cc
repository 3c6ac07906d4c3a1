#include "sim/world.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace headway::sim {

using namespace std::chrono_literals;

namespace {
constexpr std::uint64_t kEventsMax = 3'000'000;  // a run beyond that is busy for nothing
constexpr auto kCalmMax = 24h * 400;
}  // namespace

StoreFactory model_store_factory() {
  return [](const Options& options) { return std::make_unique<ModelStore>(flaws_of(options.bug)); };
}

World::World(const Options& options, const StoreFactory& factory)
    : options_(options), rng_(mix64(options.seed)), load_(draw_workload(rng_)) {
  loop_ = std::make_unique<Loop>(rng_.next(), load_.begin);
  store_ = factory(options);
  checks_ = std::make_unique<Checks>(*loop_, *store_);
  checks_->set_logging(options.log);
  checks_->on_arrival = [this](AccountId a, const channels::Outgoing& m) { arrived(a, m); };
  checks_->on_handover = [this](CampaignId id) { busy(id); };
  channels_["keyed"] =
      std::make_unique<SimChannel>(*loop_, "keyed", true, load_.in_flight_max_keyed,
                                   load_.provider_faults, *checks_, rng_.next());
  channels_["once"] = std::make_unique<SimChannel>(*loop_, "once", false, load_.in_flight_max_once,
                                                   load_.provider_faults, *checks_, rng_.next());
  for (const auto& a : load_.accounts) accounts_.push_back(store_->create_account(a));
  for (const auto& c : load_.collections) collections_.push_back(store_->create_collection(c));
  for (auto& c : load_.campaigns) {
    for (auto& id : c.collections) id = collections_[static_cast<std::size_t>(id.value - 1)];
    for (auto& id : c.accounts) id = accounts_[static_cast<std::size_t>(id.value - 1)];
    campaigns_.push_back(store_->create_campaign(c));
  }
}

World::~World() {
  engine_.reset();
  loop_->kill();
}

// ---- the process -----------------------------------------------------------------------------------

void World::boot() {
  const Owner owner = loop_->begin();
  executor_ = std::make_unique<SimExecutor>(*loop_, owner);
  entropy_ = std::make_unique<SimEntropy>(rng_.next());
  store::Ledger& ledger = store_->open([loop = loop_.get(), owner](std::function<void()> task) {
    if (loop->living() == owner) loop->post(std::move(task));
  });
  bug_ledger_ = std::make_unique<BugLedger>(options_.bug, ledger, *store_);
  fault_ledger_ = std::make_unique<FaultLedger>(*loop_, *bug_ledger_, load_.store_faults, *checks_,
                                                rng_.next());
  engine::Ports ports{*fault_ledger_, {}, *loop_, *executor_, *entropy_};
  for (auto& [name, channel] : channels_) ports.channels.emplace(name, channel.get());
  engine_ = std::make_unique<engine::Engine>(std::move(ports), load_.config);
  engine_->start();
  note("started");
  tell_waiting();
}

void World::process_gone() {
  engine_.reset();
  loop_->kill();
  fault_ledger_.reset();
  bug_ledger_.reset();
  entropy_.reset();
  executor_.reset();
  checks_->crashed();
  for (Fact& f : facts_) f.asked = false;  // who was told nothing asks again
  loop_->in(rng_.wait(1ms, calm_ ? 1s : 600s), kWorld, [this] { boot(); });
}

void World::crash() {
  if (!engine_) return;
  note("CRASH");
  loop_->trace(70);
  ++crashes_;
  process_gone();
}

void World::stop_gracefully() {
  if (!engine_) return;
  note("stopping");
  engine_->stop([this](engine::StopReport report) {
    note("stopped, unanswered " + std::to_string(report.unanswered));
    // The engine is still on the stack: it goes in an event of its own.
    loop_->in(0ns, kWorld, [this, owner = loop_->living(), clean = report.complete] {
      if (!engine_ || loop_->living() != owner) return;
      if (clean && options_.bug == Bug::none) {
        for (const CampaignView& v : store_->look()) {
          for (const LeadView& lead : v.leads) {
            if (lead.state.wait == domain::Wait::in_flight)
              checks_->broken("a graceful stop left a claim open");
          }
        }
      }
      process_gone();
    });
  });
}

void World::plan_changed() {
  if (engine_) engine_->plan_changed();
}

// ---- the outside -----------------------------------------------------------------------------------

void World::arrived(AccountId account, const channels::Outgoing& m) {
  using store::EventType;
  if (calm_ && rng_.chance(0.8)) return;
  const auto event = [&](EventType type) {
    store::InboundEvent e;
    e.source = "channel:" + to_string(account);
    e.event_id = "e" + std::to_string(++event_ids_);
    e.type = type;
    e.lead = m.lead;
    e.campaign = m.campaign;
    e.account = account;
    e.step = m.step;
    return e;
  };
  // Receipts come early (before the answer), late, or twice.
  if (rng_.chance(0.2))
    tell_later(event(EventType::sent), rng_.wait(0s, rng_.chance(0.5) ? 1s : 7200s));
  if (rng_.chance(0.15)) {
    checks_->reply_made(m.campaign);
    tell_later(event(EventType::reply), rng_.wait(10ms, rng_.chance(0.3) ? 200ms : 48h));
  }
  if (rng_.chance(0.05)) tell_later(event(EventType::auto_reply), rng_.wait(10ms, 1h));
  if (rng_.chance(0.04)) tell_later(event(EventType::booked), rng_.wait(1s, 24h));
  if (rng_.chance(0.03)) tell_later(event(EventType::opted_out), rng_.wait(1s, 24h));
}

void World::tell_later(store::InboundEvent event, nanoseconds wait) {
  event.at = loop_->wall();
  facts_.push_back({std::move(event), loop_->steady() + wait, false, false, 0});
  const std::size_t index = facts_.size() - 1;
  loop_->in(wait, kWorld, [this, index] { tell(index); });
  // Told twice, by two deliveries of one webhook.
  if (rng_.chance(0.3)) {
    loop_->in(wait + rng_.wait(0ms, 2s), kWorld, [this, index] {
      if (engine_) engine_->offer(facts_[index].event);
    });
  }
}

void World::tell_waiting() {
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    const Fact& f = facts_[i];
    if (!f.taken && f.refused < 3 && !f.asked && f.due <= loop_->steady()) {
      loop_->in(rng_.wait(1s, 600s), kWorld, [this, i] { tell(i); });
    }
  }
}

void World::tell(std::size_t index) {
  Fact& fact = facts_[index];
  if (!engine_ || fact.taken || fact.asked || fact.refused >= 3) return;
  fact.asked = true;
  engine_->submit({fact.event}, [this, index](const Result<store::EventResults>& r) {
    Fact& f = facts_[index];
    f.asked = false;
    if (r && r->answers.at(0).verdict != store::EventVerdict::rejected) {
      f.taken = true;
      return;
    }
    if (r) ++f.refused;
    loop_->in(rng_.wait(60s, 2h), kWorld, [this, index] { tell(index); });
  });
}

// Held leads: the person writes at last.
void World::open_held() {
  for (const CampaignView& v : store_->look()) {
    for (const LeadView& lead : v.leads) {
      if (lead.state.wait != domain::Wait::window_closed || !opened_.insert(lead.id).second)
        continue;
      store::InboundEvent e;
      e.source = "channel:" + to_string(lead.state.account);
      e.event_id = "e" + std::to_string(++event_ids_);
      e.type = store::EventType::reply;
      e.lead = lead.id;
      e.campaign = v.plan.id;
      checks_->reply_made(v.plan.id);
      tell_later(std::move(e), rng_.wait(1s, 600s));
    }
  }
}

// ---- the run ---------------------------------------------------------------------------------------

void World::calm_down() {
  note("CALM");
  calm_ = true;
  load_.store_faults = {};
  const double permanent = load_.provider_faults.permanent;
  load_.provider_faults = {};
  load_.provider_faults.permanent = permanent;
  keep_calm();
}

void World::keep_calm() {
  heal(true);
  decide_doubts(1.0);
  open_held();
  for (const CampaignView& v : store_->look()) {
    if (v.plan.state == domain::CampaignState::paused) resume(v.plan.id);
  }
  tell_waiting();
  if (settled(nullptr)) {
    // A last day: nothing more may be sent to anybody whose campaign is finished.
    loop_->in(24h, kWorld, [this] { over_ = true; });
    return;
  }
  loop_->in(3h, kWorld, [this] { keep_calm(); });
}

bool World::settled(std::string* stuck) {
  for (const Fact& f : facts_) {
    if (!f.taken && f.refused < 3) {
      if (stuck) *stuck = "event " + f.event.event_id + " was never taken";
      return false;
    }
  }
  if (store_->guard_waits()) {
    if (stuck) *stuck = "a pause that the guard wants is not made";
    return false;
  }
  for (const CampaignView& v : store_->look()) {
    if (v.plan.state == domain::CampaignState::finished) continue;
    if (v.plan.enrolling || v.leads.empty()) {
      if (stuck) *stuck = "campaign " + to_string(v.plan.id) + " is still enrolling";
      return false;
    }
    const auto serves = [&](AccountId id) {
      return std::find(v.plan.accounts.begin(), v.plan.accounts.end(), id) != v.plan.accounts.end();
    };
    bool open = false;
    for (const LeadView& lead : v.leads) {
      const domain::LeadState& s = lead.state;
      if (s.wait == domain::Wait::none) continue;
      open = true;
      // Excuses: its account was taken away; nobody is left to send.
      if ((s.wait == domain::Wait::retry || s.wait == domain::Wait::follow_up) &&
          !serves(s.account))
        continue;
      if (s.wait == domain::Wait::fresh && v.plan.accounts.empty()) continue;
      if (stuck) {
        *stuck = "campaign " + to_string(v.plan.id) + ", lead " +
                 std::to_string(lead_number(lead.id)) + " waits without a reason (" +
                 std::string(domain::to_string(s.wait)) + ")";
      }
      return false;
    }
    if (!open) {
      if (stuck)
        *stuck = "campaign " + to_string(v.plan.id) + " has no open lead and is not finished";
      return false;
    }
  }
  return true;
}

Report World::run() {
  boot();
  for (const CampaignId id : campaigns_) {
    loop_->in(rng_.wait(0s, 600s), kWorld, [this, id] { resume(id); });
  }
  for (int i = 0; i < load_.actions; ++i) {
    // Half of them early, when most is going on.
    const nanoseconds until =
        rng_.chance(0.5) ? std::min<nanoseconds>(load_.chaos, 20min) : load_.chaos;
    loop_->in(rng_.wait(0ns, until), kWorld, [this] { act(); });
  }
  loop_->in(load_.chaos, kWorld, [this] { calm_down(); });

  const nanoseconds limit = load_.chaos + kCalmMax;
  while (!over_ && checks_->problem().empty() && loop_->step()) {
    checks_->after_event();
    if (loop_->events() > kEventsMax) checks_->broken("busy for nothing: too many events");
    if (loop_->steady() > limit) {
      std::string stuck = "not settled";
      settled(&stuck);
      checks_->broken("it does not come to an end: " + stuck);
    }
  }
  if (checks_->problem().empty()) {
    if (!over_) checks_->broken("nothing is left to happen, and it is not over");
    std::map<CampaignId, std::int64_t> replies;
    for (const Fact& f : facts_) {
      if (f.event.type == store::EventType::reply && f.taken) ++replies[*f.event.campaign];
    }
    checks_->at_end(replies);
  }
  Report report;
  report.problem = checks_->problem();
  report.hash = loop_->hash();
  report.events = loop_->events();
  report.handovers = checks_->handovers();
  report.arrivals = checks_->arrivals();
  report.crashes = crashes_;
  return report;
}

Report run_seed(const Options& options, const StoreFactory& factory) {
  World world(options, factory);
  return world.run();
}

Report run_twice(const Options& options, const StoreFactory& factory) {
  Report first = run_seed(options, factory);
  Options quiet = options;
  quiet.log = false;
  const Report second = run_seed(quiet, factory);
  if (first.ok() && (second.hash != first.hash || second.events != first.events)) {
    first.problem =
        "the second run went another way: the engine or the simulator is not deterministic";
  }
  return first;
}

}  // namespace headway::sim
