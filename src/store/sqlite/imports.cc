#include <algorithm>

#include "store/sqlite/imports_batch.h"
#include "store/sqlite/imports_impl.h"
#include "store/sqlite/reader_rows.h"
#include "store/workspace.h"

namespace headway::store::sqlite {
namespace {

constexpr std::size_t kBatchMax = 10'000;
constexpr std::int64_t kRejectionsKept = 100'000;
constexpr std::size_t kFiltersMax = 4;  // jobs beyond that look every key up

#define HEADWAY_JOB                                                                         \
  "SELECT j.id, c.id, j.state, j.error, j.row_count, j.accepted, j.duplicate, j.rejected, " \
  "j.bytes, "                                                                               \
  "j.bytes_total, j.started_at, j.ended_at, j.collection, c.people FROM import_job j JOIN " \
  "collection c ON c.no = "                                                                 \
  "j.collection"

// On read connections.
struct ImportReadSql {
  Connection& db;
  Statement job{db, HEADWAY_JOB " WHERE j.id = ?1"};
  Statement latest{db, HEADWAY_JOB " WHERE c.id = ?1 ORDER BY j.id DESC LIMIT 1"};
  Statement rejections{db,
                       "SELECT line, field, reason FROM import_rejection WHERE job = ?1 AND id > "
                       "?2 ORDER BY id LIMIT ?3"};
  Statement collection{db, "SELECT no FROM collection WHERE id = ?1 AND deleted_at IS NULL"};
  Statement people{
      db,
      "SELECT c.id, c.name, c.email, c.phone, c.messenger_id, c.external_id, c.zone, c.consent,"
      " c.attributes, z.name FROM contact c LEFT JOIN zone z ON z.no = c.zone"
      " WHERE c.id > ?1 AND c.id < ?2 ORDER BY c.id LIMIT ?3"};
};

}  // namespace

// On the write connection.
struct ImportSql {
  explicit ImportSql(Connection& connection) : db(connection) {}
  Connection& db;
  Statement job{db, HEADWAY_JOB " WHERE j.id = ?1"};
  Statement new_collection{db,
                           "INSERT INTO collection (no, id, name, created_at)"
                           " SELECT coalesce(max(no), 0) + 1, ?1, ?2, ?3 FROM collection"};
  Statement collection{db, "SELECT no FROM collection WHERE id = ?1 AND deleted_at IS NULL"};
  Statement new_job{
      db, "INSERT INTO import_job VALUES (?1, ?2, 0, '', 0, 0, 0, 0, 0, ?3, ?4, NULL, ?5)"};
  Statement update_job{
      db,
      "UPDATE import_job SET row_count = ?2, accepted = ?3, duplicate = ?4, rejected = ?5,"
      " bytes = ?6 WHERE id = ?1"};
  Statement end_job{db,
                    "UPDATE import_job SET state = ?2, error = ?3, ended_at = ?4 WHERE id = ?1"};
  Statement interrupt{db, "UPDATE import_job SET state = 3, ended_at = ?1 WHERE state = 0"};
  Statement rejection{db, "INSERT INTO import_rejection VALUES (?1, ?2, ?3, ?4, ?5)"};
  Statement mark_collection{db, "UPDATE collection SET sample = 1 WHERE no = ?1"};
  Statement people{db, "UPDATE collection SET people = ?2 WHERE no = ?1"};
  Statement field{db,
                  "INSERT INTO collection_field VALUES (?1, ?2, ?3)"
                  " ON CONFLICT DO UPDATE SET present = present + excluded.present"};
  Statement zone{db, "SELECT no FROM zone WHERE name = ?1"};
  Statement new_zone{db,
                     "INSERT INTO zone SELECT coalesce(max(no), 0) + 1, ?1 FROM zone HAVING "
                     "coalesce(max(no), 0) < 1023"};
  Statement find_key{
      db, "SELECT contact FROM contact_key WHERE h = ?1 AND contact > ?2 AND contact < ?3"};
  Statement contact{
      db,
      "SELECT id, name, email, phone, messenger_id, external_id, zone, consent, attributes"
      " FROM contact WHERE id = ?1"};
  Statement any_suppression{db, "SELECT 1 FROM suppression LIMIT 1"};
  Statement suppressed{db, "SELECT 1 FROM suppression WHERE h = ?1"};
  Statement add_contact{db, "INSERT INTO contact VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
  Statement add_key{db, "INSERT OR IGNORE INTO contact_key VALUES (?1, ?2)"};
};
#undef HEADWAY_JOB

namespace {

std::span<const std::uint8_t> bytes(const KeyedDigest& d) { return {d.data(), d.size()}; }

// The writer's part of a batch.
class BatchWriter {
 public:
  BatchWriter(ImportSql& sql, WriteContext& context, const ImportBatch& batch, KeyFilter* filter)
      : sql_(sql), context_(context), batch_(batch), filter_(filter) {}

