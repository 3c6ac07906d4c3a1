// Accounts, collections, suppressions, bookings and conversations.

#include <algorithm>
#include <charconv>

#include "store/sqlite/catalog_codec.h"
#include "store/sqlite/catalog_impl.h"
#include "store/sqlite/catalog_sql.h"
#include "store/sqlite/reader_rows.h"
#include "store/workspace.h"

namespace headway::store::sqlite {
namespace {

std::string object_of(AccountId id) { return "account:" + to_string(id); }

std::optional<KeyedDigest> parse_digest(std::string_view text) {
  KeyedDigest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const char* at = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(at, at + 2, digest[i], 16);
    if (error != std::errc{} || end != at + 2) return std::nullopt;
  }
  return digest;
}

Result<std::int64_t> live_collection(CatalogSql& sql, CollectionId id) {
  const std::int64_t no = sql.collection.value(0, id);
  if (no == 0) return fail(ErrorKind::not_found, "No such collection");
  return no;
}

}  // namespace

Result<std::int64_t> live_account(WriteContext& context, AccountId id) {
  const AccountEntry* a = context.account(id);
  if (a == nullptr || a->deleted) return fail(ErrorKind::not_found, "No such account");
  return a->no;
}

SqliteCatalog::SqliteCatalog(Connection& write_connection, Writer& writer, SqliteReader& reader)
    : writer_(writer), reader_(reader), sql_(std::make_unique<CatalogSql>(write_connection)) {}
SqliteCatalog::~SqliteCatalog() = default;

// ---- accounts

Result<domain::Account> SqliteCatalog::create_account(const domain::Account& account,
                                                      const std::string& actor, Instant now) {
  return writer_.run<domain::Account>([&](WriteContext& c) -> Result<domain::Account> {
    domain::Account a = account;
    a.id = AccountId{c.new_id()};
    a.status = domain::AccountStatus::active;
    a.status_reason.clear();
    a.status_since = a.created_at = now;
    a.status_until.reset();
    a.version = 1;
    sql_->new_account.run(a.id, a.name, a.channel, a.timezone, a.daily_limit, a.rate_per_second,
                          encode_settings(a.settings), a.simulated, now);
    const AccountEntry* entry = c.account(a.id);
    if (entry == nullptr) return fail(ErrorKind::internal, "The account was not stored");
    if (actor == kSampleActor) sql_->mark_account.run(entry->no);
    c.account_log(entry->no, "account.created", actor, "Created", "{}", now);
    c.audit(actor, "account.create", object_of(a.id), "{}", now);
    c.bump_plan();
    return a;
  });
}

Result<domain::Account> SqliteCatalog::update_account(AccountId id, const AccountChange& change,
                                                      const std::string& actor, Instant now) {
  return writer_.run<domain::Account>([&](WriteContext& c) -> Result<domain::Account> {
    KnownAccount known;
    {
      Rows row = sql_->account.rows(id);
      if (!row.next()) return fail(ErrorKind::not_found, "No such account");
      known = read_account(sql_->db, row);
    }
    domain::Account& a = known.account;
    std::vector<std::string> changed;
    const auto set = [&changed](auto& field, const auto& value, const char* name) {
      if (!value) return;
      field = *value;
      changed.emplace_back(name);
    };
    set(a.name, change.name, "name");
    set(a.timezone, change.timezone, "timezone");
    set(a.daily_limit, change.daily_limit, "daily_limit");
    set(a.rate_per_second, change.rate_per_second, "rate_per_second");
    set(a.settings, change.settings, "settings");
    if (change.status && (*change.status != a.status || !a.status_reason.empty())) {
      const domain::AccountStatus before = a.status;
      a.status = *change.status;
      a.status_reason.clear();
      a.status_since = now;
      a.status_until.reset();
      changed.emplace_back("status");
      const std::string to(domain::to_string(a.status));
      c.account_log(known.no, "account.status", actor, "Status is now " + to,
                    "{\"from\":\"" + std::string(domain::to_string(before)) + "\",\"to\":\"" + to +
                        "\",\"reason\":\"\"}",
                    now);
    }
    if (changed.empty()) return a;
    sql_->update_account.run(known.no, a.name, a.timezone, a.daily_limit, a.rate_per_second,
                             encode_settings(a.settings), a.status, a.status_reason, a.status_since,
                             a.status_until);
    ++a.version;
    c.forget_account(known.no);
    std::string text = "Changed:";
    for (const std::string& name : changed) text += (text.back() == ':' ? " " : ", ") + name;
    c.account_log(known.no, "account.updated", actor, text, changed_detail(changed), now);
    c.audit(actor, "account.update", object_of(id), changed_detail(changed), now);
    c.bump_plan();
    return a;
  });
}

