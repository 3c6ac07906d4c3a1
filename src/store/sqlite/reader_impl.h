#pragma once
// store::Reader on the pool of read connections: every question is answered on one snapshot.

#include "store/reader.h"
#include "store/sqlite/reader_memo.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/reader_sql.h"
#include "store/sqlite/writer.h"

namespace headway::store::sqlite {

// What belongs to one connection of the pool.
struct ReaderTable {
  explicit ReaderTable(Connection& db) : sql(db) {}
  ReaderSql sql;
  ReaderMemo memo;
};

class SqliteReader final : public Reader {
 public:
  // Prepare the pool with ReaderTable first.
  SqliteReader(ReaderPool& pool, const Writer& writer) : pool_(pool), writer_(writer) {}

  std::int64_t commits() const override { return writer_.commit_sequence(); }
  Result<CampaignSnapshot> campaign(CampaignId id, Instant now) override;
  // The plan alone, for the catalog's answers.
  Result<domain::CampaignPlan> plan(CampaignId id);
  Result<std::int64_t> campaign_count() override;
  Result<Page<CampaignSnapshot>> campaigns(const Paging& p, Instant now) override;
  Result<domain::Counts> counts_between(CampaignId id, std::optional<Instant> from,
                                        std::optional<Instant> to) override;
  Result<domain::TimeToReply> time_to_reply(CampaignId id) override;
  Result<std::vector<SliceCounts>> breakdown(CampaignId id, BreakdownBy by) override;
  Result<std::vector<SeriesPoint>> series(CampaignId id, Instant from, Instant to, bool by_day,
                                          const std::string& zone) override;
  Result<Page<ActivityEntry>> activity(CampaignId id, const Paging& p) override;

  Result<Page<LeadRow>> leads(CampaignId id, const LeadFilter& f, const LeadPaging& p) override;
  Result<LeadTimeline> lead(CampaignId id, LeadId lead) override;
  Result<std::vector<domain::Person>> sample_people(CampaignId id, int limit) override;
  Result<std::vector<std::pair<std::string, std::int64_t>>> missing_fields(
      const std::vector<CollectionId>& collections,
      const std::vector<std::string>& fields) override;

  Result<Page<domain::Account>> accounts(const Paging& p) override;
  Result<domain::Account> account(AccountId id) override;
  Result<AccountStats> account_stats(AccountId id, Instant now) override;
  Result<Page<ActivityEntry>> account_log(AccountId id, const Paging& p) override;
  Result<Page<StatusChange>> status_history(AccountId id, Instant since, Instant until,
                                            const Paging& p) override;

  Result<Page<CollectionRow>> collections(const Paging& p) override;
  Result<CollectionRow> collection(CollectionId id) override;
  Result<Page<domain::Person>> people(CollectionId id, const Paging& p) override;

  Result<Page<ConversationRow>> conversations(const Paging& p) override;
  Result<std::int64_t> unread_count() override;
  Result<std::int64_t> unread_of(CampaignId id) override;
  Result<Page<ConversationMessage>> conversation_messages(ConversationId id,
                                                          const Paging& p) override;
  Result<Page<BookingRow>> bookings(const Paging& p, bool unassigned_only) override;
  Result<Page<Catalog::Suppression>> suppressions(const Paging& p) override;

  Result<DashboardTotals> dashboard(Instant now, int days) override;
  Result<Page<ActivityEntry>> recent_activity(const Paging& p, Instant since) override;
  Result<std::vector<SeriesPoint>> workspace_series(Instant from, Instant to) override;

  Result<void> each_lead(CampaignId id, const std::function<bool(const LeadRow&)>& visit) override;

 private:
  // f(ReaderSql&, ReaderMemo&) -> Result<T>, on a snapshot.
  template <class T, class F>
  Result<T> read(F f);
  // f(ReaderSql&, ReaderMemo&, CampaignMemo&) -> Result<T>; the campaign's plan is loaded, not its
  // figures.
  template <class T, class F>
  Result<T> read_campaign(CampaignId id, F f);

  ReaderPool& pool_;
  const Writer& writer_;
};

}  // namespace headway::store::sqlite
