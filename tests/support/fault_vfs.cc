#include "tests/support/fault_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <cstring>
#include <mutex>

namespace headway::test {
namespace {

std::atomic<FaultVfs::Fault> fault{FaultVfs::Fault::none};
std::atomic<std::int64_t> until_fault{0};
std::atomic<std::int64_t> operations{0};

// What to answer instead of doing it; SQLITE_OK = do it.
int verdict(bool sync) {
  ++operations;
  const FaultVfs::Fault f = fault.load();
  if (f == FaultVfs::Fault::none) return SQLITE_OK;
  if ((f == FaultVfs::Fault::sync_error) != sync) return SQLITE_OK;
  if (until_fault.fetch_sub(1) > 1) return SQLITE_OK;
  if (sync) return SQLITE_IOERR_FSYNC;
  return f == FaultVfs::Fault::disk_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

struct File {
  sqlite3_file base;
  // The real file follows.
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real(sqlite3_file* f) { return reinterpret_cast<File*>(f)->real(); }
const sqlite3_io_methods* of(sqlite3_file* f) { return real(f)->pMethods; }

int close(sqlite3_file* f) { return of(f)->xClose(real(f)); }
int read(sqlite3_file* f, void* p, int n, sqlite3_int64 at) {
  return of(f)->xRead(real(f), p, n, at);
}
int write(sqlite3_file* f, const void* p, int n, sqlite3_int64 at) {
  const int v = verdict(false);
  return v != SQLITE_OK ? v : of(f)->xWrite(real(f), p, n, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 n) { return of(f)->xTruncate(real(f), n); }
int sync(sqlite3_file* f, int flags) {
  const int v = verdict(true);
  return v != SQLITE_OK ? v : of(f)->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* n) { return of(f)->xFileSize(real(f), n); }
int lock(sqlite3_file* f, int l) { return of(f)->xLock(real(f), l); }
int unlock(sqlite3_file* f, int l) { return of(f)->xUnlock(real(f), l); }
int check_lock(sqlite3_file* f, int* out) { return of(f)->xCheckReservedLock(real(f), out); }
int control(sqlite3_file* f, int op, void* arg) { return of(f)->xFileControl(real(f), op, arg); }
int sector(sqlite3_file* f) { return of(f)->xSectorSize(real(f)); }
int device(sqlite3_file* f) { return of(f)->xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int i, int n, int w, void volatile** p) {
  return of(f)->xShmMap(real(f), i, n, w, p);
}
int shm_lock(sqlite3_file* f, int o, int n, int flags) {
  return of(f)->xShmLock(real(f), o, n, flags);
}
void shm_barrier(sqlite3_file* f) { of(f)->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int d) { return of(f)->xShmUnmap(real(f), d); }

const sqlite3_io_methods kMethods{
    2,       close,  read,   write,   truncate, sync,        file_size, lock,    unlock, check_lock,
    control, sector, device, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

sqlite3_vfs* below = nullptr;

int open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
  f->pMethods = nullptr;
  const int code = below->xOpen(below, name, real(f), flags, out);
  if (code == SQLITE_OK) f->pMethods = &kMethods;
  return code;
}

}  // namespace

const char* FaultVfs::name() {
  static sqlite3_vfs vfs;
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite3_initialize();
    below = sqlite3_vfs_find(nullptr);
    vfs = *below;
    vfs.zName = "headway-faults";
    vfs.szOsFile = static_cast<int>(sizeof(File)) + below->szOsFile;
    vfs.pNext = nullptr;
    vfs.xOpen = open;
    sqlite3_vfs_register(&vfs, 0);
  });
  return "headway-faults";
}

void FaultVfs::fail_from(Fault f, std::int64_t n) {
  until_fault = n;
  fault = f;
}
void FaultVfs::heal() { fault = Fault::none; }
std::int64_t FaultVfs::writes() { return operations; }

}  // namespace headway::test
