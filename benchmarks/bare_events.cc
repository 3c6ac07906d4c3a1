// The baseline of budget 4: SQLite told the same facts, each batch sorted by key.

#include <algorithm>
#include <iostream>

#include "benchmarks/bare_counters.h"
#include "benchmarks/context.h"
#include "benchmarks/people.h"

namespace headway::bench {

namespace {

constexpr std::int64_t kHour = 3'600'000;

struct Fact {
  std::int64_t lead, at, number;
};

}  // namespace

// DATABASE FIRST COUNT BATCH same|fewest: facts FIRST .. FIRST+COUNT-1 of the shuffled leads.
// same: every row that Headway writes. fewest: the lead and the message alone.
int bare_events_main(const std::vector<std::string>& words) {
  Database db(words.at(0));
  std::int64_t first = std::stoll(words.at(1)), count = std::stoll(words.at(2)),
               batch = std::stoll(words.at(3));
  bool same = words.at(4) == "same";
  std::int64_t campaign = db.number("SELECT max(no) FROM campaign");
  std::int64_t leads = db.number("SELECT last_lead FROM campaign ORDER BY no DESC LIMIT 1");
  std::int64_t variant = db.number("SELECT max(id) FROM variant");
  Statement begin(db, "BEGIN IMMEDIATE"), commit(db, "COMMIT");
  Statement end(db,
                "UPDATE lead SET "
                "queue=NULL,due=NULL,account=1,variant=?3,step=1,status=2,delivered=1,ended_by=1,"
                "last_action=2,last_action_at=?2 WHERE id=?1");
  Statement message(db, "INSERT INTO message VALUES(?1,1,?2,1,0,1,0,?3,?3,NULL,NULL,NULL,0,0)");
  Statement event(db, "INSERT INTO event_in VALUES('api',?,?)");
  Counters counters(db, campaign, db.number("SELECT max(no) FROM collection"));
  Shuffle shuffle(leads);
  std::vector<Fact> facts;
  double started = now_seconds();
  for (std::int64_t done = 0; done < count; done += batch) {
    facts.clear();
    std::int64_t now = wall_us() / 1000;
    for (std::int64_t i = done; i < std::min(count, done + batch); ++i) {
      facts.push_back(
          {campaign << 32 | (1 + shuffle(first + i)), now - batch + i - done, first + i});
    }
    std::sort(facts.begin(), facts.end(),
              [](const Fact& a, const Fact& b) { return a.lead < b.lead; });
    begin();
    for (const Fact& f : facts) {
      end(f.lead, f.at, variant);
      message(f.lead, variant, f.at);
    }
    if (same) {
      std::sort(facts.begin(), facts.end(),
                [](const Fact& a, const Fact& b) { return a.number < b.number; });
      char id[32];
      for (const Fact& f : facts) {
        int size = std::snprintf(id, sizeof id, "e-%012lld", static_cast<long long>(f.number));
        event(std::string_view(id, static_cast<std::size_t>(size)), f.at);
        counters.block(f.lead & 0xffffffff, facet(0, 1, 0, 0, 0), -1);
        counters.block(f.lead & 0xffffffff, facet(2, 0, 1, 1, variant), 1);
        counters.journal(f.at, 3);
      }
      int n = static_cast<int>(facts.size());
      counters.queue(queue_of(campaign, 1, 0), 0, -n);
      for (int counter : {1, 4, 6}) counters.fact(counter, 1, 1, variant, now / kHour, n);
      counters.write();
    }
    commit();
  }
  std::cout << "{\"seconds\":" << now_seconds() - started << "}" << std::endl;
  return 0;
}

}  // namespace headway::bench
