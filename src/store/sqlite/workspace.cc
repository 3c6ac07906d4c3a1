// The workspace's name, and taking the sample away. Everything that others count of the sample's campaigns
// is taken back before they go, so that a recount finds no difference.

#include <algorithm>
#include <set>

#include "store/sqlite/sample_sql.h"
#include "store/sqlite/workspace_impl.h"

namespace headway::store::sqlite {
namespace {

// On read connections.
struct WorkspaceReadSql {
  Connection& db;
  Statement name{db, "SELECT value FROM meta WHERE key='workspace_name'"};
  Statement sample{db,
                   "SELECT (SELECT count(*) FROM campaign WHERE sample<>0 AND deleted_at IS NULL),"
                   "(SELECT count(*) FROM account WHERE sample<>0 AND deleted_at IS NULL),"
                   "(SELECT count(*) FROM collection WHERE sample<>0 AND deleted_at IS NULL)"};
  Statement active{db,
                   "SELECT p.id FROM campaign p WHERE p.sample<>0 AND p.state=0 AND "
                   "p.deleted_at IS NULL AND NOT " HW_OWN_CAMPAIGN};
};

constexpr std::string_view kDefaultName = "My workspace";

// The source of what an account's channel told (channels/channel.h).
std::string source_of(AccountId id) { return "channel:" + to_string(id); }

}  // namespace

// One removal, within its transaction.
class SampleRemover {
 public:
  SampleRemover(SampleSql& sql, WriteContext& context, std::string_view actor, Instant now)
      : sql_(sql), c_(context), actor_(actor), now_(now) {}

