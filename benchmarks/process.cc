#include "benchmarks/process.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headway::bench {

namespace {

std::vector<char*> arguments_of(const std::vector<std::string>& command) {
  std::vector<char*> all;
  for (const std::string& word : command) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

[[noreturn]] void become(const std::vector<std::string>& command, int out, int err) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing is left behind when the benchmark is ended
  int null = open("/dev/null", O_RDONLY);
  dup2(null, 0);
  if (out >= 0) dup2(out, 1);
  if (err >= 0) dup2(err, 2);
  std::vector<char*> argv = arguments_of(command);
  execv(argv[0], argv.data());
  _exit(127);
}

double status_mb(pid_t pid, std::string_view key) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key)) return std::stod(line.substr(key.size() + 1)) / 1024;
  }
  return 0;
}

int decoded(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

double now_seconds() {
  auto t = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(t).count();
}

std::int64_t wall_us() {
  auto t = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(t).count();
}

void sleep_seconds(double s) { std::this_thread::sleep_for(std::chrono::duration<double>(s)); }

Child::Child(const std::vector<std::string>& command, const std::filesystem::path& log) {
  int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) throw Failure("cannot write " + log.string() + ": " + std::strerror(errno));
  pid_ = fork();
  if (pid_ < 0) throw Failure("cannot start a process: " + std::string(std::strerror(errno)));
  if (pid_ == 0) become(command, file, file);
  close(file);
}

Child::~Child() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  wait();
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(status_, other.status_);
  return *this;
}

bool Child::running() {
  if (pid_ <= 0) return false;
  if (waitpid(pid_, &status_, WNOHANG) != pid_) return true;
  pid_ = -1;
  return false;
}

void Child::signal(int number) {
  if (pid_ > 0) kill(pid_, number);
}

int Child::wait() {
  if (pid_ > 0) {
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  return decoded(status_);
}

double Child::resident_mb() const { return status_mb(pid_, "VmRSS"); }
double Child::peak_resident_mb() const { return status_mb(pid_, "VmHWM"); }
double Child::anonymous_mb() const { return status_mb(pid_, "RssAnon"); }

double Child::cpu_seconds() const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::size_t at = text.rfind(')');
  if (at == std::string::npos) return 0;
  double ticks = 0;
  int field = 2;
  std::size_t pos = at + 1;
  while (pos < text.size() && field < 15) {
    std::size_t begin = text.find_first_not_of(' ', pos);
    std::size_t end = text.find(' ', begin);
    ++field;
    if (field == 14 || field == 15) ticks += std::stod(text.substr(begin, end - begin));
    pos = end;
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::string run(const std::vector<std::string>& command) {
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC) != 0) throw Failure("cannot make a pipe");
  pid_t pid = fork();
  if (pid < 0) throw Failure("cannot start a process");
  if (pid == 0) become(command, pipes[1], pipes[1]);
  close(pipes[1]);
  std::string out;
  char buffer[4096];
  for (ssize_t n; (n = read(pipes[0], buffer, sizeof buffer)) > 0;) {
    out.append(buffer, static_cast<std::size_t>(n));
  }
  close(pipes[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (decoded(status) != 0) {
    std::string all;
    for (const std::string& word : command) all += word + " ";
    throw Failure(all + "ended with " + std::to_string(decoded(status)) + "\n" + out);
  }
  return out;
}

int free_port() {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(s, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(s, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    close(s);
    throw Failure("no free port");
  }
  close(s);
  return ntohs(address.sin_port);
}

}  // namespace headway::bench
