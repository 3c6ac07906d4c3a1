#include "channels/sandbox/sandbox_channel.h"

#include <algorithm>
#include <utility>

#include "channels/sandbox/courier.h"

namespace headway::channels {

namespace {

using domain::FailureClass;

constexpr std::size_t kProfilesMax = 10'000;

const char* note_of(FailureClass failure) {
  switch (failure) {
    case FailureClass::account_auth: return "Simulated: the password was not accepted";
    case FailureClass::account_permission: return "Simulated: the account may not send";
    case FailureClass::policy_block: return "Simulated: the provider restricted the account";
    case FailureClass::rate_limited: return "Simulated: too many messages from this account";
    case FailureClass::recipient_deferred: return "Simulated: too many messages to this person";
    case FailureClass::recipient_invalid: return "Simulated: there is no such address";
    case FailureClass::recipient_unavailable: return "Simulated: the person cannot be reached";
    case FailureClass::opted_out: return "Simulated: the person had said no";
    case FailureClass::window_closed: return "Simulated: the person has to write first";
    case FailureClass::content_rejected: return "Simulated: the text was rejected";
    case FailureClass::transient: return "Simulated: the provider had a fault";
    case FailureClass::outcome_unknown: return "Simulated: the answer was lost";
    default: return nullptr;
  }
}

}  // namespace

SandboxChannel::SandboxChannel(const runtime::Clock& clock, runtime::Executor& executor,
                               std::size_t reactions_max)
    : clock_(clock), courier_(std::make_shared<Courier>(clock, executor, reactions_max)) {}

SandboxChannel::~SandboxChannel() = default;

void SandboxChannel::connect(EventSink* sink) { courier_->connect(sink); }

Result<void> SandboxChannel::validate(const domain::Account& account) const {
  if (auto settings = parse_sandbox_settings(account.settings); !settings) {
    return tl::unexpected(settings.error());
  }
  return {};
}

SandboxChannel::Profile& SandboxChannel::profile(const domain::Account& account) const {
  auto it = profiles_.find(account.id);
  if (it == profiles_.end()) {
    if (profiles_.size() >= kProfilesMax) profiles_.clear();
    it = profiles_.try_emplace(account.id).first;
  }
  if (it->second.version != account.version) {
    it->second.version = account.version;
    it->second.settings = parse_sandbox_settings(account.settings);
  }
  return it->second;
}

Traits SandboxChannel::traits(const domain::Account& account) const {
  std::lock_guard lock(mutex_);
  Traits traits{true, true, SandboxSettings{}.in_flight_max};
  if (const Profile& known = profile(account); known.settings) {
    traits.idempotent = known.settings->idempotent;
    traits.in_flight_max = known.settings->in_flight_max;
  }
  return traits;
}

void SandboxChannel::send(std::shared_ptr<const domain::Account> account, Outgoing message,
                          std::function<void(SendResult)> done) {
  Courier::Completion completion;
  completion.done = std::move(done);
  completion.lead = message.lead;
  completion.campaign = message.campaign;
  completion.account = account->id;
  completion.step = message.step;
  {
    std::lock_guard lock(mutex_);
    Profile& known = profile(*account);
    if (!known.settings) {
      // Cannot come from the API, which validates: settings stored by another version.
      completion.fate = {SendResult::Kind::retry, FailureClass::account_permission, {}};
      const auto& fields = known.settings.error().fields;
      completion.problem = fields.empty() ? "The account's settings cannot be read"
                                          : fields[0].field + ": " + fields[0].message;
    } else {
      const SandboxSettings& settings = *known.settings;
      completion.fate = fate(settings, message.lead, message.step, message.attempt);
      if (settings.rate_limit_after > 0) {
        std::chrono::nanoseconds now = clock_.steady();
        auto window =
            std::chrono::nanoseconds{static_cast<std::int64_t>(settings.rate_limit_window_s * 1e9)};
        if (known.window_used == 0 || now - known.window_start >= window) {
          known.window_start = now;
          known.window_used = 0;
        }
        if (known.window_used >= settings.rate_limit_after) {
          completion.fate.kind = SendResult::Kind::retry;
          completion.fate.failure = FailureClass::rate_limited;
          completion.retry_after = std::max(
              milliseconds{1}, std::chrono::ceil<milliseconds>(known.window_start + window - now));
        } else {
          ++known.window_used;
        }
      }
      if (completion.fate.kind == SendResult::Kind::delivered) {
        completion.reaction = reaction(settings, message.lead, message.step);
      } else {
        completion.note = note_of(completion.fate.failure);
      }
    }
  }
  milliseconds latency = completion.fate.latency;
  if (latency.count() == 0) {
    courier_->complete_now(std::move(completion));
  } else {
    courier_->complete_later(std::move(completion), latency);
  }
}

std::size_t SandboxChannel::reactions_pending() const { return courier_->reactions_pending(); }
std::uint64_t SandboxChannel::reactions_dropped() const { return courier_->reactions_dropped(); }

}  // namespace headway::channels