Result<void> SqliteCatalog::delete_account(AccountId id, const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    const auto no = live_account(c, id);
    if (!no) return tl::unexpected(no.error());
    std::vector<std::int64_t> campaigns;
    {
      Rows rows = sql_->campaigns_of_account.rows(*no);
      while (rows.next()) campaigns.push_back(rows.i64(0));
    }
    for (const std::int64_t campaign : campaigns) {
      sql_->drop_account.run(campaign, *no);
      if (CampaignEntry* entry = c.campaign(campaign)) {
        std::erase(entry->accounts, *no);
        c.bump_campaign(*entry);
        c.activity(campaign, "campaign.account_removed", actor, "Account deleted",
                   "{\"account\":\"" + to_string(id) + "\"}", now);
      }
    }
    sql_->delete_account.run(*no, now);
    c.forget_account(*no);
    c.account_log(*no, "account.deleted", actor, "Deleted", "{}", now);
    c.audit(actor, "account.delete", object_of(id), "{}", now);
    c.bump_plan();
    return {};
  });
}

// ---- collections

Result<void> SqliteCatalog::rename_collection(CollectionId id, const std::string& name,
                                              const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    const auto no = live_collection(*sql_, id);
    if (!no) return tl::unexpected(no.error());
    sql_->rename_collection.run(*no, name);
    c.audit(actor, "collection.rename", "collection:" + to_string(id), "{}", now);
    c.bump_plan();
    return {};
  });
}

Result<void> SqliteCatalog::delete_collection(CollectionId id, const std::string& actor,
                                              Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    const auto no = live_collection(*sql_, id);
    if (!no) return tl::unexpected(no.error());
    sql_->delete_collection.run(*no, now);
    c.audit(actor, "collection.delete", "collection:" + to_string(id), "{}", now);
    c.bump_plan();
    return {};
  });
}

// ---- suppressions

Result<Catalog::Suppression> SqliteCatalog::suppress(const std::string& kind,
                                                     const std::string& address,
                                                     const std::string& reason,
                                                     const std::string& actor, Instant now) {
  if (!is_address_kind(kind))
    return invalid("kind", "One of email, phone, messenger_id, external_id");
  const std::string canonical = Addresses::canonical(kind, address);
  if (canonical.empty()) return invalid("address", "Not usable as " + kind);
  return writer_.run<Suppression>([&](WriteContext& c) -> Result<Suppression> {
    // A person has few records and each few leads: one transaction.
    if (sql_->people.suppress_address(c, kind, canonical, reason, actor, now)) {
      c.audit(actor, "suppression.create", "suppression", "{\"kind\":\"" + kind + "\"}", now);
    }
    c.settle(now);
    const KeyedDigest digest = c.addresses().digest(kind, canonical);
    Rows row = sql_->suppression.rows(std::span<const std::uint8_t>(digest));
    if (!row.next()) return fail(ErrorKind::internal, "The suppression was not stored");
    return Suppression{hex(digest), row.str(0), row.str(1), row.str(2), row.at(3)};
  });
}