  Result<SampleRemoval> run() {
    const std::vector<Thing> campaigns = things(sql_.campaigns, 2, 3, 4);
    const std::vector<Thing> collections = things(sql_.collections, -1, 2, 3);
    const std::vector<Thing> accounts = things(sql_.accounts, -1, 2, -1);
    for (const Thing& x : campaigns) {
      if (!x.own && x.shown && x.state == static_cast<int>(domain::CampaignState::active)) {
        return fail(ErrorKind::conflict, "A campaign of the sample is active: pause it first");
      }
    }
    for (const Thing& x : accounts) sources_.insert(source_of(AccountId{x.id}));
    sources_.insert(std::string(kSampleActor));  // the events that told its past
    sources_.insert("channel");                  // a sandbox's refusal that said "opted out"
    c_.flush();  // what this transaction did before is counted as it stands
    for (const Thing& x : campaigns) x.own ? keep_campaign(x) : remove_campaign(x);
    c_.counters().write();
    for (const Thing& x : accounts) remove_account(x);
    // First those that no campaign of a person has used.
    std::stable_sort(hidden_.begin(), hidden_.end(),
                     [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& [no, used] : hidden_) give_back_days(no);
    for (const Thing& x : collections) x.own ? keep_collection(x) : remove_collection(x);
    c_.guard().clear();  // what it remembers of these accounts is no longer so
    sql_.events.run(kSampleActor);
    c_.bump_plan();
    c_.audit(actor_, "sample.remove", "workspace",
             "{\"campaigns\":" + std::to_string(out_.removed.campaigns) +
                 ",\"people\":" + std::to_string(out_.people) + "}",
             now_);
    return std::move(out_);
  }

 private:
  struct Thing {
    std::int64_t no = 0, id = 0;
    int state = 0;
    bool shown = false;  // in lists: else it was deleted before
    bool own = false;    // became a person's
  };

  static std::vector<Thing> things(Statement& of, int state, int shown, int own) {
    std::vector<Thing> all;
    Rows rows = of.rows();
    while (rows.next()) {
      all.push_back({rows.i64(0), rows.i64(1), state < 0 ? 0 : rows.i32(state),
                     rows.i64(shown) != 0, own >= 0 && rows.i64(own) != 0});
    }
    return all;
  }

  void keep_campaign(const Thing& x) {
    sql_.keep_campaign.run(x.no);
    out_.kept.campaigns += x.shown;
  }

  void keep_collection(const Thing& x) {
    sql_.keep_collection.run(x.no);
    out_.kept.collections += x.shown;
  }

  void remove_campaign(const Thing& x) {
    const std::int64_t first = first_lead(x.no), last = last_lead(x.no);
    reserved_ += sql_.reserved.value(0, x.no);
    take_back_errors(first, last);
    sql_.error_samples.run(first, last);
    sql_.account_total.run(x.no);
    sql_.account_hour.run(x.no);
    sql_.workspace_hour.run(x.no);
    for (Statement& s : sql_.of_leads) s.run(first, last);
    sql_.leads.run(first, last);
    out_.leads += c_.db().changes();
    sql_.queues.run(x.no);
    for (Statement& s : sql_.of_campaign) s.run(x.no);
    sql_.hide_campaign.run(x.no, now_);
    if (CampaignEntry* entry = c_.campaign(x.no)) {
      entry->accounts.clear();
      entry->deleted = true;
      c_.bump_campaign(*entry);
    }
    c_.forget_campaign(x.no);
    out_.removed.campaigns += x.shown;
    out_.changed.push_back(CampaignId{x.id});
  }

  // Codes beyond the 200 that an account shows stand under another name: Counters knows.
  void take_back_errors(std::int64_t first, std::int64_t last) {
    Rows rows = sql_.errors.rows(first, last);
    while (rows.next()) {
      const auto failure = static_cast<domain::FailureClass>(rows.i64(1));
      if (!domain::counts_as_delivery_failure(failure)) continue;
      c_.counters().account_error(rows.i64(0), failure, rows.text(2), rows.at(4), -rows.i32(3),
                                  LeadId{});
    }
  }

  void remove_account(const Thing& x) {
    std::vector<std::int64_t> campaigns;
    {
      Rows rows = sql_.campaigns_of_account.rows(x.no);
      while (rows.next()) campaigns.push_back(rows.i64(0));
    }
    sql_.drop_account.run(x.no);
    for (const std::int64_t no : campaigns) {
      CampaignEntry* entry = c_.campaign(no);
      if (entry == nullptr) continue;
      std::erase(entry->accounts, x.no);
      c_.bump_campaign(*entry);
      c_.activity(no, "campaign.account_removed", actor_, "An account of the sample was removed",
                  "{\"account\":\"" + std::to_string(x.id) + "\"}", now_);
      out_.changed.push_back(entry->id);
    }
    const bool used = sql_.account_used.value(0, x.no) != 0;
    hidden_.emplace_back(x.no, used);
    if (!used) {
      for (Statement& s : sql_.of_account) s.run(x.no);
    } else {
      for (Statement& s : sql_.zeroes) s.run(x.no);
      sql_.guard_day.run(x.no);
    }
    const std::string source = source_of(AccountId{x.id});
    sql_.events.run(source);
    sql_.bookings.run(source);
    sql_.hide_account.run(x.no, now_);
    c_.forget_account(x.no);
    out_.removed.accounts += x.shown;
  }

  // What the campaigns that went had reserved of the accounts' days.
  void give_back_days(std::int64_t account) {
    std::vector<std::pair<std::int64_t, std::int64_t>> days;
    {
      Rows rows = sql_.days.rows(account);
      while (rows.next()) days.emplace_back(rows.i64(0), rows.i64(1));
    }
    for (const auto& [day, used] : days) {
      const std::int64_t n = std::min(used, reserved_);
      sql_.give_back.run(account, day, n);
      reserved_ -= n;
    }
    sql_.no_day.run(account);
  }

  void remove_collection(const Thing& x) {
    sql_.hide_collection.run(x.no, now_);
    out_.removed.collections += x.shown;
    if (sql_.collection_used.value(0, x.no) != 0) return;  // a person's campaign has its people
    std::vector<std::int64_t> contacts;
    {
      Rows rows = sql_.contacts.rows(x.no);
      while (rows.next()) contacts.push_back(rows.i64(0));
    }
    for (const std::int64_t contact : contacts) forget_person(contact);
    sql_.drop_contacts.run(x.no);
    for (Statement& s : sql_.of_collection) s.run(x.no);
    sql_.empty_collection.run(x.no);
    out_.people += std::ssize(contacts);
  }

  // Its keys, and the suppressions that the sample itself brought about, unless somebody else has the
  // address.
  void forget_person(std::int64_t contact) {
    const auto person = sql_.people.person(ContactId{contact});
    if (!person) return;
    for (const Address& a : Addresses::of(*person)) {
      const KeyedDigest digest = c_.addresses().digest(a.kind, a.value);
      const std::int64_t h = short_digest(digest);
      sql_.drop_key.run(h, contact);
      bool ours = false;
      {
        Rows row = sql_.suppression.rows(std::span<const std::uint8_t>(digest));
        ours = row.next() && sources_.contains(row.str(0));
      }
      if (ours && sql_.key_used.value(0, h) == 0) {
        sql_.drop_suppression.run(std::span<const std::uint8_t>(digest));
      }
    }
  }

  SampleSql& sql_;
  WriteContext& c_;
  const std::string_view actor_;
  const Instant now_;
  std::set<std::string> sources_;
  std::vector<std::pair<std::int64_t, bool>> hidden_;  // accounts: no, used by others
  std::int64_t reserved_ = 0;
  SampleRemoval out_;
};

SqliteWorkspace::SqliteWorkspace(Connection& write_connection, Writer& writer, ReaderPool& pool)
    : writer_(writer), pool_(pool), sql_(std::make_unique<SampleSql>(write_connection)) {}
SqliteWorkspace::~SqliteWorkspace() = default;

Result<std::string> SqliteWorkspace::name() {
  ReadLease lease = pool_.lease();
  std::string name(kDefaultName);
  Rows row = lease.sql<WorkspaceReadSql>().name.rows();
  if (row.next()) name = row.str(0);
  return lease.done(std::move(name));
}

Result<void> SqliteWorkspace::rename(const std::string& name, const std::string& actor,
                                     Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    sql_->rename.run(name);
    c.audit(actor, "workspace.rename", "workspace", "{}", now);
    return {};
  });
}

Result<SampleCounts> SqliteWorkspace::sample() {
  ReadLease lease = pool_.lease();
  SampleCounts n;
  Rows row = lease.sql<WorkspaceReadSql>().sample.rows();
  if (row.next()) n = {row.i64(0), row.i64(1), row.i64(2)};
  return lease.done(n);
}

Result<std::vector<CampaignId>> SqliteWorkspace::active_sample_campaigns() {
  ReadLease lease = pool_.lease();
  std::vector<CampaignId> ids;
  Rows rows = lease.sql<WorkspaceReadSql>().active.rows();
  while (rows.next()) ids.push_back(CampaignId{rows.i64(0)});
  return lease.done(std::move(ids));
}

Result<SampleRemoval> SqliteWorkspace::remove_sample(const std::string& actor, Instant now) {
  return writer_.run<SampleRemoval>(
      [&](WriteContext& c) { return SampleRemover(*sql_, c, actor, now).run(); });
}

}  // namespace headway::store::sqlite
