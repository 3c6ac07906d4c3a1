// For those who watch the process: alive, ready, and figures for Prometheus.

#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "api/engine_watch.h"
#include "api/handlers.h"
#include "api/list.h"
#include "api/telemetry.h"

namespace headway::api {

Reply healthz(Services&, const Request&) {
  return ok([](JsonWriter& w) { w.begin_object().field("alive", true).end_object(); });
}

Reply readyz(Services& s, const Request&) {
  const auto engine = s.watch->status();
  const store::Access::Health store = s.access.health();
  std::string problem;
  if (!store.writable) {
    problem = "The database cannot be written: " +
              (store.problem.empty() ? std::string("unknown cause") : store.problem);
  } else if (engine->phase != engine::Phase::running) {
    s.watch->refresh();  // soon, rather than with the next tick
    problem = engine->problem.empty()
                  ? "The engine is " + std::string(engine::to_string(engine->phase))
                  : engine->problem;
  } else if (!engine->store_ok) {
    problem = "The database does not answer the engine";
  }
  if (!problem.empty()) return refuse(503, problem);
  return ok([&](JsonWriter& w) {
    w.begin_object()
        .field("ready", true)
        .field("engine", engine::to_string(engine->phase))
        .field("schema_version", store.schema_version)
        .end_object();
  });
}

namespace {

class Families {
 public:
  void add(const char* name, const char* help, prometheus::MetricType type, double value,
           std::vector<prometheus::ClientMetric::Label> labels = {}) {
    if (families_.empty() || families_.back().name != name) {
      prometheus::MetricFamily family;
      family.name = name;
      family.help = help;
      family.type = type;
      families_.push_back(std::move(family));
    }
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    if (type == prometheus::MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    families_.back().metric.push_back(std::move(metric));
  }
  void counter(const char* name, const char* help, std::int64_t value) {
    add(name, help, prometheus::MetricType::Counter, static_cast<double>(value));
  }
  void gauge(const char* name, const char* help, std::int64_t value) {
    add(name, help, prometheus::MetricType::Gauge, static_cast<double>(value));
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

void add_engine(Families& f, const engine::EngineStatus& e) {
  f.gauge("headway_engine_running", "1 while the engine sends", e.phase == engine::Phase::running);
  f.gauge("headway_messages_claimed", "Claimed and not handed over yet", e.claimed);
  f.gauge("headway_messages_in_flight", "Handed over and unanswered", e.in_flight);
  f.gauge("headway_outcomes_waiting", "Outcomes waiting for the store", e.recording);
  f.gauge("headway_events_waiting", "Events waiting for the store", e.events_waiting);
  f.counter("headway_messages_handed_over_total", "Handed to a channel", e.handed_over_total);
  f.counter("headway_messages_claimed_total", "Claimed", e.claimed_total);
  f.counter("headway_messages_released_total", "Released again", e.released_total);
  f.counter("headway_outcomes_recorded_total", "Outcomes recorded", e.recorded_total);
  f.counter("headway_outcomes_refused_total", "Outcomes refused by a fence", e.refused_total);
  f.counter("headway_messages_in_doubt_total", "Outcomes that became unknown", e.in_doubt_total);
  f.counter("headway_messages_recovered_total", "Claims settled after a crash", e.recovered_total);
  f.counter("headway_store_errors_total", "Store calls that failed", e.store_errors_total);
  f.counter("headway_events_total", "Events applied", e.events_total);
  f.counter("headway_events_refused_total", "Events refused for lack of room",
            e.events_refused_total);
}

void add_store(Families& f, const store::Access::Health& h) {
  f.gauge("headway_store_writable", "1 while the database can be written", h.writable);
  f.gauge("headway_store_file_bytes", "Size of the database", h.file_bytes);
  f.gauge("headway_store_wal_bytes", "Size of its write-ahead log", h.wal_bytes);
  f.gauge("headway_store_commit_queue", "Writes waiting for a commit", h.commit_queue);
  f.counter("headway_store_commits_total", "Commits", h.commits);
}

void add_api(Families& f, const Telemetry& t) {
  constexpr const char* kClasses[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (int i = 2; i <= 5; ++i) {
    f.add("headway_http_answers_total", "Answers by class", prometheus::MetricType::Counter,
          static_cast<double>(t.answers(i)), {{"class", kClasses[i]}});
  }
  f.gauge("headway_http_connections", "Open connections", t.connections);
  f.counter("headway_http_connections_total", "Connections taken", t.connections_total);
  f.counter("headway_http_connections_refused_total", "Refused: too many", t.connections_refused);
  f.counter("headway_http_timeouts_total", "Clients that were too slow", t.timeouts);
  f.counter("headway_http_busy_total", "Answered 503: no worker was free", t.busy_refused);
  f.counter("headway_http_rate_limited_total", "Answered 429", t.rate_limited);
  f.counter("headway_logins_refused_total", "Wrong passwords", t.logins_refused);
  f.counter("headway_http_received_bytes_total", "Bytes received", t.bytes_in);
  f.counter("headway_http_sent_bytes_total", "Bytes sent", t.bytes_out);
  f.gauge("headway_streams", "Open event streams", t.streams);
}

}  // namespace

Reply prometheus_text(Services& s, const Request&) {
  Families f;
  f.add("headway_info", "Version", prometheus::MetricType::Gauge, 1,
        {{"version", HEADWAY_VERSION}});
  add_engine(f, *s.watch->status());
  add_store(f, s.access.health());
  add_api(f, *s.telemetry);
  Reply reply;
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = f.text();
  return reply;
}

}  // namespace headway::api
