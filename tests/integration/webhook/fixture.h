#pragma once
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <unistd.h>

#include "channels/webhook/webhook_channel.h"
#include "runtime/asio/asio_executor.h"
#include "runtime/asio/io_thread.h"
#include "runtime/asio/system_clock.h"
#include "tests/support/receiver/receiver.h"

namespace headway::testing {

using channels::SendResult;
using domain::FailureClass;
using Kind = SendResult::Kind;

inline constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "headway-webhook-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

// A channel on a strand of its own, as the engine uses it.
class Gateway {
 public:
  explicit Gateway(const std::string& url, const std::string& more = "",
                   channels::WebhookOptions options = allowed())
      : thread_("strand"), executor_(thread_.io()), channel(clock_, executor_, options) {
    account = make_account(url, more);
  }

  static channels::WebhookOptions allowed() {
    channels::WebhookOptions options;
    options.allow_private_targets = true;
    return options;
  }

  static std::shared_ptr<domain::Account> make_account(const std::string& url,
                                                       const std::string& more) {
    auto a = std::make_shared<domain::Account>();
    a->id = AccountId{7};
    a->version = 1;
    a->channel = "webhook";
    a->settings["url"] = url;
    a->settings["secret"] = kSecret;
    if (!more.empty()) {
      boost::json::object added = boost::json::parse(more).as_object();
      for (const auto& [key, value] : added) a->settings[key] = value;
    }
    return a;
  }

  static channels::Outgoing message(const std::string& key, std::string body = "Hi Ada") {
    channels::Outgoing m;
    m.lead = lead_id(1, 1);
    m.campaign = CampaignId{9};
    m.step = 1;
    m.attempt = 1;
    m.variant = "A";
    m.idempotency_key = key;
    m.body = std::move(body);
    m.person.name = "Ada";
    m.person.attributes = "{}";
    return m;
  }

  void post(const std::string& key, std::string body = "Hi Ada") {
    {
      std::lock_guard lock(mutex_);
      ++open_;
    }
    channel.send(account, message(key, std::move(body)), [this, key](SendResult result) {
      std::lock_guard lock(mutex_);
      if (!executor_.on_strand()) ADD_FAILURE() << "not on the strand";
      if (!results_.emplace(key, std::move(result)).second)
        ADD_FAILURE() << "completed twice: " << key;
      --open_;
      changed_.notify_all();
    });
  }

  // The results of all posts so far.
  std::map<std::string, SendResult> wait(std::chrono::seconds limit = std::chrono::seconds{20}) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, limit, [this] { return open_ == 0; })) {
      ADD_FAILURE() << open_ << " sends did not complete";
    }
    return results_;
  }

  SendResult send(const std::string& key = "k", std::string body = "Hi Ada") {
    post(key, std::move(body));
    auto results = wait();
    std::lock_guard lock(mutex_);
    results_.erase(key);
    return results[key];
  }

 private:
  runtime::SystemClock clock_;
  runtime::IoThread thread_;
  runtime::AsioExecutor executor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, SendResult> results_;
  int open_ = 0;

 public:
  std::shared_ptr<domain::Account> account;
  channels::WebhookChannel channel;
};

inline ReceiverOptions always(ScriptedReply reply) {
  ReceiverOptions options;
  options.script = [reply](const ReceivedRequest&) { return reply; };
  return options;
}

}  // namespace headway::testing