Result<void> SqliteCatalog::unsuppress(const std::string& hash, const std::string& actor,
                                       Instant now) {
  const auto digest = parse_digest(hash);
  if (!digest) return fail(ErrorKind::not_found, "No such suppression");
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    sql_->drop_suppression.run(std::span<const std::uint8_t>(*digest));
    if (c.db().changes() == 0) return fail(ErrorKind::not_found, "No such suppression");
    // A record is free again when none of its other addresses is on the list.
    std::vector<std::int64_t> contacts;
    {
      Rows rows = sql_->contacts_of_key.rows(short_digest(*digest));
      while (rows.next()) contacts.push_back(rows.i64(0));
    }
    for (const std::int64_t contact : contacts) {
      const auto person = sql_->people.person(ContactId{contact});
      if (!person) continue;
      const std::vector<Address> all = Addresses::of(*person);
      const bool still = std::any_of(all.begin(), all.end(), [&](const Address& a) {
        const KeyedDigest d = c.addresses().digest(a.kind, a.value);
        Rows row = sql_->suppression.rows(std::span<const std::uint8_t>(d));
        return row.next();
      });
      if (!still) sql_->unmark.run(contact);
    }
    c.audit(actor, "suppression.delete", "suppression:" + hash, "{}", now);
    return {};
  });
}

// ---- bookings and conversations

Result<void> SqliteCatalog::assign_booking(BookingId id, LeadId lead, const std::string& actor,
                                           Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    Instant at{};
    bool cancelled = false;
    {
      Rows row = sql_->booking.rows(id);
      if (!row.next()) return fail(ErrorKind::not_found, "No such booking");
      if (!row.null(0)) return fail(ErrorKind::conflict, "The booking is assigned already");
      at = row.at(1);
      cancelled = row.i64(2) != 0;
    }
    const auto image = c.lead(lead);
    if (!image) return fail(ErrorKind::not_found, "No such lead");
    const CampaignEntry* campaign = c.campaign(image->campaign());
    if (campaign == nullptr || campaign->deleted) return fail(ErrorKind::not_found, "No such lead");
    if (campaign->outcomes_sealed) {
      return fail(ErrorKind::conflict, "The campaign is finished and its outcomes are sealed");
    }
    std::int64_t account = 0, variant = 0;
    int step = 0;
    {
      Rows row = sql_->last_delivered.rows(lead);
      if (row.next()) account = row.i64(0), step = row.i32(1), variant = row.i64(2);
    }
    sql_->assign_booking.run(id, lead, account, step, variant);
    if (!cancelled && !image->state.booked) {
      c.apply(*image, domain::book(image->state, AccountId{account}, step, VariantId{variant}, at),
              at);
    }
    const std::string detail = "{\"lead\":\"" + to_string(lead) + "\"}";
    c.activity(image->campaign(), "booking.assigned", actor, "A booking was assigned by a person",
               detail, now);
    c.audit(actor, "booking.assign", "booking:" + to_string(id), detail, now);
    c.settle(now);
    return {};
  });
}

Result<void> SqliteCatalog::update_conversation(ConversationId id, const ConversationChange& change,
                                                const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    if (sql_->conversation.value(0, id) == 0)
      return fail(ErrorKind::not_found, "No such conversation");
    if (change.unread) sql_->set_unread.run(id, *change.unread);
    if (change.archived) sql_->set_archived.run(id, *change.archived);
    c.audit(actor, "conversation.update", "conversation:" + to_string(id), "{}", now);
    return {};
  });
}

Result<void> SqliteCatalog::delete_conversation(ConversationId id, const std::string& actor,
                                                Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    if (sql_->conversation.value(0, id) == 0)
      return fail(ErrorKind::not_found, "No such conversation");
    sql_->delete_conversation.run(id);
    c.audit(actor, "conversation.delete", "conversation:" + to_string(id), "{}", now);
    return {};
  });
}

}  // namespace headway::store::sqlite
