#pragma once
// Ledger::apply_events: facts told from outside. Every event is judged on its own; the good ones of a batch are
// applied when others are bad.
//
// Order: sends and failures first, in lead order; then reactions in order of the person. Credit goes by the time
// of the fact, not by the order of telling, so a reply that comes before its message in a batch finds it.

#include <memory>
#include <string>
#include <vector>

#include "store/ledger.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/people.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

class Intake {
 public:
  Intake(Connection& db, People& people);
  ~Intake();

  Result<EventResults> apply(WriteContext& context, const std::vector<InboundEvent>& events,
                             Instant now);

 private:
  struct Sql;
  struct Target {               // what an event names
    std::int64_t campaign = 0;  // 0 = not said
    std::int64_t account = 0;
    LeadId lead;                      // named, or found by address in the campaign
    std::vector<ContactId> contacts;  // records of the person
    std::string_view found_by;        // "lead", or the kind of address
    Instant at{};
  };
  struct Credit {  // the message that a reaction belongs to
    LeadImage lead;
    std::int64_t account = 0;
    int step = 0;
    VariantId variant;
    Instant delivered_at{};
    bool delivered = false;  // false: its message is still on its way, or held
  };

  std::vector<bool> known(const std::vector<InboundEvent>& events);
  std::string resolve(WriteContext& context, const InboundEvent& e, Instant now, Target& t);
  EventAnswer apply_one(WriteContext& context, const InboundEvent& e, const Target& t);
  EventAnswer told(WriteContext& context, const InboundEvent& e, const Target& t);
  EventAnswer reply(WriteContext& context, const InboundEvent& e, const Target& t);
  EventAnswer book(WriteContext& context, const InboundEvent& e, const Target& t);
  EventAnswer cancel(WriteContext& context, const InboundEvent& e, const Target& t);
  EventAnswer opt_out(WriteContext& context, const InboundEvent& e, const Target& t);

  std::optional<Credit> credit(WriteContext& context, const Target& t);
  // `epoch`: of the shares that it was drawn by; -1 when the event names the variant and nobody drew it.
  VariantId told_variant(const CampaignEntry& campaign, const InboundEvent& e, int step,
                         const LeadImage& lead, int& epoch);
  void add_reply(WriteContext& context, const InboundEvent& e, const Target& t, const Credit& c,
                 bool counted);
  void converse(WriteContext& context, const InboundEvent& e, const Target& t, const Credit& c);

  People& people_;
  Messages messages_;
  std::unique_ptr<Sql> sql_;
};

}  // namespace headway::store::sqlite
