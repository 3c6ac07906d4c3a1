#include "tests/support/seed_store.h"

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "domain/lead.h"
#include "store/sqlite/addresses.h"
#include "store/sqlite/cells.h"
#include "store/sqlite/counters.h"
#include "store/sqlite/lead_row.h"
#include "store/sqlite/migrations.h"

namespace headway::test {
namespace {

using namespace store::sqlite;  // NOLINT: the folder under test

constexpr std::int64_t kCampaign = 1;
constexpr std::int64_t kPerTransaction = 20'000;
constexpr std::int64_t kPerInstant = 1'000;  // leads whose facts share their instants

const char* const kFirst[] = {"Ada",     "Grace", "Edsger", "Barbara", "Donald", "Frances",
                              "Ken",     "Radia", "Leslie", "Jean",    "Alan",   "Margaret",
                              "Niklaus", "Shafi", "Tony",   "Lynn"};
const char* const kLast[] = {"Lovelace", "Hopper",     "Dijkstra", "Liskov", "Knuth",  "Allen",
                             "Thompson", "Perlman",    "Lamport",  "Bartik", "Turing", "Hamilton",
                             "Wirth",    "Goldwasser", "Hoare",    "Conway"};
const char* const kZones[] = {"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Europe/London",
                              "Asia/Kolkata"};

class SeedEntropy final : public runtime::Entropy {
 public:
  explicit SeedEntropy(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override { return mix64(++state_); }
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(next());
  }

 private:
  std::uint64_t state_;
};

struct SeedSql {
  Connection& db;
  Statement digest_key{db, "SELECT value FROM meta WHERE key='digest_key'"};
  Statement account{db,
                    "INSERT INTO account "
                    "VALUES(?1,?2,?3,'sandbox','UTC',NULL,100.0,'{}',1,0,'',?4,NULL,?4,1,NULL,0)"};
  Statement collection{db, "INSERT INTO collection VALUES(?1,?2,?3,?4,?5,NULL,0)"};
  Statement field{db, "INSERT INTO collection_field VALUES(?1,?2,?3)"};
  Statement zone{db, "INSERT OR IGNORE INTO zone VALUES(?1,?2)"};
  Statement campaign{
      db,
      "INSERT INTO campaign "
      "(no,id,name,state,pause_reason,attribution_days,in_doubt_timeout,created_at,started_at,"
      "version,figures_version,last_activity_at,last_lead,simulated) "
      "VALUES(1,?1,'Seeded',?2,?3,30,259200000,?4,?4,1,1,?5,?6,1)"};
  Statement step{db, "INSERT INTO campaign_step VALUES(1,?1,?2)"};
  Statement variant{db, "INSERT INTO variant VALUES(?1,1,?2,?3,'Hi {{first_name|there}}',1,0)"};
  Statement campaign_account{db, "INSERT INTO campaign_account VALUES(1,?1)"};
  Statement campaign_collection{db, "INSERT INTO campaign_collection VALUES(1,?1,?2,?2)"};
  Statement contact{db, "INSERT INTO contact VALUES(?1,?2,?3,NULL,NULL,?4,?5,NULL,?6,0)"};
  Statement lead{
      db, "INSERT INTO lead VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,0,?15,?16,0)"};
  Statement message{db,
                    "INSERT INTO message VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?8,?9,NULL,NULL,?10,0)"};
  Statement attempt{db, "INSERT INTO attempt VALUES(?1,?2,?3,?4,?5,2,?6,?7,?7,'451','greylisted')"};
  Statement reply{db, "INSERT INTO reply VALUES(?1,?2,1,?3,0,?4,?5,?6,?7,'Yes please')"};
  Statement conversation{db,
                         "INSERT INTO conversation VALUES(?1,?1,?2,1,?3,1,0,0,'Yes please',?4)"};
  Statement account_day{
      db,
      "INSERT INTO account_day VALUES(?1,?2,?3) ON CONFLICT DO UPDATE SET used=used+excluded.used"};
  Statement campaign_day{
      db,
      "INSERT INTO campaign_day VALUES(1,?1,?2) ON CONFLICT DO UPDATE SET used=used+excluded.used"};
  Statement key{db, "INSERT INTO contact_key VALUES(?1,?2)"};
};

// Moves one lead through the status machine and writes what it leaves behind.
class LeadMaker {
 public:
  LeadMaker(const SeedOptions& o, SeedSql& sql, Counters& counters, Cells& cells)
      : o_(o), sql_(sql), counters_(counters), cells_(cells) {
    sequence_.steps = o.steps;
    sequence_.delays.assign(static_cast<std::size_t>(o.steps), o.follow_up_delay);
    sequence_.delays.front() = milliseconds{0};
  }