  // The people that were new; `people` is what the collection has, before and after.
  std::int64_t write(std::int64_t collection, std::int64_t& people) {
    const auto& rows = batch_.people();
    std::vector<bool> taken(rows.size()), suppressed(rows.size());
    if (people > 0) find_taken(collection, taken);
    batch_.drop_duplicates(taken);
    if (sql_.any_suppression.value(0) != 0) find_suppressed(suppressed);

    std::vector<std::int64_t> ids(rows.size());
    const std::int64_t before = people;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (taken[i]) continue;
      ids[i] = (collection << 32) | ++people;
      const domain::Person& p = rows[i];
      sql_.add_contact.run(ids[i], p.name, null_if_empty(p.email), null_if_empty(p.phone),
                           null_if_empty(p.messenger_id), null_if_empty(p.external_id),
                           zone(p.timezone), null_if_empty(p.consent),
                           p.attributes.size() <= 2 ? std::nullopt : null_if_empty(p.attributes),
                           suppressed[i] ? kContactSuppressed : 0);
    }
    for (const BatchKey& k : batch_.keys()) {
      if (taken[k.row]) continue;
      sql_.add_key.run(k.h, ids[k.row]);
      if (filter_ != nullptr) filter_->add(k.h);
    }
    if (people == before) return 0;
    for (const auto& [name, n] : batch_.field_counts(taken)) sql_.field.run(collection, name, n);
    sql_.people.run(collection, people);
    return people - before;
  }

 private:
  void find_taken(std::int64_t collection, std::vector<bool>& taken) {
    for (const BatchKey& k : batch_.keys()) {
      if (taken[k.row] || (filter_ != nullptr && !filter_->may_contain(k.h))) continue;
      Rows found = sql_.find_key.rows(k.h, collection << 32, (collection + 1) << 32);
      while (!taken[k.row] && found.next()) taken[k.row] = same_address(found.i64(0), k);
    }
  }
  // Different addresses may share a short digest.
  bool same_address(std::int64_t contact, const BatchKey& k) {
    Rows row = sql_.contact.rows(contact);
    if (!row.next()) return false;
    for (const Address& a : Addresses::of(read_person(row, 0))) {
      if (context_.addresses().digest(a.kind, a.value) == k.digest) return true;
    }
    return false;
  }
  void find_suppressed(std::vector<bool>& suppressed) {
    for (const BatchKey& k : batch_.keys()) {
      if (!suppressed[k.row]) suppressed[k.row] = sql_.suppressed.value(0, bytes(k.digest)) != 0;
    }
  }
  std::int64_t zone(const std::string& name) {
    if (name.empty()) return 0;
    const auto known = zones_.find(name);
    if (known != zones_.end()) return known->second;
    std::int64_t no = sql_.zone.value(0, name);
    if (no == 0) {
      sql_.new_zone.run(name);
      no = sql_.zone.value(0, name);
    }
    return zones_[name] = no;
  }

