// Cells and cohorts against what the scan of leads, messages and reactions came to.

#include "store/sqlite/verify_recount.h"

namespace headway::store::sqlite {
namespace {

template <std::size_t N>
Numbers<N> key_of(const Rows& row) {
  Numbers<N> key{};
  for (std::size_t i = 0; i < N; ++i) key[i] = row.i64(static_cast<int>(i));
  return key;
}

template <std::size_t N>
std::string name_of(std::string_view what, const Numbers<N>& key) {
  std::string name = "campaign " + std::to_string(key[0]) + ": " + std::string(what) + " (";
  for (std::size_t i = 1; i < N; ++i) name += (i > 1 ? ", " : "") + std::to_string(key[i]);
  return name + ")";
}

}  // namespace

void Recount::compare_cells() {
  {
    constexpr std::string_view kWhat =
        "messages of (account, collection, step, variant, load, failure, code)";
    Statement stored(
        db,
        "SELECT campaign,account,collection,step,variant,load,failure,code,n,first,last FROM "
        "delivery_cell");
    Rows rows = stored.rows();
    while (rows.next()) {
      const auto key = key_of<8>(rows);
      const auto it = cells.find(key);
      const Cell cell = it == cells.end() ? Cell{} : it->second;
      expect([&] { return name_of(kWhat, key); }, rows.i64(8), cell.n);
      if (cell.n > 0) {
        // What a late receipt took out has widened the times.
        const bool within = rows.i64(9) <= cell.first && rows.i64(10) >= cell.last;
        expect([&] { return name_of("first and last of (...)", key); }, within, 1);
        cells.erase(it);
      }
    }
    for (const auto& [k, cell] : cells) {
      const auto& key = k;  // lambdas of clang 14 cannot capture a binding
      expect([&] { return name_of(kWhat, key); }, 0, cell.n);
    }
  }
  constexpr std::string_view kWhat =
      "cohort (kind, day, counter, account, collection, step, variant, epoch, lag)";
  Statement stored(
      db,
      "SELECT campaign,kind,day,counter,account,collection,step,variant,epoch,lag,n FROM cohort");
  Rows rows = stored.rows();
  while (rows.next()) {
    const auto key = key_of<10>(rows);
    const auto it = cohorts.find(key);
    expect([&] { return name_of(kWhat, key); }, rows.i64(10), it == cohorts.end() ? 0 : it->second);
    if (it != cohorts.end()) cohorts.erase(it);
  }
  for (const auto& [k, n] : cohorts) {
    const auto& key = k;
    const std::int64_t recounted = n;
    expect([&] { return name_of(kWhat, key); }, 0, recounted);
  }

  // The statistic of the guard depends on the order of the messages; the day that it is in does not.
  Statement guards(db, "SELECT account,day,n_day,s_day FROM guard_state");
  Rows guard = guards.rows();
  while (guard.next()) {
    const Numbers<2> key{guard.i64(0), guard.i64(1)};
    const auto name = [&](const char* what) {
      return "guard of account " + std::to_string(guard.i64(0)) + ": " + what + " of day " +
             std::to_string(guard.i64(1));
    };
    const auto n = account_days.find(key);
    const auto failed = account_failures.find(key);
    expect([&] { return name("messages"); }, guard.i64(2), n == account_days.end() ? 0 : n->second);
    expect([&] { return name("failures"); }, guard.i64(3),
           failed == account_failures.end() ? 0 : failed->second);
  }
}

}  // namespace headway::store::sqlite