  void make(std::int64_t number, std::int64_t contact, int zone) {
    const std::uint64_t draw = mix64(o_.seed, static_cast<std::uint64_t>(number));
    id_ = lead_id(kCampaign, number);
    collection_ = contact_collection(contact);
    draw_ = draw;
    state_ = domain::LeadState{};
    const std::int64_t instants = (o_.leads + kPerInstant - 1) / kPerInstant;
    const std::int64_t at =
        to_ms(o_.now) - 7'200'000 + 6'000'000 * ((number - 1) / kPerInstant) / instants;
    state_.last_action_at = from_ms(at);
    fact({domain::Counter::enrolled, AccountId{}, 0, VariantId{}, domain::FailureClass::none, 1},
         from_ms(at));
    play(static_cast<int>(draw % 1000), at);
    counters_.place(id_, state_, zone, 1);
    const bool open = state_.wait != domain::Wait::none;
    sql_.lead.run(
        id_, contact,
        open ? std::optional(queue_key(kCampaign, state_.wait, state_.account.value, zone))
             : std::nullopt,
        open ? std::optional(to_ms(state_.due)) : std::nullopt, state_.status, state_.account,
        state_.variant, state_.step, state_.delivered, state_.attempt, state_.tries, state_.failure,
        state_.ended_by, lead_flags(state_), state_.last_action, state_.last_action_at);
  }

  void finish() {
    for (const auto& [key, n] : days_) {
      sql_.account_day.run(key.first, key.second, n);
      sql_.campaign_day.run(key.second, n);
    }
    days_.clear();
  }

