#include "store/sqlite/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace headway::store::sqlite {

LockFile::~LockFile() {
  if (fd_ >= 0) close(fd_);
}

Result<void> LockFile::take(const std::string& database) {
  const std::string path = database + ".lock";
  fd_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) {
    return fail(ErrorKind::unavailable, "Cannot make the lock file beside the database: " +
                                            std::string(std::strerror(errno)));
  }
  if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const ssize_t n = pread(fd_, holder, sizeof holder - 1, 0);
    close(fd_);
    fd_ = -1;
    const std::string pid(trim(std::string_view(holder, n > 0 ? static_cast<std::size_t>(n) : 0)));
    return fail(ErrorKind::unavailable, "The database is in use by another process" +
                                            (pid.empty() ? "" : " (" + pid + ")") +
                                            "; one process at a time may write to it");
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  // For people only: a lock without a number in it holds as well.
  if (ftruncate(fd_, 0) == 0 && pwrite(fd_, pid.data(), pid.size(), 0) < 0) return {};
  return {};
}

}  // namespace headway::store::sqlite