  ImportSql& sql_;
  WriteContext& context_;
  const ImportBatch& batch_;
  KeyFilter* filter_;
  std::unordered_map<std::string, std::int64_t> zones_;
};

tl::unexpected<Error> no_job() { return fail(ErrorKind::not_found, "No such import"); }

}  // namespace

SqliteImports::SqliteImports(Connection& write_connection, Writer& writer, ReaderPool& pool)
    : writer_(writer), pool_(pool), sql_(std::make_unique<ImportSql>(write_connection)) {}
SqliteImports::~SqliteImports() = default;

std::shared_ptr<KeyFilter> SqliteImports::filter_of(std::int64_t job) {
  const std::lock_guard lock(mutex_);
  const auto known = filters_.find(job);
  return known == filters_.end() ? nullptr : known->second;
}

// Taken once from the writer, which read it at start.
Result<Addresses> SqliteImports::addresses() {
  {
    const std::lock_guard lock(mutex_);
    if (addresses_) return *addresses_;
  }
  auto copy =
      writer_.run<Addresses>([](WriteContext& c) -> Result<Addresses> { return c.addresses(); });
  if (copy) {
    const std::lock_guard lock(mutex_);
    addresses_ = *copy;
  }
  return copy;
}

Result<void> SqliteImports::recover(Instant now) {
  return writer_.run<void>([this, now](WriteContext&) -> Result<void> {
    sql_->interrupt.run(now);
    return {};
  });
}

Result<ImportJob> SqliteImports::begin(const std::string& name, std::optional<CollectionId> into,
                                       std::int64_t bytes_total, const std::string& actor,
                                       Instant now) {
  auto begun = writer_.run<ImportJob>([&](WriteContext& c) -> Result<ImportJob> {
    CollectionId id = into.value_or(CollectionId{});
    if (!into) {
      id = CollectionId{c.new_id()};
      sql_->new_collection.run(id, name, now);
    }
    const std::int64_t no = sql_->collection.value(0, id);
    if (no == 0) return fail(ErrorKind::not_found, "No such collection");
    const std::int64_t job = c.new_id();
    sql_->new_job.run(job, no, bytes_total, now, actor == kSampleActor);
    if (!into && actor == kSampleActor) sql_->mark_collection.run(no);
    c.audit(actor, "collection.import", "collection:" + to_string(id), "{}", now);
    Rows row = sql_->job.rows(job);
    if (!row.next()) return no_job();
    return read_import_job(row);
  });
  if (begun && !into) {
    const std::lock_guard lock(mutex_);
    if (filters_.size() < kFiltersMax) filters_[begun->id] = std::make_shared<KeyFilter>();
  }
  return begun;
}

Result<ImportJob> SqliteImports::append(std::int64_t job, const std::vector<domain::Person>& people,
                                        const std::vector<ImportRejection>& rejections,
                                        std::int64_t byte_count, Instant) {
  if (people.size() > kBatchMax)
    return fail(ErrorKind::too_large, "At most 10,000 people in a batch");
  auto known = addresses();
  if (!known) return tl::unexpected(known.error());
  const ImportBatch batch(people, *known);
  const std::shared_ptr<KeyFilter> filter = filter_of(job);
  // Nothing is written before the last refusal, so it needs no savepoint: one would keep the old
  // image of every page of the batch in memory.
  return writer_.run<ImportJob>(
      [&](WriteContext& c) -> Result<ImportJob> {
        ImportJob j;
        std::int64_t collection = 0, in_collection = 0;
        {
          Rows row = sql_->job.rows(job);
          if (!row.next()) return no_job();
          j = read_import_job(row);
          collection = row.i64(12), in_collection = row.i64(13);
        }
        if (j.state != ImportState::running) {
          return fail(ErrorKind::conflict, "This import is " + std::string(to_string(j.state)));
        }
        const std::int64_t added =
            BatchWriter(*sql_, c, batch, filter.get()).write(collection, in_collection);
        for (const ImportRejection& r : rejections) {
          if (++j.rejected <= kRejectionsKept)
            sql_->rejection.run(job, j.rejected, r.line, r.column, r.reason);
        }
        j.rows += std::ssize(people) + std::ssize(rejections);
        j.accepted += added;
        j.duplicate += std::ssize(people) - added;
        j.bytes = byte_count;
        sql_->update_job.run(job, j.rows, j.accepted, j.duplicate, j.rejected, j.bytes);
        return j;
      },
      Late::never);
}

Result<ImportJob> SqliteImports::end(std::int64_t job, ImportState state, const std::string& error,
                                     Instant now) {
  {
    const std::lock_guard lock(mutex_);
    filters_.erase(job);
  }
  return writer_.run<ImportJob>([&](WriteContext&) -> Result<ImportJob> {
    ImportJob j;
    {
      Rows row = sql_->job.rows(job);
      if (!row.next()) return no_job();
      j = read_import_job(row);
    }
    if (j.state != ImportState::running) {
      return fail(ErrorKind::conflict, "This import is " + std::string(to_string(j.state)));
    }
    sql_->end_job.run(job, state, error, now);
    j.state = state;
    j.error = error;
    j.ended_at = now;
    return j;
  });
}

Result<ImportJob> SqliteImports::job(std::int64_t job) {
  ReadLease lease = pool_.lease();
  Rows row = lease.sql<ImportReadSql>().job.rows(job);
  if (!row.next()) return lease.db().ok() ? no_job() : tl::unexpected<Error>(*lease.db().error());
  return read_import_job(row);
}

Result<std::optional<ImportJob>> SqliteImports::latest_job(CollectionId id) {
  ReadLease lease = pool_.lease();
  Rows row = lease.sql<ImportReadSql>().latest.rows(id);
  std::optional<ImportJob> found;
  if (row.next()) found = read_import_job(row);
  return lease.done(std::move(found));
}

Result<std::vector<ImportRejection>> SqliteImports::rejections(std::int64_t job,
                                                               std::int64_t offset, int limit) {
  ReadLease lease = pool_.lease();
  std::vector<ImportRejection> list;
  Rows row = lease.sql<ImportReadSql>().rejections.rows(job, offset,
                                                        limit);  // numbered from 1 without gaps
  while (row.next()) list.push_back({row.i64(0), row.str(1), row.str(2)});
  return lease.done(std::move(list));
}

Result<ImportJob> SqliteImports::merge(const std::string& name,
                                       const std::vector<CollectionId>& from,
                                       const std::string& actor, Instant now) {
  constexpr int kPage = 5'000;
  const auto page_of = [&](CollectionId id,
                           std::int64_t after) -> Result<std::vector<domain::Person>> {
    ReadLease lease = pool_.lease();
    auto& sql = lease.sql<ImportReadSql>();
    const std::int64_t no = sql.collection.value(0, id);
    if (no == 0 && lease.db().ok()) return fail(ErrorKind::not_found, "No such collection");
    std::vector<domain::Person> people;
    Rows row = sql.people.rows(std::max(no << 32, after), (no + 1) << 32, kPage);
    while (row.next()) {
      people.push_back(read_person(row, 0));
      people.back().timezone = row.str(9);
    }
    return lease.done(std::move(people));
  };
  for (const CollectionId id : from) {
    if (auto first = page_of(id, 0); !first) return tl::unexpected(first.error());
  }
  auto job = begin(name, std::nullopt, 0, actor, now);
  if (!job) return job;
  for (const CollectionId id : from) {
    for (std::int64_t after = 0;;) {
      auto people = page_of(id, after);
      auto appended =
          people ? append(job->id, *people, {}, 0, now) : tl::unexpected(people.error());
      if (!appended) {
        // What was copied stays; the job says why it ended.
        (void)end(job->id, ImportState::failed, appended.error().message, now);
        return appended;
      }
      if (std::ssize(*people) < kPage) break;
      after = people->back().id.value;
    }
  }
  return end(job->id, ImportState::done, "", now);
}

}  // namespace headway::store::sqlite
