#pragma once
// A row of `lead`, decoded. Inside this folder LeadState::account holds the account's short number
// (account.no), not its public id: the status machine only compares it. Whoever answers a caller maps it.

#include "domain/lead.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/keys.h"

namespace headway::store::sqlite {

struct LeadImage {
  LeadId id;
  ContactId contact;
  int zone = -1;  // of the queue; -1 for final leads, whose zone is the contact's
  int generation = 0;
  int epoch = 0;  // of the shares that the variant of `step` was drawn by; -1 = named from outside
  domain::LeadState state;

  std::int64_t campaign() const { return lead_campaign_no(id); }
  std::int64_t collection() const { return contact_collection(contact.value); }
};

// In this order, beginning with column `from`. Statements name them "l.", so alias the table as l.
#define HW_LEAD_COLUMNS                                                                    \
  "l.id, l.contact, l.queue, l.due, l.status, l.account, l.variant, l.step, l.delivered, " \
  "l.attempt, l.tries, l.failure, l.ended_by, l.flags, l.generation, l.last_action, "      \
  "l.last_action_at, l.epoch"
inline constexpr int kLeadColumns = 18;

LeadImage read_lead(const Rows& row, int from = 0);

int lead_flags(const domain::LeadState& s);
Facet facet_of(const domain::LeadState& s);

}  // namespace headway::store::sqlite