 private:
  void play(int share, std::int64_t at) {
    const SeedMix& m = o_.mix;
    const auto within = [&share](int part) {
      share -= part;
      return share < 0;
    };
    if (within(m.partial)) {
      deliver(at);
    } else if (within(m.sent)) {
      for (int i = 0; i < o_.steps; ++i) deliver(at + 60'000 * i);
    } else if (within(m.replied)) {
      deliver(at);
      reply(at + 600'000);
    } else if (within(m.failed)) {
      claim(at);
      static constexpr domain::FailureClass kClasses[] = {
          domain::FailureClass::recipient_invalid, domain::FailureClass::recipient_unavailable,
          domain::FailureClass::content_rejected, domain::FailureClass::account_auth};
      const domain::FailureClass c = kClasses[(draw_ >> 20) % 4];
      move(domain::fail_for_good(state_, state_.attempt, c, from_ms(at + 1000)), at + 1000);
      const std::string code = "55" + std::to_string(static_cast<int>(c) % 10);
      end(kMessageFailed, c, at + 1000, code);
      counters_.account_error(state_.account.value, c, code, from_ms(at + 1000), 1, id_);
    } else if (within(m.retry)) {
      claim(at);
      const auto c = domain::FailureClass::recipient_deferred;
      move(domain::retry_at(state_, state_.attempt, c,
                            o_.now + std::chrono::minutes(5 + (draw_ >> 24) % 50),
                            from_ms(at + 1000)),
           at + 1000);
      sql_.attempt.run(id_, state_.attempt, state_.step, state_.account, state_.variant, c,
                       at + 1000);
    } else if (within(m.in_flight)) {
      claim(at);
    }
  }

  void claim(std::int64_t at) {
    const int step = domain::next_step(state_);
    const AccountId account =
        state_.account
            ? state_.account
            : AccountId{1 + static_cast<std::int64_t>((draw_ >> 10) %
                                                      static_cast<std::uint64_t>(o_.accounts))};
    const VariantId variant{
        (step - 1) * o_.variants + 1 +
        static_cast<std::int64_t>((draw_ >> 40) % static_cast<std::uint64_t>(o_.variants))};
    move(domain::claim(state_, account, variant, from_ms(at)), at);
    ++days_[{account.value, at / 86'400'000}];
  }
  void deliver(std::int64_t at) {
    claim(at);
    move(domain::deliver(state_, state_.attempt, sequence_, from_ms(at + 1000)), at + 1000);
    end(kMessageDelivered, domain::FailureClass::none, at + 1000, {});
  }
  void end(int outcome, domain::FailureClass failure, std::int64_t at,
           const std::optional<std::string>& code) {
    const int load = cells_.load(state_.account.value, from_ms(at), counters_);
    sql_.message.run(id_, state_.step, state_.variant, state_.account, state_.attempt, outcome,
                     failure, at, code, load);
    cells_.ended({id_, collection_, state_.account.value, state_.step, state_.variant, 0, load,
                  failure, code ? std::string_view(*code) : std::string_view(), from_ms(at)});
  }
  void reply(std::int64_t at) {
    const int step = state_.step;
    sql_.reply.run(id_, id_, at, state_.account, step, state_.variant,
                   (at - to_ms(state_.last_action_at)) / 1000);
    sql_.conversation.run(id_, state_.account, seeded_name(lead_number(id_)), at);
    move(domain::reply(state_, state_.account, step, state_.variant, from_ms(at)), at);
  }

  void move(const Result<domain::Transition>& t, std::int64_t at) {
    HW_CHECK(t.has_value());
    for (const domain::Delta& d : t->deltas) fact(d, from_ms(at));
    state_ = t->next;
  }
  void fact(const domain::Delta& d, Instant at) {
    counters_.fact(kCampaign, collection_, d, at);
    if (d.counter == domain::Counter::responded) {
      cells_.reacted(id_, collection_, d.counter, d.step, at, d.n);
    }
  }

  const SeedOptions& o_;
  SeedSql& sql_;
  Counters& counters_;
  Cells& cells_;
  domain::Sequence sequence_;
  LeadId id_;
  std::int64_t collection_ = 0;
  std::uint64_t draw_ = 0;
  domain::LeadState state_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> days_;  // account, day
};

// Dropped while rows are written, and built again from sorted rows.
std::vector<std::string> drop_indexes(Connection& db) {
  std::vector<std::string> names, again;
  {
    Statement list(
        db,
        "SELECT name,sql FROM sqlite_master WHERE type='index' AND tbl_name IN ('lead','contact')"
        " AND sql IS NOT NULL");
    Rows rows = list.rows();
    while (rows.next()) {
      names.push_back(rows.str(0));
      again.push_back(rows.str(1));
    }
  }
  for (const std::string& name : names) db.exec(("DROP INDEX " + name).c_str());
  return again;
}

SeededStore make_plan(const SeedOptions& o, SeedSql& sql) {
  SeededStore s;
  const std::int64_t created = to_ms(o.now) - 10'800'000;
  for (int i = 1; i <= o.accounts; ++i) {
    s.accounts.push_back(AccountId{1'000'000 + i});
    sql.account.run(i, s.accounts.back(), "Desk " + std::to_string(i), created);
    sql.campaign_account.run(i);
  }
  if (o.lead_zones) {
    for (int i = 0; i < 5; ++i) sql.zone.run(i + 1, kZones[i]);
  }
  for (int i = 1; i <= o.steps; ++i) {
    sql.step.run(i, i == 1 ? std::int64_t{0} : o.follow_up_delay.count());
    for (int v = 0; v < o.variants; ++v) {
      s.variants.push_back(VariantId{std::ssize(s.variants) + 1});
      sql.variant.run(s.variants.back(), i, std::string(1, static_cast<char>('A' + v)));
    }
  }
  s.campaign = CampaignId{5'000'001};
  sql.campaign.run(s.campaign, o.paused ? 1 : 0, o.paused ? "Paused" : "", created, o.now, o.leads);
  return s;
}

}  // namespace

std::string seeded_name(std::int64_t n) {
  const std::uint64_t h = mix64(static_cast<std::uint64_t>(n));
  return std::string(kFirst[h % 16]) + " " + kLast[h / 16 % 16] + " " + std::to_string(n);
}
std::string seeded_email(std::int64_t n) { return "lead" + std::to_string(n) + "@example.org"; }

Result<SeededStore> seed_store(const SeedOptions& o,
                               const std::function<void(std::int64_t)>& progress) {
  Connection db;
  if (auto opened = db.open(o.path, OpenMode::read_write_create, ""); !opened)
    return tl::unexpected(opened.error());
  db.exec("PRAGMA journal_mode=OFF");
  db.exec("PRAGMA synchronous=OFF");
  db.exec("PRAGMA cache_size=-65536");
  SeedEntropy entropy(o.seed);
  if (auto migrated = migrate(db, entropy); !migrated) return tl::unexpected(migrated.error());
  SeededStore made;
  {
    const std::vector<std::string> indexes = drop_indexes(db);
    SeedSql sql{db};
    Addresses addresses;
    {
      Rows row = sql.digest_key.rows();
      SecretKey key{};
      if (row.next()) std::copy_n(row.blob(0).begin(), key.size(), key.begin());
      addresses = Addresses(key);
    }
    db.exec("BEGIN");
    made = make_plan(o, sql);
    Counters counters(db);
    Cells cells(db);
    LeadMaker maker(o, sql, counters, cells);
    std::vector<std::pair<std::int64_t, std::int64_t>> keys;
    keys.reserve(static_cast<std::size_t>(o.leads) * 2);
    const std::int64_t per = (o.leads + o.collections - 1) / o.collections;
    for (std::int64_t n = 1; n <= o.leads && db.ok(); ++n) {
      const std::int64_t collection = (n - 1) / per + 1, row = (n - 1) % per + 1;
      const std::int64_t contact = collection << 32 | row;
      const int zone =
          o.lead_zones ? static_cast<int>(mix64(static_cast<std::uint64_t>(n)) >> 32) % 5 : 0;
      const std::string email = seeded_email(n), external = "c-" + std::to_string(n);
      const int zone_no = o.lead_zones ? std::abs(zone) + 1 : 0;
      sql.contact.run(contact, seeded_name(n), email, external, zone_no,
                      "{\"company\":\"Analytical\"}");
      keys.emplace_back(addresses.key("email", email), contact);
      keys.emplace_back(addresses.key("external_id", external), contact);
      maker.make(n, contact, zone_no);
      if (n % kPerTransaction == 0) {
        counters.write();
        cells.write();
        maker.finish();
        if (progress && n % 100'000 == 0) progress(n);
      }
    }
    counters.write();
    cells.write();
    maker.finish();
    for (int i = 1; i <= o.collections; ++i) {
      const std::int64_t people = std::clamp<std::int64_t>(o.leads - (i - 1) * per, 0, per);
      made.collections.push_back(CollectionId{2'000'000 + i});
      sql.collection.run(i, made.collections.back(), "List " + std::to_string(i), people,
                         to_ms(o.now) - 10'800'000);
      sql.campaign_collection.run(i, (std::int64_t{i} << 32) + people);
      for (const char* field : {"name", "email", "external_id", "attributes.company"})
        sql.field.run(i, field, people);
    }
    std::sort(keys.begin(), keys.end());
    for (const auto& [h, contact] : keys) sql.key.run(h, contact);
    for (const std::string& index : indexes) db.exec(index.c_str());
    db.exec("COMMIT");
  }
  db.exec("PRAGMA journal_mode=WAL");
  if (!db.ok()) return tl::unexpected(*db.error());
  return made;
}

}  // namespace headway::test
