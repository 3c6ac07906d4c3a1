#pragma once
// The exported facts of a campaign: one JSON object a line, in the order of leads, without personal data; and
// the recount of every figure from them, which shares nothing with the counters.
//
//   {"type":"campaign","format":1,"campaign_id","name","as_of","version"}
//   {"type":"lead","id","status","ended_by","failure_class","replied","booked","opted_out"}
//   {"type":"message","lead","step","variant","account","outcome":"delivered"|"failed","class","code","at"}
//   {"type":"reply"|"auto_reply"|"booked"|"booking_cancelled"|"opted_out","lead","at"}
//   {"type":"end","leads","version"}
// Messages and events follow their lead. Only messages that ended are facts; tries before them are not.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/failure.h"
#include "domain/lead.h"
#include "domain/report/figures.h"

namespace headway::domain::report {

void append_campaign(std::string& out, CampaignId id, std::string_view name, Instant as_of,
                     std::int64_t version);
void append_lead(std::string& out, LeadId id, const LeadState& state);
void append_message(std::string& out, LeadId lead, int step, VariantId variant, AccountId account,
                    bool delivered, FailureClass failure, std::string_view code, Instant at);
void append_event(std::string& out, LeadId lead, std::string_view type, Instant at);
void append_end(std::string& out, std::int64_t leads, std::int64_t version);

// Counts lines as they come, in constant memory.
class Recount {
 public:
  // `line` without its line feed. An error names what is wrong with it; then the file is not to be trusted.
  Result<void> take(std::string_view line);
  // At the end of the file: whether it is whole.
  Result<void> finish();

  CampaignId campaign() const { return campaign_; }
  std::int64_t version() const { return version_; }
  std::int64_t end_version() const { return end_version_; }
  const Figures& figures() const { return figures_; }

 private:
  void end_lead();

  Figures figures_;
  CampaignId campaign_;
  std::int64_t version_ = 0, end_version_ = 0, leads_ = 0, told_leads_ = 0, lines_ = 0;
  bool ended_ = false;
  struct Lead {
    std::string id;
    bool contacted = false, replied = false, booked = false, opted_out = false;
    std::int64_t last_step = 0;
  } lead_;
};

}  // namespace headway::domain::report
