#pragma once
// Rows of the schema as values. The order of columns is that of the statements in reader_sql.h.

#include <optional>

#include "domain/account.h"
#include "domain/campaign.h"
#include "domain/figures.h"
#include "domain/lead.h"
#include "domain/person.h"
#include "store/reader.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {

struct KnownAccount {
  std::int64_t no = 0;
  domain::Account account;
  bool deleted = false;
};

KnownAccount read_account(Connection& db, const Rows& q);
// Snapshots of figures carry no settings: they are long, and hold secrets.
domain::Account without_settings(const domain::Account& a);

// The campaign's own row; steps, accounts and collections are filled in elsewhere.
// The connection takes the error when a stored value cannot be understood.
void read_campaign_row(Connection& db, const Rows& q, domain::CampaignPlan& plan, bool& simulated);
// Three columns: time, canonical form, digest. nullopt when not sealed.
std::optional<domain::Seal> read_seal(const Rows& q, int column);

void add_count(domain::Counts& counts, std::int64_t counter, std::int64_t failure, std::int64_t n);
// A journal row: records of counter u8, failure u8, n i32, little endian.
void add_journal(domain::Counts& counts, std::string_view deltas);

// id, name, email, phone, messenger_id, external_id, zone, consent, attributes; the zone's name is
// the caller's.
domain::Person read_person(const Rows& q, int column);

ActivityEntry read_activity(const Rows& q);  // id, at, kind, actor, text, detail
ImportJob read_import_job(const Rows& q);    // kImportJobColumns; the collection's number as its id

}  // namespace headway::store::sqlite
