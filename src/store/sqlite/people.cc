#include "store/sqlite/people.h"

#include <algorithm>

namespace headway::store::sqlite {

struct People::Sql {
  Connection& db;
  Statement person{
      db,
      "SELECT id,name,email,phone,messenger_id,external_id,consent,attributes FROM contact "
      "WHERE id=?1"};
  Statement contacts{db, "SELECT contact FROM contact_key WHERE h=?1 ORDER BY contact"};
  Statement leads{db, "SELECT id FROM lead WHERE contact=?1 ORDER BY id"};
  Statement block{db, "INSERT OR IGNORE INTO suppression VALUES(?1,?2,?3,?4,?5)"};
  Statement mark{db, "UPDATE contact SET flags=flags|1 WHERE id=?1 AND flags&1=0"};
  Statement opt_out{db, "INSERT OR IGNORE INTO opt_out VALUES(?1,?2,?3)"};
};

People::People(Connection& db) : sql_(new Sql{db}) {}
People::~People() = default;

std::optional<domain::Person> People::person(ContactId id) {
  Rows row = sql_->person.rows(id);
  if (!row.next()) return std::nullopt;
  domain::Person p;
  p.id = ContactId{row.i64(0)};
  p.name = row.str(1);
  p.email = row.str(2);
  p.phone = row.str(3);
  p.messenger_id = row.str(4);
  p.external_id = row.str(5);
  p.consent = row.str(6);
  p.attributes = row.null(7) ? "{}" : row.str(7);
  return p;
}

std::vector<ContactId> People::with_address(const Addresses& addresses, std::string_view kind,
                                            std::string_view canonical) {
  std::vector<ContactId> found;
  {
    Rows rows = sql_->contacts.rows(addresses.key(kind, canonical));
    while (rows.next()) found.push_back(ContactId{rows.i64(0)});
  }
  // 63 bits of a digest name nobody for certain: the record itself decides.
  std::erase_if(found, [&](ContactId id) {
    const auto p = person(id);
    if (!p) return true;
    const auto all = Addresses::of(*p);
    return std::none_of(all.begin(), all.end(),
                        [&](const Address& a) { return a.kind == kind && a.value == canonical; });
  });
  return found;
}

std::vector<ContactId> People::records_of(const Addresses& addresses, ContactId id) {
  std::vector<ContactId> all{id};
  if (const auto p = person(id)) {
    for (const Address& a : Addresses::of(*p)) {
      const auto more = with_address(addresses, a.kind, a.value);
      all.insert(all.end(), more.begin(), more.end());
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<LeadId> People::leads_of(ContactId id) {
  std::vector<LeadId> leads;
  Rows rows = sql_->leads.rows(id);
  while (rows.next()) leads.push_back(LeadId{rows.i64(0)});
  return leads;
}

void People::end_leads(WriteContext& context, ContactId contact, Instant at) {
  for (const LeadId id : leads_of(contact)) {
    const auto lead = context.lead(id);
    const bool open = lead && lead->state.wait != domain::Wait::none;
    if (!open || lead->state.suppressed) continue;
    context.apply(*lead, domain::suppress(lead->state, false, at), at);
  }
}

bool People::suppress_address(WriteContext& context, std::string_view kind,
                              std::string_view canonical, std::string_view reason,
                              std::string_view source, Instant at) {
  const KeyedDigest digest = context.addresses().digest(kind, canonical);
  sql_->block.run(std::span<const std::uint8_t>(digest), kind, reason, source, at);
  const bool added = context.db().changes() > 0;
  for (const ContactId id : with_address(context.addresses(), kind, canonical)) {
    sql_->mark.run(id);
    end_leads(context, id, at);
  }
  return added;
}

void People::opt_out(WriteContext& context, LeadId id, std::string_view source, Instant at) {
  const auto lead = context.lead(id);
  if (!lead) return;
  const CampaignEntry* campaign = context.campaign(lead->campaign());
  // The figures of a campaign that is sealed altogether stand; the person is left alone all the same.
  if (campaign && !campaign->outcomes_sealed) {
    sql_->opt_out.run(id, at, lead->state.delivered > 0);
    if (!lead->state.opted_out) {
      context.apply(*lead, domain::suppress(lead->state, true, at), at);
    }
  }
  sql_->mark.run(lead->contact);
  end_leads(context, lead->contact, at);
  const auto p = person(lead->contact);
  if (!p) return;
  for (const Address& a : Addresses::of(*p)) {
    suppress_address(context, a.kind, a.value, "opted_out", source, at);
  }
}

}  // namespace headway::store::sqlite
