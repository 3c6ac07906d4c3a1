#include "api/forecast_input.h"

#include <algorithm>
#include <map>

namespace headway::api {
namespace {

namespace forecast = domain::forecast;
using domain::Wait;
using std::chrono::hours;
using std::chrono::minutes;

constexpr int kWeeks = 4;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr milliseconds kDueBucket = minutes{15};  // of store::OpenWork::Queue

domain::Zone zone_named(const std::string& name) {
  return domain::Zone::find(name).value_or(domain::Zone{});
}

std::string why_stopped(const Services& s, const domain::Account& a) {
  if (!s.channels.contains(a.channel)) return "its channel is not available";
  switch (a.status) {
    case domain::AccountStatus::active:
    case domain::AccountStatus::rate_limited: return "";
    case domain::AccountStatus::paused: return "it is paused";
    case domain::AccountStatus::invalid_credentials: return "the provider refuses its credentials";
    case domain::AccountStatus::disabled: return "the provider does not allow it to send";
    case domain::AccountStatus::suspended: return "the provider restricted it";
  }
  return "";
}

// Index of the account in `in`, added when it is not there: leads of a deleted one may be left.
int index_of(forecast::Input& in, AccountId id) {
  for (std::size_t i = 0; i < in.accounts.size(); ++i) {
    if (in.accounts[i].id == id) return static_cast<int>(i);
  }
  forecast::AccountInput gone;
  gone.id = id;
  gone.name = "a deleted account";
  gone.serves = false;
  in.accounts.push_back(std::move(gone));
  return static_cast<int>(in.accounts.size()) - 1;
}

// Queues say where leads wait, stages what they get next: crossed in proportion, without losing any.
void add_work(const store::OpenWork& open, forecast::Input& in) {
  using Key = std::pair<Wait, AccountId>;
  std::map<Key, std::vector<std::pair<int, std::int64_t>>> stages;
  std::map<Key, std::int64_t> stage_sum, passed;
  for (const auto& stage : open.stages) {
    const Key key{stage.wait, stage.account};
    stages[key].emplace_back(std::max(stage.next_step, 1), stage.n);
    stage_sum[key] += stage.n;
  }
  for (const auto& queue : open.queues) {
    if (queue.n <= 0) continue;
    forecast::Work w;
    w.wait = queue.wait;
    w.account = queue.account ? index_of(in, queue.account) : -1;
    w.zone =
        queue.zone >= 0 && static_cast<std::size_t>(queue.zone) < in.zones.size() ? queue.zone : 0;
    const bool timed = queue.wait == Wait::follow_up || queue.wait == Wait::retry;
    w.due = timed ? queue.due + kDueBucket / 2 : queue.due;
    if (queue.wait == Wait::in_doubt && to_ms(queue.due) == 0) w.due = in.now;
    const Key key{queue.wait, queue.account};
    const auto& steps = stages[key];
    const std::int64_t sum = stage_sum[key];
    if (sum <= 0) {
      w.n = queue.n;
      in.work.push_back(w);
      continue;
    }
    const std::int64_t before = passed[key], after = before + queue.n;
    passed[key] = after;
    std::int64_t given = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const bool last = i + 1 == steps.size();
      const auto part = static_cast<double>(steps[i].second) / static_cast<double>(sum);
      const auto upto = [&](std::int64_t n) {
        return static_cast<std::int64_t>(part * static_cast<double>(n));
      };
      w.n = last ? queue.n - given : std::min(upto(after) - upto(before), queue.n - given);
      w.next_step = steps[i].first;
      given += w.n;
      if (w.n > 0) in.work.push_back(w);
    }
  }
}

// How many of those whose wait for the next message is over had replied by then. Cohorts are of whole days.
void add_replies(const std::vector<store::CohortCell>& cohorts, Instant now, forecast::Input& in) {
  for (const store::CohortCell& cell : cohorts) {
    const auto step = static_cast<std::size_t>(cell.step);
    if (step < 1 || step >= in.steps.size()) continue;
    const milliseconds delay = in.steps[step].delay;
    if (from_ms((cell.day + 1) * kDayMs) + delay > now) continue;
    auto& counts = in.steps[step - 1];
    if (cell.counter == domain::Counter::contacted) counts.waited += cell.n;
    if (cell.counter != domain::Counter::responded) continue;
    const auto lag = static_cast<std::size_t>(std::clamp(cell.lag, 0, store::kLags - 1));
    const double from = lag == 0 ? 0 : static_cast<double>(store::kLagEndsDays[lag - 1]);
    const double days = static_cast<double>(delay.count()) / static_cast<double>(kDayMs);
    const double to = lag + 1 < store::kLags ? static_cast<double>(store::kLagEndsDays[lag]) : days;
    const double part = to > from ? std::clamp((days - from) / (to - from), 0.0, 1.0) : 0;
    counts.stopped += static_cast<std::int64_t>(part * static_cast<double>(cell.n) + 0.5);
  }
}

// Times in which the campaign was active under the plan as it stands.
Result<std::vector<std::pair<Instant, Instant>>> active_times(Services& s,
                                                              const store::CampaignSnapshot& c,
                                                              Instant now) {
  std::vector<std::pair<Instant, Instant>> active;
  if (!c.plan.started_at) return active;
  store::Paging paging;
  paging.limit = 200;
  const auto page = s.reader.activity(c.plan.id, paging);
  if (!page) return tl::unexpected(page.error());
  std::vector<store::ActivityEntry> entries = page->items;
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  std::optional<Instant> since;
  if (entries.size() == 200) since = entries.front().at;
  for (const store::ActivityEntry& e : entries) {
    if (e.kind == "campaign.started" || e.kind == "campaign.resumed") {
      since = e.at;
    } else if (e.kind == "campaign.paused" || e.kind == "campaign.finished") {
      if (since && *since < e.at) active.emplace_back(*since, e.at);
      since.reset();
    } else if (e.kind == "campaign.updated" &&
               (e.detail.find("daily_limit") != std::string::npos ||
                e.detail.find("active_hours") != std::string::npos)) {
      active.clear();  // another plan: its speed says nothing of this one
      if (since) since = e.at;
    }
  }
  if (since && c.plan.state == domain::CampaignState::active) active.emplace_back(*since, now);
  const Instant first = now - hours{24 * 7 * kWeeks};
  for (auto& [from, to] : active) from = std::max(from, first);
  std::erase_if(active, [](const auto& span) { return span.first >= span.second; });
  return active;
}

// Without fresh leads left, accounts had something to do for certain only up to the last day of first messages.
void cut_to_demand(const std::vector<store::CohortCell>& cohorts, forecast::Input& in) {
  const bool fresh = std::any_of(in.work.begin(), in.work.end(),
                                 [](const auto& w) { return w.wait == Wait::fresh && w.n > 0; });
  if (fresh) return;
  std::int64_t last_day = -1;
  for (const store::CohortCell& cell : cohorts) {
    if (cell.step == 1 && cell.counter == domain::Counter::contacted && cell.n > 0) {
      last_day = std::max(last_day, cell.day);
    }
  }
  const Instant until = last_day < 0 ? Instant{} : from_ms(last_day * kDayMs);
  for (auto& [from, to] : in.observed) to = std::min(to, until);
  std::erase_if(in.observed, [](const auto& span) { return span.first >= span.second; });
}

Result<void> count_other_campaigns(Services& s, CampaignId own, Instant now, forecast::Input& in) {
  store::Paging paging;
  paging.limit = 100;
  const auto page = s.reader.campaigns(paging, now);
  if (!page) return tl::unexpected(page.error());
  for (const store::CampaignSnapshot& other : page->items) {
    if (other.plan.id == own || other.plan.state != domain::CampaignState::active) continue;
    const domain::StatusCounts n = domain::status_counts(other.counts);
    if (n.pending + n.partial == 0) continue;
    for (auto& account : in.accounts) {
      const auto& serves = other.plan.accounts;
      if (std::find(serves.begin(), serves.end(), account.id) != serves.end()) {
        ++account.other_campaigns;
      }
    }
  }
  return {};
}

}  // namespace

