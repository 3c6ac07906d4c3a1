// Baselines that only read: opening a database that was killed, and pages by key.

#include <filesystem>
#include <iostream>

#include "benchmarks/bare_sqlite.h"
#include "benchmarks/context.h"
#include "benchmarks/people.h"

namespace headway::bench {

// DATABASE: recovers the write-ahead log and answers one question. Leaves log and file as they were.
int bare_open_main(const std::vector<std::string>& words) {
  std::filesystem::remove(words.at(0) + "-shm");
  double started = now_seconds();
  Database db(words.at(0));
  int off = 0;
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &off);
  std::int64_t leads = db.number("SELECT max(id) FROM lead");
  std::cout << "{\"seconds\":" << now_seconds() - started << ",\"last\":" << leads << "}"
            << std::endl;
  return 0;
}

// DATABASE COUNT: pages of 50 leads with their people from random numbers on; prints each in ms.
int bare_pages_main(const std::vector<std::string>& words) {
  Database db(words.at(0), 1 << 20);
  std::int64_t campaign = db.number("SELECT no FROM campaign ORDER BY last_lead DESC LIMIT 1");
  std::int64_t leads = db.number("SELECT max(last_lead) FROM campaign");
  Statement page(
      db,
      "SELECT "
      "l.id,l.status,l.account,l.variant,l.step,l.due,l.failure,l.last_action,l.last_action_at,"
      "c.name,c.email,c.phone,c.external_id,c.attributes FROM lead l JOIN contact c ON "
      "c.id=l.contact "
      "WHERE l.id>? ORDER BY l.id LIMIT 50");
  std::int64_t bytes = 0;
  std::cout << "{\"ms\":[";
  for (std::int64_t i = 0; i < std::stoll(words.at(1)); ++i) {
    double started = now_seconds();
    auto number = static_cast<std::int64_t>(mix(static_cast<std::uint64_t>(i)) %
                                            static_cast<std::uint64_t>(leads));
    page.bind(campaign << 32 | number);
    while (page.step()) {
      for (int c = 0; c < 9; ++c) bytes += page.column(c) & 1;
      for (int c = 9; c < 14; ++c) bytes += static_cast<std::int64_t>(page.text(c).size());
    }
    page.reset();
    std::cout << (i ? "," : "") << (now_seconds() - started) * 1000;
  }
  std::cout << "],\"bytes\":" << bytes << "}" << std::endl;
  return 0;
}

}  // namespace headway::bench
