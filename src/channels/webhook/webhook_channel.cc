#include "channels/webhook/webhook_channel.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "channels/webhook/answer.h"
#include "channels/webhook/http_client.h"
#include "channels/webhook/message_json.h"
#include "channels/webhook/webhook_settings.h"

namespace headway::channels {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kProfilesMax = 10'000;

HttpClientOptions client_options(const WebhookOptions& options) {
  HttpClientOptions o;
  o.allow_private_targets = options.allow_private_targets;
  o.ca_file = options.ca_file;
  o.connect_timeout = options.connect_timeout;
  o.idle_timeout = options.idle_timeout;
  o.connections_per_target_max = options.connections_per_target_max;
  o.connections_max = options.connections_max;
  return o;
}

}  // namespace

// The io thread and the two queues between it and the strand.
class WebhookChannel::Worker : public std::enable_shared_from_this<Worker> {
 public:
  struct Job {
    Settings settings;
    AccountId account;
    Outgoing message;
    std::chrono::steady_clock::time_point deadline;
    std::function<void(SendResult)> done;
  };

  Worker(const runtime::Clock& clock, runtime::Executor& executor, const WebhookOptions& options)
      : clock_(clock),
        executor_(executor),
        work_(asio::make_work_guard(io_)),
        client_(io_, client_options(options)),
        thread_([this]() noexcept { run(); }) {}

  void stop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void submit(Job job) {
    {
      std::lock_guard lock(mutex_);
      inbox_.push_back(std::move(job));
      if (inbox_.size() > 1) return;  // a task is on its way
    }
    asio::post(io_, [this] { take_jobs(); });
  }

  void complete(std::function<void(SendResult)> done, SendResult result) {
    {
      std::lock_guard lock(mutex_);
      outbox_.push_back({std::move(done), std::move(result)});
      if (outbox_.size() > 1) return;
    }
    // By way of the io thread, behind the answers that are ready there: the strand is woken once for all
    // of them, not for each.
    asio::post(io_, [this] {
      executor_.post([weak = weak_from_this()] {
        if (auto self = weak.lock()) self->hand_over();
      });
    });
  }

 private:
  struct Completion {
    std::function<void(SendResult)> done;
    SendResult result;
  };

  void run() noexcept {
    pthread_setname_np(pthread_self(), "webhook");
    try {
      io_.run();
    } catch (const std::exception& e) {
      spdlog::critical("the webhook thread ended by an exception: {}", e.what());
      std::abort();
    }
  }

  void take_jobs() {
    {
      std::lock_guard lock(mutex_);
      taken_.swap(inbox_);
    }
    for (Job& job : taken_) {
      HttpRequest request;
      request.target = job.settings->target;
      request.deadline = job.deadline;
      std::int64_t now = to_ms(clock_.wall()) / 1000;
      request.wire = message_request(*job.settings, job.message, job.account, now);
      client_.send(std::move(request),
                   [this, done = std::move(job.done)](HttpOutcome outcome) mutable {
                     complete(std::move(done), interpret(outcome, clock_.wall()));
                   });
    }
    taken_.clear();
  }

  // On the strand.
  void hand_over() {
    std::vector<Completion> completions;
    {
      std::lock_guard lock(mutex_);
      completions.swap(outbox_);
    }
    for (Completion& c : completions) {
      auto done = std::move(c.done);
      done(std::move(c.result));
    }
  }

  const runtime::Clock& clock_;
  runtime::Executor& executor_;
  std::mutex mutex_;
  std::vector<Job> inbox_;          // guarded by mutex_
  std::vector<Completion> outbox_;  // guarded by mutex_
  std::vector<Job> taken_;          // of the io thread
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  HttpClient client_;
  std::thread thread_;  // last: it uses everything above
};

WebhookChannel::WebhookChannel(const runtime::Clock& clock, runtime::Executor& executor,
                               WebhookOptions options)
    : allow_private_(options.allow_private_targets),
      worker_(std::make_shared<Worker>(clock, executor, options)) {}

WebhookChannel::~WebhookChannel() { worker_->stop(); }

Result<void> WebhookChannel::validate(const domain::Account& account) const {
  auto settings = parse_webhook_settings(account.settings, allow_private_);
  if (!settings) return tl::unexpected(settings.error());
  return {};
}

const WebhookChannel::Profile& WebhookChannel::profile(const domain::Account& account) const {
  auto it = profiles_.find(account.id);
  if (it == profiles_.end()) {
    if (profiles_.size() >= kProfilesMax) profiles_.clear();
    it = profiles_.try_emplace(account.id).first;
  }
  Profile& known = it->second;
  if (known.version != account.version) {
    known = {};
    known.version = account.version;
    auto settings = parse_webhook_settings(account.settings, allow_private_);
    if (settings) {
      known.settings = std::make_shared<const WebhookSettings>(std::move(*settings));
    } else {
      const auto& fields = settings.error().fields;
      known.problem =
          fields.empty() ? settings.error().message : fields[0].field + ": " + fields[0].message;
    }
  }
  return known;
}

Traits WebhookChannel::traits(const domain::Account& account) const {
  std::lock_guard lock(mutex_);
  Traits traits;
  if (const Profile& known = profile(account); known.settings) {
    traits.idempotent = known.settings->idempotent;
    traits.in_flight_max = known.settings->max_in_flight;
  }
  return traits;
}

void WebhookChannel::send(std::shared_ptr<const domain::Account> account, Outgoing message,
                          std::function<void(SendResult)> done) {
  Profile known;
  {
    std::lock_guard lock(mutex_);
    known = profile(*account);
  }
  if (!known.settings) {
    // Cannot come from the API, which validates: settings stored by another version, or a server
    // started without --allow-private-targets this time.
    SendResult result;
    result.kind = SendResult::Kind::retry;
    result.failure = domain::FailureClass::account_permission;
    result.code = "settings";
    result.text = std::move(known.problem);
    return worker_->complete(std::move(done), std::move(result));
  }
  auto deadline = std::chrono::steady_clock::now() + known.settings->timeout;
  worker_->submit(
      {std::move(known.settings), account->id, std::move(message), deadline, std::move(done)});
}

}  // namespace headway::channels
