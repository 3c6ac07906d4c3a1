#pragma once
// Ledger::record: outcomes of claims, each under its fence.

#include <memory>
#include <vector>

#include "store/ledger.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/people.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

class Records {
 public:
  Records(Connection& db, People& people);
  ~Records();

  Result<RecordResult> record(WriteContext& context, const std::vector<Outcome>& outcomes);

 private:
  struct Sql;
  struct Refunds;

  // False: refused by its fence or state, nothing changed.
  bool apply(WriteContext& context, const Outcome& o, Refunds& refunds);

  std::unique_ptr<Sql> sql_;
  People& people_;
  Messages messages_;
};

}  // namespace headway::store::sqlite
