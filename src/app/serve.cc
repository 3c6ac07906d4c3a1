#include "app/serve.h"

#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <boost/asio/ip/address.hpp>
#include <cstdio>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/api.h"
#include "app/api_key.h"
#include "app/commands.h"
#include "app/local_store.h"
#include "app/sample.h"
#include "channels/sandbox/sandbox_channel.h"
#include "channels/webhook/webhook_channel.h"
#include "engine/engine.h"
#include "runtime/asio/asio_executor.h"
#include "runtime/asio/io_thread.h"
#include "runtime/asio/system_clock.h"
#include "runtime/asio/system_entropy.h"
#include "runtime/asio/worker_pool.h"
#include "store/sqlite/sqlite_store.h"
#include "web/assets.h"

namespace headway::app {
namespace {

constexpr int kWorkers = 8;
constexpr std::size_t kWorkerQueue = 512;
constexpr int kBodyWorkers = 8;
constexpr std::size_t kBodyQueue = 64;
constexpr int kPasswordWorkers = 2;  // 64 MiB each while it hashes
constexpr std::size_t kPasswordQueue = 32;
constexpr int kReaders = 12;  // more than the workers, so that the IO thread never waits for one

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(host, no_address);
  return !no_address && address.is_loopback();
}

// SIGINT and SIGTERM are taken by wait() alone: blocked before any thread begins, and in all of them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);  // a client that went away is an error of its write
  }
  void wait() const {
    int signal_number = 0;
    sigwait(&set_, &signal_number);
  }

 private:
  sigset_t set_{};
};

// A thousand event streams and as many connections to gateways need more than the usual 1,024
// descriptors. What the system does not give is not fatal: the server then refuses earlier.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) spdlog::warn("The limit of open files stays as it is");
}

// Everything that runs, in the order of construction: what stands above outlives what stands below.
class Process {
 public:
  Process(LocalStore& local, const ServeOptions& options)
      : local_(local),
        sandbox_(local.clock(), local.executor()),
        webhook_(local.clock(), local.executor(), webhook_options(options)),
        engine_(
            {local.store().ledger(), channels(), local.clock(), local.executor(), local.entropy()},
            engine::EngineConfig{}),
        workers_(kWorkers, kWorkerQueue),
        body_workers_(kBodyWorkers, kBodyQueue),
        password_workers_(kPasswordWorkers, kPasswordQueue),
        api_(ports(), http_.io(), api_options(options)) {
    local_.executor().post([this] { sandbox_.connect(&engine_); });
    engine_.subscribe(api_.feed());
  }

  Result<std::uint16_t> listen() { return api_.listen(); }
  engine::Engine& engine() { return engine_; }

  // Running requests are answered, then the engine records what is in flight and releases the rest, then
  // the threads end; the store is closed by its owner.
  void stop() {
    std::promise<void> answered;
    api_.stop([&answered] { answered.set_value(); });
    answered.get_future().wait();
    workers_.drain();
    body_workers_.drain();
    password_workers_.drain();
    std::promise<engine::StopReport> written;
    engine_.stop([&written](engine::StopReport report) { written.set_value(report); });
    const engine::StopReport report = written.get_future().get();
    if (report.unanswered > 0 || report.unrecorded > 0) {
      spdlog::warn(
          "Stopped with {} sends unanswered and {} answers unrecorded: the next start settles them",
          report.unanswered, report.unrecorded);
    }
    http_.stop();
    local_.executor().shutdown();
  }

 private:
  using Channels = std::map<std::string, channels::Channel*, std::less<>>;

