#include "runtime/asio/io_thread.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <exception>
#include <utility>

namespace headway::runtime {

namespace {

void run(boost::asio::io_context& io, const std::string& name) noexcept {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
  try {
    io.run();
  } catch (const std::exception& e) {
    spdlog::critical("thread {} ended by an exception: {}", name, e.what());
    std::abort();
  }
}

}  // namespace

IoThread::IoThread(std::string name)
    : work_(boost::asio::make_work_guard(io_)),
      thread_([this, name = std::move(name)]() noexcept { run(io_, name); }) {}

IoThread::~IoThread() { stop(); }

void IoThread::stop() {
  work_.reset();
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace headway::runtime
