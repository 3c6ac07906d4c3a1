#pragma once
// Read connections, each with its own prepared statements. A lease is one connection on one snapshot
// (BEGIN .. END): whatever is read under it belongs to one instant. Thread-safe; taking a lease waits
// until a connection is free.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace headway::store::sqlite {

class ReaderPool {
 public:
  ReaderPool() = default;
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  Result<void> open(const std::string& path, const std::string& vfs, int connections,
                    std::int64_t cache_bytes);

  // Prepares the table of statements `Table` (constructed from Connection&) on one connection, so that bad SQL
  // fails the start; the others prepare it when they first need it. Called before any lease is taken.
  template <class Table>
  Result<void> prepare() {
    Slot& slot = *slots_.front();
    slot.table<Table>();
    if (!slot.db.ok()) {
      Error e = *slot.db.error();
      slot.db.clear_error();
      return tl::unexpected<Error>(std::move(e));
    }
    return {};
  }

 private:
  struct Slot {
    Connection db;  // first: the tables below end before it
    std::unordered_map<std::type_index, std::shared_ptr<void>> tables;

    template <class Table>
    Table& table() {
      std::shared_ptr<void>& t = tables[std::type_index(typeid(Table))];
      if (!t)
        t = std::shared_ptr<void>(new Table{db}, [](void* p) { delete static_cast<Table*>(p); });
      return *static_cast<Table*>(t.get());
    }
  };

 public:
  class Lease {
   public:
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Connection& db() { return slot_.db; }
    template <class Table>
    Table& sql() {
      return slot_.table<Table>();
    }
    // What went wrong under this lease, if anything: `return lease.done(std::move(answer));`
    template <class T>
    Result<T> done(T value) {
      if (slot_.db.ok()) return value;
      return tl::unexpected<Error>(*slot_.db.error());
    }
    Result<void> done() {
      if (slot_.db.ok()) return {};
      return tl::unexpected<Error>(*slot_.db.error());
    }

   private:
    friend class ReaderPool;
    Lease(ReaderPool& pool, Slot& slot);
    ReaderPool& pool_;
    Slot& slot_;
  };

  Lease lease();

 private:
  void give_back(Slot& slot);

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_;
};

using ReadLease = ReaderPool::Lease;

}  // namespace headway::store::sqlite
