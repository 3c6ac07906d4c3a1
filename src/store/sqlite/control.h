#pragma once
// The smaller calls of the Ledger: pausing, account status, open claims, sealing.

#include <memory>
#include <string>
#include <vector>

#include "store/ledger.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

class Control {
 public:
  explicit Control(Connection& db);
  ~Control();

  Result<PauseReceipt> set_paused(WriteContext& context, CampaignId id, bool paused,
                                  const std::string& actor, const std::string& reason, Instant now);
  Result<std::int64_t> set_account_status(WriteContext& context, AccountId id,
                                          domain::AccountStatus status, const std::string& reason,
                                          std::optional<Instant> until, Instant now);
  Result<std::vector<OpenClaim>> open_claims(WriteContext& context, LeadId after, int limit);
  Result<std::vector<OpenClaim>> in_doubt_before(WriteContext& context, Instant before, int limit);
  Result<int> seal_due(WriteContext& context, Instant now);

 private:
  struct Sql;
  OpenClaim open_claim(WriteContext& context, const LeadImage& lead);

  std::unique_ptr<Sql> sql_;
};

}  // namespace headway::store::sqlite
