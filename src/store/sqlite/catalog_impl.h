#pragma once
// store::Catalog: every change is one writer transaction with its audit and activity.

#include <functional>
#include <string>

#include "store/catalog.h"
#include "store/sqlite/reader_impl.h"
#include "store/sqlite/writer.h"

namespace headway::store::sqlite {

struct CatalogSql;

class SqliteCatalog final : public Catalog {
 public:
  // Answers with what `reader` reads after the commit. Made before the writer starts: prepares its
  // statements on the write connection (a failure sticks to it).
  SqliteCatalog(Connection& write_connection, Writer& writer, SqliteReader& reader);
  ~SqliteCatalog() override;

  Result<domain::Account> create_account(const domain::Account& account, const std::string& actor,
                                         Instant now) override;
  Result<domain::Account> update_account(AccountId id, const AccountChange& change,
                                         const std::string& actor, Instant now) override;
  Result<void> delete_account(AccountId id, const std::string& actor, Instant now) override;

  Result<domain::CampaignPlan> create_campaign(const domain::CampaignPlan& draft,
                                               const std::string& actor, Instant now) override;
  Result<domain::CampaignPlan> update_campaign(CampaignId id, const CampaignChange& change,
                                               const std::string& actor, Instant now) override;
  Result<void> destroy_campaign(CampaignId id, const std::string& actor, Instant now) override;
  Result<void> add_campaign_account(CampaignId id, AccountId account, const std::string& actor,
                                    Instant now) override;
  Result<void> remove_campaign_account(CampaignId id, AccountId account, const std::string& actor,
                                       Instant now) override;

  Result<void> acknowledge_guard(AccountId id, const std::string& actor, Instant now) override;
  Result<void> set_false_alarms(double per_year, const std::string& actor, Instant now) override;

  Result<void> rename_collection(CollectionId id, const std::string& name, const std::string& actor,
                                 Instant now) override;
  Result<void> delete_collection(CollectionId id, const std::string& actor, Instant now) override;

  Result<Suppression> suppress(const std::string& kind, const std::string& address,
                               const std::string& reason, const std::string& actor,
                               Instant now) override;
  Result<void> unsuppress(const std::string& hash, const std::string& actor, Instant now) override;

  Result<void> assign_booking(BookingId id, LeadId lead, const std::string& actor,
                              Instant now) override;
  Result<void> update_conversation(ConversationId id, const ConversationChange& change,
                                   const std::string& actor, Instant now) override;
  Result<void> delete_conversation(ConversationId id, const std::string& actor,
                                   Instant now) override;

 private:
  Writer& writer_;
  SqliteReader& reader_;
  std::unique_ptr<CatalogSql> sql_;  // used on the writer thread only
};

}  // namespace headway::store::sqlite