  static channels::WebhookOptions webhook_options(const ServeOptions& options) {
    channels::WebhookOptions made;
    made.allow_private_targets = options.allow_private_targets || is_loopback(options.host);
    return made;
  }
  static api::ApiOptions api_options(const ServeOptions& options) {
    api::ApiOptions made;
    made.server.host = options.host == "localhost" ? "127.0.0.1" : options.host;
    made.server.port = static_cast<std::uint16_t>(options.port);
    made.new_key_rate_limit = options.rate_limit;
    made.browser.loopback = is_loopback(options.host);
    made.browser.secure_cookies = options.secure_cookies;
    made.browser.trust_proxy = options.trust_proxy;
    for (const std::string& host : options.public_hosts) {
      made.browser.public_hosts.push_back(api::host_name(host));
    }
    return made;
  }
  Channels channels() {
    return {{std::string(sandbox_.name()), &sandbox_}, {std::string(webhook_.name()), &webhook_}};
  }
  api::Ports ports() {
    auto& store = local_.store();
    return {
        store.reader(),
        store.analysis(),
        store.catalog(),
        store.imports(),
        store.access(),
        store.users(),
        store.workspace(),
        engine_,
        channels(),
        local_.clock(),
        local_.entropy(),
        [this](std::function<void()> task) { return workers_.submit(std::move(task)); },
        [this](std::function<void()> task) { return body_workers_.submit(std::move(task)); },
        [this](std::function<void()> task) { return password_workers_.submit(std::move(task)); },
        [&store](Instant now) {
          return create_sample({store.catalog(), store.imports(), store.ledger(), store.reader()},
                               now);
        },
        web::assets()};
  }

  LocalStore& local_;
  channels::SandboxChannel sandbox_;
  channels::WebhookChannel webhook_;
  engine::Engine engine_;
  runtime::WorkerPool workers_, body_workers_, password_workers_;
  runtime::IoThread http_{"hw-http"};
  api::Api api_;
};

// A database without any key is a new one: makes its first key and, unless told otherwise, the sample.
struct FirstStart {
  std::string key;  // "" = not the first
  std::vector<CampaignId> to_start;
};
Result<FirstStart> first_start(LocalStore& local, const ServeOptions& options) {
  FirstStart first;
  auto& store = local.store();
  const auto keys = store.access().keys({});
  if (!keys) return tl::unexpected(keys.error());
  if (keys->total > 0) return first;
  const Instant now = local.clock().wall();
  if (!options.empty) {
    auto sample =
        create_sample({store.catalog(), store.imports(), store.ledger(), store.reader()}, now);
    if (!sample) return tl::unexpected(sample.error());
    first.to_start = std::move(*sample);
  }
  const NewApiKey made = make_api_key(local.entropy());
  const auto row = store.access().create_key("first key", made.hash, made.prefix,
                                             options.rate_limit, domain::Role::owner, "cli", now);
  if (!row) return tl::unexpected(row.error());
  first.key = made.key;
  return first;
}

}  // namespace

int run_serve(const ServeOptions& options) {
  const StopSignals signals;
  raise_descriptor_limit();
  spdlog::set_level(spdlog::level::from_str(options.log_level));

  auto local = LocalStore::open(options.data, false, kReaders);
  if (!local) return report_error(local.error());
  const auto first = first_start(**local, options);
  if (!first) return report_error(first.error());

  Process process(**local, options);
  const auto port = process.listen();
  if (!port) {
    process.stop();
    return report_error(port.error());
  }
  process.engine().start();
  for (const CampaignId campaign : first->to_start) {
    process.engine().resume(campaign, "sample", [](const Result<store::PauseReceipt>&) {});
  }

  const bool v6 = options.host.find(':') != std::string::npos;
  std::printf("Headway is on http://%s%s%s:%d\n", v6 ? "[" : "", options.host.c_str(),
              v6 ? "]" : "", int{*port});
  if (!first->key.empty()) {
    std::printf("API key, shown only now: %s\n", first->key.c_str());
  }
  const auto users = (*local)->store().users().user_count();
  if (users && *users == 0 && !web::assets().empty()) {
    std::puts("Nobody can sign in yet: open that page to make the first user");
  }
  std::fflush(stdout);

  signals.wait();
  std::puts("Stopping");
  std::fflush(stdout);
  process.stop();
  return kDone;
}

}  // namespace headway::app
