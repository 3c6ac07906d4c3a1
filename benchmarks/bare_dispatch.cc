// The baseline of budget 1: straight-line SQLite that leaves the rows of a dispatched campaign behind.

#include <iostream>

#include "benchmarks/bare_counters.h"
#include "benchmarks/context.h"
#include "benchmarks/process.h"

namespace headway::bench {

namespace {

constexpr std::int64_t kDay = 86'400'000, kHour = 3'600'000;

struct Campaign {
  std::int64_t no, collection, leads, first_variant, accounts, batch;
  std::int64_t lead(std::int64_t number) const { return no << 32 | number; }
  // Accounts take turns in runs, as the slots of a claim do.
  std::int64_t account(std::int64_t number) const { return 1 + number % batch * accounts / batch; }

  // Calls f(number of the first, how many, account) for each run of one account in one block.
  template <class F>
  void runs(std::int64_t first, std::int64_t last, F f) const {
    for (std::int64_t n = first; n <= last;) {
      std::int64_t end = n + 1;
      while (end <= last && account(end) == account(n) && end >> 10 == n >> 10) ++end;
      f(n, static_cast<int>(end - n), account(n));
      n = end;
    }
  }
};

Campaign read_campaign(Database& db, std::int64_t batch) {
  Campaign c{};
  c.no = db.number("SELECT max(no) FROM campaign");
  c.collection = db.number("SELECT max(no) FROM collection");
  c.leads = db.number("SELECT last_lead FROM campaign ORDER BY no DESC LIMIT 1");
  c.first_variant = db.number("SELECT max(id) FROM variant");
  c.accounts = db.number("SELECT count(*) FROM account");
  c.batch = batch;
  return c;
}

// Every row that Headway writes, in its two transactions a batch.
std::int64_t same_rows(Database& db, const Campaign& c) {
  Statement begin(db, "BEGIN IMMEDIATE"), commit(db, "COMMIT");
  Statement claim(
      db,
      "UPDATE lead SET queue=?2,due=?3,account=?4,variant=?5,step=1,attempt=1,last_action=1,"
      "last_action_at=?3 WHERE id=?1");
  Statement end(db,
                "UPDATE lead SET queue=NULL,due=NULL,status=2,delivered=1,ended_by=1,last_action=2,"
                "last_action_at=?2 WHERE id=?1");
  Statement message(db, "INSERT INTO message VALUES(?1,1,?2,?3,1,1,0,?4,?4,NULL,NULL,?5,0,0)");
  Counters counters(db, c.no, c.collection);
  for (std::int64_t first = 1; first <= c.leads; first += c.batch) {
    std::int64_t last = std::min(c.leads, first + c.batch - 1);
    std::int64_t at = wall_us() / 1000;
    begin();
    for (std::int64_t n = first; n <= last; ++n) {
      std::int64_t account = c.account(n);
      claim(c.lead(n), queue_of(c.no, 4, account), at, account, c.first_variant);
    }
    c.runs(first, last, [&](std::int64_t n, int count, std::int64_t account) {
      counters.block(n, facet(0, 1, 0, 0, 0), -count);
      counters.block(n, facet(0, 4, 1, account, c.first_variant), count);
      counters.queue(queue_of(c.no, 1, 0), 0, -count);
      counters.queue(queue_of(c.no, 4, account), 0, count);
      counters.day(account, at / kDay, count);
    });
    counters.write();
    commit();

    begin();
    char provider[32];
    for (std::int64_t n = first; n <= last; ++n) {
      std::int64_t account = c.account(n);
      end(c.lead(n), at);
      int size = std::snprintf(provider, sizeof provider, "sandbox-%016llx",
                               static_cast<unsigned long long>(n));
      message(c.lead(n), c.first_variant, account, at,
              std::string_view(provider, static_cast<std::size_t>(size)));
    }
    c.runs(first, last, [&](std::int64_t n, int count, std::int64_t account) {
      counters.block(n, facet(0, 4, 1, account, c.first_variant), -count);
      counters.block(n, facet(2, 0, 1, account, c.first_variant), count);
      counters.queue(queue_of(c.no, 4, account), 0, -count);
      for (int counter : {1, 4, 6}) {  // sent, delivered, contacted
        counters.fact(counter, account, 1, c.first_variant, at / kHour, count);
      }
    });
    counters.journal(at, 3);
    counters.write();
    commit();
  }
  return counters.rows;
}

// One transaction a batch: the lead's end, the message, 24 counters.
std::int64_t fewest_rows(Database& db, const Campaign& c) {
  Statement begin(db, "BEGIN IMMEDIATE"), commit(db, "COMMIT");
  Statement end(db,
                "UPDATE lead SET "
                "queue=NULL,due=NULL,account=?3,variant=?4,step=1,attempt=1,status=2,delivered=1,"
                "ended_by=1,last_action=2,last_action_at=?2 WHERE id=?1");
  Statement message(db, "INSERT INTO message VALUES(?1,1,?2,?3,1,1,0,?4,?4,NULL,NULL,?5,0,0)");
  Statement total(
      db, "INSERT INTO account_total VALUES(?,?,0,?) ON CONFLICT DO UPDATE SET n=n+excluded.n");
  for (std::int64_t first = 1; first <= c.leads; first += c.batch) {
    std::int64_t last = std::min(c.leads, first + c.batch - 1);
    std::int64_t at = wall_us() / 1000;
    begin();
    char provider[32];
    for (std::int64_t n = first; n <= last; ++n) {
      std::int64_t account = c.account(n);
      end(c.lead(n), at, account, c.first_variant);
      int size = std::snprintf(provider, sizeof provider, "sandbox-%016llx",
                               static_cast<unsigned long long>(n));
      message(c.lead(n), c.first_variant, account, at,
              std::string_view(provider, static_cast<std::size_t>(size)));
    }
    for (int i = 0; i < 24; ++i) total(i, i, last - first + 1);
    commit();
  }
  return 24;
}

}  // namespace

// DATABASE BATCH same|fewest
int bare_dispatch_main(const std::vector<std::string>& words) {
  Database db(words.at(0));
  Campaign c = read_campaign(db, std::stoll(words.at(1)));
  double begin = now_seconds();
  std::int64_t rows = words.at(2) == "same" ? same_rows(db, c) : fewest_rows(db, c);
  std::cout << "{\"seconds\":" << now_seconds() - begin << ",\"counter_rows\":" << rows
            << ",\"leads\":" << c.leads << "}" << std::endl;
  return 0;
}

}  // namespace headway::bench
