#pragma once
// "<database>.lock": held (flock) by the one process that may write; the process id stands in it. The kernel
// gives it back when the process ends, however it ends.

#include <string>

#include "base/result.h"

namespace headway::store::sqlite {

class LockFile {
 public:
  LockFile() = default;
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  // unavailable: another process holds it (the message names its id), or the file cannot be made.
  Result<void> take(const std::string& database);

 private:
  int fd_ = -1;
};

}  // namespace headway::store::sqlite
