#include "store/sqlite/reader_pool.h"

namespace headway::store::sqlite {
namespace {

struct SnapshotSql {
  Connection& db;
  Statement begin{db, "BEGIN"};
  Statement end{db, "ROLLBACK"};
};

}  // namespace

Result<void> ReaderPool::open(const std::string& path, const std::string& vfs, int connections,
                              std::int64_t cache_bytes) {
  for (int i = 0; i < connections; ++i) {
    auto slot = std::make_unique<Slot>();
    if (auto opened = slot->db.open(path, OpenMode::read_only, vfs); !opened) return opened;
    const std::string cache = "PRAGMA cache_size=-" + std::to_string(cache_bytes >> 10);
    slot->db.exec(cache.c_str());
    slot->db.exec("PRAGMA query_only=1");
    slot->db.exec("PRAGMA temp_store=MEMORY");
    if (!slot->db.ok()) return tl::unexpected<Error>(*slot->db.error());
    free_.push_back(slot.get());
    slots_.push_back(std::move(slot));
  }
  return {};
}

ReaderPool::Lease ReaderPool::lease() {
  std::unique_lock lock(mutex_);
  freed_.wait(lock, [this] { return !free_.empty(); });
  Slot* slot = free_.back();  // the one used last: its cache is warm
  free_.pop_back();
  lock.unlock();
  return Lease(*this, *slot);
}

void ReaderPool::give_back(Slot& slot) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(&slot);
  }
  freed_.notify_one();
}

ReaderPool::Lease::Lease(ReaderPool& pool, Slot& slot) : pool_(pool), slot_(slot) {
  slot_.db.clear_error();
  slot_.table<SnapshotSql>().begin.run();
}

ReaderPool::Lease::~Lease() {
  slot_.db.clear_error();  // else it would not run
  slot_.table<SnapshotSql>().end.run();
  slot_.db.clear_error();
  pool_.give_back(slot_);
}

}  // namespace headway::store::sqlite
