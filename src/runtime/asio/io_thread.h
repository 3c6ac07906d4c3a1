#pragma once
// A thread that runs one io_context until it is told to stop. The thread root: an exception that
// reaches it is logged and ends the process.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <string>
#include <thread>

namespace headway::runtime {

class IoThread {
 public:
  // `name`: at most 15 bytes, as shown by ps and gdb.
  explicit IoThread(std::string name);
  ~IoThread();  // stop()
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::io_context& io() { return io_; }

  // Ends the loop without running what is still queued, and joins. Idempotent; from another thread.
  void stop();

 private:
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;  // last: it uses everything above
};

}  // namespace headway::runtime