forecast::AccountInput forecast_account(const Services& s, const domain::Account& account) {
  forecast::AccountInput a;
  a.id = account.id;
  a.name = account.name;
  a.zone = zone_named(account.timezone);
  a.daily_limit = account.daily_limit;
  a.rate_per_second = account.rate_per_second;
  a.stopped = why_stopped(s, account);
  if (account.status == domain::AccountStatus::rate_limited) a.resumes_at = account.status_until;
  return a;
}

Result<forecast::Input> forecast_input(Services& s, const store::CampaignSnapshot& c, Instant now) {
  forecast::Input in;
  in.now = now;
  in.state = c.plan.state;
  in.finished_at = c.plan.finished_at;
  in.hours = c.plan.active_hours;
  in.daily_limit = c.plan.daily_limit;
  in.used_today = c.campaign_day_used;
  in.enrolling = c.plan.enrolling;
  in.in_doubt_timeout = c.plan.in_doubt_timeout;
  in.seed = static_cast<std::uint64_t>(c.plan.id.value);
  const domain::StatusCounts counts = domain::status_counts(c.counts);
  in.processed = counts.sent + counts.failed;
  for (const domain::Step& step : c.plan.steps) in.steps.push_back({step.delay, 0, 0, 0, 0});
  for (std::size_t i = 0; i < c.accounts.size(); ++i) {
    forecast::AccountInput a = forecast_account(s, c.accounts[i]);
    a.used_today = i < c.account_day_used.size() ? c.account_day_used[i] : 0;
    a.serves =
        std::find(c.plan.accounts.begin(), c.plan.accounts.end(), a.id) != c.plan.accounts.end();
    in.accounts.push_back(std::move(a));
  }
  if (c.plan.state == domain::CampaignState::finished) return in;

  const auto open = s.analysis.open_work(c.plan.id);
  if (!open) return tl::unexpected(open.error());
  for (const std::string& name : open->zones) {
    in.zones.push_back(in.zones.empty() ? zone_named(in.hours ? in.hours->timezone : "UTC")
                                        : zone_named(name));
  }
  if (in.zones.empty()) in.zones.emplace_back();
  add_work(*open, in);
  const auto by_step = s.reader.breakdown(c.plan.id, store::BreakdownBy::step);
  if (!by_step) return tl::unexpected(by_step.error());
  for (const store::SliceCounts& slice : *by_step) {
    if (slice.step < 1 || static_cast<std::size_t>(slice.step) > in.steps.size()) continue;
    auto& step = in.steps[static_cast<std::size_t>(slice.step - 1)];
    step.delivered = slice.counts[domain::Counter::delivered];
    step.failed = slice.counts[domain::Counter::undelivered];
    step.stopped = slice.counts[domain::Counter::responded];
  }
  const auto cohorts = s.analysis.cohorts(c.plan.id, true);
  if (!cohorts) return tl::unexpected(cohorts.error());
  std::vector<std::int64_t> so_far;
  for (auto& step : in.steps) so_far.push_back(std::exchange(step.stopped, 0));
  add_replies(*cohorts, now, in);
  for (std::size_t i = 0; i < in.steps.size(); ++i) {
    // Nobody's wait is over: what came so far is the least that will come.
    if (in.steps[i].waited > 0 || so_far[i] == 0) continue;
    in.steps[i].waited = in.steps[i].delivered;
    in.steps[i].stopped = so_far[i];
  }

  auto active = active_times(s, c, now);
  if (!active) return tl::unexpected(active.error());
  in.observed = std::move(*active);
  cut_to_demand(*cohorts, in);
  const auto hours_seen = s.analysis.throughput(c.plan.id, now, kWeeks);
  if (!hours_seen) return tl::unexpected(hours_seen.error());
  for (const store::ThroughputCell& cell : *hours_seen) {
    if (cell.account) in.history.push_back({index_of(in, cell.account), cell.from, cell.n});
  }
  if (in.history.empty()) in.observed.clear();  // started, and nothing went out: no speed to go by
  if (in.observed.empty()) {
    if (auto counted = count_other_campaigns(s, c.plan.id, now, in); !counted) {
      return tl::unexpected(counted.error());
    }
  }
  return in;
}

}  // namespace headway::api
