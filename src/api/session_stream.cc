// Event streams: a connection that is told what changes until it goes away.

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "api/query.h"
#include "api/reply.h"
#include "api/session.h"
#include "api/telemetry.h"

namespace headway::api {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// A little less than a tick, so that a tick that comes early is not missed, and never above 4 a second
// by more than a hair.
constexpr std::chrono::milliseconds kBetweenWrites{248};
// Who was signed out, or whose key was revoked, is told nothing more from then on.
constexpr std::chrono::seconds kBetweenLooks{1};

}  // namespace

Session::Task<void> Session::run_stream() {
  Query q(request_.query);
  const auto only = q.id<CampaignId>("campaign_id");
  const auto sane = q.finish();
  if (!sane) {
    reply_ = refuse(sane.error());
  } else if (core_->streams >= core_->options.streams_max) {
    reply_ = refuse(503, "Too many event streams");
    reply_.headers.emplace_back("Retry-After", "5");
  } else {
    core_->streams += 1;
    streaming_ = true;
    co_await stream_events(only);
    streaming_ = false;
    core_->streams -= 1;
    co_return;
  }
  co_await write_reply(true);
}

Session::Task<void> Session::stream_events(std::optional<CampaignId> only) {
  StreamHub& hub = *core_->services.hub;
  reply_ = {};
  reply_.content_type = "text/event-stream";
  write_head(true, -1);
  constexpr std::string_view kChunked = "\r\nTransfer-Encoding: chunked";
  head_.erase(head_.find(kChunked), kChunked.size());  // the stream ends with the connection
  head_.append("retry: 2000\n: connected\n\n");
  stream_position_ = hub.parse_position(request_.last_event_id);
  hub.want(only);
  bool open = co_await write_text(head_);
  std::chrono::nanoseconds last_event{}, last_byte = core_->steady(), last_look = last_byte;
  const std::string token(cookie_value(sender().cookie, kSessionCookie));
  while (open && !core_->stopping) {
    const std::chrono::nanoseconds now = core_->steady();
    if (now - last_look >= kBetweenLooks) {
      last_look = now;
      if (!may_go_on(core_->services, request_, token, known_key_)) break;
    }
    if (now - last_event >= kBetweenWrites) {
      const StreamHub::News news = hub.after(stream_position_, only);
      stream_position_ = news.position;
      if (!news.events.empty()) {
        open = co_await write_events(news.events);
        last_event = last_byte = now;
        continue;
      }
    }
    if (now - last_byte >= core_->options.heartbeat) {
      open = co_await write_text(": still here\n\n");
      last_byte = now;
      continue;
    }
    co_await wait();
  }
}

Session::Task<bool> Session::write_events(const std::vector<StreamHub::Bytes>& events) {
  std::vector<asio::const_buffer> buffers;
  buffers.reserve(events.size());
  std::int64_t total = 0;
  for (const StreamHub::Bytes& event : events) {
    buffers.push_back(asio::buffer(*event));
    total += static_cast<std::int64_t>(event->size());
  }
  set_deadline(core_->options.write_timeout);
  error_code bad;
  co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, bad));
  no_deadline();
  core_->services.telemetry->bytes_out.fetch_add(total, std::memory_order_relaxed);
  co_return !bad;
}

}  // namespace headway::api
