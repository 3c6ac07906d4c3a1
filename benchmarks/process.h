#pragma once
// Child processes: the server under test, the bare baselines, the sink.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace headway::bench {

class Failure : public std::exception {
 public:
  explicit Failure(std::string what) : what_(std::move(what)) {}
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string what_;
};

double now_seconds();    // monotonic
std::int64_t wall_us();  // since 1970
void sleep_seconds(double s);

// Owns a child; the destructor kills it. Its output goes to `log` (appended).
class Child {
 public:
  Child() = default;
  Child(const std::vector<std::string>& command, const std::filesystem::path& log);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;

  bool running();
  void signal(int number);
  int wait();  // exit status, 128 + signal when killed
  pid_t pid() const { return pid_; }

  double resident_mb() const;       // VmRSS now
  double peak_resident_mb() const;  // VmHWM
  double anonymous_mb() const;      // RssAnon now: without files mapped into memory
  double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

// Runs a command to its end and returns what it printed. Throws Failure on another exit than 0.
std::string run(const std::vector<std::string>& command);

// A TCP port of 127.0.0.1 that was free a moment ago.
int free_port();

}  // namespace headway::bench
