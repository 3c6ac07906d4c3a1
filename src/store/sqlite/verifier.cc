#include "store/sqlite/verifier.h"

#include "store/sqlite/migrations.h"
#include "store/sqlite/verify_recount.h"

namespace headway::store::sqlite {
namespace {

constexpr std::size_t kDifferencesKept = 1000;
constexpr std::int64_t kRowsBetweenProgress = 50'000;  // about 100 ms

}  // namespace

void Recount::expect(const std::function<std::string()>& what, std::int64_t stored,
                     std::int64_t recounted) {
  ++report.counters;
  if (stored == recounted || !db.ok()) return;
  ++report.differences_total;
  if (report.differences.size() < kDifferencesKept) {
    report.differences.push_back({what(), stored, recounted});
  }
}

bool Recount::step(std::int64_t n) {
  done += n;
  if (done - told_ < kRowsBetweenProgress) return true;
  told_ = done;
  return !progress_ || progress_(std::min(done, total), total);
}

Result<VerifyReport> SqliteVerifier::verify(
    const std::function<bool(std::int64_t, std::int64_t)>& progress) {
  Connection db;
  if (auto opened = db.open(path_, OpenMode::read_only, vfs_); !opened) {
    return tl::unexpected<Error>(opened.error());
  }
  db.exec("PRAGMA query_only=1");
  db.exec("PRAGMA cache_size=-8192");
  db.exec("PRAGMA temp_store=FILE");
  if (auto same = check_schema(db); !same) return tl::unexpected<Error>(same.error());
  db.exec("BEGIN");
  Recount recount(db, progress);
  {
    Statement rows(db,
                   "SELECT (SELECT coalesce(sum(n),0) FROM campaign_total WHERE counter=0)+"
                   "(SELECT coalesce(sum(people),0) FROM collection)");
    recount.total = rows.value(0);
  }
  const bool whole = recount.scan_leads() && recount.scan_people();
  if (whole) {
    recount.scan_replies();
    recount.compare_totals();
    recount.compare_rollups();
    recount.compare_errors();
    recount.compare_days();
    recount.compare_seals();
    recount.compare_cells();
  }
  if (!db.ok()) return tl::unexpected<Error>(*db.error());
  if (!whole) return fail(ErrorKind::unavailable, "The verification was cancelled");
  if (progress) progress(recount.total, recount.total);
  return std::move(recount.report);
}

}  // namespace headway::store::sqlite
