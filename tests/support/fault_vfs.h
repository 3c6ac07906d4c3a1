#pragma once
// An SQLite file system that fails on command: the default one, with faults in front of writes and syncs. Thread-safe.

#include <cstdint>
#include <string>

namespace headway::test {

class FaultVfs {
 public:
  enum class Fault : std::uint8_t { none, disk_full, io_error, sync_error };

  // Registered once under `name()`; the commands below reach every file opened through it.
  static const char* name();
  // From the n-th write (or sync, for sync_error) from now on, all fail, until heal().
  static void fail_from(Fault fault, std::int64_t n);
  static void heal();
  static std::int64_t writes();  // so far, syncs included
};

}  // namespace headway::test
