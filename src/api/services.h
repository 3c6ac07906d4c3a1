#pragma once
// What handlers work with. Everything in it is safe to use from any worker thread.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "api/browser.h"
#include "channels/channel.h"
#include "engine/engine.h"
#include "runtime/clock.h"
#include "runtime/entropy.h"
#include "store/access.h"
#include "store/analysis.h"
#include "store/catalog.h"
#include "store/reader.h"
#include "store/users.h"
#include "store/workspace.h"
#include "web/assets.h"

namespace headway::api {

class EngineWatch;
class KeyRing;
class UserSessions;
class Passwords;
class LoginThrottle;
class FigureCache;
class Gate;
class StreamHub;
class Telemetry;

// Given by the application; all of it outlives the API.
struct Ports {
  store::Reader& reader;
  store::Analysis& analysis;
  store::Catalog& catalog;
  store::Imports& imports;
  store::Access& access;
  store::Users& users;
  store::Workspace& workspace;
  engine::Engine& engine;
  std::map<std::string, channels::Channel*, std::less<>> channels;
  runtime::Clock& clock;
  runtime::Entropy& entropy;
  // Bounded pools of threads; false = full. `run`: requests. `run_body`: bodies that are worked on
  // while they come; these may wait for their sender.
  std::function<bool(std::function<void()>)> run;
  std::function<bool(std::function<void()>)> run_body;
  // Two threads: passwords are hashed here (passwords.h).
  std::function<bool(std::function<void()>)> run_password;
  // Makes the sample workspace; answers the campaigns that are to be started.
  std::function<Result<std::vector<CampaignId>>(Instant)> load_sample;
  std::span<const web::Asset> pages;  // the web UI; empty when it was built without one
};

struct Services : Ports {
  int new_key_rate_limit = 6000;  // requests a minute of keys created without a limit
  EngineWatch* watch = nullptr;
  BrowserRules browser{};
  KeyRing* keys = nullptr;
  UserSessions* sessions = nullptr;
  const Passwords* passwords = nullptr;
  LoginThrottle* throttle = nullptr;
  FigureCache* figures = nullptr;
  Gate* import_gate = nullptr;  // imports that run at a time
  Gate* sample_gate = nullptr;  // one that loads or removes the sample
  Gate* event_gate = nullptr;   // events that wait for the engine at a time
  StreamHub* hub = nullptr;
  Telemetry* telemetry = nullptr;
};

}  // namespace headway::api
