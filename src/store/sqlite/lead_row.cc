#include "store/sqlite/lead_row.h"

namespace headway::store::sqlite {

LeadImage read_lead(const Rows& row, int from) {
  LeadImage lead;
  domain::LeadState& s = lead.state;
  lead.id = LeadId{row.i64(from)};
  lead.contact = ContactId{row.i64(from + 1)};
  if (row.null(from + 2)) {
    s.wait = domain::Wait::none;
  } else {
    const std::int64_t queue = row.i64(from + 2);
    lead.zone = queue_zone(queue);
    s.wait = queue_wait(queue);
    s.due = row.at(from + 3);
  }
  s.status = static_cast<domain::Status>(row.i32(from + 4));
  s.account = AccountId{row.i64(from + 5)};
  s.variant = VariantId{row.i64(from + 6)};
  s.step = row.i32(from + 7);
  s.delivered = row.i32(from + 8);
  s.attempt = row.i32(from + 9);
  s.tries = row.i32(from + 10);
  s.failure = static_cast<domain::FailureClass>(row.i32(from + 11));
  s.ended_by = static_cast<domain::EndedBy>(row.i32(from + 12));
  const int flags = row.i32(from + 13);
  s.replied = (flags & kLeadReplied) != 0;
  s.booked = (flags & kLeadBooked) != 0;
  s.opted_out = (flags & kLeadOptedOut) != 0;
  s.suppressed = (flags & kLeadSuppressed) != 0;
  lead.generation = row.i32(from + 14);
  s.last_action = static_cast<domain::LastAction>(row.i32(from + 15));
  s.last_action_at = row.at(from + 16);
  lead.epoch = row.i32(from + 17);
  return lead;
}

int lead_flags(const domain::LeadState& s) {
  return (s.replied ? kLeadReplied : 0) | (s.booked ? kLeadBooked : 0) |
         (s.opted_out ? kLeadOptedOut : 0) | (s.suppressed ? kLeadSuppressed : 0);
}

Facet facet_of(const domain::LeadState& s) {
  return Facet{s.status, s.wait, s.failure, s.step, s.account.value, s.variant.value};
}

}  // namespace headway::store::sqlite
