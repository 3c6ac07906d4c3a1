#include "api/api.h"

#include "api/engine_watch.h"
#include "api/figure_cache.h"
#include "api/gate.h"
#include "api/key_ring.h"
#include "api/login_throttle.h"
#include "api/passwords.h"
#include "api/stream_hub.h"
#include "api/telemetry.h"
#include "api/user_sessions.h"

namespace headway::api {

// In the order of construction: what stands above outlives what stands below.
struct Api::Parts {
  Parts(Ports ports, boost::asio::io_context& io, const ApiOptions& options)
      : services{std::move(ports)},
        watch(services.engine),
        keys(services.access, services.clock),
        sessions(services.users, services.clock, options.new_key_rate_limit),
        figures(services.reader),
        import_gate(options.imports_max),
        event_gate(kEventsWaitingMax),
        sample_gate(1),
        hub(std::make_shared<StreamHub>(services, services.entropy.next() >> 20)),
        server(services, io, options.server) {
    services.new_key_rate_limit = options.new_key_rate_limit;
    services.watch = &watch;
    services.browser = options.browser;
    services.keys = &keys;
    services.sessions = &sessions;
    services.passwords = &passwords;
    services.throttle = &throttle;
    services.figures = &figures;
    services.import_gate = &import_gate;
    services.event_gate = &event_gate;
    services.sample_gate = &sample_gate;
    services.hub = hub.get();
    services.telemetry = &telemetry;
  }

  // The engine's intake has room for 20,000; a part of it stays free for channels.
  static constexpr std::int64_t kEventsWaitingMax = 16'000;

  Services services;
  EngineWatch watch;
  KeyRing keys;
  UserSessions sessions;
  Passwords passwords;
  LoginThrottle throttle;
  FigureCache figures;
  Gate import_gate, event_gate, sample_gate;
  Telemetry telemetry;
  std::shared_ptr<StreamHub> hub;  // with the engine's feed
  Server server;
};

Api::Api(Ports ports, boost::asio::io_context& io, ApiOptions options)
    : parts_(std::make_unique<Parts>(std::move(ports), io, options)) {}

Api::~Api() = default;

Result<std::uint16_t> Api::listen() { return parts_->server.listen(); }
void Api::stop(std::function<void()> done) { parts_->server.stop(std::move(done)); }
Services& Api::services() { return parts_->services; }
std::shared_ptr<engine::ChangeFeed> Api::feed() { return parts_->hub; }

}  // namespace headway::api
