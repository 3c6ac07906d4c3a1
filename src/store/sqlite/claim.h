#pragma once
// Ledger::claim: picks due leads, reserves budget, marks them in flight.

#include <optional>
#include <vector>

#include "store/ledger.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

class Claims {
 public:
  explicit Claims(Connection& db);
  ~Claims();

  Result<ClaimResult> claim(WriteContext& context, const ClaimRequest& request);

 private:
  struct Sql;
  struct Pick;  // a lead that is due, with its person
  struct Slot;  // a slot of the request as it is being served

  bool current(WriteContext& context, const ClaimSlot& slot, Slot& out);
  void serve(WriteContext& context, Slot& slot, ClaimResult& result);
  // One kind of queue of the slot's campaign, over all zones that are open, in order of due time and number.
  void take(WriteContext& context, Slot& slot, domain::Wait wait, ClaimResult& result);
  void pick(Slot& slot, domain::Wait wait, std::int64_t queue, std::int64_t limit);
  bool claim_one(WriteContext& context, Slot& slot, Pick& pick, ClaimResult& result);
  std::vector<std::int64_t> queues(const Slot& slot, domain::Wait wait);
  const std::string& zone_name(int zone);
  std::optional<Instant> next_due(const Slot& slot);

  std::unique_ptr<Sql> sql_;
  std::vector<Pick> picks_;
  std::vector<std::string> zones_;
};

}  // namespace headway::store::sqlite
